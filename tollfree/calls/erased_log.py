"""A call's log without what its caller said and what is personal, so that it still folds.

Events lose words, and have empty values of the same shape for personal ones (`000` for a code). The engine then folds
them again, and what it asks for is put where the old effects and tokens stood. Where it goes another way than it went,
because a value decided it, the rest of the log is blanked as it is, and the call has no final state any more.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from pydantic import ValidationError

from tollfree.calls import log
from tollfree.calls.personal import HIDDEN, Veil
from tollfree.calls.store.record import LogEntry, LogRecord
from tollfree.flows.engine import START, step
from tollfree.flows.graph import Flow
from tollfree.flows.state import CallState
from tollfree.protocol.values import Value, Values

_SAFE = frozenset(
    (
        "event",
        "type",
        "code",
        "work",
        "engine",
        "model",
        "purpose",
        "came_to",
        "why",
        "how",
        "intent",
        "format",
        "effect",
    )
)
"""Of notes, the fields whose text is ours and never a caller's."""
_WORDS: Mapping[str, frozenset[str]] = {
    "caller_spoke": frozenset({"text"}),
    "spoken": frozenset({"heard"}),
    "composed": frozenset({"text"}),
    "effect_failed": frozenset({"message"}),
    "supervised": frozenset({"value"}),
    "say": frozenset({"text"}),
    "retrieve": frozenset({"query", "context"}),
    "compose": frozenset({"said", "context"}),
    "transfer": frozenset({"summary"}),
}
"""By type of record, the fields that are words of the call."""


@dataclass(frozen=True, slots=True)
class ErasedLog:
    """What is kept."""

    entries: tuple[LogEntry, ...]
    state: CallState | None
    """As the kept events fold; None: they go another way than the call went."""


def erased_log(flow: Flow, entries: Sequence[LogEntry]) -> ErasedLog:
    """The log of a call that has ended."""
    veil = Veil(flow)
    kept: list[LogEntry] = []
    state: CallState | None = START
    expected: list[LogRecord] = []
    for entry in entries:
        veiled = veil.entry(entry).record
        if veiled.kind == "event":
            veiled = replace(veiled, data=_shaped(veiled.data, entry.record.data))
        blank = replace(entry, record=_blank(veiled))
        if entry.record.kind == "event":
            if expected:
                state = None  # something was asked for that the call had not asked for
            state, expected = _folded(flow, state, blank.record)
        elif entry.record.kind != "note" and state is not None:
            anew = expected.pop(0) if expected else None
            if anew is not None and _same_step(anew, entry.record):
                blank = replace(entry, record=anew)
            else:
                state = None
        kept.append(blank)
    return ErasedLog(tuple(kept), None if expected else state)


def _shaped(hidden: Values, whole: Values) -> dict[str, Value]:
    """Values of the same shape where personal ones are hidden: a code of six digits is still one, so that the engine
    takes it again and the call goes its way."""
    return {name: _like(value, whole.get(name)) for name, value in hidden.items()}


def _like(hidden: Value, whole: Value) -> Value:
    if hidden == HIDDEN:
        return _neutral(whole)
    if isinstance(hidden, Mapping) and isinstance(whole, Mapping):
        return _shaped(hidden, whole)
    if isinstance(hidden, list) and isinstance(whole, list):
        return [_like(one, other) for one, other in zip(hidden, whole, strict=True)]
    return hidden


def _neutral(value: Value) -> Value:
    if isinstance(value, str):
        return "".join("0" if one.isdigit() else "x" if one.isalpha() else one for one in value)
    if isinstance(value, Mapping):
        return {name: _neutral(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_neutral(part) for part in value]
    return value if isinstance(value, bool) else None if value is None else 0


def _folded(flow: Flow, state: CallState | None, record: LogRecord) -> tuple[CallState | None, list[LogRecord]]:
    if state is None:
        return None, []
    try:
        event = log.event_of(record)
    except ValidationError:
        return None, []
    taken = step(flow, state, event)
    asked = [log.of_token(token) for token in taken.tokens]
    return taken.state, [*asked, *(log.of_effect(event.at, effect) for effect in taken.effects)]


def _same_step(anew: LogRecord, stored: LogRecord) -> bool:
    names = ("node", "exit") if stored.kind == "token" else ("id", "tool")
    same = all(anew.data.get(name) == stored.data.get(name) for name in names)
    return same and (anew.kind, anew.type) == (stored.kind, stored.type)


def _blank(record: LogRecord) -> LogRecord:
    """Without words. Personal values are hidden already."""
    data: dict[str, Value] = dict(record.data)
    if record.kind == "note":
        data = {name: value if name in _SAFE else _without_text(value) for name, value in data.items()}
    elif record.kind == "token":
        data["evidence"] = ""
    else:
        for name in _WORDS.get(record.type, frozenset()) & data.keys():
            data[name] = HIDDEN if data[name] else data[name]
        blanks: dict[str, Callable[[dict[str, Value]], None]] = {
            "call_started": _started,
            "caller_spoke": lambda spoke: spoke.update(alternatives=[]),
            "key_pressed": _keys,
            "answered": _answered,
            "understand": lambda asked: asked.update(said={"text": HIDDEN}),
            "compose": lambda asked: asked.update(history=[], values={}, instructions=HIDDEN),
        }
        blanks.get(record.type, lambda other: None)(data)
    return replace(record, data=data)


def _started(data: dict[str, Value]) -> None:
    facts = data.get("facts")
    if isinstance(facts, dict):
        data["facts"] = {**facts, "caller": ""}


def _keys(data: dict[str, Value]) -> None:
    """A single key is a choice of a menu; several are a number of the caller's."""
    keys = str(data.get("keys", ""))
    data["keys"] = keys if len(keys) < 2 else "0" * len(keys)


def _answered(data: dict[str, Value]) -> None:
    answer = data.get("answer")
    if isinstance(answer, dict):
        slots = answer.get("slots")
        readings = (
            [{**one, "heard": HIDDEN} for one in slots if isinstance(one, dict)] if isinstance(slots, list) else []
        )
        data["answer"] = {**answer, "slots": readings, "evidence": ""}


def _without_text(value: Value) -> Value:
    if isinstance(value, str):
        return HIDDEN if value else ""
    if isinstance(value, Mapping):
        return {name: _without_text(part) for name, part in value.items()}
    if isinstance(value, Sequence):
        return [_without_text(part) for part in value]
    return value


def without_values(state: Values) -> Values:
    """What is left of a final state that the kept events do not fold to."""
    return {name: state[name] for name in ("outcome", "over") if name in state}
