"""`tollfree project`: the isolation boundary, made, listed and deleted."""

from pathlib import Path

import click

from tollfree.calls.loading import LoadedFlow, Loading, load_project, new_project
from tollfree.calls.project import ProjectFolder, read_folder, settings_of
from tollfree.calls.publishing import publish, run_first
from tollfree.cli.opened import faults_told, print_json, with_office
from tollfree.cli.terminal import printable
from tollfree.protocol.ids import ProjectId
from tollfree.wiring.documents import take_in_documents
from tollfree.wiring.knowledge import delete_project
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
        if read is None:
            settings = settings_of({"name": title or name or "?"}, "--title")
            await office.store.projects.new(project, name=settings.name, settings=settings.model_dump(mode="json"))
            click.echo(f"project {name} is ready")
            return
        with faults_told():
            loaded = await new_project(office.store, project, read, checked=publish_all)
        click.echo(f"project {name} is ready")
        await _report(office, project, read, loaded, publish_all)
        await _take_in(office, project, folder)

    with_office(ctx, work)


@command.command("load")
@click.argument("name")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--publish/--no-publish", "publish_all", default=True, help="Publish the folder's flows at once.")
@click.pass_context
def load(ctx: click.Context, name: str, folder: Path, publish_all: bool) -> None:
    """Bring a project up to date with its folder: settings, tools, catalogues, drafts. Calls use the tools and
    catalogues that were there when their flow was published."""

    async def work(office: Office) -> None:
        project, read = ProjectId(name), read_folder(folder)
        with faults_told():
            loaded = await load_project(office.store, project, read, checked=publish_all)
        await _report(office, project, read, loaded, publish_all)
        await _take_in(office, project, folder)

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
    """Delete a project with its flows, knowledge, secrets and calls."""

    async def work(office: Office) -> None:
        await office.store.projects.get(ProjectId(name))
        if not yes:
            click.confirm(f"Delete {name} with all its flows, knowledge, secrets and calls?", abort=True)
        await delete_project(office.store, office.knowledge, ProjectId(name))
        click.echo(f"project {name} is gone")

    with_office(ctx, work)


async def _take_in(office: Office, project: ProjectId, folder: Path | None) -> None:
    if folder is None:
        return
    taken, faults = await take_in_documents(office, project, folder)
    if taken:
        click.echo(f"{taken} documents are taken in")
    for fault in faults:
        click.echo(printable(f"  {fault}"), err=True)


async def _report(
    office: Office, project: ProjectId, folder: ProjectFolder, loaded: tuple[LoadedFlow, ...], publish_all: bool
) -> None:
    """Say what became of each draft, and publish those of the folder, each after the flows it runs."""
    for one in loaded:
        click.echo(f"flow {one.draft.flow}: {_became(one)}")
    for flow in run_first(folder.flows) if publish_all else ():
        with faults_told():
            published, warnings = await publish(office.store, project, flow, office.embedder)
        for warning in warnings:
            click.echo(f"  warning, node {warning.node or '-'}: {warning.message}", err=True)
        already = "" if published.changed else " already"
        click.echo(f"flow {flow}: version {published.info.number} is published{already}")


def _became(one: LoadedFlow) -> str:
    if one.loading is Loading.SAME:
        return f"draft unchanged (revision {one.draft.revision})"
    saved = f"draft saved (revision {one.draft.revision}"
    if one.replaced is None:
        return f"{saved})"
    return f"{saved}, in place of revision {one.replaced.revision} of {one.replaced.saved_at:%Y-%m-%d %H:%M})"
