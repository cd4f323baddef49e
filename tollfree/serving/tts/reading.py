"""One request: a text read aloud clause by clause, the next being rendered while one is sent."""

import asyncio
from collections.abc import AsyncGenerator, Coroutine
from typing import Any

from tollfree.serving.errors import Refusal
from tollfree.serving.tts.desk import Desk, Spoken
from tollfree.speech.tts.base import Haste, Urgency
from tollfree.speech.tts.clauses import clauses
from tollfree.speech.tts.voice_name import VoiceName


class Reading:
    """A text that is being read. For one reader."""

    def __init__(
        self,
        desk: Desk,
        name: VoiceName,
        text: str,
        *,
        client: str,
        urgency: Urgency = Urgency.FIRST,
        whole: bool = False,
        within_s: float | None = None,
    ) -> None:
        """`whole`: the text is one clause. `within_s`: seconds from now until which the last clause is wanted."""
        self._desk = desk
        self._name = name
        self._pieces = [text] if whole else clauses(text)
        self._client = client
        self._urgency = urgency
        self._until = None if within_s is None else asyncio.get_running_loop().time() + within_s
        self._latest = Haste(urgency)
        """Of the clause that was asked for last."""

    def hurry(self, urgency: Urgency) -> None:
        """Somebody waits now."""
        self._urgency = min(self._urgency, urgency)
        self._latest.hurry(self._urgency)

    async def clips(self) -> AsyncGenerator[Spoken]:
        """Its clauses in order. Closed early, what nobody else wants is given up. Raises `Refusal` (`too_late` among
        them) and `RenderingFailed`."""
        coming: asyncio.Task[Spoken] | None = None
        try:
            for place in range(len(self._pieces)):
                task = coming if coming is not None else asyncio.create_task(self._clip(place))
                coming = task
                spoken = await self._in_time(task)
                coming = asyncio.create_task(self._clip(place + 1)) if place + 1 < len(self._pieces) else None
                yield spoken
        finally:
            if coming is not None:
                coming.cancel()
                await asyncio.gather(coming, return_exceptions=True)

    def _clip(self, place: int) -> Coroutine[Any, Any, Spoken]:
        if place:
            self._latest = Haste(Urgency.NEXT if self._urgency is Urgency.FIRST else self._urgency)
        return self._desk.clip(self._name, self._pieces[place], self._latest, self._client)

    async def _in_time(self, task: "asyncio.Task[Spoken]") -> Spoken:
        try:
            async with asyncio.timeout_at(self._until):
                return await asyncio.shield(task)
        except TimeoutError as late:
            if task.done() and not task.cancelled() and task.exception() is None:
                return task.result()
            raise Refusal(
                "It could not be spoken within its deadline.", code="too_late", status=504, retry_after_s=1
            ) from late
