"""Engines are measured by callers who ask again as soon as they were answered."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from tests.fakes.model import ScriptedModel
from tests.fakes.recognizer import ScriptedRecognizer
from tests.fakes.speaker import FakeSpeaker
from tollfree.calls.virtual_time import run_virtually
from tollfree.language.llm.base import Finished, ModelRefused
from tollfree.protocol.clock import Clock
from tollfree.protocol.errors import TollfreeError
from tollfree.wiring.bench import Answered, Measured, Subject, measure
from tollfree.wiring.bench_subjects import answering, hearing, is_served, speaking, spoken_turn


def measured(
    subject: Callable[[Clock], Subject], *, seconds: float = 2.0, cores: float = 2, levels: tuple[int, ...] = (1, 4)
) -> list[Measured]:
    """In virtual time."""

    async def run(clock: Clock) -> list[Measured]:
        return await measure([subject(clock)], clock, seconds=seconds, cores=cores, levels=levels)

    return run_virtually(run)


def engine(
    ask: Callable[[Clock], Callable[[int], Awaitable[Answered]]], *, in_process: bool = False
) -> Callable[[Clock], Subject]:
    return lambda clock: Subject(name="fake", kind="stt", unit="s heard", in_process=in_process, ask=ask(clock))


def in_a_row(clock: Clock) -> Callable[[int], Awaitable[Answered]]:
    """An engine that answers one after the other, each in a tenth of a second."""
    turn = asyncio.Lock()

    async def ask(n: int) -> Answered:
        async with turn:
            await clock.sleep(0.1)
        return Answered(amount=3.0, first_ms=50.0)

    return ask


def test_latency_grows_with_callers_where_throughput_cannot() -> None:
    one, four = measured(engine(in_a_row))
    assert (one.at_once, one.done, one.p50_ms, one.per_s) == (1, 20, pytest.approx(100), pytest.approx(10))
    assert four.p50_ms == pytest.approx(400) and four.per_s == pytest.approx(10)
    assert four.amount_per_s == pytest.approx(30) and four.first_p50_ms == 50.0


def test_what_an_engine_in_this_process_would_only_queue_is_skipped_aloud() -> None:
    found = measured(engine(in_a_row, in_process=True), levels=(1, 8, 9))
    assert [bool(one.skipped) for one in found] == [False, False, True]
    assert "on 2 cores" in found[2].skipped


def test_a_request_that_never_ends_does_not_hold_the_measurement_up() -> None:
    def hangs(clock: Clock) -> Callable[[int], Awaitable[Answered]]:
        async def ask(n: int) -> Answered:
            await clock.sleep(0.1 if n == 0 else 1e6)
            return Answered(amount=1.0)

        return ask

    [one] = measured(engine(hangs), levels=(4,))
    assert (one.done, one.unfinished, one.p50_ms) == (0, 4, None)


def test_an_engine_that_answers_nothing_is_not_measured_and_one_that_fails_at_times_is() -> None:
    def fails(from_on: int) -> Callable[[Clock], Callable[[int], Awaitable[Answered]]]:
        def made(clock: Clock) -> Callable[[int], Awaitable[Answered]]:
            asked = 0

            async def ask(n: int) -> Answered:
                nonlocal asked
                asked += 1
                if asked > from_on:
                    raise TollfreeError("Not today.", code="not_today")
                await clock.sleep(0.1)
                return Answered(amount=1.0)

            return ask

        return made

    [never] = measured(engine(fails(0)), levels=(1,))
    assert never.skipped == "not_today: Not today." and never.done == 0
    [at_times] = measured(engine(fails(6)), levels=(1,))
    assert (at_times.done, at_times.fault) == (5, "not_today") and at_times.failed > 0


def test_no_two_requests_are_alike() -> None:
    seen: list[int] = []

    def notes(clock: Clock) -> Callable[[int], Awaitable[Answered]]:
        async def ask(n: int) -> Answered:
            seen.append(n)
            await clock.sleep(0.1)
            return Answered(amount=1.0)

        return ask

    measured(engine(notes), levels=(1, 4, 16))
    assert len(seen) == len(set(seen)) > 100


# The engines


def test_a_voice_says_what_the_recogniser_hears() -> None:
    async def test(clock: Clock) -> None:
        sound = await spoken_turn(FakeSpeaker())
        subject = hearing(ScriptedRecognizer("two pizzas", clock=clock, takes_ms=100), sound, in_process=True)
        answered = await subject.ask(1)
        assert (subject.kind, subject.name) == ("stt", "fake:scripted")
        assert answered.amount == pytest.approx(len(sound) / 16_000)

    run_virtually(test)


def test_a_voice_is_timed_to_its_first_clip_and_says_another_line_each_time() -> None:
    async def test(clock: Clock) -> None:
        speaker = FakeSpeaker()
        subject = speaking(speaker, clock, in_process=True)
        one, two = await subject.ask(1), await subject.ask(2)
        assert one.first_ms is not None and one.amount == two.amount
        assert speaker.rendered[0] != speaker.rendered[len(speaker.rendered) // 2]

    run_virtually(test)


def test_a_route_is_timed_to_its_first_word_and_counted_in_its_servers_tokens() -> None:
    async def test(clock: Clock) -> None:
        finished = Finished(prompt_tokens=20, completion_tokens=12)
        model = ScriptedModel(says=("Sa", "lad"), first_ms=80, each_ms=40, finished=finished, clock=clock)
        answered = await answering(model, clock).ask(7)
        assert (answered.amount, answered.first_ms) == (12, pytest.approx(80))
        model.fails = ModelRefused("no", code="http_500")
        [found] = await measure([answering(model, clock)], clock, seconds=1, cores=1, levels=(1,))
        assert found.skipped == "http_500: no"

    run_virtually(test)


def test_engines_on_servers_are_known_by_their_address() -> None:
    assert is_served("served:ws://10.0.0.2:8101") and not is_served("whisper:tiny.en")
