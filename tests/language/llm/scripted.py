"""Language models at their seam: they write what they are told to, and when, on a clock that tests move."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

from tollfree.language.llm.base import Chat, ChatModel, Finished, Piece, Words
from tollfree.protocol.clock import Clock

Step = str | float | Exception
"""Words, seconds of waiting, or how it fails."""


@dataclass
class ScriptedModel:
    """Plays a script for each request; the last one again and again."""

    clock: Clock
    scripts: Sequence[Sequence[Step]]
    name: str = "fast"
    model: str = "scripted"
    asked: list[Chat] = field(default_factory=list[Chat])
    closed: int = 0
    """Requests that were ended, by whoever."""

    async def stream(self, chat: Chat) -> AsyncIterator[Piece]:
        script = self.scripts[min(len(self.asked), len(self.scripts) - 1)]
        self.asked.append(chat)
        try:
            for step in script:
                if isinstance(step, Exception):
                    raise step
                if isinstance(step, str):
                    yield Words(step)
                else:
                    await self.clock.sleep(step)
            yield Finished()
        finally:
            self.closed += 1

    async def aclose(self) -> None:
        return None


@dataclass
class OneModel:
    """The models of a call that has one, or none."""

    only: ChatModel | None
    routes: list[tuple[str | None, str]] = field(default_factory=list[tuple[str | None, str]])
    """What was asked for: route and purpose."""

    def model(self, route: str | None, *, purpose: str, effect: str = "") -> ChatModel | None:
        self.routes.append((route, purpose))
        return self.only
