"""Turns on their way through one model: together, in order, and never for nobody."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Sequence

import pytest

from tests.fakes.shared_recognizer import MadeTurn
from tollfree.speech.stt.base import Overloaded, RecognitionFailed, TooLate, Urgency
from tollfree.speech.stt.batch_queue import BatchQueue, BatchSettings
from tollfree.speech.stt.batch_work import BatchTurn, Heard


class Model:
    """Looks that begin when they like, and end when the test says so."""

    def __init__(self, settings: BatchSettings | None = None, **made: object) -> None:
        self.go = threading.Semaphore(0)
        self.begun = threading.Semaphore(0)
        self.looks: list[list[str]] = []
        self.prepared: list[str] = []
        self.queue = BatchQueue("test", self._look, settings or BatchSettings(window_ms=0))

    def ask(
        self, text: str, urgency: Urgency = Urgency.COMMIT, *, looks: int = 1, kind: str = "short", **how: object
    ) -> "asyncio.Task[Heard]":
        def begin() -> BatchTurn:
            self.prepared.append(text)
            if text == "broken sound":
                raise ValueError("what was said")
            return MadeTurn(text, looks=looks, kind=kind)

        return asyncio.create_task(self.queue.hear(begin, urgency, **how))  # type: ignore[arg-type]

    async def busy(self) -> "asyncio.Task[Heard]":
        """A turn that is being looked at."""
        task = self.ask("first")
        await asyncio.to_thread(self.begun.acquire)
        return task

    async def until(self, true: Callable[[], bool]) -> None:
        """Let the threads come so far."""
        async with asyncio.timeout(20):
            while not true():  # noqa: ASYNC110 - it is a thread that is waited for
                await asyncio.sleep(0.001)

    def end(self, looks: int = 1) -> None:
        self.go.release(looks)

    def _look(self, turns: Sequence[BatchTurn]) -> None:
        made = [turn for turn in turns if isinstance(turn, MadeTurn)]
        self.looks.append([turn.text for turn in made])
        self.begun.release()
        self.go.acquire(timeout=30)
        if any(turn.text == "poison" for turn in made):
            raise RuntimeError("what was said")
        for turn in made:
            turn.look(len(made))


@pytest.fixture
async def model() -> AsyncIterator[Model]:
    model = Model()
    yield model
    model.end(1000)
    await model.queue.aclose()


async def test_turns_that_come_while_others_are_looked_at_are_looked_at_together(model: Model) -> None:
    first = await model.busy()
    rest = [model.ask(text) for text in "abc"]
    await model.until(lambda: len(model.prepared) == 4)
    model.end(2)
    assert (await first).batch == 1
    assert [(await task).batch for task in rest] == [3, 3, 3]
    assert model.looks == [["first"], ["a", "b", "c"]]


async def test_turns_of_another_kind_are_looked_at_apart_and_one_that_wants_more_comes_again(model: Model) -> None:
    first = await model.busy()
    tasks = [model.ask("a", looks=2), model.ask("long", kind="long"), model.ask("b")]
    await model.until(lambda: len(model.prepared) == 4)
    model.end(9)
    await asyncio.gather(first, *tasks)
    assert model.looks == [["first"], ["a", "b"], ["a"], ["long"]]


async def test_where_nothing_is_looked_at_a_turn_waits_for_company() -> None:
    model = Model(BatchSettings(most=2, window_ms=60_000))
    model.end(9)
    one, other = await asyncio.gather(model.ask("a"), model.ask("b"))
    assert one.batch == other.batch == 2
    await model.queue.aclose()


async def test_the_most_urgent_goes_first_and_calls_take_turns(model: Model) -> None:
    first = await model.busy()
    told: list[str] = []
    tasks = [
        model.ask("interim", Urgency.INTERIM, kind="i"),
        model.ask("offer", Urgency.OFFER, kind="o"),
        model.ask("a1", call="a", kind="1"),
        model.ask("a2", call="a", kind="2"),
        model.ask("b1", call="b", kind="3"),
    ]
    for task, name in zip(tasks, ("interim", "offer", "a1", "a2", "b1"), strict=True):
        task.add_done_callback(lambda _, name=name: told.append(name))
    await model.until(lambda: len(model.prepared) == 6)
    model.end(9)
    await asyncio.gather(first, *tasks)
    assert told == ["a1", "b1", "a2", "offer", "interim"]


async def test_a_turn_that_nobody_wants_any_more_is_not_even_prepared(model: Model) -> None:
    held = threading.Event()

    def begin() -> BatchTurn:
        held.wait(30)
        return MadeTurn("held")

    holding = asyncio.create_task(model.queue.hear(begin, Urgency.COMMIT))
    await asyncio.sleep(0)
    unwanted, wanted = model.ask("unwanted"), model.ask("wanted")
    await asyncio.sleep(0)
    unwanted.cancel()
    await asyncio.gather(unwanted, return_exceptions=True)
    held.set()
    model.end(9)
    assert (await wanted).transcript.text == "wanted" and (await holding).transcript.text == "held"
    assert model.prepared == ["wanted"] and ["unwanted"] not in model.looks


async def test_cancelled_between_two_looks_the_second_is_not_taken(model: Model) -> None:
    task = model.ask("a", looks=2)
    await asyncio.to_thread(model.begun.acquire)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    other = model.ask("b")
    model.end(9)
    await other
    assert model.looks == [["a"], ["b"]]


@pytest.mark.parametrize("within_s", [0.0, -1.0])
async def test_a_turn_whose_deadline_has_passed_costs_nothing(model: Model, within_s: float) -> None:
    with pytest.raises(TooLate):
        await model.ask("late", within_s=within_s)
    assert model.prepared == [] and model.queue.waiting == 0


async def test_a_deadline_that_passes_in_the_queue_is_told_at_once_and_costs_nothing_more(model: Model) -> None:
    first = await model.busy()
    with pytest.raises(TooLate):  # while the first still runs
        await model.ask("late", within_s=0.02)
    model.end(9)
    await first
    await model.ask("next")
    assert model.looks == [["first"], ["next"]]


async def test_a_full_queue_refuses_at_once_but_for_what_is_more_urgent() -> None:
    model = Model(BatchSettings(window_ms=0, waiting=2))
    first = await model.busy()
    offer, interim = model.ask("offer", Urgency.OFFER), model.ask("interim", Urgency.INTERIM)
    await model.until(lambda: len(model.prepared) == 3)
    with pytest.raises(Overloaded):
        await model.ask("one more", Urgency.INTERIM)
    commit = model.ask("commit")
    with pytest.raises(Overloaded):
        await interim
    model.end(9)
    assert (await commit).transcript.text == "commit" and (await offer).transcript.text == "offer"
    assert (await first).transcript.text == "first"
    await model.queue.aclose()


async def test_one_turn_that_fails_does_not_take_the_others_with_it(
    model: Model, caplog: pytest.LogCaptureFixture
) -> None:
    first = await model.busy()
    tasks = [model.ask(text) for text in ("a", "poison", "broken sound", "b")]
    await model.until(lambda: len(model.prepared) == 5)
    model.end(99)
    told = await asyncio.gather(first, *tasks, return_exceptions=True)
    assert [one.transcript.text for one in told if isinstance(one, Heard)] == ["first", "a", "b"]
    failed = [one for one in told if isinstance(one, RecognitionFailed)]
    assert len(failed) == 2 and not any("was said" in one.message for one in failed)
    assert "was said" not in caplog.text
    assert (await model.ask("after")).transcript.text == "after"


async def test_closing_finishes_the_look_and_refuses_the_rest(model: Model) -> None:
    first = await model.busy()
    waiting = model.ask("waiting")
    await model.until(lambda: len(model.prepared) == 2)
    closing = asyncio.create_task(model.queue.aclose())
    with pytest.raises(RecognitionFailed):
        await waiting
    model.end()
    await closing
    assert (await first).transcript.text == "first"
    with pytest.raises(RecognitionFailed):
        await model.ask("late")


async def test_the_queue_tells_how_long_a_look_has_lasted(model: Model) -> None:
    assert model.queue.looking_s == 0
    first = await model.busy()
    assert model.queue.looking_s > 0
    model.end()
    await first
    await model.until(lambda: model.queue.looking_s == 0)


async def test_two_looks_side_by_side_where_the_model_can() -> None:
    model = Model(BatchSettings(window_ms=0, most=1, looking=2))
    tasks = [model.ask("a"), model.ask("b")]
    for _ in tasks:
        await asyncio.to_thread(model.begun.acquire)
    assert sorted(model.looks) == [["a"], ["b"]]
    model.end(2)
    await asyncio.gather(*tasks)
    await model.queue.aclose()
