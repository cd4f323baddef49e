"""One line of a call's log."""

from dataclasses import dataclass
from typing import Literal

from tollfree.protocol.values import Values

RecordKind = Literal["event", "effect", "token", "note"]
"""`note` is what no fold reads: timings, which engine answered, what was retried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRecord:
    """Something that happened in a call."""

    at: str
    """When, ISO 8601 with offset."""
    kind: RecordKind
    type: str
    """Which event or effect: `caller_spoke`, `say`; `exit` for tokens."""
    data: Values
    """The event, effect or token as JSON."""


@dataclass(frozen=True, slots=True)
class LogEntry:
    """A record at its place in the log."""

    seq: int
    """Counts from 0 within the call, without gaps."""
    record: LogRecord
