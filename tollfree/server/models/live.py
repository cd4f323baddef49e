"""Calls as they go on, as the API tells them."""

from datetime import datetime
from typing import Literal

from pydantic import Field, JsonValue

from tollfree.server.models.calls import Frozen


class LiveCall(Frozen):
    """A call now."""

    id: str = Field(examples=["01kavz3m5tq8s0v5y3c9w1r7bd"])
    agent: str
    flow: str
    version: int
    """Below zero: a draft, frozen for a trial."""
    trial: bool
    """Whether somebody tries a draft."""
    line: str
    caller: str
    """The caller's number; ••• for those who may not see personal data."""
    started_at: datetime
    node: str
    """Where it stands: a node of `flow_now`; empty: it has not begun, or its version cannot be read here."""
    flow_now: str
    """The flow that the node is of: a sub-flow, maybe."""
    waits_for: Literal["", "caller", "tool", "knowledge", "model", "person"] = Field(examples=["caller"])
    """What it waits for; empty: nothing."""
    since: str = Field(examples=["2026-11-22T14:05:09.500-05:00"])
    """When that began, ISO 8601 with offset."""
    attempts: int = Field(examples=[1])
    """Times that the present question was put in vain."""
    turns: int = Field(examples=[2])
    """Times that the caller has spoken."""
    caller_said: str = Field(examples=["Where is my order?"])
    """The caller's last words."""
    agent_said: str = Field(examples=["What is your order's number?"])
    """The agent's last words that were heard."""
    response_ms: float | None
    """How long the caller waited for the last answer; null: not measured."""
    seq: int = Field(examples=[41])
    """Records of its log so far."""


class LiveCalls(Frozen):
    """The event `calls`: all calls that run."""

    calls: tuple[LiveCall, ...]


class LiveEntry(Frozen):
    """The event `entry`: a record was added to a call's log."""

    call: str
    seq: int
    at: str
    kind: Literal["event", "effect", "token", "note"]
    type: str = Field(examples=["caller_spoke"])
    data: dict[str, JsonValue] = Field(examples=[{"text": "four one seven five five", "confidence": 0.94}])


class LiveBegan(Frozen):
    """The event `call_began`."""

    call: LiveCall


class LiveChanged(Frozen):
    """The event `call_changed`: how a call stands after its latest entries."""

    call: LiveCall


class LiveEnded(Frozen):
    """The event `call_ended`."""

    call: str
    outcome: str
    ended_at: datetime | None


class LiveReset(Frozen):
    """The event `reset`: what was missed is not known any more; everything follows anew. Empty."""


class LiveEvents(Frozen):
    """What streams send: by the name of each event, its data."""

    calls: LiveCalls
    call_began: LiveBegan
    call_changed: LiveChanged
    entry: LiveEntry
    call_ended: LiveEnded
    reset: LiveReset
