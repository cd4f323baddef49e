"""How long a caller waited, and for what: read from a call's log. Calls by keyboard have nothing to tell."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from tollfree.calls.metering import USAGE, Metered, metered_of
from tollfree.calls.store.record import LogEntry, LogRecord
from tollfree.protocol.values import Values


class Stage(StrEnum):
    """What a caller waits for. Those of a turn count from the end of the caller's speech."""

    OFFERED = "offered"
    """The turn might be over: its words are wanted."""
    HEARD = "heard"
    """Its words are there."""
    UNDERSTOOD = "understood"
    """What they mean is known."""
    COMMITTED = "committed"
    """The turn is over."""
    LOOKED_UP = "looked_up"
    """The last tool has answered."""
    RETRIEVED = "retrieved"
    """The last passages are found."""
    RENDERED = "rendered"
    """The first sound of the answer is ready."""
    RESPONSE = "response"
    """The first sound of the answer leaves."""
    PAUSED = "paused"
    """The caller speaks over the agent, until it falls silent."""
    RESUMED = "resumed"
    """The same, until it goes on speaking."""
    STOPPED = "stopped"
    """The same, until it gives way for good."""
    FIRST_WORD = "first_word"
    """The caller is connected, until the first sound leaves."""


TURN_STAGES = tuple(Stage)[: tuple(Stage).index(Stage.RESPONSE) + 1]
"""Of a turn, in the order in which they mostly come."""
INTERRUPTION_STAGES = (Stage.PAUSED, Stage.RESUMED, Stage.STOPPED)
_RESULTS = {"answered": Stage.UNDERSTOOD, "looked_up": Stage.LOOKED_UP, "retrieved": Stage.RETRIEVED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Waterfall:
    """One turn of the caller and the answer to it. Times are milliseconds since the call began, or was taken up; None:
    it did not happen."""

    turn: int
    began_ms: float | None = None
    """The caller began to speak."""
    speech_end_ms: float | None = None
    """The caller fell silent."""
    offered_ms: float | None = None
    heard_ms: float | None = None
    understood_ms: float | None = None
    looked_up_ms: float | None = None
    retrieved_ms: float | None = None
    committed_ms: float | None = None
    rendered_ms: float | None = None
    sent_ms: float | None = None
    """The first sound of the answer left: the caller hears it as much later as the line takes."""
    looks: int | None = None
    """Times that the recogniser was asked."""
    confidence: float | None = None
    """Of the transcript, 0 to 1."""
    work: tuple[Metered, ...] = ()
    """What engines did for it, in the order in which they were done."""

    def waited(self, stage: Stage) -> float | None:
        """Milliseconds from the end of the caller's speech to a stage of the turn."""
        at = self.sent_ms if stage is Stage.RESPONSE else _number(getattr(self, f"{stage}_ms", None))
        return None if at is None or self.speech_end_ms is None else at - self.speech_end_ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Interruption:
    """The caller spoke while the agent did. Times as `Waterfall`'s."""

    onset_ms: float | None = None
    """The caller began."""
    paused_ms: float | None = None
    """The agent fell silent."""
    ended_ms: float | None = None
    how: str = ""
    """`resumed`: the agent went on; `stopped`: it gave way."""
    why: str = ""

    def waited(self, stage: Stage) -> float | None:
        """Milliseconds from the caller's first sound to `paused`, or to `resumed` or `stopped` if it ended so."""
        at = self.paused_ms if stage is Stage.PAUSED else self.ended_ms if stage == self.how else None
        return None if at is None or self.onset_ms is None else at - self.onset_ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """Where a call, or a part of it, can be listened to."""

    file: str
    format: str = ""
    began_ms: float = 0.0
    """Milliseconds since the call began, or was taken up, at its first sample."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timings:
    """What the log of one call says about time."""

    turns: tuple[Waterfall, ...] = ()
    interruptions: tuple[Interruption, ...] = ()
    first_words_ms: tuple[float, ...] = ()
    """From connected to the first sound; again each time that the call was taken up."""
    recordings: tuple[Recording, ...] = ()
    work: tuple[Metered, ...] = ()
    """What engines did, in the order in which they were done."""

    @property
    def spoken(self) -> bool:
        """Whether it was a call with sound."""
        return bool(self.turns or self.interruptions or self.first_words_ms or self.recordings)


@dataclass(frozen=True, slots=True)
class Percentiles:
    """How long something took, over many times."""

    n: int
    p50_ms: float
    p95_ms: float


def timings_of(entries: Iterable[LogEntry]) -> Timings:
    """Read a call's log. A note that lacks a number, or has something else in its place, is read as far as it goes."""
    records = [entry.record for entry in entries]
    notes = [record for record in records if record.kind == "note"]
    work = tuple(one for note in notes if note.type == USAGE and (one := metered_of(note.data)) is not None)
    first_words = (_between(note.data, "connected_ms", "first_sent_ms") for note in notes if note.type == "first_word")
    return Timings(
        turns=tuple(_turns(records, work)),
        interruptions=tuple(_interruption(note.data) for note in notes if note.type == "interruption"),
        first_words_ms=tuple(ms for ms in first_words if ms is not None),
        recordings=tuple(_recording(note.data) for note in notes if note.type == "recording"),
        work=work,
    )


def summary(
    waterfalls: Iterable[Waterfall],
    interruptions: Iterable[Interruption] = (),
    first_words_ms: Iterable[float] = (),
) -> dict[Stage, Percentiles]:
    """How long each stage took; stages that never happened are left out. The percentiles are interpolated."""
    turns, overlaps = tuple(waterfalls), tuple(interruptions)
    waits: dict[Stage, list[float | None]] = {stage: [turn.waited(stage) for turn in turns] for stage in TURN_STAGES}
    waits |= {stage: [one.waited(stage) for one in overlaps] for stage in INTERRUPTION_STAGES}
    waits[Stage.FIRST_WORD] = list(first_words_ms)
    happened = {stage: sorted(ms for ms in each if ms is not None) for stage, each in waits.items()}
    return {stage: Percentiles(len(ms), percentile(ms, 50), percentile(ms, 95)) for stage, ms in happened.items() if ms}


def percentile(ordered: Sequence[float], percent: float) -> float:
    """Of at least one number, in ascending order: interpolated between the two nearest ranks."""
    place = percent / 100 * (len(ordered) - 1)
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


# Reading the log


def _turns(records: Iterable[LogRecord], work: Sequence[Metered]) -> Iterator[Waterfall]:
    """A turn is noted once it was answered, at the latest before the caller's next words: what was understood and
    looked up between the words before and the words after is its own. Engines' work counts the caller's words, not
    the listener's turns."""
    said: LogRecord | None = None
    spoken = 0
    note: Waterfall | None = None
    results: dict[Stage, LogRecord] = {}
    for record in records:
        if record.kind == "event" and record.type in ("caller_spoke", "call_resumed"):
            if note is not None:
                yield _with_results(note, said, results)
            said, note, results = record, None, {}
            spoken += record.type == "caller_spoke"
        elif record.kind == "event" and record.type in _RESULTS:
            results[_RESULTS[record.type]] = record
        elif record.kind == "note" and record.type == "turn":
            if note is not None:
                yield _with_results(note, said, results)
                said, results = None, {}
            note = _waterfall(record.data)
            if said is not None and said.type == "caller_spoke":
                note = replace(note, work=tuple(one for one in work if one.turn == spoken))
    if note is not None:
        yield _with_results(note, said, results)


def _waterfall(data: Values) -> Waterfall:
    looks = _number(data.get("looks"))
    return Waterfall(
        turn=int(_number(data.get("turn")) or 0),
        began_ms=_number(data.get("began_ms")),
        speech_end_ms=_number(data.get("speech_end_ms")),
        offered_ms=_number(data.get("offered_ms")),
        heard_ms=_number(data.get("heard_ms")),
        understood_ms=_number(data.get("planned_ms")),
        committed_ms=_number(data.get("committed_ms")),
        rendered_ms=_number(data.get("first_rendered_ms")),
        sent_ms=_number(data.get("first_sent_ms")),
        looks=None if looks is None else int(looks),
        confidence=_number(data.get("confidence")),
    )


def _with_results(turn: Waterfall, said: LogRecord | None, results: Mapping[Stage, LogRecord]) -> Waterfall:
    """The turn with what only the records tell. Their clock is the calendar's: the moment the turn was committed and
    the record of its words tie the two together."""
    if said is None or said.type != "caller_spoke" or turn.committed_ms is None:
        return turn
    at: dict[Stage, float] = {}
    for stage, record in results.items():
        try:
            after = datetime.fromisoformat(record.at) - datetime.fromisoformat(said.at)
        except (ValueError, TypeError):
            continue
        at[stage] = turn.committed_ms + after.total_seconds() * 1000
    understood_ms = turn.understood_ms if turn.understood_ms is not None else at.get(Stage.UNDERSTOOD)
    return replace(
        turn, understood_ms=understood_ms, looked_up_ms=at.get(Stage.LOOKED_UP), retrieved_ms=at.get(Stage.RETRIEVED)
    )


def _interruption(data: Values) -> Interruption:
    return Interruption(
        onset_ms=_number(data.get("onset_ms")),
        paused_ms=_number(data.get("paused_ms")),
        ended_ms=_number(data.get("ended_ms")),
        how=str(data.get("how", "")),
        why=str(data.get("why", "")),
    )


def _recording(data: Values) -> Recording:
    return Recording(
        file=str(data.get("file", "")),
        format=str(data.get("format", "")),
        began_ms=_number(data.get("began_ms")) or 0.0,
    )


def _between(data: Values, since: str, until: str) -> float | None:
    began, ended = _number(data.get(since)), _number(data.get(until))
    return None if began is None or ended is None else ended - began


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)
