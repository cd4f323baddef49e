"""Calls, as the API tells them."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

Hidden = "•••"
"""What stands where a value is that whoever asks may not see."""


class Frozen(BaseModel):
    """A model whose fields are described by the lines below them."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)


class CallFacts(Frozen):
    """A call, as lists show it."""

    id: str = Field(examples=["01kavz3m5tq8s0v5y3c9w1r7bd"])
    agent: str = Field(examples=["main"])
    """The agent that answered; empty: a flow was called by its name."""
    flow: str = Field(examples=["support"])
    version: int = Field(examples=[3])
    """The flow's version that it ran on, from beginning to end; below zero: a draft, frozen for a trial."""
    trial: bool = False
    """Whether somebody tried a draft by voice."""
    line: str = Field(examples=["livekit"])
    """What carried it: `text`, `wav`, `livekit`."""
    caller: str = Field(examples=["+12025550143"])
    """The caller's number in E.164; empty: it is not known; ••• for those who may not see personal data."""
    started_at: datetime
    ended_at: datetime | None = Field(default=None, examples=["2026-11-22T19:06:35Z"])
    """null: it runs."""
    lasted_s: float | None = Field(default=None, examples=[93.2])
    outcome: str | None = Field(default=None, examples=["answered"])
    """As the flow, or whoever ended it, named it; null: it runs."""


class TurnFacts(Frozen):
    """Something that was said, by either side."""

    seq: int
    """Its place in the call's log."""
    at: str = Field(examples=["2026-11-22T14:05:07.123-05:00"])
    """When, ISO 8601 with offset; of words, when they were over."""
    who: Literal["caller", "agent", "person"]
    """`person`: somebody who supervised the call."""
    kind: Literal["words", "keys", "silence", "unheard"]
    text: str = Field(examples=["Where is my order?"])
    cut: bool = False
    """The caller spoke over it: these are the words that were heard."""


class TokenFacts(Frozen):
    """What came of a visit to a node."""

    seq: int
    at: str
    flow: str
    node: str
    exit: str
    slots: dict[str, JsonValue]
    """What the visit set."""
    confidence: float
    decided_by: str
    evidence: str
    cited: tuple[str, ...] = ()
    """Passages of the knowledge that it rests on, as a person finds them: `Returns policy, page 2`."""


class CitedPassage(Frozen):
    """A passage that was found for a question."""

    seq: int
    """Of the log's record that found it."""
    id: str = Field(examples=["f0a1c2d3e4b59687"])
    source: str
    place: str = Field(examples=["page 3"])
    text: str = Field(examples=["Orders leave the oven at six and arrive before ten."])
    score: float = Field(examples=[0.71])
    cited: bool = Field(examples=[True])
    """Whether the words that were said rest on it."""


class EngineWork(Frozen):
    """A piece of work by an engine."""

    turn: int
    """Of the caller, from 1; 0: before their first word."""
    intent: str
    work: Literal["stt", "llm", "tts"] = Field(examples=["llm"])
    engine: str
    model: str
    purpose: str = Field(examples=["understand"])
    first_ms: float | None = Field(default=None, examples=[182.0])
    """Milliseconds until its first word or sound."""
    took_ms: float = Field(examples=[410.0])
    came_to: str = Field(examples=["used"])
    """`used`; `dropped`: nobody wanted it any more; `failed` or `slow`: the next in the chain was asked."""
    why: str = Field(examples=["the classifier was unsure"])
    heard_s: float
    prompt_tokens: int
    cached_tokens: int
    completion_tokens: int
    characters: int
    kept_characters: int


class TurnTimes(Frozen):
    """What a caller waited for in one turn. Times are milliseconds since the call began, or was taken up; null: it did
    not happen."""

    turn: int
    began_ms: float | None = Field(examples=[5120.0])
    speech_end_ms: float | None = Field(examples=[7480.0])
    offered_ms: float | None = Field(examples=[7560.0])
    heard_ms: float | None = Field(examples=[7630.0])
    understood_ms: float | None = Field(examples=[7650.0])
    looked_up_ms: float | None = Field(examples=[7840.0])
    retrieved_ms: float | None = Field(examples=[7660.0])
    committed_ms: float | None = Field(examples=[7910.0])
    rendered_ms: float | None = Field(examples=[8010.0])
    sent_ms: float | None = Field(examples=[8050.0])
    response_ms: float | None
    """From the end of the caller's speech to the first sound of the answer."""
    looks: int | None = Field(examples=[2])
    confidence: float | None
    work: tuple[EngineWork, ...]


class InterruptionTimes(Frozen):
    """The caller spoke while the agent did."""

    onset_ms: float | None = Field(examples=[12040.0])
    paused_ms: float | None = Field(examples=[12150.0])
    ended_ms: float | None = Field(examples=[12900.0])
    how: str = Field(examples=["resumed"])
    """`resumed`: the agent went on; `stopped`: it gave way."""
    why: str = Field(examples=["it was a backchannel"])


class Percentiles(Frozen):
    """How long something took, over all turns of the call."""

    n: int
    p50_ms: float
    p95_ms: float


class WaterfallFacts(Frozen):
    """How long the caller waited, and for what. Empty for a call by keyboard."""

    turns: tuple[TurnTimes, ...] = ()
    interruptions: tuple[InterruptionTimes, ...] = ()
    first_words_ms: tuple[float, ...] = Field(default=(), examples=[[240.0]])
    """From connected to the first sound; again each time that the call was taken up."""
    stages: dict[str, Percentiles] = {}
    """By stage of a turn."""
    work: tuple[EngineWork, ...] = ()


class RecordingPart(Frozen):
    """A recording, or a part of one: a call that was taken up by another process has several."""

    part: int = Field(examples=[0])
    format: str = Field(examples=["opus"])
    began_at: str = Field(examples=["2026-11-22T14:05:02.240-05:00"])
    """When its first sample was, ISO 8601 with offset."""
    offset_ms: float = Field(examples=[240.0])
    """The same, in milliseconds after the call began."""
    here: bool = Field(examples=[True])
    """false: its file is not on the server's machine, or was deleted."""


class UsedTokens(Frozen):
    """What one model used in a call."""

    engine: str
    model: str
    times: int = Field(examples=[1])
    prompt_tokens: int
    cached_tokens: int
    completion_tokens: int
    cost: float | None = Field(examples=[0.0004])
    """In the project's currency as the route's prices are; null: the route has no price."""


class CallCost(Frozen):
    """What a call used, and what that costs."""

    minutes: float = Field(examples=[1.55])
    heard_s: float
    characters: int
    kept_characters: int
    tokens: tuple[UsedTokens, ...]
    token_cost: float | None = Field(examples=[0.0004])
    """null: no route that was used has a price."""
    minutes_cost: float | None = Field(examples=[0.08])
    """What the same minutes would cost; null: no price by the minute is set."""


class NoteFacts(Frozen):
    """Something that a person should know of a call, and that no flow reads."""

    seq: int
    at: str
    type: str = Field(examples=["recording_stopped"])
    data: dict[str, JsonValue] = Field(examples=[{"why": "the disk is full"}])


class EventFacts(Frozen):
    """One record of a call's log."""

    seq: int
    at: str
    kind: Literal["event", "effect", "token", "note"]
    type: str = Field(examples=["caller_spoke"])
    data: dict[str, JsonValue] = Field(examples=[{"text": "four one seven five five", "confidence": 0.94}])


class CallDetail(Frozen):
    """A call with everything that happened in it."""

    call: CallFacts
    language: str
    node: str = Field(examples=["goodbye"])
    """Where it stands, or stood when it ended: a node of `flow_now`."""
    flow_now: str
    slots: dict[str, JsonValue]
    """Values by name, as the call has set them so far."""
    path: tuple[str, ...] = Field(examples=[["which_order.given", "find_order.found", "tell.said"]])
    """`node.exit` of every visit, in order."""
    turns: tuple[TurnFacts, ...]
    supervised: tuple[EventFacts, ...] = Field(examples=[[]])
    """What people did to it while it ran: each the event `supervised` of its log."""
    tokens: tuple[TokenFacts, ...]
    passages: tuple[CitedPassage, ...]
    waterfall: WaterfallFacts
    recordings: tuple[RecordingPart, ...]
    cost: CallCost | None
    """null: the call runs, or ended before usage was kept."""
    notes: tuple[NoteFacts, ...]
    room: str
    """The LiveKit room that it is in; empty: none."""
    events: int = Field(examples=[48])
    """Records of its log."""


class CallExport(Frozen):
    """A call as a file."""

    call: CallFacts
    events: tuple[EventFacts, ...]


class Peaks(Frozen):
    """A recording's outline, to be drawn. Values are -128 to 127."""

    seconds: float = Field(examples=[93.2])
    caller_min: tuple[int, ...] = Field(examples=[[-3, -41]])
    caller_max: tuple[int, ...] = Field(examples=[[2, 44]])
    agent_min: tuple[int, ...] = Field(examples=[[-52, -6]])
    agent_max: tuple[int, ...] = Field(examples=[[57, 4]])


class NewCall(BaseModel):
    """A call to be made."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        use_attribute_docstrings=True,
        json_schema_extra={
            "examples": [{"agent": "main", "kind": "web"}, {"agent": "main", "kind": "phone", "to": "+12025550143"}]
        },
    )

    agent: str = Field(default="main", min_length=1, max_length=200)
    """Which of the project's agents talks."""
    kind: Literal["web", "phone"]
    """`web`: whoever asks talks from their browser. `phone`: `to` is rung."""
    to: str = Field(default="", max_length=64)
    """The number to ring, for `phone`: E.164, or as it is dialled in the project's region."""
    caller: str = Field(default="", max_length=64)
    """For `web`: the number the flow is told that the caller has."""


class WayIn(Frozen):
    """How a browser comes into a room."""

    url: str = Field(examples=["wss://livekit.example.com"])
    token: str
    """Lets one person into this room, within a few minutes."""
    room: str


class StartedCall(Frozen):
    """A call that was made."""

    kind: Literal["web", "phone"]
    room: str
    """Its LiveKit room: the call is in the list as soon as an agent has taken it."""
    join: WayIn | None
    """With `web`: how to come in. With `phone`, whoever was rung has picked up, and an agent was sent for."""


IdempotencyKey = Annotated[str, Field(min_length=8, max_length=200, examples=["0d2b7c1e-call-1"])]
