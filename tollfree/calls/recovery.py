"""Calls whose process is gone: those that can go on are told to whoever takes them again, the others are ended where
their logs stop."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from tollfree.calls import log
from tollfree.calls.closing import close_call
from tollfree.calls.delivery import Delivered, deliver_or_raise, deliver_spools, is_spooled
from tollfree.calls.resuming import fold
from tollfree.calls.room import ROOM
from tollfree.calls.running import RunningCalls
from tollfree.calls.snapshot import snapshot
from tollfree.calls.store.calls import Call
from tollfree.calls.store.errors import CallClosed, UnknownCall
from tollfree.calls.store.store import Store
from tollfree.flows.engine import step
from tollfree.protocol.clock import Clock
from tollfree.protocol.errors import TollfreeError
from tollfree.protocol.events import CallEnded
from tollfree.protocol.ids import CallId, ProjectId

RESUME_WITHIN_S = 60.0
"""Seconds after its last record within which a call may be taken again; a caller who heard nothing for longer has
hung up."""
RESUMABLE_LINES = frozenset({"livekit"})
"""What outlives the process of a call: the caller stays in the room."""
RESUMED_AT_MOST = 3
"""Times that a call is taken again without a word of the caller in between: what kills it every time must not go on
for ever."""

_CALLER = frozenset({"caller_spoke", "key_pressed"})
_log = logging.getLogger(__name__)

Reason = Literal["line_lost", "error"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovered:
    """What came of a call whose process was gone."""

    call: CallId
    outcome: str
    """As its end was kept; empty when it could not be."""
    problem: str = ""
    """Why it could not be ended, in a sentence."""
    room: str = ""
    """The LiveKit room where its caller may still be; empty: none, or it is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """A call whose process is gone, and that can go on."""

    call: CallId
    project: ProjectId
    agent: str
    room: str
    """The LiveKit room where the caller waits."""
    line: str
    last_at: datetime
    """Time of its last record."""


async def lost_calls(
    store: Store, running: RunningCalls, clock: Clock, *, within_s: float = RESUME_WITHIN_S
) -> tuple[Lost, ...]:
    """Calls of this machine to be taken again, oldest first. What is in their spools is brought to the store first. A
    folder listing when no call runs; cheap enough for every second.

    Whoever takes one claims it (`RunningCalls.claim`), so that nobody else does. Raises `StoreError`.
    """
    lost: list[Lost] = []
    for call in running.without_process():
        await deliver_spools(store, running.home, only=call)
        try:
            found = _lost(await _trace(store, call), clock, within_s)
        except UnknownCall:
            continue
        if found is not None and not is_spooled(running.home, call):
            lost.append(found)
    return tuple(lost)


async def recover_calls(
    store: Store, running: RunningCalls, clock: Clock, *, resume_within_s: float = RESUME_WITHIN_S
) -> tuple[Recovered, ...]:
    """End every call of this machine whose process is gone and that nobody will take again, and deliver what was left
    in spools. One that cannot be ended is told, and tried again the next time; a call this store does not know is
    another database's, and left alone."""
    delivered = await deliver_spools(store, running.home)
    recovered: list[Recovered] = []
    for call in running.without_process():
        try:
            trace = await _trace(store, call)
            if _lost(trace, clock, resume_within_s) is not None:
                continue
        except UnknownCall:
            continue
        with running.gone(call) as gone:
            if not gone:
                continue
            try:
                outcome = await end_lost_call(store, call, clock, home=running.home)
            except CallClosed:
                running.forget(call)
            except TollfreeError as error:
                _log.warning("call not recovered", extra={"call_id": call, "code": error.code})
                recovered.append(Recovered(call=call, outcome="", problem=error.message))
            else:
                running.forget(call)
                recovered.append(Recovered(call=call, outcome=outcome, room=trace.room))
    return (*recovered, *_undelivered(delivered, recovered))


async def end_lost_call(
    store: Store, call: CallId, clock: Clock, reason: Reason = "line_lost", *, home: Path | None = None
) -> str:
    """Fold a call's log, add that it ended, and end it; returns its outcome. Nobody may be writing its log. `home`:
    where its spool is, which is delivered first.

    Raises `UnknownCall`; `CallClosed` for a call that has ended; `CallError` for a log that cannot be read;
    `StoreError` when its spool cannot be delivered.
    """
    if home is not None:
        await deliver_or_raise(store, home, call)
    if (await store.calls.get(call)).ended_at is not None:
        raise CallClosed(call)
    found = await fold(store, call)
    state, now = found.state, clock.now()
    if not found.ended:
        # The time zone of the records before; nothing else here knows the project's.
        event = CallEnded(reason=reason, at=_in_zone_of(found.last_at, now))
        taken = step(found.flow, state, event)
        records = [log.of_event(event), *(log.of_token(token) for token in taken.tokens)]
        records += [log.of_effect(event.at, effect) for effect in taken.effects]
        await store.log.append(call, records, expected_seq=found.next_seq)
        state = taken.state
    outcome = state.outcome or reason
    await close_call(store, found.call, found.flow, now, outcome, snapshot(state))
    return outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class _Trace:
    """What a call's log says of whether it can be taken again."""

    call: Call
    room: str
    last_at: str
    """Time of the last record; empty: there is none."""
    began: bool
    ended: bool
    resumed: int
    """Times it was taken again since the caller's last word."""


async def _trace(store: Store, call: CallId) -> _Trace:
    """Raises `UnknownCall`."""
    stored: Call = await store.calls.get(call)
    room, last_at, began, ended, resumed = "", "", False, stored.ended_at is not None, 0
    async for entry in store.log.stream(call):
        record, last_at = entry.record, entry.record.at
        match record.kind, record.type:
            case "note", note if note == ROOM:
                room = str(record.data.get("room", ""))
            case "event", "call_started":
                began = True
            case "event", "call_ended":
                ended = True
            case "event", "call_resumed":
                resumed += 1
            case "event", type if type in _CALLER:
                resumed = 0
            case _:
                pass
    return _Trace(call=stored, room=room, last_at=last_at, began=began, ended=ended, resumed=resumed)


def _lost(trace: _Trace, clock: Clock, within_s: float) -> Lost | None:
    """What is needed to take a call again; None: it cannot be."""
    call = trace.call
    if call.line not in RESUMABLE_LINES or trace.ended or trace.resumed >= RESUMED_AT_MOST:
        return None
    if not (trace.room and trace.began):
        return None
    last_at = datetime.fromisoformat(trace.last_at)
    if clock.now() - last_at > timedelta(seconds=within_s):
        return None
    return Lost(call=call.id, project=call.project, agent=call.agent, room=trace.room, line=call.line, last_at=last_at)


def _undelivered(delivered: Sequence[Delivered], recovered: Sequence[Recovered]) -> list[Recovered]:
    """Spools that could not be delivered, of calls not told of already."""
    told = {one.call for one in recovered}
    return [
        Recovered(call=d.call, outcome="", problem=d.problem) for d in delivered if d.problem and d.call not in told
    ]


def _in_zone_of(at: str, moment: datetime) -> str:
    zone = datetime.fromisoformat(at).tzinfo if at else moment.tzinfo
    return moment.astimezone(zone).isoformat(timespec="milliseconds")
