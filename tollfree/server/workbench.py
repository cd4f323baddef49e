"""What editors work with beside the store: one for the server, in memory."""

import asyncio
import logging
from collections.abc import Callable
from typing import TypeVar

from tollfree.calls.publishing import project_parts
from tollfree.flows.compile import Compiled
from tollfree.flows.exits import exits_in
from tollfree.flows.source import Document
from tollfree.language.embed.base import Embedder
from tollfree.protocol.errors import TollfreeError
from tollfree.protocol.ids import FlowId, ProjectId
from tollfree.server.errors import TooMuch
from tollfree.server.presence import Presence
from tollfree.wiring.checking import DraftShelf, check_document
from tollfree.wiring.office import Office
from tollfree.wiring.rendering import render_answers, render_published
from tollfree.wiring.trials import Trials
from tollfree.wiring.tried_flows import TriedFlows
from tollfree.wiring.voice_preview import VoicePreview

AT_ONCE = 2
"""Flows that are checked, read or written at the same time; others wait."""
WITHIN_S = 20.0
"""Seconds after which whoever asked is told that it takes too long."""
MOST_NODES = 2000
"""Of a flow that is checked while it is edited."""

T = TypeVar("T")
_log = logging.getLogger(__name__)


class Workbench:
    """Belongs to the event loop it is used in."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._drafts = DraftShelf(office.store)
        self._room = asyncio.Semaphore(AT_ONCE)
        self._rendering = asyncio.Semaphore(1)
        self._tasks: set[asyncio.Task[None]] = set()
        self.presence = Presence(office.clock)
        self.tried = TriedFlows(office, self._drafts)
        self.trials = Trials(office, self.tried)
        self.voices = VoicePreview(office.settings)
        self.routes_lock = asyncio.Lock()
        """Held while the routes file is written."""
        self.renders = False
        """Whether what a flow always says the same is rendered when it is published."""

    async def within(self, work: Callable[[], T]) -> T:
        """Something that takes a while, in a thread. Raises `TooMuch` when it takes too long; the thread then ends by
        itself."""
        async with self._room:
            try:
                async with asyncio.timeout(WITHIN_S):
                    return await asyncio.to_thread(work)
            except TimeoutError as error:
                raise TooMuch(f"This took longer than {WITHIN_S:g} seconds. Make it smaller.") from error

    async def check(
        self, project: ProjectId, document: Document, *, examples: bool
    ) -> tuple[Compiled, dict[str, tuple[str, ...]]]:
        """What is wrong with a document, and its nodes' exits. Raises `TooMuch`, and as `project_parts`."""
        nodes = document.get("nodes")
        if isinstance(nodes, dict) and len(nodes) > MOST_NODES:
            raise TooMuch(f"The flow has {len(nodes)} nodes; one of at most {MOST_NODES} is checked. Divide it.")
        office = self._office
        parts = await project_parts(office.store, project)
        others = await self._drafts.drafts(project)
        await office.routes.look()
        routes = (*office.routes.routes.routes, *office.routes.routes.chains)

        def work() -> tuple[Compiled, dict[str, tuple[str, ...]]]:
            embedder = (lambda: office.embedder) if examples else None
            compiled = check_document(document, parts.library, others, embedder=embedder, routes=routes)
            return compiled, exits_in(document, others)

        return await self.within(work)

    async def embedder(self) -> Embedder:
        """The office's, loaded off the loop. Raises `LanguageError`."""
        return await asyncio.to_thread(lambda: self._office.embedder)

    def published(self, project: ProjectId, flow: FlowId) -> None:
        """Render what new calls will say, one flow after the other, while the server goes on."""
        if not self.renders:
            return
        task = asyncio.create_task(self._render(project, flow))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _render(self, project: ProjectId, flow: FlowId) -> None:
        async with self._rendering:
            try:
                await render_published(self._office, project, flow)
                await render_answers(self._office, project)
            except TollfreeError as error:
                _log.warning("fixed lines are rendered as they are said: %s", error.message, extra={"code": error.code})

    async def aclose(self) -> None:
        """End every trial, and what is being rendered."""
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.trials.aclose()
        await self.voices.aclose()
