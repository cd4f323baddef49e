"""Tasks beside a loop: what breaks in one of them is told, and none is left over."""

import asyncio
from collections.abc import Callable, Coroutine


class Beside:
    """The tasks of one call, or of its line."""

    def __init__(self, broken: Callable[[BaseException], None], *, cut: Callable[[], None] = lambda: None) -> None:
        """`broken`: what a task raised. `cut`: a task was cancelled."""
        self._broken = broken
        self._cut = cut
        self._tasks: set[asyncio.Task[None]] = set()

    def do(self, work: Coroutine[object, object, None]) -> None:
        """Begin something."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        self.watch(task)

    def watch(self, task: "asyncio.Task[None]") -> None:
        """The same for a task that somebody else has begun, and ends."""
        task.add_done_callback(self._over)

    async def stop(self) -> None:
        """Give up all of them, except the one that asks for it."""
        current = asyncio.current_task()
        tasks = [task for task in self._tasks if task is not current]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _over(self, task: "asyncio.Task[None]") -> None:
        if task.cancelled():
            self._cut()
        elif (error := task.exception()) is not None:
            self._broken(error)
