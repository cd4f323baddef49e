"""One decode at a time, the most urgent first, the cancelled never."""

import asyncio
import threading
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tollfree.speech.stt.base import RecognitionFailed, Urgency
from tollfree.speech.stt.decode_queue import DecodeQueue


class Gate:
    """Work that holds the thread until the test lets it go."""

    def __init__(self) -> None:
        self.begun = threading.Event()
        self.go = threading.Event()

    def work(self) -> str:
        self.begun.set()
        assert self.go.wait(20)
        return "held"


async def busy(queue: DecodeQueue[str]) -> tuple[Gate, asyncio.Task[str]]:
    gate = Gate()
    held = asyncio.create_task(queue.run(gate.work, Urgency.INTERIM))
    assert await asyncio.to_thread(gate.begun.wait, 20)
    return gate, held


async def test_a_cancelled_decode_that_waits_never_runs() -> None:
    queue = DecodeQueue[str]("test")
    gate, held = await busy(queue)
    ran: list[str] = []
    waiting = asyncio.create_task(queue.run(_noted(ran, "cancelled"), Urgency.COMMIT))
    after = asyncio.create_task(queue.run(_noted(ran, "after"), Urgency.INTERIM))
    await asyncio.sleep(0)
    assert queue.waiting == 2
    waiting.cancel()
    await asyncio.sleep(0)
    assert queue.waiting == 1
    gate.go.set()
    assert await held == "held" and await after == "after"
    assert ran == ["after"]
    await queue.aclose()


async def test_a_cancelled_decode_that_runs_is_finished_and_thrown_away() -> None:
    queue = DecodeQueue[str]("test")
    gate, held = await busy(queue)
    held.cancel()
    with pytest.raises(asyncio.CancelledError):
        await held
    gate.go.set()
    assert await queue.run(lambda: "next", Urgency.OFFER) == "next"
    await queue.aclose()


async def test_an_offer_waits_for_the_running_decode_only() -> None:
    queue = DecodeQueue[str]("test")
    gate, held = await busy(queue)
    ran: list[str] = []
    interims = [asyncio.create_task(queue.run(_noted(ran, "interim"), Urgency.INTERIM)) for _ in range(5)]
    offer = asyncio.create_task(queue.run(_noted(ran, "offer"), Urgency.OFFER))
    await asyncio.sleep(0)
    gate.go.set()
    await asyncio.gather(held, offer, *interims)
    assert ran[0] == "offer"
    await queue.aclose()


async def test_the_error_of_a_decode_reaches_who_waits_and_no_one_else() -> None:
    queue = DecodeQueue[str]("test")

    def broken() -> str:
        raise RecognitionFailed("this sound could not be heard")

    with pytest.raises(RecognitionFailed):
        await queue.run(broken, Urgency.COMMIT)
    assert await queue.run(lambda: "next", Urgency.COMMIT) == "next"
    await queue.aclose()


async def test_closing_refuses_what_waits_and_finishes_what_runs() -> None:
    queue = DecodeQueue[str]("test")
    gate, held = await busy(queue)
    waiting = asyncio.create_task(queue.run(lambda: "never", Urgency.COMMIT))
    await asyncio.sleep(0)
    closing = asyncio.create_task(queue.aclose())
    with pytest.raises(RecognitionFailed):
        await waiting
    gate.go.set()
    await closing
    assert await held == "held"


@settings(max_examples=50, deadline=None)
@given(st.lists(st.sampled_from(list(Urgency)), max_size=12))
def test_whatever_waits_goes_by_urgency_and_then_by_order(urgencies: list[Urgency]) -> None:
    async def check() -> None:
        queue = DecodeQueue[str]("test")
        gate, held = await busy(queue)
        ran: list[str] = []
        tasks = [
            asyncio.create_task(queue.run(_noted(ran, f"{urgency:d}:{at:02}"), urgency))
            for at, urgency in enumerate(urgencies)
        ]
        await asyncio.sleep(0)
        gate.go.set()
        await asyncio.gather(held, *tasks)
        assert ran == sorted(ran)
        await queue.aclose()

    asyncio.run(check())


def _noted(ran: list[str], name: str) -> Callable[[], str]:
    def work() -> str:
        ran.append(name)
        return name

    return work
