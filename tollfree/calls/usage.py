"""What engines did for a call, read from its log."""

from collections.abc import AsyncIterable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from pydantic import ValidationError

from tollfree.calls import log
from tollfree.calls.metering import USAGE, Metered, intent_of, metered_of
from tollfree.calls.store.record import LogEntry, LogRecord
from tollfree.calls.store.usage import UsageRow
from tollfree.flows.graph import Flow
from tollfree.protocol.usage import Used


async def usage_of(entries: AsyncIterable[LogEntry], flow: Flow) -> tuple[UsageRow, ...]:
    """The usage that a log notes, summed up by intent, engine and model, and the time that each intent took."""
    metered: list[Metered] = []
    times = _Times()
    async for entry in entries:
        record = entry.record
        times.at(record.at)
        if record.kind == "note" and record.type == USAGE and (one := metered_of(record.data)) is not None:
            metered.append(one)
        elif record.kind == "token":
            times.intent(_intent(record, flow))
    return (*summed(metered), *times.rows())


def summed(metered: Iterable[Metered]) -> tuple[UsageRow, ...]:
    """One row for each intent, engine and model, in the order in which they first worked."""
    rows: dict[tuple[str, str, str, str], UsageRow] = {}
    for one in metered:
        key = (one.intent, one.used.kind, one.used.engine, one.used.model)
        before = rows.get(key)
        if before is None:
            before = UsageRow(intent=one.intent, work=one.used.kind, engine=one.used.engine, model=one.used.model)
        rows[key] = _with(before, one.used)
    return tuple(rows.values())


def _with(row: UsageRow, used: Used) -> UsageRow:
    turn = used.kind == "stt" and used.purpose == "turn" and used.came_to == "used"
    gpu_s = row.gpu_s if used.gpu_s is None else (row.gpu_s or 0.0) + used.gpu_s
    asked = used.kind != "tts" or not used.kept_characters
    return replace(
        row,
        times=row.times + asked,
        failed=row.failed + (used.came_to in ("failed", "slow")),
        dropped=row.dropped + (used.came_to == "dropped"),
        heard_s=row.heard_s + (used.heard_s if turn else 0.0),
        heard_ahead_s=row.heard_ahead_s + (0.0 if turn else used.heard_s),
        prompt_tokens=row.prompt_tokens + used.prompt_tokens,
        cached_tokens=row.cached_tokens + used.cached_tokens,
        completion_tokens=row.completion_tokens + used.completion_tokens,
        characters=row.characters + used.characters,
        kept_characters=row.kept_characters + used.kept_characters,
        took_s=row.took_s + used.took_ms / 1000,
        gpu_s=gpu_s,
    )


@dataclass(slots=True)
class _Span:
    intent: str
    began: datetime


class _Times:
    """How long a call lasted with each intent. The record of a moment that cannot be read is passed over."""

    def __init__(self) -> None:
        self._spans: list[_Span] = []
        self._last: datetime | None = None

    def at(self, moment: str) -> None:
        """A record of the call."""
        try:
            self._last = datetime.fromisoformat(moment)
        except ValueError:
            return
        if not self._spans:
            self._spans.append(_Span("", self._last))

    def intent(self, intent: str) -> None:
        """It is known, at the record before, what the caller wants."""
        if intent and self._last is not None:
            self._spans.append(_Span(intent, self._last))

    def rows(self) -> tuple[UsageRow, ...]:
        """One for each intent."""
        seconds: dict[str, float] = {}
        for place, span in enumerate(self._spans):
            after = self._spans[place + 1].began if place + 1 < len(self._spans) else self._last or span.began
            lasted_s = max(0.0, (after - span.began).total_seconds())
            seconds[span.intent] = seconds.get(span.intent, 0.0) + lasted_s
        return tuple(UsageRow(work="time", intent=intent, seconds=s) for intent, s in seconds.items())


def _intent(record: LogRecord, flow: Flow) -> str:
    try:
        return intent_of(flow, log.token_of(record))
    except ValidationError:
        return ""
