"""Work that never comes back costs a thread, and neither later work nor the end of the process."""

import asyncio
import subprocess
import sys
import threading

import pytest

from tollfree.protocol.errors import TollfreeError
from tollfree.speech.stt.base import RecognitionFailed, Urgency
from tollfree.speech.stt.decode_queue import DecodeQueue
from tollfree.speech.tts.render_thread import RenderThread, Stop
from tollfree.speech.work_queue import WorkQueue

LOST_AFTER_S = 0.02


class Stuck:
    """Work that does not come back until the test is over."""

    def __init__(self) -> None:
        self.begun = threading.Event()
        self.over = threading.Event()

    def work(self) -> str:
        self.begun.set()
        self.over.wait(60)
        return "late"

    async def hold(self, waiting: "asyncio.Task[str]") -> None:
        """Until it runs."""
        assert await asyncio.to_thread(self.begun.wait, 20)
        assert not waiting.done()


async def given_up(task: "asyncio.Task[str]") -> None:
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_decode_that_never_ends_frees_the_next_ones_once_it_is_given_up() -> None:
    queue, stuck = DecodeQueue[str]("test", lost_after_s=LOST_AFTER_S), Stuck()
    held = asyncio.create_task(queue.run(stuck.work, Urgency.OFFER))
    await stuck.hold(held)
    waiting = asyncio.create_task(queue.run(lambda: "waited", Urgency.INTERIM))
    await asyncio.sleep(0)
    await given_up(held)
    assert await waiting == "waited"
    assert await queue.run(lambda: "later", Urgency.OFFER) == "later"
    stuck.over.set()
    await queue.aclose()


async def test_a_render_that_never_ends_is_told_to_stop_and_frees_the_next_ones() -> None:
    thread, stuck = RenderThread[str]("test", lost_after_s=LOST_AFTER_S), Stuck()
    stops: list[Stop] = []

    def work(stop: Stop) -> str:
        stops.append(stop)
        return stuck.work()

    held = asyncio.create_task(thread.run(work))
    await stuck.hold(held)
    await given_up(held)
    assert stops[0].wanted
    assert await thread.run(lambda stop: "next") == "next"
    stuck.over.set()
    await thread.aclose()


async def test_work_that_is_given_up_and_comes_back_is_waited_for() -> None:
    queue, stuck = DecodeQueue[str]("test"), Stuck()
    held = asyncio.create_task(queue.run(stuck.work, Urgency.INTERIM))
    await stuck.hold(held)
    await given_up(held)
    after = asyncio.create_task(queue.run(lambda: str(stuck.over.is_set()), Urgency.COMMIT))
    await asyncio.sleep(0)
    stuck.over.set()
    assert await after == "True", "two never run at once"
    await queue.aclose()


async def test_closing_does_not_wait_for_ever_and_refuses_whoever_still_waits() -> None:
    queue = WorkQueue[str]("test", lost_after_s=LOST_AFTER_S, refusal=_refusal, closing_s=LOST_AFTER_S)
    stuck = Stuck()
    held = asyncio.create_task(queue.run(stuck.work, 0))
    await stuck.hold(held)
    await queue.aclose()
    with pytest.raises(RecognitionFailed):
        await held
    stuck.over.set()


def test_a_process_ends_although_its_engine_hangs() -> None:
    program = """
import asyncio, threading
from tollfree.speech.tts.render_thread import RenderThread

async def main():
    begun = threading.Event()
    thread = RenderThread("test")
    task = asyncio.create_task(thread.run(lambda stop: (begun.set(), threading.Event().wait())))
    await asyncio.to_thread(begun.wait)
    task.cancel()

asyncio.run(main())
"""
    assert subprocess.run([sys.executable, "-c", program], timeout=30, check=False).returncode == 0


def _refusal() -> TollfreeError:
    return RecognitionFailed("closed", retryable=False)
