"""Answers composed from passages: given up when they stall, and no more than words, whoever composes them."""

import asyncio
from collections.abc import Callable

from tollfree.calls.performers import Composed, Composer
from tollfree.protocol.clock import Clock
from tollfree.protocol.effects import Compose
from tollfree.protocol.errors import TollfreeError

STALLED_S = 2.5
"""Seconds without a further clause after which a composition is given up: the best passage speaks for itself then, and
a caller who waits longer wonders whether anybody is there."""


class ComposerStalled(TollfreeError):
    """No further words came."""

    code = "stalled"
    retryable = True


class GroundedComposer:
    """Watches over a composer's answers; what it composes for other purposes passes through.

    What an answer may say is checked where it counts, in the `answer` node: an exit it names is ignored there, and one
    that cites nothing, or what was not found, is not said.
    """

    def __init__(self, composer: Composer, clock: Clock, *, stalled_s: float = STALLED_S) -> None:
        self._composer = composer
        self._clock = clock
        self._stalled_s = stalled_s

    async def compose(self, effect: Compose, words: Callable[[str], None]) -> Composed:
        """As the composer does. Raises `ComposerStalled` for an answer that stands still."""
        if effect.purpose != "answer":
            return await self._composer.compose(effect, words)
        told = ""

        def tell(text: str) -> None:
            nonlocal told
            if text.startswith(told) and text != told:
                told = text
                words(text)

        composing = asyncio.ensure_future(self._composer.compose(effect, tell))
        try:
            while True:
                before = told
                patience = asyncio.ensure_future(self._clock.sleep(self._stalled_s))
                try:
                    await asyncio.wait((composing, patience), return_when=asyncio.FIRST_COMPLETED)
                finally:
                    patience.cancel()
                if composing.done():
                    return composing.result()
                if told == before:
                    raise ComposerStalled(f"no further words of the answer came for {self._stalled_s:g} seconds")
        finally:
            composing.cancel()
