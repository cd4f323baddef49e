"""Versions of flows: published, compared, rolled back, imported and exported."""

from typing import Annotated, Literal

from fastapi import Query, Request, Response
from pydantic import Field

from tollfree.calls.drafting import name_of
from tollfree.calls.publishing import document_of, publish
from tollfree.calls.store.drafts import NEW
from tollfree.flows.canvas_diff import canvas_diff
from tollfree.flows.source import read, to_json, to_yaml
from tollfree.protocol.ids import FlowId, ProjectId
from tollfree.protocol.role import Role
from tollfree.protocol.values import Values
from tollfree.server.access import guarded, may
from tollfree.server.answers import fault_models
from tollfree.server.desk import Desk, TheDesk, Who, audit
from tollfree.server.routes.flow_models import (
    EXAMPLE,
    Asked,
    ChangeFacts,
    DiffFacts,
    Document,
    DraftSaved,
    EdgeFacts,
    FlowName,
    GivenPublication,
    KeptNumber,
    PublicationFacts,
    Published,
    Told,
    VersionDocument,
    VersionNumber,
    Versions,
    facts_of_version,
)

router = guarded("versions")

AnyVersion = Annotated[int | None, Query(ge=1, le=2**31 - 1, description="A version; empty: the draft.", examples=[2])]


YAML = to_yaml(EXAMPLE)


class GivenFile(Asked):
    """A flow as a file has it."""

    text: str = Field(min_length=1, max_length=4_000_000, examples=[YAML])
    """YAML or JSON."""
    revision: int = Field(default=NEW, ge=0, le=2**31 - 1)
    """The revision of the draft that it takes the place of; 0: there is no such flow yet."""


class GivenText(Asked):
    """A text that should be a flow, or nodes of one."""

    text: str = Field(min_length=1, max_length=4_000_000, examples=["goodbye: {kind: end}\n"])
    """YAML or JSON."""


class TextRead(Told):
    """What a text holds."""

    document: Document = Field(examples=[EXAMPLE])


@router.post("/projects/{project}/flows/read", dependencies=[may(Role.VIEWER)])
async def read_flow_text(desk: TheDesk, project: str, given: GivenText) -> TextRead:
    """What a YAML or JSON text holds, for an editor that takes it in. Nothing is saved."""
    return TextRead.model_construct(document=await desk.workbench.within(lambda: read(given.text, "The text")))


@router.get("/projects/{project}/flows/{flow}/versions", dependencies=[may(Role.VIEWER)])
async def list_versions(desk: TheDesk, project: str, flow: FlowName) -> Versions:
    """All versions of a flow, and when each was in use; newest first."""
    key = ProjectId(project), FlowId(flow)
    published = await desk.store.versions.published_number(*key)
    return Versions(
        versions=tuple(facts_of_version(info, published) for info in await desk.store.versions.list(*key)),
        history=tuple(
            PublicationFacts(version=one.version, published_at=one.published_at, published_by=one.published_by)
            for one in await desk.store.versions.history(*key)
        ),
    )


@router.get("/projects/{project}/flows/{flow}/versions/{number}", dependencies=[may(Role.VIEWER)])
async def show_version(desk: TheDesk, project: str, flow: FlowName, number: KeptNumber) -> VersionDocument:
    """One version, or a draft that was frozen for trial calls, with its document."""
    key = ProjectId(project), FlowId(flow)
    version = await desk.store.versions.get(*key, number)
    facts = facts_of_version(version.info, await desk.store.versions.published_number(*key))
    return VersionDocument.model_construct(
        **facts.model_dump(), flow=flow, document=document_of(version), sha256=version.info.sha256
    )


@router.get("/projects/{project}/flows/{flow}/diff", dependencies=[may(Role.VIEWER)])
async def diff_flow(
    desk: TheDesk, project: str, flow: FlowName, before: AnyVersion = None, after: AnyVersion = None
) -> DiffFacts:
    """What changed between two versions. `before` empty: the version in use, or nothing where none is; `after` empty:
    the draft."""
    key = ProjectId(project), FlowId(flow)
    first = before if before is not None else await desk.store.versions.published_number(*key)
    old: Values = {} if first is None else await _document(desk, project, flow, first)
    found = canvas_diff(old, await _document(desk, project, flow, after))
    return DiffFacts(
        nodes=dict(found.nodes),
        edges=tuple(EdgeFacts(node=e.node, exit=e.exit, before=e.before, after=e.after) for e in found.edges),
        changes=tuple(
            ChangeFacts.model_construct(
                kind=one.kind, place=one.place, node=one.node, before=one.before, after=one.after
            )
            for one in found.changes
        ),
    )


@router.post("/projects/{project}/flows/{flow}/publish", dependencies=[may(Role.EDITOR)])
async def publish_flow(
    request: Request, desk: TheDesk, who: Who, project: str, flow: FlowName, given: GivenPublication
) -> Published:
    """Have new calls use the draft as it is now, on every worker. Calls that run keep their version. Refused with every
    fault where it has errors."""
    key = ProjectId(project), FlowId(flow)
    embedder = await desk.workbench.embedder()
    done, warnings = await publish(desk.store, *key, embedder, note=given.note, by=who.name, revision=given.revision)
    audit(request, version=done.info.number, note=given.note)
    desk.workbench.published(*key)
    return Published(version=done.info.number, changed=done.changed, warnings=fault_models(warnings))


@router.post("/projects/{project}/flows/{flow}/versions/{number}/rollback", dependencies=[may(Role.EDITOR)])
async def rollback_flow(
    request: Request, desk: TheDesk, who: Who, project: str, flow: FlowName, number: VersionNumber
) -> Published:
    """Have new calls use an older (or newer) version again. Calls that run keep theirs."""
    key = ProjectId(project), FlowId(flow)
    done = await desk.store.versions.rollback(*key, number, by=who.name)
    audit(request, version=number)
    desk.workbench.published(*key)
    return Published(version=done.info.number, changed=done.changed)


@router.post("/projects/{project}/flows/import", dependencies=[may(Role.EDITOR)], status_code=201)
async def import_flow(desk: TheDesk, who: Who, project: str, given: GivenFile) -> DraftSaved:
    """Take a flow from a file, under the name that the file gives it. Where the draft is at another revision nothing is
    overwritten (412)."""
    document = await desk.workbench.within(lambda: read(given.text, "The file"))
    draft = await desk.store.drafts.save(
        ProjectId(project), name_of(document, "The file"), document, expected_revision=given.revision, by=who.name
    )
    return DraftSaved(flow=draft.flow, revision=draft.revision, saved_at=draft.saved_at)


@router.get(
    "/projects/{project}/flows/{flow}/export",
    dependencies=[may(Role.VIEWER)],
    response_class=Response,
    responses={
        200: {
            "content": {"application/yaml": {"example": YAML}, "application/json": {"example": EXAMPLE}},
            "description": "The flow as a file.",
        }
    },
)
async def export_flow(
    desk: TheDesk,
    project: str,
    flow: FlowName,
    version: AnyVersion = None,
    form: Annotated[Literal["yaml", "json"], Query(alias="format")] = "yaml",
) -> Response:
    """The draft or a version as a file, places on the canvas and all."""
    document = await _document(desk, project, flow, version)
    text = await desk.workbench.within(lambda: to_json(document) if form == "json" else to_yaml(document))
    headers = {"Content-Disposition": f'attachment; filename="{flow}.{form}"'}
    return Response(text, media_type=f"application/{form}", headers=headers)


async def _document(desk: Desk, project: str, flow: str, number: int | None) -> Values:
    key = ProjectId(project), FlowId(flow)
    if number is None:
        return (await desk.store.drafts.get(*key)).document
    return document_of(await desk.store.versions.get(*key, number))
