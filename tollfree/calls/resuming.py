"""Where a call stands by its log alone, so that another process can go on with it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import ValidationError

from tollfree.calls import log
from tollfree.calls.bundle import load_bundle
from tollfree.calls.errors import CallError
from tollfree.calls.store.calls import Call
from tollfree.calls.store.store import Store
from tollfree.calls.supervising import REFUSED
from tollfree.calls.tools.definition import Tool
from tollfree.flows.engine import START, step
from tollfree.flows.graph import Flow
from tollfree.flows.state import CallState
from tollfree.protocol.effects import Compose, Effect, HangUp, Listen, Lookup, Retrieve, Say, Transfer, Understand
from tollfree.protocol.events import CallEnded, CallerSpoke, EffectFailed
from tollfree.protocol.facts import CallFacts
from tollfree.protocol.ids import CallId, EffectId
from tollfree.protocol.token import ExitToken

INTERRUPTED = "interrupted"
"""The code of an effect that may have been performed when its process died, and must not be performed twice."""


_COMMANDED = frozenset({"supervised", REFUSED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumable:
    """A call as its log left it."""

    call: Call
    """As it began, with the version it runs on."""
    flow: Flow
    """That version, compiled."""
    state: CallState
    next_seq: int
    """Place of the next record."""
    tokens: tuple[ExitToken, ...]
    """Of every visit that ended, in order."""
    facts: CallFacts | None
    """None: it died before its first event was kept, and has to begin anew."""
    pending: tuple[Effect, ...]
    """What was asked for and has no result, in order: what the state waits for; of a call that is being hung up, the
    lines nobody reported as heard, and hanging up."""
    began_at: datetime
    last_at: str
    """Time of the last record, ISO 8601 with offset; empty: there is none."""
    turns: int
    """Times that the caller has spoken."""
    commands: int
    """Id of the last command that was taken up, performed or refused; 0: none was."""
    ended: bool
    """Its end is in the log: there is nothing to go on with."""

    @property
    def path(self) -> tuple[str, ...]:
        """`node.exit` of every token, in order."""
        return tuple(token.step for token in self.tokens)


async def fold(store: Store, call: CallId, *, flow: Flow | None = None) -> Resumable:
    """Read a call's log and fold it. Nobody may be writing it, and its spool must have been delivered. `flow`: the
    version that the call runs on, where it is compiled already.

    A log ends between two steps and never within one: a step's records are added together, a write carries whole
    steps, and store and spool keep a write whole or not at all.

    Raises `UnknownCall`; `CallError` for a log that cannot be read; `BadVersion` or `FlowFaulty` when this program
    cannot run the version.
    """
    stored = await store.calls.get(call)
    if flow is None:
        flow = load_bundle((await store.versions.get(stored.project, stored.flow, stored.version)).bundle)
    state, length, ended, last_at, turns, commands = START, 0, False, "", 0, 0
    tokens: list[ExitToken] = []
    asked: dict[EffectId, Effect] = {}
    async for entry in store.log.stream(call):
        length, last_at = entry.seq + 1, entry.record.at
        if entry.record.type in _COMMANDED:
            commands = max(commands, int(str(entry.record.data.get("command", 0))))
        if entry.record.kind != "event":
            continue
        try:
            event = log.event_of(entry.record)
        except ValidationError as invalid:
            raise CallError(
                f"Record {entry.seq} of call {call} cannot be read, so nobody can go on with it or end it."
            ) from invalid
        taken = step(flow, state, event)
        state, ended = taken.state, ended or isinstance(event, CallEnded)
        turns += isinstance(event, CallerSpoke)
        tokens += taken.tokens
        asked.update((effect.id, effect) for effect in taken.effects if not isinstance(effect, Listen))
    return Resumable(
        call=stored,
        flow=flow,
        state=state,
        next_seq=length,
        tokens=tuple(tokens),
        facts=state.facts,
        pending=() if ended else pending_of(state, asked.values()),
        began_at=stored.started_at,
        last_at=last_at,
        turns=turns,
        commands=commands,
        ended=ended,
    )


def pending_of(state: CallState, asked: Iterable[Effect]) -> tuple[Effect, ...]:
    """Of the effects that were asked for so far, those that a state still waits for: see `Resumable.pending`."""
    awaited = {frame.waiting for frame in state.frames if frame.arrived is None}
    if state.hearing is not None:
        awaited.add(state.hearing.effect)
    if state.seeking is not None:
        awaited.add(state.seeking.effect)
    unheard = {effect for effect, _ in state.speaking} if state.over else set[EffectId]()
    return tuple(
        effect for effect in asked if isinstance(effect, HangUp) or effect.id in awaited or effect.id in unheard
    )


def taken_up(
    pending: Sequence[Effect], tools: Mapping[str, Tool]
) -> tuple[tuple[Effect, ...], tuple[EffectFailed, ...]]:
    """What of `Resumable.pending` is performed (again), and what has failed.

    What may have changed something outside before its process died is performed again only by a tool that is
    idempotent: it gets the same key, so that the other side knows the request. Anything else that changes something
    has failed, and the flow says what that means.
    """
    failed = tuple(
        EffectFailed(effect=effect.id, code=INTERRUPTED, message=f"The call was interrupted during {_named(effect)}.")
        for effect in pending
        if not _repeatable(effect, tools)
    )
    return tuple(effect for effect in pending if _repeatable(effect, tools)), failed


def _repeatable(effect: Effect, tools: Mapping[str, Tool]) -> bool:
    match effect:
        case Lookup():
            return not effect.world or (effect.tool in tools and tools[effect.tool].idempotent)
        case Transfer():
            return not effect.world
        case Say() | Listen() | Understand() | Retrieve() | Compose() | HangUp():
            return True


def _named(effect: Effect) -> str:
    return f"the tool {effect.tool}" if isinstance(effect, Lookup) else "the transfer"
