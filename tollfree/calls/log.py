"""A call's log as records: what came in, what was asked for, what each visit left. Written before anything leaves
the process, in order, and never changed."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol, cast

from pydantic import TypeAdapter, ValidationError

from tollfree.calls.store.record import LogEntry, LogRecord
from tollfree.flows.nodes.answer import citations
from tollfree.protocol.effects import Effect
from tollfree.protocol.events import CallEvent
from tollfree.protocol.ids import CallId
from tollfree.protocol.token import ExitToken
from tollfree.protocol.values import Value, Values

EVENT: TypeAdapter[CallEvent] = TypeAdapter(CallEvent)
EFFECT: TypeAdapter[Effect] = TypeAdapter(Effect)
TOKEN: TypeAdapter[ExitToken] = TypeAdapter(ExitToken)

_ADDED: Mapping[str, frozenset[str]] = {
    "retrieve": frozenset({"context", "confidence"}),
    "compose": frozenset({"context", "quoted"}),
}
"""By type of effect, the fields that came later and that the engine fills with other values than their defaults."""


class CallLog(Protocol):
    """Where records go. Implemented by the store."""

    async def append(self, call: CallId, records: Sequence[LogRecord], *, expected_seq: int) -> int:
        """Keep records durably, all or none, the first at place `expected_seq`; returns the place after the last."""
        ...


def of_event(event: CallEvent) -> LogRecord:
    """The record of an event."""
    data = cast(dict[str, Value], EVENT.dump_python(event, mode="json"))
    return LogRecord(at=str(data.pop("at", "")), kind="event", type=str(data.pop("type")), data=data)


def of_effect(at: str, effect: Effect) -> LogRecord:
    """The record of an effect."""
    data = cast(dict[str, Value], EFFECT.dump_python(effect, mode="json"))
    return LogRecord(at=at, kind="effect", type=str(data.pop("type")), data=data)


def of_token(token: ExitToken) -> LogRecord:
    """The record of an exit token."""
    data = cast(dict[str, Value], TOKEN.dump_python(token, mode="json"))
    return LogRecord(at=str(data.pop("at", "")), kind="token", type="exit", data=data)


def of_note(at: str, type: str, data: Values) -> LogRecord:
    """The record of something no fold reads, such as a line said while a tool was slow."""
    return LogRecord(at=at, kind="note", type=type, data=data)


def of_late_result(at: str, event: CallEvent) -> LogRecord:
    """The note of a result that came when the call was over: nothing follows from it, but it happened outside."""
    data = cast(dict[str, Value], EVENT.dump_python(event, mode="json"))
    data["event"] = data.pop("type")
    return of_note(at, "late_result", {name: value for name, value in data.items() if name != "at"})


def event_of(record: LogRecord) -> CallEvent:
    """The event a record was made of. Raises pydantic's `ValidationError` for one this program cannot read."""
    return EVENT.validate_python({**record.data, "type": record.type, "at": record.at})


def token_of(record: LogRecord) -> ExitToken:
    """The token a record was made of."""
    return TOKEN.validate_python({**record.data, "at": record.at})


def with_defaults(record: LogRecord) -> tuple[str, str, Values]:
    """An effect's or token's record without its time, and with what this program adds to such records by default: one
    that was kept before a field was known reads as one that has its default. One that cannot be read is as it is."""
    try:
        if record.kind == "effect":
            read = of_effect("", EFFECT.validate_python({**record.data, "type": record.type}))
        else:
            read = of_token(TOKEN.validate_python({**record.data, "at": ""}))
    except ValidationError:
        read = record
    return record.kind, record.type, {**read.data, **record.data}


def is_older(stored: LogRecord) -> bool:
    """Whether an effect was kept before all of its fields were known: a record has every field its writer knew."""
    return stored.kind == "effect" and not _ADDED.get(stored.type, frozenset()) <= stored.data.keys()


def agree(wanted: LogRecord, stored: LogRecord, *, older: bool = False) -> bool:
    """Whether a stored effect or token is the one that is wanted. Of fields that came after it was kept it says
    nothing: a call of that time did without what the engine puts there today. `older`: the call has such effects; its
    tokens named passages in another way."""
    if is_older(stored) and wanted.type == stored.type:
        unknown = _ADDED[stored.type] - stored.data.keys()
        wanted = replace(wanted, data={name: value for name, value in wanted.data.items() if name not in unknown})
    if older and wanted.kind == stored.kind == "token":
        wanted, stored = _without_citations(wanted), _without_citations(stored)
    return with_defaults(wanted) == with_defaults(stored)


def _without_citations(token: LogRecord) -> LogRecord:
    why, _ = citations(str(token.data.get("evidence", "")))
    return replace(token, data={**token.data, "evidence": why})


def plain(entry: LogEntry) -> dict[str, Value]:
    """An entry as one JSON object: how `--json` prints it."""
    record = entry.record
    return {"seq": entry.seq, "at": record.at, "kind": record.kind, "type": record.type, **record.data}
