"""Replays a call's log through the engine and compares what comes of it with what was stored."""

from dataclasses import dataclass
from itertools import zip_longest

from pydantic import ValidationError

from tollfree.calls import log
from tollfree.calls.bundle import load_bundle
from tollfree.calls.snapshot import ADDED_FIELDS, snapshot
from tollfree.calls.store.calls import FinalState
from tollfree.calls.store.document import digest
from tollfree.calls.store.record import LogRecord
from tollfree.calls.store.store import Store
from tollfree.flows.engine import START, step
from tollfree.flows.state import CallState
from tollfree.protocol.ids import CallId


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """What a replay found."""

    call: CallId
    events: int
    """Events folded."""
    ended: bool
    """Whether the call has a final state to compare with."""
    differences: tuple[str, ...]
    """Each in a sentence with its place in the log; none: the fold equals what was stored."""


async def replay_call(store: Store, call: CallId) -> Replayed:
    """Fold the log again. Raises `UnknownCall`, or `FlowFaulty` when the version no longer compiles."""
    stored = await store.calls.get(call)
    version = await store.versions.get(stored.project, stored.flow, stored.version)
    flow = load_bundle(version.bundle)
    state, events, older = START, 0, False
    differences: list[str] = []
    expected: list[LogRecord] = []
    found: list[tuple[int, LogRecord]] = []

    async for entry in store.log.stream(call):
        if entry.record.kind == "event":
            differences += _compare(expected, found, older=older)
            try:
                event = log.event_of(entry.record)
            except ValidationError as invalid:
                why = invalid.errors()[0]["msg"]
                unreadable = f"record {entry.seq}: the event {entry.record.type} cannot be read ({why})"
                return Replayed(call=call, events=events, ended=False, differences=(*differences, unreadable))
            taken = step(flow, state, event)
            state, events = taken.state, events + 1
            expected = [log.of_token(token) for token in taken.tokens]
            expected += [log.of_effect(event.at, effect) for effect in taken.effects]
            found = []
        elif entry.record.kind in ("token", "effect"):
            found.append((entry.seq, entry.record))
            older = older or log.is_older(entry.record)
    differences += _compare(expected, found, older=older)
    final = await store.calls.final_state(call)
    if final is not None:
        differences += _compare_ends(state, final, stored.outcome, older=older)
    return Replayed(call=call, events=events, ended=final is not None, differences=tuple(differences))


def _compare_ends(state: CallState, final: FinalState, outcome: str | None, *, older: bool) -> list[str]:
    """What was stored when the call ended, held against the fold and against its own digest. Of an older call, what
    states have had since is not in it."""
    differences: list[str] = []
    folded = snapshot(state)
    if older:
        folded = {name: value for name, value in folded.items() if name in final.state or name not in ADDED_FIELDS}
    if digest(folded) != final.sha256:
        changed = [name for name, value in folded.items() if final.state.get(name) != value]
        differences.append(f"the final state differs in {', '.join(changed) or 'its digest'}")
    elif digest(final.state) != final.sha256:
        differences.append("the final state that is stored was changed: its digest is another state's")
    # A call that broke before its first record has no outcome of its own; whoever ended it named one.
    if outcome != state.outcome and state.facts is not None:
        differences.append(f"the outcome stored is {outcome}, the engine gives {state.outcome}")
    return differences


def _compare(expected: list[LogRecord], found: list[tuple[int, LogRecord]], *, older: bool) -> list[str]:
    differences: list[str] = []
    for wanted, got in zip_longest(expected, found):
        if got is None:
            differences.append(f"the log lacks the {wanted.kind} {wanted.type} {dict(wanted.data)}")
        elif wanted is None:
            differences.append(f"record {got[0]}: nothing asked for the {got[1].kind} {got[1].type}")
        elif wanted != got[1] and not log.agree(wanted, got[1], older=older):
            differences.append(
                f"record {got[0]}: stored {got[1].kind} {got[1].type} {dict(got[1].data)}, "
                f"the engine gives {wanted.kind} {wanted.type} {dict(wanted.data)}"
            )
    return differences
