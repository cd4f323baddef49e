"""Answers composed from passages: by whole sentences, given up when they stall or have no end, and no more than words,
whoever composes them."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from tollfree.calls.performers import Composed, Composer
from tollfree.knowledge.sentence_ends import whole_sentences
from tollfree.protocol.clock import Clock
from tollfree.protocol.effects import Compose
from tollfree.protocol.errors import TollfreeError

STALLED_S = 2.5
"""Seconds without a further sentence after which a composition is given up: a caller who waits longer wonders whether
anybody is there."""
WHOLE_S = 12.0
"""Seconds after which it is given up though it goes on: what two short sentences take many times over."""

_log = logging.getLogger(__name__)


class ComposerStalled(TollfreeError):
    """No further words came, or no end of them."""

    code = "stalled"
    retryable = True


class CitingWords(Protocol):
    """Is told of an answer as it grows."""

    def __call__(self, text: str, cited: tuple[str, ...] = (), /) -> None:
        """The text so far, and the passages that it rests on, where that is known yet."""
        ...


class CitingComposer(Protocol):
    """A composer that may say what its words rest on as they come. Any `Composer` is one."""

    async def compose(self, effect: Compose, words: CitingWords) -> Composed: ...


@dataclass(slots=True)
class CutShort:
    """The sentences of an answer that was given up: they have been spoken."""

    text: str
    cited: tuple[str, ...]
    exit: str | None = None
    decided_by: str = "model"


class GroundedComposer:
    """Watches over a composer's answers; what it composes for other purposes passes through.

    One that is given up, or fails, before its first sentence is over raises, and the best passage speaks for itself;
    later, its sentences are the answer: half a sentence is never told. What an answer may say is checked where it
    counts, in the `answer` node: an exit it names is ignored there, and one that cites nothing, or what was not found,
    is not said.
    """

    def __init__(
        self,
        composer: Composer | CitingComposer,
        clock: Clock,
        *,
        stalled_s: float = STALLED_S,
        whole_s: float = WHOLE_S,
    ) -> None:
        self._composer = composer
        self._clock = clock
        self._stalled_s = stalled_s
        self._whole_s = whole_s

    async def compose(self, effect: Compose, words: Callable[[str], None]) -> Composed:
        """As the composer does. Raises `ComposerStalled` for an answer of which no sentence came in time."""
        if effect.purpose != "answer":
            return await self._composer.compose(effect, lambda text, cited=(): words(text))
        answer = _Answer(words)
        composing = asyncio.ensure_future(self._composer.compose(effect, answer.grow))
        try:
            await self._wait(composing, answer)
            return composing.result()
        except TollfreeError as error:
            if not answer.told:
                raise
            _log.info("an answer was cut short", extra={"code": error.code})
            # Without word of what they rest on it can be any passage of those that were given, and none else.
            return CutShort(answer.told, answer.cited or effect.passages)
        finally:
            composing.cancel()

    async def _wait(self, composing: asyncio.Future[Composed], answer: "_Answer") -> None:
        """Until all of it is there. Raises `ComposerStalled`."""
        until_ms = self._clock.elapsed_ms() + self._whole_s * 1000
        while True:
            before = answer.told
            answer.grew.clear()
            left_s = (until_ms - self._clock.elapsed_ms()) / 1000
            patience = asyncio.ensure_future(self._clock.sleep(max(0.0, min(self._stalled_s, left_s))))
            further = asyncio.ensure_future(answer.grew.wait())
            try:
                await asyncio.wait((composing, patience, further), return_when=asyncio.FIRST_COMPLETED)
            finally:
                patience.cancel()
                further.cancel()
            if composing.done():
                return
            if self._clock.elapsed_ms() >= until_ms:
                raise ComposerStalled(f"the answer had no end after {self._whole_s:g} seconds")
            if answer.told == before:
                raise ComposerStalled(f"no further sentence of the answer came for {self._stalled_s:g} seconds")


class _Answer:
    """What has come of an answer."""

    def __init__(self, words: Callable[[str], None]) -> None:
        self._words = words
        self.grew = asyncio.Event()
        """Set by every further sentence."""
        self.told = ""
        """Whole sentences, which may be heard already."""
        self.cited: tuple[str, ...] = ()

    def grow(self, text: str, cited: tuple[str, ...] = ()) -> None:
        """What does not continue what was told is not told."""
        whole = whole_sentences(text)
        if text.startswith(self.told) and len(whole) > len(self.told):
            self.told, self.cited = whole, cited
            self.grew.set()
            self._words(whole)
