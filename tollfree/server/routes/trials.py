"""Trials: talking to a flow before it is published. By text, no call is kept of it; by voice, one that is marked."""

from typing import Annotated, Literal, Self

from fastapi import Header, Path, Request
from pydantic import Field, JsonValue, model_validator

from tollfree.calls.line import CallerEvent
from tollfree.calls.lines.typed import clean
from tollfree.calls.project import DEFAULT_AGENT
from tollfree.calls.trial import Reply
from tollfree.flows.source import sound
from tollfree.protocol.events import CallEnded, CallerSilent, CallerSpoke, KeyPressed
from tollfree.protocol.ids import FlowId, ProjectId
from tollfree.protocol.role import Role
from tollfree.protocol.values import Values
from tollfree.server.access import guarded, may
from tollfree.server.desk import TheDesk, Who, audit
from tollfree.server.models.calls import IdempotencyKey, StartedCall
from tollfree.server.routes.flow_models import EXAMPLE, Asked, Document, Told
from tollfree.server.starting import start_trial

router = guarded("trials")

TrialId = Annotated[str, Path(min_length=1, max_length=64, description="As `begin_trial` told it.")]


class GivenTrial(Asked):
    """What is tried."""

    flow: str = Field(pattern=r"^[a-z][a-z0-9_]{0,63}$", examples=["support"])
    document: Document | None = Field(default=None, examples=[EXAMPLE])
    """What is on the canvas, saved or not; null: the stored draft, or the version."""
    version: int | None = Field(default=None, ge=1, le=2**31 - 1)
    """A version, in place of a document."""
    agent: str = Field(default=DEFAULT_AGENT, max_length=64)
    """Whose routes and language count."""
    caller: str = Field(default="", max_length=40, pattern=r"^(\+[0-9]{3,20})?$", examples=["+12025550143"])
    """The number that seems to call."""
    tools: bool = False
    """Whether tools are really called. Else each answers with its `example`, and one without says `missing`."""

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if self.document is not None and self.version is not None:
            raise ValueError("give a document or a version, not both")
        return self


class GivenTrialCall(Asked):
    """What is tried by voice."""

    flow: str = Field(pattern=r"^[a-z][a-z0-9_]{0,63}$", examples=["support"])
    document: Document | None = Field(default=None, examples=[EXAMPLE])
    """What is on the canvas, saved or not; null: the stored draft."""
    agent: str = Field(default="", max_length=64)
    """Whose voice, language and routes count; empty: those of the agent that has the flow."""
    caller: str = Field(default="", max_length=40, pattern=r"^(\+[0-9]{3,20})?$", examples=["+12025550143"])
    """The number that seems to call."""


class GivenTurn(Asked):
    """A turn of the caller: one of these."""

    text: str | None = Field(default=None, max_length=2000, examples=["Where is my order?"])
    """What they say."""
    keys: str | None = Field(default=None, max_length=40, pattern=r"^[0-9*#]+$")
    """What they press."""
    silence: bool = False
    """They say nothing for longer than they are waited for."""
    hangs_up: bool = False

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        given = [self.text is not None, self.keys is not None, self.silence, self.hangs_up]
        if sum(given) != 1:
            raise ValueError("give one of text, keys, silence and hangs_up")
        return self


class TrialToken(Told):
    """What came of one visit to a node."""

    flow: str
    node: str
    exit: str
    slots: dict[str, JsonValue]
    confidence: float
    decided_by: str
    """`rules`, `classifier`, `model:ROUTE`, `keypad`, `tool`, `engine`."""
    evidence: str


class PlaceFacts(Told):
    """A node that the call is at."""

    flow: str
    node: str = Field(examples=["tell"])
    opened_by: Literal["start", "handler", "run"]


class ToolAsked(Told):
    """A tool that the flow called."""

    tool: str = Field(examples=["orders.find"])
    arguments: dict[str, JsonValue] = Field(examples=[{"number": "41755"}])
    answered_by: Literal["tool", "example", "missing"] = Field(examples=["example"])
    """`tool`: it was really called. `example`: by the tool's own example. `missing`: as if there were no such thing."""


class TrialFacts(Told):
    """Where a trial stands after a turn."""

    id: str = Field(examples=["7Jx0c1vQ2mE"])
    said: tuple[str, ...] = Field(examples=[["Your order is on its way."]])
    """What the agent said since the turn before."""
    tokens: tuple[TrialToken, ...]
    """The visits that ended since the turn before: the path that was taken."""
    places: tuple[PlaceFacts, ...]
    """Where the call is: the last is the present node, those before wait for it to end."""
    values: dict[str, JsonValue] = Field(examples=[{"order_number": "41755"}])
    """Slots and variables of the present flow."""
    tools: tuple[ToolAsked, ...]
    """Tools that were called since the turn before."""
    working: bool
    """Something takes long; what comes of it is told with the next turn."""
    ended: bool
    outcome: str = Field(examples=[""])
    """How the call ended; empty while it goes on."""


@router.post("/projects/{project}/trials", dependencies=[may(Role.EDITOR)], status_code=201)
async def begin_trial(desk: TheDesk, who: Who, project: str, given: GivenTrial) -> TrialFacts:
    """Begin a call by text: on what is on the canvas, on the draft, or on a version. One that nobody goes on with for
    ten minutes is ended; of more than five, the one that was longest not gone on with. Transfers are always taken."""
    document = sound(given.document, "The document") if given.document is not None else None
    trials = desk.workbench.trials
    name, reply = await trials.begin(
        ProjectId(project),
        FlowId(given.flow),
        who.id,
        document=document,
        version=given.version,
        agent=given.agent,
        caller=given.caller,
        tools=given.tools,
    )
    return _facts(name, reply, over=trials.over(name))


@router.post("/projects/{project}/trials/calls", dependencies=[may(Role.EDITOR)], status_code=201)
async def start_trial_call(
    request: Request,
    desk: TheDesk,
    who: Who,
    project: str,
    given: GivenTrialCall,
    idempotency_key: Annotated[IdempotencyKey | None, Header()] = None,
) -> StartedCall:
    """Call what is on the canvas, or the draft, from a browser. It is checked first and frozen for this call, however
    it is edited meanwhile; what is published stays as it is. Tools answer with their examples, and nobody is rung. The
    call is kept and recorded like any other, marked as a trial: lists leave it out unless they are asked for trials,
    and neither calls nor minutes count it. `Idempotency-Key` as for `start_call`."""
    audit(request, flow=given.flow, agent=given.agent)
    document = sound(given.document, "The document") if given.document is not None else None
    wanted = ProjectId(project)

    async def begin() -> StartedCall:
        flow = FlowId(given.flow)
        return await start_trial(desk, wanted, flow, document, agent=given.agent, caller=given.caller, by=who.name)

    if idempotency_key is None:
        return await begin()

    async def work() -> Values:
        return (await begin()).model_dump(mode="json")

    answer = await desk.store.idempotent.once(wanted, who.id, idempotency_key, given.model_dump(mode="json"), work)
    return StartedCall.model_validate(answer)


@router.post("/projects/{project}/trials/{trial}/said", dependencies=[may(Role.EDITOR)])
async def say_in_trial(desk: TheDesk, who: Who, project: str, trial: TrialId, given: GivenTurn) -> TrialFacts:
    """A turn of the caller, and what comes of it."""
    trials = desk.workbench.trials
    reply = await trials.said(ProjectId(project), who.id, trial, _event(given))
    return _facts(trial, reply, over=trials.over(trial))


@router.delete("/projects/{project}/trials/{trial}", dependencies=[may(Role.EDITOR)], status_code=204)
async def end_trial(desk: TheDesk, who: Who, project: str, trial: TrialId) -> None:
    """End it."""
    await desk.workbench.trials.end(ProjectId(project), who.id, trial)


def _event(given: GivenTurn) -> CallerEvent:
    if given.hangs_up:
        return CallEnded(reason="caller_hung_up")
    if given.keys is not None:
        return KeyPressed(keys=given.keys)
    text = clean(given.text or "")
    return CallerSpoke(text=text) if text else CallerSilent()


def _facts(name: str, reply: Reply, *, over: bool) -> TrialFacts:
    state = reply.state
    scope = state.frames[-1].scope if state.frames else 0
    values: Values = state.scopes[scope].values if state.scopes else {}
    tokens = [
        {
            "flow": one.flow,
            "node": one.node,
            "exit": one.exit,
            "slots": dict(one.slots),
            "confidence": one.confidence,
            "decided_by": one.decided_by,
            "evidence": one.evidence,
        }
        for one in reply.tokens
    ]
    places = [
        {"flow": state.scopes[one.scope].flow, "node": one.node, "opened_by": one.opened_by} for one in state.frames
    ]
    tools = [
        {"tool": one.tool, "arguments": dict(one.arguments), "answered_by": one.answered_by} for one in reply.asked
    ]
    return TrialFacts.model_validate(
        {
            "id": name,
            "said": reply.said,
            "tokens": tokens,
            "places": places,
            "values": dict(values),
            "tools": tools,
            "working": reply.working,
            "ended": over,
            "outcome": state.outcome,
        }
    )
