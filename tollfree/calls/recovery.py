"""Ends calls whose process is gone: folds what their logs hold, and closes them there."""

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pydantic import ValidationError

from tollfree.calls import log
from tollfree.calls.bundle import load_bundle
from tollfree.calls.errors import CallError
from tollfree.calls.running import RunningCalls
from tollfree.calls.snapshot import snapshot
from tollfree.calls.store.errors import CallClosed, UnknownCall
from tollfree.calls.store.store import Store
from tollfree.flows.engine import START, step
from tollfree.protocol.clock import Clock
from tollfree.protocol.errors import TollfreeError
from tollfree.protocol.events import CallEnded
from tollfree.protocol.ids import CallId

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


async def recover_calls(store: Store, running: RunningCalls, clock: Clock) -> tuple[Recovered, ...]:
    """End every call of this machine whose process is gone. One that cannot be ended is told, and tried again the
    next time; a call this store does not know is another database's, and left alone."""
    recovered: list[Recovered] = []
    for call in running.marked():
        with running.gone(call) as gone:
            if not gone:
                continue
            try:
                outcome = await end_lost_call(store, call, clock)
            except UnknownCall:
                continue
            except CallClosed:
                running.forget(call)
            except TollfreeError as error:
                _log.warning("call not recovered", extra={"call_id": call, "code": error.code})
                recovered.append(Recovered(call=call, outcome="", problem=error.message))
            else:
                running.forget(call)
                recovered.append(Recovered(call=call, outcome=outcome))
    return tuple(recovered)


async def end_lost_call(store: Store, call: CallId, clock: Clock, reason: Reason = "line_lost") -> str:
    """Fold a call's log, add that it ended, and end it; returns its outcome. Nobody may be writing its log.

    Raises `UnknownCall`; `CallClosed` for a call that has ended; `CallError` for a log that cannot be read.
    """
    stored = await store.calls.get(call)
    if stored.ended_at is not None:
        raise CallClosed(call)
    version = await store.versions.get(stored.project, stored.flow, stored.version)
    flow = load_bundle(version.bundle)
    state, length, ended, at = START, 0, False, ""
    async for entry in store.log.stream(call):
        length, at = entry.seq + 1, entry.record.at
        if entry.record.kind == "event":
            try:
                event = log.event_of(entry.record)
            except ValidationError as invalid:
                raise CallError(
                    f"Record {entry.seq} of call {call} cannot be read, so it cannot be ended."
                ) from invalid
            state, ended = step(flow, state, event).state, isinstance(event, CallEnded)
    now = clock.now()
    if not ended:
        # The time zone of the records before; nothing else here knows the project's.
        event = CallEnded(reason=reason, at=_in_zone_of(at, now))
        taken = step(flow, state, event)
        records = [log.of_event(event), *(log.of_token(token) for token in taken.tokens)]
        records += [log.of_effect(event.at, effect) for effect in taken.effects]
        await store.log.append(call, records, expected_seq=length)
        state = taken.state
    outcome = state.outcome or reason
    await store.calls.end(call, ended_at=now, outcome=outcome, state=snapshot(state))
    return outcome


def _in_zone_of(at: str, moment: datetime) -> str:
    zone = datetime.fromisoformat(at).tzinfo if at else moment.tzinfo
    return moment.astimezone(zone).isoformat(timespec="milliseconds")
