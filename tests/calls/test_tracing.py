"""A call's trace is made from its log: what was waited for in each turn, and not a word of it."""

from datetime import UTC, datetime, timedelta

from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from tests.calls.store.shop import make_call
from tollfree.calls.store.record import LogEntry, LogRecord
from tollfree.calls.tracing import _emit, spans_of, trace_call, trace_id_of  # pyright: ignore[reportPrivateUsage]
from tollfree.protocol.values import Values

ZERO = datetime(2026, 11, 22, 14, 5, tzinfo=UTC)
TURN: Values = {
    "turn": 1,
    "began_ms": 1000.0,
    "speech_end_ms": 3000.0,
    "offered_ms": 3050.0,
    "heard_ms": 3200.0,
    "planned_ms": 3230.0,
    "committed_ms": 3300.0,
    "first_rendered_ms": 3500.0,
    "first_sent_ms": 3510.0,
    "confidence": 0.9,
}
ASKED: Values = {"work": "llm", "engine": "fast", "turn": 1, "prompt_tokens": 90, "took_ms": 120.0, "purpose": "choose"}
SAID = "my code is four one seven"


def log(*parts: tuple[int, str, str, Values]) -> list[LogEntry]:
    return [
        LogEntry(seq, LogRecord(at=(ZERO + timedelta(seconds=s)).isoformat(), kind=kind, type=type, data=data))  # pyright: ignore[reportArgumentType]
        for seq, (s, kind, type, data) in enumerate(parts)
    ]


RESUMED = log(
    (0, "event", "call_started", {}),
    (3, "event", "caller_spoke", {"text": SAID}),
    (3, "note", "usage", ASKED),
    (4, "note", "turn", TURN),
    (60, "event", "call_resumed", {}),
    (63, "event", "caller_spoke", {"text": SAID}),
    (64, "note", "turn", {**TURN, "turn": 2}),
)
END = ZERO + timedelta(seconds=90)


def test_each_turn_has_what_was_waited_for() -> None:
    root = spans_of(make_call("c1"), RESUMED, END, "done")
    assert root.attributes["tollfree.outcome"] == "done" and root.ended_ms - root.began_ms == 90_000
    first, second = root.within
    assert first.began_ms - root.began_ms == 1000 and first.ended_ms - root.began_ms == 3510
    lengths = {one.name: round(one.ended_ms - one.began_ms) for one in first.within}
    assert lengths == {"stt": 150, "understand": 30, "tts": 270, "llm": 120}
    assert second.began_ms - root.began_ms == 61_000, "it counts from when the call was taken up"
    assert SAID not in str(root)


def test_all_spans_are_of_the_one_trace_that_the_call_gives() -> None:
    kept, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(kept))
    call = make_call("c1")
    _emit(provider, spans_of(call, RESUMED, END, "done"), trace_id_of(call.id))
    spans = kept.get_finished_spans()
    assert {one.context.trace_id for one in spans if one.context} == {trace_id_of("c1")}
    assert [one.name for one in spans if one.name in ("call", "turn")] == ["turn", "turn", "call"]
    assert trace_id_of("c1") != trace_id_of("c2")


async def test_nothing_is_made_where_no_traces_are_wanted() -> None:
    await trace_call(make_call("c1"), RESUMED, END, "done", environ={})
