"""A call as people look at it: its log, as far as they may see it, and what can be read from it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tollfree.calls.latency import Timings, timings_of
from tollfree.calls.log import token_of
from tollfree.calls.personal import HIDDEN, Veil
from tollfree.calls.personal_words import shown
from tollfree.calls.position import Position
from tollfree.calls.said import SaidTurn, turns_of
from tollfree.calls.store.calls import Call
from tollfree.calls.store.errors import UnknownCall
from tollfree.calls.store.record import LogEntry
from tollfree.calls.store.store import Store
from tollfree.flows.graph import Flow
from tollfree.protocol.ids import CallId, ProjectId
from tollfree.protocol.token import ExitToken
from tollfree.wiring.flow_shelf import FlowShelf


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One call."""

    call: Call
    entries: tuple[LogEntry, ...]
    """Its log, as it may be shown."""
    flow: Flow | None
    """The version that it runs on; None: this program cannot read it."""
    node: str
    """Where it stands, or stood at its end."""
    flow_now: str
    """The flow that the node is of."""

    @property
    def turns(self) -> tuple[SaidTurn, ...]:
        """What was said."""
        return turns_of(self.entries)

    @property
    def tokens(self) -> tuple[tuple[int, ExitToken], ...]:
        """What came of each visit, with its place in the log."""
        return tuple((one.seq, token_of(one.record)) for one in self.entries if one.record.kind == "token")

    @property
    def timings(self) -> Timings:
        """How long the caller waited."""
        return timings_of(self.entries)


async def call_of(store: Store, project: ProjectId, call: CallId) -> Call:
    """A call of this project; of another's it is told as if there were none. Raises `UnknownCall`."""
    found = await store.calls.get(call)
    if found.project != project:
        raise UnknownCall(call)
    return found


async def story_of(store: Store, flows: FlowShelf, call: Call, *, personal: bool) -> Story:
    """A call with its whole log. `personal`: whether personal values may be seen."""
    entries = tuple([entry async for entry in store.log.stream(call.id, page=2000)])
    flow = await flows.of(call)
    node, flow_now = _stands(call, entries, flow)
    if not personal:
        entries = shown(entries, Veil(flow) if flow is not None else None)
    return Story(call=call if personal else unnamed(call), entries=entries, flow=flow, node=node, flow_now=flow_now)


def _stands(call: Call, entries: Sequence[LogEntry], flow: Flow | None) -> tuple[str, str]:
    """The node and its flow. That of a call that is over is told by its last token: nothing has to be folded."""
    if call.ended_at is not None:
        last = next((token_of(one.record) for one in reversed(entries) if one.record.kind == "token"), None)
        return (last.node, last.flow) if last is not None else ("", "")
    position = Position(flow)
    for entry in entries:
        position.feed(entry)
    return position.node, position.flow_now


def unnamed(call: Call) -> Call:
    """Without the caller's number."""
    return replace(call, caller=HIDDEN) if call.caller else call
