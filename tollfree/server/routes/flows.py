"""Flows: drafts, what is wrong with them, and what editors need to know."""

import asyncio
from typing import Annotated, Any

from fastapi import Query, Request, Response
from pydantic import Field

from tollfree.calls.drafting import delete_flow as delete_unused
from tollfree.calls.drafting import first_draft, require_name
from tollfree.calls.schemas import flow_schema
from tollfree.calls.store.drafts import NEW
from tollfree.flows.nodes.registry import NODE_KINDS
from tollfree.flows.source import sound
from tollfree.protocol.ids import FlowId, ProjectId
from tollfree.protocol.role import Role
from tollfree.server.access import guarded, may, signed_in
from tollfree.server.answers import fault_models
from tollfree.server.desk import TheDesk, Who, audit
from tollfree.server.etags import TAGGED, IfMatch, IfNoneMatch, etag, expected, revision_in
from tollfree.server.routes.flow_models import (
    Asked,
    CheckedFlow,
    DraftFacts,
    DraftSaved,
    FlowFacts,
    FlowName,
    GivenCheck,
    GivenDocument,
    KindFacts,
    Told,
    facts_of_draft,
    facts_of_flow,
)

router = guarded("flows")


SCHEMA = {
    "type": "object",
    "required": ["flow", "start", "nodes"],
    "properties": {"flow": {"type": "string"}, "start": {"type": "string"}, "nodes": {"type": "object"}},
    "$defs": {"node_say": {"type": "object", "required": ["kind", "say"], "x-exits": ["said"]}},
}
"""What is left of the schema when most is taken away, as an example."""


class Here(Asked):
    """Somebody has a flow open."""

    tab: str = Field(default="", max_length=64, examples=["b7d1"])
    """Which of their windows; any word that it keeps."""
    node: str = Field(default="", max_length=64, examples=["which_order"])
    """The node they have selected."""
    leaving: bool = False
    """They close it."""


class EditorFacts(Told):
    """Somebody else who has the flow open."""

    name: str = Field(examples=["Grace"])
    node: str
    """The node they have selected; empty: none."""
    you: bool
    """It is you, in another window."""


@router.get("/flows/schema", dependencies=[signed_in()])
async def show_flow_schema() -> Annotated[dict[str, Any], Field(examples=[SCHEMA])]:
    """The JSON Schema of a flow document, as `tollfree schema flow` prints it. Each kind of node is a definition
    `node_KIND` with its closed exits as `x-exits`; slot types with their options are `x-types` of `SlotConfig`."""
    return await asyncio.to_thread(flow_schema)


@router.get("/flows/kinds", dependencies=[signed_in()])
async def list_kinds() -> list[KindFacts]:
    """The kinds of node, for the palette."""
    return [
        KindFacts(
            kind=kind,
            title=node.look.title,
            help=node.look.help,
            icon=node.look.icon,
            exits=node.closed_exits,
            exits_from=node.look.exits_from,
            listens=node.listens,
            starter={"kind": kind, **node.look.starter},  # pyright: ignore[reportArgumentType]  plain values are JSON
        )
        for kind, node in NODE_KINDS.items()
    ]


@router.get("/projects/{project}/flows", dependencies=[may(Role.VIEWER)])
async def list_flows(
    desk: TheDesk,
    project: str,
    q: Annotated[str, Query(max_length=64, description="Part of a name.", examples=["supp"])] = "",
) -> list[FlowFacts]:
    """All of them, by name. A project has at most hundreds, and no document is read for it."""
    flows = await desk.store.flows.list(ProjectId(project))
    return [facts_of_flow(flow) for flow in flows if q.lower() in flow.name]


@router.get("/projects/{project}/flows/{flow}", dependencies=[may(Role.VIEWER)])
async def show_flow(desk: TheDesk, project: str, flow: FlowName) -> FlowFacts:
    """One of them."""
    return facts_of_flow(await desk.store.flows.get(ProjectId(project), FlowId(flow)))


@router.delete("/projects/{project}/flows/{flow}", dependencies=[may(Role.EDITOR)], status_code=204)
async def delete_flow(desk: TheDesk, project: str, flow: FlowName) -> None:
    """Delete one that no agent answers with, no other flow runs, and no customer's call was made on; trials of its
    drafts go with it, and their recordings on this machine."""
    await delete_unused(desk.store, desk.office.settings.home, ProjectId(project), FlowId(flow))


@router.get("/projects/{project}/flows/{flow}/draft", dependencies=[may(Role.VIEWER)], responses=TAGGED)
async def show_draft(desk: TheDesk, project: str, flow: FlowName, response: Response) -> DraftFacts:
    """The flow as it is being edited. Its ETag is the revision."""
    draft = await desk.store.drafts.get(ProjectId(project), FlowId(flow))
    response.headers["ETag"] = etag(draft.revision)
    return facts_of_draft(draft)


@router.put("/projects/{project}/flows/{flow}/draft", dependencies=[may(Role.EDITOR)], responses=TAGGED)
async def save_draft(
    request: Request,
    desk: TheDesk,
    who: Who,
    project: str,
    flow: FlowName,
    given: GivenDocument,
    response: Response,
    if_match: IfMatch = "",
    if_none_match: IfNoneMatch = "",
) -> DraftSaved:
    """Save the draft, faults and all; with `If-None-Match: *` begin a flow. When somebody saved in between, nothing is
    overwritten: the refusal (412) has their draft as `current`."""
    revision = revision_in(expected(if_match, if_none_match, absent=str(NEW)))
    document = sound(given.document, "The document")
    require_name(document, flow, "The document")
    draft = await desk.store.drafts.save(
        ProjectId(project), FlowId(flow), document, expected_revision=revision, by=who.name
    )
    audit(request, revision=draft.revision)
    response.headers["ETag"] = etag(draft.revision)
    return DraftSaved(flow=draft.flow, revision=draft.revision, saved_at=draft.saved_at)


@router.post(
    "/projects/{project}/flows/{flow}/draft", dependencies=[may(Role.EDITOR)], status_code=201, responses=TAGGED
)
async def begin_flow(desk: TheDesk, who: Who, project: str, flow: FlowName, response: Response) -> DraftFacts:
    """Begin a flow: a greeting, a question, a person, an end."""
    draft = await desk.store.drafts.save(
        ProjectId(project), FlowId(flow), first_draft(flow), expected_revision=NEW, by=who.name
    )
    response.headers["ETag"] = etag(draft.revision)
    return facts_of_draft(draft)


@router.post("/projects/{project}/flows/{flow}/check", dependencies=[may(Role.VIEWER)])
async def check_flow(desk: TheDesk, project: str, flow: FlowName, given: GivenCheck) -> CheckedFlow:
    """All that is wrong with a document, as `tollfree flow check` tells it. Nothing is saved."""
    document = sound(given.document, "The document")
    require_name(document, flow, "The document")
    compiled, exits = await desk.workbench.check(ProjectId(project), document, examples=given.examples)
    errors = len(compiled.errors)
    return CheckedFlow(
        faults=fault_models(compiled.faults), errors=errors, warnings=len(compiled.faults) - errors, exits=exits
    )


@router.post("/projects/{project}/flows/{flow}/presence", dependencies=[may(Role.VIEWER)])
async def tell_presence(desk: TheDesk, who: Who, project: str, flow: FlowName, given: Here) -> list[EditorFacts]:
    """Say every ten seconds that you have the flow open; who else has it open."""
    key = ProjectId(project), FlowId(flow)
    presence = desk.workbench.presence
    if given.leaving:
        presence.gone(*key, who=who.id, tab=given.tab)
        return []
    await desk.store.flows.get(*key)
    others = presence.here(*key, who=who.id, name=who.name, tab=given.tab, node=given.node)
    return [EditorFacts(name=one.name, node=one.node, you=one.who == who.id) for one in others]
