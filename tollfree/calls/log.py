"""The log of a call, as records: what came in, what was asked for, what each visit left. Written before anything
leaves the process, in order, and never changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, cast

from pydantic import TypeAdapter

from tollfree.protocol.effects import Effect
from tollfree.protocol.events import CallEvent
from tollfree.protocol.ids import CallId
from tollfree.protocol.token import ExitToken
from tollfree.protocol.values import Value

_EVENT: TypeAdapter[CallEvent] = TypeAdapter(CallEvent)
_EFFECT: TypeAdapter[Effect] = TypeAdapter(Effect)
_TOKEN: TypeAdapter[ExitToken] = TypeAdapter(ExitToken)

Kind = Literal["event", "effect", "token", "note"]
"""`event`: told to the engine; the state is a fold over these. `effect`, `token`: what came of the event before.
`note`: something that changes no state, such as a line said while a tool was slow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRecord:
    """One line of a call's log."""

    seq: int
    """From 1, without gaps."""
    at: str
    """ISO 8601 with offset."""
    kind: Kind
    type: str
    """The event's or effect's type; `exit` for a token."""
    data: Mapping[str, Value]
    """The rest of it, as plain values."""


class CallLog(Protocol):
    """Where records go. Implemented by the store."""

    async def append(self, call: CallId, records: Sequence[LogRecord], expected_seq: int) -> None:
        """Keep records durably, all or none. `expected_seq` is the number of records kept so far."""
        ...


def of_event(seq: int, event: CallEvent) -> LogRecord:
    """The record of an event."""
    data = cast(dict[str, Value], _EVENT.dump_python(event, mode="json"))
    return LogRecord(seq=seq, at=str(data.pop("at", "")), kind="event", type=str(data.pop("type")), data=data)


def of_effect(seq: int, at: str, effect: Effect) -> LogRecord:
    """The record of an effect."""
    data = cast(dict[str, Value], _EFFECT.dump_python(effect, mode="json"))
    return LogRecord(seq=seq, at=at, kind="effect", type=str(data.pop("type")), data=data)


def of_token(seq: int, token: ExitToken) -> LogRecord:
    """The record of an exit token."""
    data = cast(dict[str, Value], _TOKEN.dump_python(token, mode="json"))
    return LogRecord(seq=seq, at=str(data.pop("at", "")), kind="token", type="exit", data=data)


def event_of(record: LogRecord) -> CallEvent:
    """The event a record was made of. Raises pydantic's `ValidationError` for one this program cannot read."""
    return _EVENT.validate_python({**record.data, "type": record.type, "at": record.at})


def token_of(record: LogRecord) -> ExitToken:
    """The token a record was made of."""
    return _TOKEN.validate_python({**record.data, "at": record.at})


def plain(record: LogRecord) -> dict[str, Value]:
    """The record as one JSON object: how `--json` prints it."""
    return {"seq": record.seq, "at": record.at, "kind": record.kind, "type": record.type, **record.data}
