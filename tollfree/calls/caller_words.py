"""What the caller's present turn is heard as, and whether anything is heard at all."""

import asyncio
from collections.abc import Callable

from tollfree.calls.decoding import NOT_HEARD, Decoding
from tollfree.protocol.audio import Samples
from tollfree.protocol.clock import Clock
from tollfree.protocol.events import CallerSpoke
from tollfree.protocol.transcript import Transcript
from tollfree.speech.stt.base import Hints, Recognizer
from tollfree.speech.turns.base import Commit, Look, Offer

DEAF_AFTER = 4
"""Turns in a row to which the recogniser had no answer at all, after which it is given up. A node asks twice or three
times and takes its way for a caller who says nothing, mostly to a person; this ends what no flow has ended."""


class EarsLost(Exception):  # noqa: N818  named as events are
    """The recogniser answers nothing any more. No `TollfreeError`: nobody is to try again, the call ends explained."""


class CallerWords:
    """One caller's words, by look and offer."""

    def __init__(
        self,
        recognizer: Recognizer,
        clock: Clock,
        *,
        heard: Callable[[Look | Offer, Transcript], None],
        failed: Callable[[Look | Offer, str], None],
        caption: Callable[[Look | Offer | Commit, str], None],
    ) -> None:
        """`heard` and `failed` as `Decoding` has them; `caption` shows words, those of a `Commit` for good."""
        self._decoding = Decoding(recognizer, clock, heard=heard, failed=failed)
        self._caption = caption
        self._said: dict[int, CallerSpoke] = {}
        """What each look and offer of the present turn was heard as."""
        self._failed = set[int]()
        """Looks of the present turn that could not be heard."""
        self._unheard = 0
        """Turns in a row to which there was no answer."""

    @property
    def lost(self) -> bool:
        """Whether the recogniser is to be given up."""
        return self._unheard >= DEAF_AFTER

    @property
    def failed(self) -> bool:
        """Whether the latest turn had no answer, or none but failures."""
        return self._unheard > 0

    def expect(self, hints: Hints) -> None:
        """What is likely to be said now."""
        self._decoding.hints = hints

    def want(self, wanted: Look | Offer, samples: Samples) -> asyncio.Task[None]:
        """See `Decoding.want`."""
        return self._decoding.want(wanted, samples)

    def forget(self, look: int) -> None:
        """Nobody wants a look any more."""
        self._decoding.forget(look)

    def forget_all(self) -> None:
        """Nobody wants any of them."""
        self._decoding.forget_all()

    def keep(self, wanted: Look | Offer, transcript: Transcript) -> CallerSpoke:
        """What a look was heard as, kept until the turn is over."""
        said = CallerSpoke(text=transcript.text, confidence=transcript.confidence, alternatives=transcript.alternatives)
        self._said[wanted.look] = said
        if transcript is NOT_HEARD:
            self._failed.add(wanted.look)
        else:
            self._unheard = 0
        if said.text:
            self._caption(wanted, said.text)
        return said

    def take(self, commit: Commit) -> tuple[CallerSpoke, bool]:
        """The turn is over: its words, and whether its look was answered."""
        self._decoding.forget_all()
        said, answered = self._said.get(commit.look, CallerSpoke(text="", confidence=0.0)), commit.look in self._said
        self._unheard += not answered or commit.look in self._failed
        self._said.clear()
        self._failed.clear()
        if said.text:
            self._caption(commit, said.text)
        return said, answered
