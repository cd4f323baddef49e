"""Asks a language model which option the caller meant, and which values they gave. What comes back is held against the
closed set and against the slots' own grammars; anything else counts for nothing."""

import asyncio
import json
import logging
import re
from collections.abc import Callable, Mapping, Sequence
from typing import cast

from tollfree.language.llm.asking import Models, asked, priority
from tollfree.language.llm.base import Chat, ChatModel
from tollfree.language.llm.prompts import MOST_SLOTS, Scene, choice_messages, choice_schema
from tollfree.language.understand.rules import corrects
from tollfree.protocol.errors import TollfreeError
from tollfree.protocol.facts import CallFacts
from tollfree.protocol.ids import SlotName
from tollfree.protocol.question import Answer, Option, Question, Said, SlotReader, SlotReading

LIMIT_S = 1.2
"""Seconds that a caller waits at most for this; then the flow says that it did not understand."""
SURE = 0.8
"""A model gives no measure of how sure it is: as much as a value needs that is not read back, and no more."""
MOST_TOKENS = 120

_WORD = re.compile(r"[^\W_]+")
_log = logging.getLogger(__name__)


def _every(question: Question) -> bool:
    return True


class ModelChooser:
    """The `Chooser` of one call."""

    def __init__(
        self,
        models: Models,
        reader: SlotReader,
        facts: CallFacts,
        scene: Scene,
        *,
        asks: Callable[[Question], bool] = _every,
        limit_s: float = LIMIT_S,
    ) -> None:
        """`asks`: whether a model is asked such a question; where any words will do, nobody waits for one."""
        self._models = models
        self._reader = reader
        self._facts = facts
        self._scene = scene
        self._asks = asks
        self._limit_s = limit_s

    async def choose(self, question: Question, said: Said, options: tuple[Option, ...]) -> Answer | None:
        """As `Chooser`."""
        slots = tuple(dict.fromkeys((*question.awaited, *question.others)))[:MOST_SLOTS]
        if not self._asks(question) or not (options or slots):
            return None
        model = self._models.model(question.route, purpose="choose")
        if model is None:
            return None
        names = tuple(option.name for option in options)
        chat = Chat(
            messages=choice_messages(self._scene, question, said, options, slots),
            schema=choice_schema(names, slots),
            max_tokens=MOST_TOKENS,
            priority=priority(),
        )
        try:
            async with asyncio.timeout(self._limit_s):
                text = await _whole(model, chat)
        except TimeoutError:
            _log.info("a language model was too slow to choose", extra={"route": model.name})
            return None
        except TollfreeError as error:
            _log.info("a language model could not choose", extra={"route": model.name, "code": error.code})
            return None
        return self._answer(question, said, names, text, model.name)

    def _answer(self, question: Question, said: Said, names: Sequence[str], text: str, route: str) -> Answer | None:
        """What a model wrote, as far as it counts."""
        written = _object(text)
        choice = written.get("choice")
        choice = choice if isinstance(choice, str) and choice in names else None
        readings = tuple(self._readings(question, said, written.get("slots")))
        if choice is None and not readings:
            return None
        evidence = "; ".join(
            (*((f"chose {choice}",) if choice else ()), *(f"{one.slot} from “{one.heard}”" for one in readings))
        )
        return Answer(
            choice=choice, slots=readings, confidence=SURE, decided_by=f"model:{route}", evidence=evidence[:300]
        )

    def _readings(self, question: Question, said: Said, written: object) -> list[SlotReading]:
        """Values whose grammar reads them, out of words that the caller said."""
        picked = cast(Mapping[str, object], written if isinstance(written, dict) else {})
        words = frozenset(_words(said.text))
        found: list[SlotReading] = []
        for slot in dict.fromkeys((*question.awaited, *question.others)):
            heard = picked.get(slot)
            if not isinstance(heard, str) or not _words(heard) or not words.issuperset(_words(heard)):
                continue
            reading = self._reader.read(question.flow, slot, heard, self._facts)
            if reading is not None and self._is_free(found, heard):
                confidence = min(reading.confidence, SURE)
                correction = self._corrects(question, slot, said)
                found.append(
                    SlotReading(
                        slot=slot, value=reading.value, confidence=confidence, heard=heard, correction=correction
                    )
                )
        return found

    @staticmethod
    def _is_free(found: Sequence[SlotReading], heard: str) -> bool:
        """No two values come from the same words."""
        return all(one.heard != heard for one in found)

    @staticmethod
    def _corrects(question: Question, slot: SlotName, said: Said) -> bool:
        return slot in question.known and (slot in question.awaited or corrects(said.text))


async def _whole(model: ChatModel, chat: Chat) -> str:
    async with asked(model, chat) as stream:
        return "".join([words async for words in stream])


def _object(text: str) -> Mapping[str, object]:
    """The JSON object a model wrote; empty when it is none."""
    try:
        read: object = json.loads(text)
    except ValueError:
        return {}
    return cast(Mapping[str, object], read) if isinstance(read, dict) else {}


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]
