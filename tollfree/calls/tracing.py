"""OpenTelemetry traces of calls: off, and not even imported, unless OTEL_EXPORTER_OTLP_ENDPOINT is set.

A trace is made from the call's log as the call ends, whichever process ends it: a span for the call, one for each turn
of the caller, and within it one for each thing that was waited for. So it costs a running call nothing, a call that
went on in another process has one trace, and no word of it is in it. The trace's id follows from the call's, so that
other programs can add to it.
"""

import asyncio
import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

from tollfree.calls.latency import Waterfall, timings_of
from tollfree.calls.store.calls import Call
from tollfree.calls.store.record import LogEntry

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
"""The variable that turns traces on; OpenTelemetry's own, as are those for headers and certificates."""
FLUSH_MS = 3000
"""Milliseconds that the end of a call may wait for its trace to be taken."""
_BEGINNINGS = frozenset({"call_started", "call_resumed"})


@dataclass(frozen=True, slots=True)
class SpanFacts:
    """A stretch of time in a call."""

    name: str
    began_ms: float
    ended_ms: float
    """Both since 1970."""
    attributes: Mapping[str, str | int | float] = field(default_factory=dict[str, str | int | float])
    within: tuple["SpanFacts", ...] = ()


async def trace_call(
    call: Call, entries: Sequence[LogEntry], ended_at: datetime, outcome: str, environ: Mapping[str, str] = os.environ
) -> None:
    """Send the trace of a call that has ended, where that is wanted. Never fails: it is not what the call was for."""
    if not environ.get(ENDPOINT):
        return
    spans = spans_of(call, entries, ended_at, outcome)
    await asyncio.to_thread(_send, call, spans)


def spans_of(call: Call, entries: Sequence[LogEntry], ended_at: datetime, outcome: str) -> SpanFacts:
    """The call as a tree."""
    attributes = {
        "tollfree.call": call.id,
        "tollfree.project": call.project,
        "tollfree.agent": call.agent,
        "tollfree.flow": call.flow,
        "tollfree.version": call.version,
        "tollfree.line": call.line,
        "tollfree.outcome": outcome,
    }
    began_ms, ended_ms = _ms(call.started_at), _ms(ended_at)
    return SpanFacts("call", began_ms, max(began_ms, ended_ms), attributes, tuple(_turns(entries)))


def trace_id_of(call: str) -> int:
    """The id of a call's trace: 128 bits."""
    return int.from_bytes(hashlib.sha256(call.encode()).digest()[:16]) or 1


def _turns(entries: Sequence[LogEntry]) -> Iterator[SpanFacts]:
    """Times in notes count from when the call began, or was taken up: each part has its own beginning."""
    part: list[LogEntry] = []
    zero_ms: float | None = None
    for entry in (*entries, None):
        begins = entry is None or (entry.record.kind == "event" and entry.record.type in _BEGINNINGS)
        if begins and zero_ms is not None:
            for turn in timings_of(part).turns:
                if (span := _turn(turn, zero_ms)) is not None:
                    yield span
        if entry is not None:
            if begins:
                part, zero_ms = [], _moment_ms(entry.record.at)
            part.append(entry)


def _turn(turn: Waterfall, zero_ms: float) -> SpanFacts | None:
    marks = [turn.began_ms, turn.speech_end_ms, turn.committed_ms, turn.sent_ms]
    known = [one for one in marks if one is not None]
    if not known:
        return None
    attributes: dict[str, str | int | float] = {"tollfree.turn": turn.turn}
    if turn.confidence is not None:
        attributes["tollfree.confidence"] = turn.confidence
    within = tuple(_stages(turn, zero_ms))
    return SpanFacts("turn", zero_ms + min(known), zero_ms + max(known), attributes, within)


def _stages(turn: Waterfall, zero_ms: float) -> Iterator[SpanFacts]:
    """What was waited for, each from when what it needs was there."""
    heard, understood, found = turn.heard_ms, turn.understood_ms, turn.looked_up_ms
    stages = (
        ("stt", turn.offered_ms, heard),
        ("understand", heard, understood),
        ("lookup", understood if understood is not None else heard, found),
        ("retrieve", understood if understood is not None else heard, turn.retrieved_ms),
        (
            "tts",
            max((one for one in (understood, found, turn.retrieved_ms) if one is not None), default=None),
            turn.rendered_ms,
        ),
    )
    for name, began, ended in stages:
        if began is not None and ended is not None and ended >= began:
            engine = next((one.used.engine for one in turn.work if one.used.kind == name), "")
            yield SpanFacts(name, zero_ms + began, zero_ms + ended, {"tollfree.engine": engine} if engine else {})
    for one in turn.work:
        if one.used.kind == "llm" and understood is not None:
            attributes = {
                "tollfree.route": one.used.engine,
                "tollfree.purpose": one.used.purpose,
                "tollfree.came_to": one.used.came_to,
                "gen_ai.usage.input_tokens": one.used.prompt_tokens,
                "gen_ai.usage.output_tokens": one.used.completion_tokens,
            }
            yield SpanFacts("llm", zero_ms + understood, zero_ms + understood + one.used.took_ms, attributes)


def _send(call: Call, root: SpanFacts) -> None:
    provider = _provider()
    _emit(provider, root, trace_id_of(call.id))
    provider.force_flush(FLUSH_MS)


def _emit(provider: "TracerProvider", root: SpanFacts, trace: int) -> None:
    from opentelemetry import context
    from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags, set_span_in_context

    tracer = provider.get_tracer("tollfree")
    # A parent that only lends its trace: ids of traces are otherwise made by chance.
    lender = SpanContext(trace, trace & (2**64 - 1) or 1, is_remote=True, trace_flags=TraceFlags(TraceFlags.SAMPLED))

    def emit(facts: SpanFacts, parent: context.Context) -> None:
        span = tracer.start_span(
            facts.name, parent, start_time=int(facts.began_ms * 1e6), attributes=dict(facts.attributes)
        )
        for one in facts.within:
            emit(one, set_span_in_context(span))
        span.end(int(facts.ended_ms * 1e6))

    emit(root, set_span_in_context(NonRecordingSpan(lender)))


@cache
def _provider() -> "TracerProvider":
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(resource=Resource.create({"service.name": "tollfree"}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return provider


def _moment_ms(text: str) -> float | None:
    try:
        return _ms(datetime.fromisoformat(text))
    except ValueError:
        return None


def _ms(moment: datetime) -> float:
    return moment.timestamp() * 1000
