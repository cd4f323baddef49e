"""Has a language model compose what is said: the next line of a talk, an answer from passages, a summary. Words are
told by whole clauses as they come, cleaned for speech, and none that must rest on something is told before it does."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Literal, Protocol

from tollfree.language.llm.asking import Models, asked, priority
from tollfree.language.llm.base import Chat, ChatModel, Message, ModelError, ModelRubbish, ModelSlow, NoRoute, Priority
from tollfree.language.llm.grounding import Grounds
from tollfree.language.llm.prompts import Scene, summary_messages, talk_messages, talk_schema
from tollfree.language.llm.spoken import SpokenText, spoken
from tollfree.language.llm.talk_line import TalkLine
from tollfree.protocol.effects import Compose

FIRST_S = 2.2
"""Seconds until the first clause of a line. With the waiting line in between no caller hears nothing for longer."""
NEXT_S = 2.0
"""Seconds between two clauses; most of them pass while the one before is spoken."""
SUMMARY_S = 4.0
"""Seconds for a whole summary, which a caller waits behind who is being connected."""
ATTEMPTS = 2
"""Times a line is asked for of which not even the first clause may be said."""
TALK_TOKENS, ANSWER_TOKENS, SUMMARY_TOKENS = 240, 200, 160
"""Longest answers: nobody listens to more on a telephone."""


class AnswerReading(Protocol):
    """Reads an answer as it is written: whole sentences that rest on a passage."""

    @property
    def text(self) -> str: ...

    @property
    def cited(self) -> tuple[str, ...]: ...

    def feed(self, piece: str) -> bool:
        """The next piece; whether there is more to say because of it."""
        ...


class AnswerForm(Protocol):
    """How an answer is asked for and read."""

    def messages(self, compose: Compose) -> Sequence[Message]: ...

    def reading(self, compose: Compose) -> AnswerReading: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ComposedLine:
    """What was composed."""

    text: str
    exit: str | None = None
    cited: tuple[str, ...] = ()
    decided_by: str = "model"
    slots: dict[str, str] = field(default_factory=dict[str, str])
    ended: Literal["whole", "cut_short", "ungrounded"] = "whole"


class ModelComposer:
    """The composer of one call."""

    def __init__(
        self,
        models: Models,
        scene: Scene,
        answers: AnswerForm,
        *,
        today: str = "",
        first_s: float = FIRST_S,
        next_s: float = NEXT_S,
        priority: Callable[[], Priority] = priority,
    ) -> None:
        """`today`: YYYY-MM-DD, the caller's. `priority`: of what is asked now."""
        self._models = models
        self._scene = scene
        self._answers = answers
        self._today = today
        self._first_s = first_s
        self._next_s = next_s
        self._priority = priority

    async def compose(self, effect: Compose, words: Callable[[str], None]) -> ComposedLine:
        """As `Composer`. Raises `ModelError` when there is nothing to say in time."""
        match effect.purpose:
            case "talk":
                return await self._talk(effect, words)
            case "answer":
                return await self._answer(effect, words)
            case "summary":
                return await self._summary(effect)

    # Talks

    async def _talk(self, effect: Compose, words: Callable[[str], None]) -> ComposedLine:
        model = self._model(effect)
        grounds = self._grounds(effect) if effect.grounded else None
        line: TalkLine | None = None
        try:
            async with _limited(self._first_s, model) as limit:

                def tell(text: str) -> None:
                    limit.reschedule(asyncio.get_running_loop().time() + self._next_s)
                    words(text)

                for _ in range(ATTEMPTS):
                    refused = line.unsupported if line is not None else ""
                    line = TalkLine(effect, grounds, tell)
                    await self._read(model, effect, line, refused)
                    if line.told or not line.unsupported:
                        break
        except ModelError:
            if line is None or not line.told:
                raise
            return _of(line, model, "cut_short")
        assert line is not None
        return _of(line, model, "ungrounded" if line.unsupported else "whole")

    async def _read(self, model: ChatModel, effect: Compose, line: TalkLine, refused: str) -> None:
        chat = Chat(
            messages=talk_messages(self._scene, effect, refused),
            schema=talk_schema(effect),
            max_tokens=TALK_TOKENS,
            priority=self._priority(),
        )
        async with asked(model, chat) as stream:
            async for piece in stream:
                if not line.feed(piece):
                    break
        if stream.cut_off:
            raise ModelRubbish(f"{model.name} wrote no end within {TALK_TOKENS} tokens")
        line.end()

    # Answers

    async def _answer(self, effect: Compose, words: Callable[[str], None]) -> ComposedLine:
        """Whole sentences that rest on a passage, up to the first that has a value none of them has."""
        model = self._model(effect)
        grounds = self._grounds(effect) if effect.grounded is not False else None
        reading = self._answers.reading(effect)
        text, cited = "", ()
        chat = Chat(messages=tuple(self._answers.messages(effect)), max_tokens=ANSWER_TOKENS, priority=self._priority())
        async with asked(model, chat) as stream:
            async for piece in stream:
                if not reading.feed(piece):
                    continue
                further = spoken(reading.text)
                unsupported = grounds.unsupported(further[len(text) :]) if grounds is not None else ""
                if unsupported and not text:
                    raise ModelRubbish(f"the answer has {unsupported}, which no passage has")
                if unsupported:
                    break
                text, cited = further, reading.cited
                words(text)
        return ComposedLine(text=text, cited=cited, decided_by=f"model:{model.name}")

    # Summaries

    async def _summary(self, effect: Compose) -> ComposedLine:
        model = self._model(effect)
        chat = Chat(
            messages=summary_messages(self._scene, effect), max_tokens=SUMMARY_TOKENS, priority=self._priority()
        )
        cleaning = SpokenText()
        async with _limited(SUMMARY_S, model), asked(model, chat) as stream:
            async for piece in stream:
                cleaning.feed(piece)
        cleaning.end()
        unsupported = self._grounds(effect).unsupported(cleaning.text)
        if unsupported or not cleaning.text:
            raise ModelRubbish(f"the summary has {unsupported or 'no words'}, which the call has not")
        return ComposedLine(text=cleaning.text, decided_by=f"model:{model.name}")

    def _model(self, effect: Compose) -> ChatModel:
        model = self._models.model(effect.route, purpose=effect.purpose, effect=effect.id)
        if model is None:
            raise NoRoute("no language model is configured, so nothing can be composed")
        return model

    def _grounds(self, effect: Compose) -> Grounds:
        """What may be said: passages, values, the author's goal, and what the caller and the agent have said."""
        said = [turn.text for turn in effect.history]
        passages = [text for passage in effect.quoted for text in (passage.text, passage.speakable, passage.cited)]
        texts = (effect.instructions, effect.said, effect.context, *said, *passages)
        return Grounds(texts, effect.values, today=self._today)


def _of(line: TalkLine, model: ChatModel, ended: Literal["whole", "cut_short", "ungrounded"]) -> ComposedLine:
    return ComposedLine(text=line.told, exit=line.exit, decided_by=f"model:{model.name}", slots=line.slots, ended=ended)


@asynccontextmanager
async def _limited(seconds: float, model: ChatModel) -> AsyncGenerator[asyncio.Timeout]:
    """Raises `ModelSlow` when it takes longer."""
    try:
        async with asyncio.timeout(seconds) as limit:
            yield limit
    except TimeoutError as error:
        raise ModelSlow(f"{model.name} gave nothing further to say in time") from error
