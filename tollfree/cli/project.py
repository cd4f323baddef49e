"""`tollfree project`: the isolation boundary, made, listed and deleted."""

from pathlib import Path

import click

from tollfree.calls.project import read_folder, settings_of
from tollfree.calls.publishing import load_folder, publish
from tollfree.calls.store.drafts import Draft
from tollfree.cli.opened import print_faults, print_json, with_office
from tollfree.flows.errors import FlowFaulty
from tollfree.protocol.ids import FlowId, ProjectId
from tollfree.wiring.office import Office


@click.group("project")
def command() -> None:
    """Make, list and delete projects."""


@command.command("new")
@click.argument("name")
@click.option(
    "--from", "folder", type=click.Path(exists=True, file_okay=False, path_type=Path), help="A project's folder."
)
@click.option("--title", default="", help="What the agent calls the project; by default, its name.")
@click.option("--publish/--no-publish", "publish_all", default=True, help="Publish the folder's flows at once.")
@click.pass_context
def new(ctx: click.Context, name: str, folder: Path | None, title: str, publish_all: bool) -> None:
    """Make a project, empty or from a folder."""

    async def work(office: Office) -> None:
        project = ProjectId(name)
        read = read_folder(folder) if folder is not None else None
        settings = read.settings if read is not None else settings_of({"name": title or name or "?"}, "--title")
        await office.store.projects.new(project, name=settings.name, settings=settings.model_dump(mode="json"))
        click.echo(f"project {name} is ready")
        if read is not None:
            await _load(office, project, await load_folder(office.store, project, read), publish_all)

    with_office(ctx, work)


@command.command("load")
@click.argument("name")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--publish/--no-publish", "publish_all", default=True, help="Publish the folder's flows at once.")
@click.pass_context
def load(ctx: click.Context, name: str, folder: Path, publish_all: bool) -> None:
    """Bring a project up to date with its folder: settings, tools, catalogues, drafts."""

    async def work(office: Office) -> None:
        project, read = ProjectId(name), read_folder(folder)
        await office.store.projects.save_settings(project, read.settings.model_dump(mode="json"))
        await _load(office, project, await load_folder(office.store, project, read), publish_all)

    with_office(ctx, work)


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_context
def list_projects(ctx: click.Context, as_json: bool) -> None:
    """All projects."""
    projects = with_office(ctx, lambda office: office.store.projects.list())
    if as_json:
        print_json(
            [{"project": one.id, "name": one.name, "created_at": one.created_at.isoformat()} for one in projects]
        )
        return
    for one in projects:
        click.echo(f"{one.id}  {one.name}")
    if not projects:
        click.echo("no projects yet; `tollfree project new NAME` makes one")


@command.command("delete")
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_context
def delete(ctx: click.Context, name: str, yes: bool) -> None:
    """Delete a project with its flows, secrets and calls."""

    async def work(office: Office) -> None:
        await office.store.projects.get(ProjectId(name))
        if not yes:
            click.confirm(f"Delete {name} with all its flows, secrets and calls?", abort=True)
        await office.store.projects.delete(ProjectId(name))
        click.echo(f"project {name} is gone")

    with_office(ctx, work)


async def _load(office: Office, project: ProjectId, drafts: tuple[Draft, ...], publish_all: bool) -> None:
    for draft in drafts:
        click.echo(f"flow {draft.flow}: draft saved (revision {draft.revision})")
    for draft in drafts if publish_all else ():
        try:
            published, warnings = await publish(office.store, project, FlowId(draft.flow), office.embedder)
        except FlowFaulty as faulty:
            print_faults(faulty.faults, as_json=False)
            raise
        for warning in warnings:
            click.echo(f"  warning, node {warning.node or '-'}: {warning.message}", err=True)
        click.echo(f"flow {draft.flow}: version {published.info.number} is published")
