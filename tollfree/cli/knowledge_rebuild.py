"""`tollfree knowledge rebuild`: an index made anew, beside the one that calls go on using."""

import sys

import click

from tollfree.cli.ingest_progress import ProgressBar, tell_report
from tollfree.cli.opened import with_office
from tollfree.protocol.ids import ProjectId
from tollfree.wiring.office import Office
from tollfree.wiring.rebuilding import Rebuilt, rebuild_knowledge


@click.command("rebuild")
@click.argument("project")
@click.pass_context
def command(ctx: click.Context, project: str) -> None:
    """Embed a project's passages anew, as another embedder asks for. Calls find the old ones until it is done; broken
    off, it leaves them as they were.

    Where files of the index are damaged or missing, all sources are read anew instead. Exit code 1 when something
    could not be read.
    """
    progress = ProgressBar()

    async def work(office: Office) -> Rebuilt:
        return await rebuild_knowledge(office, ProjectId(project), _tell, progress.tell)

    try:
        rebuilt = with_office(ctx, work)
    finally:
        progress.end()
    if rebuilt.report is None:
        count = rebuilt.passages
        click.echo(
            f"knowledge of {project}: {count} passages embedded anew" if count else f"{project} knows nothing yet"
        )
        return
    click.echo(f"the index of {project} could not be read back, so its documents were read anew")
    tell_report(rebuilt.report, as_json=False)
    sys.exit(1 if any(fault.serious for fault in rebuilt.report.faults) else 0)


def _tell(done: int) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r{done} passages", nl=False, err=True)
