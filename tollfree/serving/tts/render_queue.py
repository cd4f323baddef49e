"""What waits to be rendered: the most urgent first, and calls in turn."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from contextlib import suppress

from tollfree.serving.errors import Refusal
from tollfree.speech.tts.base import Clip, Haste

RETRY_AFTER_S = 1
"""Seconds after which a queue that was full has room again: it holds some seconds of work."""


class Job:
    """One clause that waits or is being rendered."""

    def __init__(self, work: Callable[[], Awaitable[Clip]], haste: Haste, order: int, round: int) -> None:
        self._work = work
        self._haste = haste
        self._order = order
        self.round = round
        self.future: asyncio.Future[Clip] = asyncio.get_running_loop().create_future()
        self.task: asyncio.Task[None] | None = None
        self.entered_s = asyncio.get_running_loop().time()

    @property
    def place(self) -> tuple[int, int, int]:
        """Lower goes first."""
        return (self._haste.urgency, self.round, self._order)

    async def perform(self) -> None:
        """Do the work, and tell whoever waits."""
        try:
            clip = await self._work()
        except asyncio.CancelledError:
            self.future.cancel()
            raise
        except Exception as error:  # noqa: BLE001 - whatever failed is told to whoever waits
            if not self.future.done():
                self.future.set_exception(error)
        else:
            if not self.future.done():
                self.future.set_result(clip)


class RenderQueue:
    """Renders at most so many clauses at once. For one event loop.

    Among clauses as urgent as each other clients take turns (start-time fair queueing), so one that asks for a hundred
    holds nobody up. A waiting clause may become more urgent. When the queue is full the least urgent waits no longer.
    """

    def __init__(
        self,
        *,
        at_once: int,
        limit: int,
        waited: Callable[[float], None] = lambda seconds: None,
    ) -> None:
        """`limit`: clauses that may wait. `waited` is told how long each waited, s, as it begins."""
        self._at_once = at_once
        self._limit = limit
        self._told = waited
        self._waiting: list[Job] = []
        self._running: set[Job] = set()
        self._order = itertools.count()
        self._round = 0
        """That of the clause that began last."""
        self._rounds: dict[str, int] = {}
        """By client: that of the clause it asked for last."""
        self._closed = False

    @property
    def waiting(self) -> int:
        """Clauses that have not begun."""
        return len(self._waiting)

    @property
    def running(self) -> int:
        """Clauses that are being rendered."""
        return len(self._running)

    async def run(self, work: Callable[[], Awaitable[Clip]], haste: Haste, client: str) -> Clip:
        """The clip that `work` makes. Cancelled while it waits, it never begins; cancelled while it runs, the work is
        cancelled. Raises what `work` raises, and `Refusal` when there is no room for it, or the queue is closed."""
        if self._closed:
            raise Refusal("The server is stopping.", code="stopping", status=503, retry_after_s=RETRY_AFTER_S)
        turn = max(self._round, self._rounds.get(client, -1) + 1)
        job = Job(work, haste, next(self._order), turn)
        self._waiting.append(job)
        self._rounds[client] = turn
        self._begin()
        if len(self._waiting) > self._limit:
            self._turn_away()
        try:
            return await job.future
        finally:
            self._let_go(job)

    async def aclose(self) -> None:
        """Drop what waits and stop what runs. Safe to call again."""
        self._closed = True
        for job in (*self._waiting, *self._running):
            job.future.cancel()
            if job.task is not None:
                job.task.cancel()
        running = [job.task for job in self._running if job.task is not None]
        self._waiting.clear()
        await asyncio.gather(*running, return_exceptions=True)

    def _begin(self) -> None:
        while self._waiting and len(self._running) < self._at_once:
            job = min(self._waiting, key=lambda one: one.place)
            self._waiting.remove(job)
            self._round = max(self._round, job.round)
            self._rounds = {client: turn for client, turn in self._rounds.items() if turn >= self._round}
            self._running.add(job)
            self._told(asyncio.get_running_loop().time() - job.entered_s)
            job.task = asyncio.create_task(job.perform())
            job.task.add_done_callback(lambda _, job=job: self._ended(job))

    def _ended(self, job: Job) -> None:
        self._running.discard(job)
        if not self._closed:
            self._begin()

    def _turn_away(self) -> None:
        least = max(self._waiting, key=lambda one: one.place)
        self._waiting.remove(least)
        least.future.set_exception(
            Refusal(
                f"{self._limit} clauses wait to be spoken already.",
                code="overloaded",
                status=503,
                retry_after_s=RETRY_AFTER_S,
            )
        )

    def _let_go(self, job: Job) -> None:
        """Nobody waits for it any more."""
        with suppress(ValueError):
            self._waiting.remove(job)
        if job.task is not None and not job.task.done():
            job.task.cancel()
