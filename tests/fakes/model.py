"""A language model in memory: says what a test tells it to, on the test's clock, and remembers what it was asked.

model = ScriptedModel(says=("It is ", "on its way."))
model = ScriptedModel(by=lambda chat: json.dumps({"intent": "order"}))
model.fails = ModelSlow("route fast gave no more")          # from now on, before the first word
"""

from collections.abc import AsyncGenerator, Callable

from tollfree.language.llm.base import Chat, Finished, ModelError, Piece, Words
from tollfree.protocol.clock import Clock, SystemClock


class ScriptedModel:
    """A `ChatModel`. Its script may be changed at any time, for the requests after that."""

    def __init__(
        self,
        name: str = "fast",
        *,
        says: tuple[str, ...] = ("All ", "right."),
        by: Callable[[Chat], str] | None = None,
        fails: ModelError | None = None,
        breaks: ModelError | None = None,
        first_ms: float = 0,
        each_ms: float = 0,
        finished: Finished | None = None,
        finishes: bool = True,
        clock: Clock | None = None,
    ) -> None:
        """`by`: makes the answer from the request. `fails`: instead of a first word; `breaks`: after half the words;
        `finishes`: False breaks the contract by ending without `Finished`. Delays pass on `clock`."""
        self.says, self.by, self.fails, self.breaks = says, by, fails, breaks
        self.first_ms, self.each_ms = first_ms, each_ms
        self.finished = finished if finished is not None else Finished(prompt_tokens=20, completion_tokens=2)
        self.finishes = finishes
        self.asked: list[Chat] = []
        """Every request."""
        self.ended: list[str] = []
        """How each ended: `finished`, `failed` or `closed`."""
        self._name, self._clock = name, clock if clock is not None else SystemClock()

    @property
    def name(self) -> str:
        return self._name

    @property
    def model(self) -> str:
        return f"{self._name}-model"

    async def stream(self, chat: Chat) -> AsyncGenerator[Piece]:
        self.asked.append(chat)
        ended = "closed"
        try:
            await self._clock.sleep(self.first_ms / 1000)
            if self.fails is not None:
                ended = "failed"
                raise self.fails
            words = self.says if self.by is None else (self.by(chat),)
            for index, word in enumerate(words):
                if index:
                    await self._clock.sleep(self.each_ms / 1000)
                yield Words(word)
                if self.breaks is not None and index + 1 == (len(words) + 1) // 2:
                    ended = "failed"
                    raise self.breaks
            ended = "finished"
            if self.finishes:
                yield self.finished
        finally:
            self.ended.append(ended)

    async def aclose(self) -> None:
        self.ended.append("released")
