"""`tollfree flow`: flows from the first draft to the published version and back."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import click

from tollfree.calls.drafting import first_draft, name_of, require_name, revision_of
from tollfree.calls.project import folder_of, read_folder
from tollfree.calls.publishing import document_of, drafts_of, project_parts
from tollfree.calls.publishing import publish as publish_flow
from tollfree.calls.store.drafts import NEW
from tollfree.calls.store.errors import StoreError
from tollfree.cli.opened import faults_told, print_faults, print_json, settings_of, with_office, write_file
from tollfree.cli.rendering import render_and_tell, render_answers_and_tell
from tollfree.flows.diff import diff as diff_documents
from tollfree.flows.errors import Fault, FlowUnreadable
from tollfree.flows.library import Library
from tollfree.flows.source import Document, read, to_json, to_yaml
from tollfree.language.embed.base import Embedder
from tollfree.language.embed.registry import load_embedder
from tollfree.language.llm.routes_file import read_routes_file
from tollfree.protocol.errors import TollfreeError, why_unreadable
from tollfree.protocol.ids import FlowId, ProjectId
from tollfree.protocol.values import Values
from tollfree.wiring.checking import check_document
from tollfree.wiring.office import Office

UNREADABLE = 2
"""Exit code of `flow check` for a file that is no flow."""

OF_PROJECTS = frozenset({"unknown_tool", "unknown_catalogue", "unknown_flow"})
"""Faults that a file checked without its project may owe to that alone."""


@click.group("flow")
def command() -> None:
    """Make, check, publish and compare flows."""


@command.command("check")
@click.argument("target", metavar="FILE|PROJECT")
@click.argument("flow", required=False)
@click.option("--project", help="The project, or its folder, whose tools and flows the file may name.")
@click.option("--examples/--no-examples", default=True, help="Compare the examples of intents (needs the embedder).")
@click.option("--json", "as_json", is_flag=True, help="A list of {code, severity, node, message}.")
@click.pass_context
def check_flow(
    ctx: click.Context, target: str, flow: str | None, project: str | None, examples: bool, as_json: bool
) -> None:
    """All that is wrong with a flow: a FILE, or the draft FLOW of a PROJECT. Exit code 0 clean, 1 errors, 2 unreadable.

    A file inside a project's folder is checked against that project; elsewhere give --project.
    """
    unreadable: dict[str, TollfreeError] = {}
    try:
        if flow is not None:
            document, library, others = _stored(ctx, target, flow)
        else:
            document = read_file(Path(target))
            library, others = _surroundings(ctx, Path(target), project, unreadable)
    except TollfreeError as error:
        if isinstance(error, StoreError) and not as_json:
            raise
        print_faults((Fault(code=error.code, message=error.message),), as_json)
        sys.exit(UNREADABLE)
    embedder = _embedder(ctx) if examples else None
    compiled = check_document(document, library, others, embedder=embedder, routes=_routes(ctx))
    faults = tuple(_told(fault, document, unreadable) for fault in compiled.faults)
    print_faults(faults, as_json)
    alone = flow is None and project is None and folder_of(Path(target)) is None
    if alone and any(fault.code in OF_PROJECTS for fault in compiled.errors):
        click.echo(f"{target} was checked by itself; give --project to check it against a project.", err=True)
    sys.exit(1 if compiled.errors else 0)


def _routes(ctx: click.Context) -> tuple[str, ...]:
    """Names that a flow may give as a route; none where no language model is configured."""
    routes = read_routes_file(settings_of(ctx).routes_path)
    return (*routes.routes, *routes.chains)


def _embedder(ctx: click.Context) -> Callable[[], Embedder]:
    settings = settings_of(ctx)
    return lambda: load_embedder(settings.embedder, settings.cache)


def _told(fault: Fault, document: Values, unreadable: Mapping[str, TollfreeError]) -> Fault:
    """The fault, said rightly where the flow that a node runs is there, in a file that cannot be read."""
    nodes = document.get("nodes")
    node = nodes.get(fault.node) if isinstance(nodes, Mapping) else None
    name = node.get("flow") if isinstance(node, Mapping) else None
    if fault.code != "unknown_flow" or not isinstance(name, str) or name not in unreadable:
        return fault
    return replace(fault, code="faulty_flow", message=f"The flow `{name}` cannot be read: {unreadable[name].message}")


def _stored(ctx: click.Context, project: str, flow: str) -> tuple[Values, Library, dict[str, Document]]:
    async def work(office: Office) -> tuple[Values, Library, dict[str, Document]]:
        draft = await office.store.drafts.get(ProjectId(project), FlowId(flow))
        parts = await project_parts(office.store, ProjectId(project))
        return draft.document, parts.library, await drafts_of(office.store, ProjectId(project))

    return with_office(ctx, work)


def _surroundings(
    ctx: click.Context, file: Path, project: str | None, unreadable: dict[str, TollfreeError]
) -> tuple[Library, dict[str, Document]]:
    """What a file may name: of the project given, else of the folder it lies in, else nothing. Other flows that
    cannot be read are noted in `unreadable`, by the name of their file."""
    folder = Path(project) if project is not None and Path(project).is_dir() else None
    if folder is None and project is not None:
        parts, drafts = with_office(ctx, lambda office: _parts_and_drafts(office, ProjectId(project)))
        return parts, drafts
    folder = folder or folder_of(file)
    if folder is None:
        return Library(), {}
    found = read_folder(folder, unreadable=unreadable)
    return found.library, dict(found.flows)


async def _parts_and_drafts(office: Office, project: ProjectId) -> tuple[Library, dict[str, Document]]:
    return (await project_parts(office.store, project)).library, await drafts_of(office.store, project)


def read_file(path: Path) -> Document:
    """A flow from a file. Raises `FlowUnreadable`, also when the file cannot be read."""
    try:
        return read(path.read_text(encoding="utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise FlowUnreadable(f"{path} cannot be read: {why_unreadable(error)}") from error


@command.command("new")
@click.argument("project")
@click.argument("flow")
@click.pass_context
def new(ctx: click.Context, project: str, flow: str) -> None:
    """Begin a flow: a greeting, a question, a person, an end."""

    async def work(office: Office) -> None:
        document = first_draft(flow)
        draft = await office.store.drafts.save(
            ProjectId(project), FlowId(flow), document, expected_revision=NEW, by=office.settings.user
        )
        click.echo(f"flow {flow}: draft saved (revision {draft.revision})")

    with_office(ctx, work)


@command.command("list")
@click.argument("project")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_context
def list_flows(ctx: click.Context, project: str, as_json: bool) -> None:
    """The flows of a project, and where each stands."""
    flows = with_office(ctx, lambda office: office.store.flows.list(ProjectId(project)))
    if as_json:
        print_json([{"flow": one.name, "revision": one.revision, "published": one.published} for one in flows])
        return
    for one in flows:
        published = f"version {one.published} is published" if one.published else "not published"
        click.echo(f"{one.name}  revision {one.revision}, {published}")
    if not flows:
        click.echo(f"no flows yet; `tollfree flow new {project} NAME` begins one")


@command.command("show")
@click.argument("project")
@click.argument("flow")
@click.option("--version", "number", type=int, help="A version; by default, the draft.")
@click.pass_context
def show(ctx: click.Context, project: str, flow: str, number: int | None) -> None:
    """A flow as YAML, with its versions."""

    async def work(office: Office) -> None:
        key = ProjectId(project), FlowId(flow)
        draft = await office.store.drafts.get(*key)
        published = await office.store.versions.published_number(*key)
        click.echo(f"# draft: revision {draft.revision}")
        for version in await office.store.versions.list(*key):
            mark = " (published)" if version.number == published else ""
            click.echo(f"# version {version.number}{mark}: {version.created_at:%Y-%m-%d %H:%M} {version.note}".rstrip())
        click.echo(to_yaml(await _document(office, project, flow, number)), nl=False)

    with_office(ctx, work)


@command.command("export")
@click.argument("project")
@click.argument("flow")
@click.option("--version", "number", type=int, help="A version; by default, the draft.")
@click.option(
    "--format", "form", type=click.Choice(["yaml", "json"]), help="By default, by the file's name, else YAML."
)
@click.option("--output", "-o", type=click.Path(dir_okay=False, path_type=Path), help="By default, standard output.")
@click.pass_context
def export(
    ctx: click.Context, project: str, flow: str, number: int | None, form: str | None, output: Path | None
) -> None:
    """Write a flow as YAML or JSON."""
    document = with_office(ctx, lambda office: _document(office, project, flow, number))
    as_json = form == "json" or (form is None and output is not None and output.suffix == ".json")
    text = to_json(document) if as_json else to_yaml(document)
    if output is None:
        click.echo(text, nl=False)
    else:
        write_file(output, text)


@command.command("save")
@click.argument("project")
@click.argument("flow")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--revision", type=int, help="The revision you changed; the save is refused when there is a newer one.")
@click.option("--replace", is_flag=True, help="Replace the draft, whatever it is now.")
@click.pass_context
def save(ctx: click.Context, project: str, flow: str, file: Path, revision: int | None, replace: bool) -> None:
    """Save a file as a flow's draft, faults and all.

    Nobody's work is overwritten unseen: a draft that somebody else saved last is replaced only when you name the
    --revision you changed, or say --replace.
    """
    if revision is not None and replace:
        raise click.UsageError("--revision and --replace exclude each other.")
    document = read_file(file)
    require_name(document, flow, str(file))

    async def work(office: Office) -> None:
        key = ProjectId(project), FlowId(flow)
        me = office.settings.user
        known = {one.name: one for one in await office.store.flows.list(key[0])}
        stored = known.get(key[1])
        others = stored is not None and stored.saved_by not in ("", me)
        if stored is not None and others and revision is None and not replace:
            raise click.UsageError(
                f"{stored.saved_by} saved the draft of {flow} last, as revision {stored.revision}. Give --revision "
                f"{stored.revision} if that is what you changed, or --replace to overwrite it."
            )
        expected = revision if revision is not None else stored.revision if stored is not None else NEW
        draft = await office.store.drafts.save(*key, document, expected_revision=expected, by=me)
        click.echo(f"flow {flow}: draft saved (revision {draft.revision})")

    with_office(ctx, work)


@command.command("import")
@click.argument("project")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--replace", is_flag=True, help="Replace the draft of a flow that is there already.")
@click.pass_context
def import_flow(ctx: click.Context, project: str, file: Path, replace: bool) -> None:
    """Take a flow from a file, under the name the file gives it."""
    document = read_file(file)
    name = name_of(document, str(file))

    async def work(office: Office) -> None:
        key = ProjectId(project), name
        expected = await revision_of(office.store, *key) if replace else NEW
        draft = await office.store.drafts.save(*key, document, expected_revision=expected, by=office.settings.user)
        click.echo(f"flow {name}: draft saved (revision {draft.revision})")

    with_office(ctx, work)


@command.command("publish")
@click.argument("project")
@click.argument("flow")
@click.option("--note", default="", help="What changed.")
@click.option("--no-speech", is_flag=True, help="Do not render what is always said the same; callers wait for it.")
@click.pass_context
def publish(ctx: click.Context, project: str, flow: str, note: str, no_speech: bool) -> None:
    """Have new calls use the draft as it is now. Calls that run keep their version.

    What the flow always says the same is then rendered in the agents' voices, so that no caller waits for it.
    """

    async def work(office: Office) -> None:
        with faults_told():
            done, warnings = await publish_flow(
                office.store, ProjectId(project), FlowId(flow), office.embedder, note=note, by=office.settings.user
            )
        if warnings:
            print_faults(warnings, as_json=False)
        if done.changed:
            click.echo(f"flow {flow}: version {done.info.number} is published")
        else:
            click.echo(f"flow {flow}: the draft is the same as version {done.info.number}, which is published already")
        if no_speech:
            return
        if why := await render_and_tell(office, ProjectId(project), FlowId(flow)):
            click.echo(why, err=True)
        else:
            await render_answers_and_tell(office, ProjectId(project))

    with_office(ctx, work)


@command.command("rollback")
@click.argument("project")
@click.argument("flow")
@click.argument("number", type=int)
@click.pass_context
def rollback(ctx: click.Context, project: str, flow: str, number: int) -> None:
    """Have new calls use an older version again."""

    async def work(office: Office) -> None:
        await office.store.versions.rollback(ProjectId(project), FlowId(flow), number, by=office.settings.user)
        click.echo(f"flow {flow}: version {number} is published")

    with_office(ctx, work)


@command.command("diff")
@click.argument("project")
@click.argument("flow")
@click.argument("before", type=int, required=False)
@click.argument("after", type=int, required=False)
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_context
def diff(ctx: click.Context, project: str, flow: str, before: int | None, after: int | None, as_json: bool) -> None:
    """What changed between two versions; by default, between the published version and the draft."""

    async def work(office: Office) -> tuple[Values, Values]:
        first = before
        if first is None:
            first = await office.store.versions.published_number(ProjectId(project), FlowId(flow))
        old: Values = {} if first is None else await _document(office, project, flow, first)
        return old, await _document(office, project, flow, after)

    changes = diff_documents(*with_office(ctx, work))
    if as_json:
        print_json(
            [
                {"kind": one.kind, "place": list(one.place), "node": one.node, "before": one.before, "after": one.after}
                for one in changes
            ]
        )
        return
    for one in changes:
        sign = {"added": "+", "removed": "-", "changed": "~"}[one.kind]
        detail = f"{one.before!r} → {one.after!r}" if one.kind == "changed" else repr(one.after or one.before)
        click.echo(f"{sign} {'.'.join(one.place)}: {detail[:200]}")
    if not changes:
        click.echo("no differences")


async def _document(office: Office, project: str, flow: str, number: int | None) -> Values:
    """A version's document, or the draft's."""
    key = ProjectId(project), FlowId(flow)
    if number is None:
        return (await office.store.drafts.get(*key)).document
    return document_of(await office.store.versions.get(*key, number))
