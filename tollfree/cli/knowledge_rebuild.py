"""`tollfree knowledge rebuild`: all passages embedded anew, beside the index that calls go on using."""

import sys

import click

from tollfree.cli.opened import with_office
from tollfree.protocol.ids import ProjectId
from tollfree.wiring.office import Office


@click.command("rebuild")
@click.argument("project")
@click.pass_context
def command(ctx: click.Context, project: str) -> None:
    """Embed a project's passages anew, as another embedder asks for. Calls find the old ones until it is done; broken
    off, it leaves them as they were."""

    async def work(office: Office) -> int:
        found = await office.store.projects.get(ProjectId(project))
        return await office.knowledge.rebuild(found.id, _tell)

    count = with_office(ctx, work)
    click.echo(f"knowledge of {project}: {count} passages embedded anew" if count else f"{project} knows nothing yet")


def _tell(done: int) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r{done} passages", nl=False, err=True)
