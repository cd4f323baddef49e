"""What was said in a call, read from its log."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from tollfree.calls.personal import HIDDEN, Veil
from tollfree.calls.personal_words import shown
from tollfree.calls.store.record import LogEntry
from tollfree.calls.store.texts import CallText
from tollfree.calls.words import words_of
from tollfree.flows.graph import Flow

Who = Literal["caller", "agent", "person"]
Kind = Literal["words", "keys", "silence", "unheard"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidTurn:
    """Something that was said, or not said, by one side."""

    seq: int
    """Place in the log."""
    at: str
    """When it was over, ISO 8601 with offset."""
    who: Who
    kind: Kind = "words"
    text: str = ""
    cut: bool = False
    """The caller spoke over it; these are the words that were heard."""


def turns_of(entries: Iterable[LogEntry]) -> tuple[SaidTurn, ...]:
    """Everything that was said, in order."""
    return tuple(turn for entry in entries if (turn := turn_of(entry)) is not None)


def turn_of(entry: LogEntry) -> SaidTurn | None:
    """What a record says was said; None: nothing."""
    record, seq, at = entry.record, entry.seq, entry.record.at
    data = record.data
    match record.kind, record.type:
        case "event", "caller_spoke":
            return SaidTurn(seq=seq, at=at, who="caller", text=str(data.get("text", "")))
        case "event", "key_pressed":
            return SaidTurn(seq=seq, at=at, who="caller", kind="keys", text=str(data.get("keys", "")))
        case "event", "caller_silent":
            return SaidTurn(seq=seq, at=at, who="caller", kind="silence")
        case "event", "caller_unheard":
            return SaidTurn(seq=seq, at=at, who="caller", kind="unheard")
        case "event", "spoken" if data.get("heard"):
            cut = data.get("complete") is False
            return SaidTurn(seq=seq, at=at, who="agent", text=str(data.get("heard")), cut=cut)
        case "note", "waiting_line" | "trouble_line":
            return SaidTurn(seq=seq, at=at, who="agent", text=str(data.get("text", "")))
        case _:
            return None


def text_of(entries: Sequence[LogEntry], flow: Flow | None) -> CallText:
    """The words of a call, as it is found by them. `flow`: the version it ran on; None: it cannot be read here, and
    nobody knows what is personal."""
    said = turns_of(entries)
    kept = turns_of(shown(entries, Veil(flow) if flow is not None else None))
    open_ = (turn for turn in kept if turn.text != HIDDEN)
    return CallText(words=_words(said), shown=_words(open_))


def _words(turns: Iterable[SaidTurn]) -> frozenset[str]:
    return frozenset(word for turn in turns for word in words_of(turn.text))
