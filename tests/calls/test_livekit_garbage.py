"""Garbage is collected on the call's own thread while a room is open."""

import asyncio
import gc
import threading
from collections.abc import Callable

from tests.fakes.patience import PATIENCE_S
from tollfree.calls.lines.livekit.garbage import Garbage


class Handle:
    """In a circle with itself, as a room and its handlers are: only a collection lets it go."""

    let_go: list[int] = []

    def __init__(self, gone: Callable[[], None] = lambda: None) -> None:
        self.myself = self
        self._gone = gone

    def __del__(self) -> None:
        Handle.let_go.append(threading.get_ident())
        self._gone()


def litter(gone: Callable[[], None]) -> None:
    """Leave circles behind, and make so much else that Python would collect here."""
    for last in [False] * 19 + [True]:
        Handle(gone if last else lambda: None)
        _ = [[] for _ in range(2000)]


async def test_what_another_thread_leaves_is_collected_on_the_loops_thread():
    Handle.let_go = []
    loop, gone = asyncio.get_running_loop(), asyncio.Event()
    garbage = Garbage(every_s=0.01)
    garbage.begin()
    try:
        await asyncio.to_thread(litter, lambda: loop.call_soon_threadsafe(gone.set) and None)
        async with asyncio.timeout(PATIENCE_S):
            await gone.wait()
    finally:
        garbage.end()
    assert len(Handle.let_go) == 20
    assert set(Handle.let_go) == {threading.get_ident()}


async def test_python_collects_by_itself_again_once_the_last_room_is_closed():
    first, second = Garbage(), Garbage()
    first.begin()
    second.begin()
    first.begin()  # as a room that is joined twice
    first.end()
    assert not gc.isenabled()
    second.end()
    second.end()
    assert gc.isenabled()


async def test_a_closed_room_leaves_nothing_for_other_threads_to_collect():
    garbage = Garbage()
    garbage.begin()
    Handle.let_go = []
    Handle()
    garbage.end()
    assert Handle.let_go == [threading.get_ident()]
