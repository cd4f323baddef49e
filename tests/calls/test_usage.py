"""Usage is read from a call's log, and summed up by what the caller wanted."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest

from tests.calls.test_metering import WANTS
from tollfree.calls.metering import Metered
from tollfree.calls.store.record import LogEntry, LogRecord, RecordKind
from tollfree.calls.store.usage import Lasted, UsageRow, UsageSums
from tollfree.calls.usage import summed, usage_of
from tollfree.calls.usage_cost import cost, total_of, usage_lines
from tollfree.language.llm.route import Price
from tollfree.protocol.usage import Used

TOKEN = {"flow": "made", "node": "reason", "exit": "order"}


async def log(*records: tuple[int, RecordKind, str, dict[str, Any]]) -> AsyncIterator[LogEntry]:
    """A log: seconds, kind, type and data of each record."""
    for seq, (s, kind, type, data) in enumerate(records):
        yield LogEntry(seq, LogRecord(at=f"2026-11-22T09:05:{s:02d}.000-05:00", kind=kind, type=type, data=data))


def note(s: int, intent: str = "", **used: Any) -> tuple[int, RecordKind, str, dict[str, Any]]:
    return s, "note", "usage", Metered(used=Used(**used), turn=1, intent=intent).data()


def rows(found: Sequence[UsageRow], work: str) -> list[UsageRow]:
    return [row for row in found if row.work == work]


async def test_a_log_gives_a_row_for_each_engine_and_intent_and_the_time_of_each_intent() -> None:
    heard = {"kind": "stt", "engine": "whisper:tiny.en"}
    found = await usage_of(
        log(
            (0, "event", "call_started", {}),
            note(5, **heard, purpose="turn", heard_s=2.0, took_ms=100.0),
            note(5, **heard, purpose="offer", heard_s=1.0, took_ms=50.0),
            note(6, **heard, purpose="interim", heard_s=0.5, came_to="dropped"),
            (10, "token", "exit", TOKEN),
            note(12, "order", **heard, purpose="turn", heard_s=3.0),
            note(12, "order", kind="llm", engine="fast", model="q", prompt_tokens=10, came_to="failed"),
            note(13, "order", kind="llm", engine="fast", model="q", prompt_tokens=90, cached_tokens=50, gpu_s=0.5),
            note(14, "order", kind="tts", engine="hum", characters=40),
            note(14, "order", kind="tts", engine="hum", kept_characters=60),
            (14, "note", "turn", {"turn": 1}),
            (40, "event", "call_ended", {"reason": "hung_up"}),
        ),
        WANTS,
    )
    before, after = rows(found, "stt")
    assert (before.intent, before.times, before.dropped, before.heard_s, before.heard_ahead_s) == ("", 3, 1, 2.0, 1.5)
    assert before.took_s == pytest.approx(0.15)
    assert (after.intent, after.heard_s) == ("order", 3.0)
    [model] = rows(found, "llm")
    assert (model.times, model.failed, model.prompt_tokens, model.cached_tokens, model.gpu_s) == (2, 1, 100, 50, 0.5)
    [voice] = rows(found, "tts")
    assert (voice.times, voice.characters, voice.kept_characters, voice.gpu_s) == (1, 40, 60, None)
    assert {row.intent: row.seconds for row in rows(found, "time")} == {"": 10.0, "order": 30.0}


async def test_a_log_without_notes_has_its_time_and_nothing_else() -> None:
    found = await usage_of(log((0, "event", "call_started", {}), (30, "event", "call_ended", {})), WANTS)
    assert found == (UsageRow(work="time", seconds=30.0),)
    assert await usage_of(log(), WANTS) == ()


async def test_records_that_cannot_be_read_are_passed_over() -> None:
    async def torn() -> AsyncIterator[LogEntry]:
        yield LogEntry(0, LogRecord(at="yesterday", kind="token", type="exit", data={"nothing": 1}))
        yield LogEntry(1, LogRecord(at="", kind="note", type="usage", data={"work": "unknown"}))

    assert await usage_of(torn(), WANTS) == ()


def test_an_intent_that_comes_back_counts_together() -> None:
    first = Metered(used=Used(kind="llm", engine="fast", prompt_tokens=5), intent="order")
    between = Metered(used=Used(kind="llm", engine="fast", prompt_tokens=7), intent="status")
    assert [(row.intent, row.prompt_tokens) for row in summed([first, between, first])] == [
        ("order", 10),
        ("status", 7),
    ]


# What it costs

PRICE = Price(prompt=2.0, cached=0.5, completion=8.0)


def tokens(route: str, prompt: int, cached: int, completion: int) -> UsageRow:
    return UsageRow(work="llm", engine=route, prompt_tokens=prompt, cached_tokens=cached, completion_tokens=completion)


def test_cached_tokens_are_part_of_the_prompt_and_cost_their_own_price() -> None:
    assert cost(tokens("fast", 1_000_000, 400_000, 100_000), PRICE) == pytest.approx(1.2 + 0.2 + 0.8)
    assert cost(tokens("fast", 10, 20, 0), PRICE) == pytest.approx(20 * 0.5 / 1e6), "no prompt is less than nothing"


SUMS = UsageSums(
    lasted={"shop": Lasted(calls=2, seconds=180.0), "bakery": Lasted(calls=1, seconds=60.0)},
    work=(
        ("shop", tokens("fast", 1_000_000, 0, 0)),
        ("shop", UsageRow(work="stt", engine="w", heard_s=30.0, gpu_s=1.5)),
        ("shop", tokens("free", 500, 0, 5)),
        ("bakery", tokens("fast", 2_000_000, 0, 0)),
    ),
)


def test_each_group_has_its_minutes_tokens_and_costs_and_the_total_has_all() -> None:
    bakery, shop = usage_lines(SUMS, {"fast": PRICE, "free": Price()}, 0.1)
    assert (shop.group, shop.calls, shop.minutes, shop.heard_s, shop.gpu_s) == ("shop", 2, 3.0, 30.0, 1.5)
    assert shop.token_cost == pytest.approx(2.0) and shop.minutes_cost == pytest.approx(0.3)
    assert bakery.gpu_s is None and bakery.token_cost == pytest.approx(4.0)
    total = total_of((bakery, shop))
    assert (total.calls, total.minutes, total.token_cost) == (3, 4.0, pytest.approx(6.0))
    assert {row.engine: row.prompt_tokens for row in total.tokens} == {"fast": 3_000_000, "free": 500}


def test_without_prices_nothing_is_said_to_be_free() -> None:
    bakery, shop = usage_lines(SUMS, {}, 0.0)
    assert (shop.token_cost, shop.minutes_cost) == (None, None)
    total = total_of((bakery, shop))
    assert (total.token_cost, total.minutes_cost) == (None, None)
