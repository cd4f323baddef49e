"""What a call knows: the passages of its own project, and of no other, ready to be spoken."""

import asyncio
import logging
from dataclasses import replace
from typing import Protocol

from tollfree.calls.performers import NoEngine
from tollfree.knowledge.base import Embeds, Query
from tollfree.knowledge.speakable import shares_words, spoken_passages
from tollfree.protocol.clock import Clock
from tollfree.protocol.effects import Retrieve
from tollfree.protocol.errors import TollfreeError
from tollfree.protocol.ids import ProjectId
from tollfree.protocol.passage import Passage

WITHIN_S = 2.0
"""Seconds after which a caller is not kept waiting for the knowledge; the flow goes on without it."""

OPENS_S = 15.0
"""Seconds for which a first question that has a waiting line waits until the documents are open: a process that was
not warmed imports the index's library first, for up to five."""

_log = logging.getLogger(__name__)


class KnowledgeSlow(TollfreeError):
    """The knowledge did not answer in time."""

    code = "timeout"
    retryable = True


class Shelf(Protocol):
    """Keeps the knowledge of all projects; see `tollfree.knowledge.shelf.KnowledgeShelf`."""

    async def retrieve(self, project: ProjectId, query: Query) -> tuple[Passage, ...]:
        """Passages that answer, best first; none: the project does not know. Raises `KnowledgeError`."""
        ...

    async def count(self, project: ProjectId) -> int:
        """How many passages the project has."""
        ...

    async def prepare(self, project: ProjectId) -> None:
        """Load what the first question would wait for. Raises `KnowledgeError`."""
        ...


class ProjectKnowledge:
    """The `Knowledge` of one call. It is made with its project, and no effect can name another."""

    def __init__(
        self,
        shelf: Shelf,
        project: ProjectId,
        clock: Clock,
        *,
        embedder: Embeds | None = None,
        within_s: float = WITHIN_S,
    ) -> None:
        """`embedder` chooses sentences where words do not tell; without it the passage's first sentence is taken."""
        self._shelf = shelf
        self._project = project
        self._clock = clock
        self._embedder = embedder
        self._within_s = within_s
        self._preparing: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Open the documents while the caller is greeted; a question that comes sooner waits for it."""
        self._preparing = asyncio.create_task(self._prepare())

    async def end(self) -> None:
        """The call is over."""
        if self._preparing is not None:
            self._preparing.cancel()
            await asyncio.gather(self._preparing, return_exceptions=True)

    async def _prepare(self) -> None:
        try:
            with self._clock.working():
                await self._shelf.prepare(self._project)
        except TollfreeError as error:  # which the first question meets again, and tells the flow
            _log.info("knowledge not opened ahead: %s", error.message)

    async def retrieve(self, effect: Retrieve) -> tuple[Passage, ...]:
        """Passages, best first, the best of them with what a voice can say of each.

        Raises `NoEngine` for a project without documents, `KnowledgeSlow` or `KnowledgeError`.
        """
        try:
            with self._clock.working():
                await self._opened(OPENS_S if effect.waiting else self._within_s)
                async with asyncio.timeout(self._within_s):
                    passages = await self._found(effect)
                    return await asyncio.to_thread(
                        spoken_passages, effect.query, passages, context=effect.context, embedder=self._embedder
                    )
        except TimeoutError as error:
            raise KnowledgeSlow(f"the knowledge took longer than {self._within_s:g} seconds") from error

    async def _opened(self, within_s: float) -> None:
        """Wait until the documents are open. Raises `TimeoutError`."""
        if self._preparing is not None:
            _, opening = await asyncio.wait([self._preparing], timeout=within_s)
            if opening:
                raise TimeoutError

    async def _found(self, effect: Retrieve) -> tuple[Passage, ...]:
        query = Query(text=effect.query, tags=effect.tags, context=effect.context, confidence=effect.confidence)
        passages = await self._shelf.retrieve(self._project, query)
        if not passages and effect.context:
            passages = await self._in_full(query)
        if not passages and not await self._shelf.count(self._project):
            raise NoEngine(
                f"project {self._project} has no documents, so questions cannot be answered from them; "
                f"add some with `tollfree knowledge add {self._project} PATH`"
            )
        return passages

    async def _in_full(self, query: Query) -> tuple[Passage, ...]:
        """A follow-up as one question with the one before it. Only what has words of its own answers it: the rest
        would answer the question before once more."""
        full = replace(query, text=f"{query.context} {query.text}", context="")
        found = await self._shelf.retrieve(self._project, full)
        return tuple(passage for passage in found if shares_words(query.text, passage.text))
