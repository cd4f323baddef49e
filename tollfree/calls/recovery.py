"""Calls whose process is gone: those that can go on are told to whoever takes them again, the others are ended where
their logs stop."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from tollfree.calls import log
from tollfree.calls.delivery import Delivered, deliver_or_raise, deliver_spools, is_spooled
from tollfree.calls.resuming import fold
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
ROOM = "room"
"""Type of the note that says where a call can be joined: `room`, `project`, `agent`. Whoever takes a call from
LiveKit keeps it, with the first record."""

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
    for call in _gone(running):
        await deliver_spools(store, running.home, only=call)
        try:
            found = await _lost(store, call, clock, within_s)
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
    for call in _gone(running):
        try:
            if await _lost(store, call, clock, resume_within_s) is not None:
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
                recovered.append(Recovered(call=call, outcome=outcome))
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
    await store.calls.end(call, ended_at=now, outcome=outcome, state=snapshot(state))
    return outcome


def _gone(running: RunningCalls) -> list[CallId]:
    """Calls whose process is gone, for the moment: a lock is held no longer than it takes to look."""
    found: list[CallId] = []
    for call in running.marked():
        with running.gone(call) as gone:
            found += [call] if gone else []
    return found


async def _lost(store: Store, call: CallId, clock: Clock, within_s: float) -> Lost | None:
    """What is needed to take a call again; None: it cannot be. Raises `UnknownCall`."""
    stored: Call = await store.calls.get(call)
    if stored.line not in RESUMABLE_LINES or stored.ended_at is not None:
        return None
    room, last_at, began, resumed = "", "", False, 0
    async for entry in store.log.stream(call):
        record, last_at = entry.record, entry.record.at
        match record.kind, record.type:
            case "note", note if note == ROOM:
                room = str(record.data.get("room", ""))
            case "event", "call_started":
                began = True
            case "event", "call_ended":
                return None
            case "event", "call_resumed":
                resumed += 1
            case "event", type if type in _CALLER:
                resumed = 0
            case _:
                pass
    if not (room and began) or resumed >= RESUMED_AT_MOST:
        return None
    moment = datetime.fromisoformat(last_at)
    if clock.now() - moment > timedelta(seconds=within_s):
        return None
    return Lost(call=call, project=stored.project, agent=stored.agent, room=room, line=stored.line, last_at=moment)


def _undelivered(delivered: Sequence[Delivered], recovered: Sequence[Recovered]) -> list[Recovered]:
    """Spools that could not be delivered, of calls not told of already."""
    told = {one.call for one in recovered}
    return [
        Recovered(call=d.call, outcome="", problem=d.problem) for d in delivered if d.problem and d.call not in told
    ]


def _in_zone_of(at: str, moment: datetime) -> str:
    zone = datetime.fromisoformat(at).tzinfo if at else moment.tzinfo
    return moment.astimezone(zone).isoformat(timespec="milliseconds")
