"""Ears whose every decision the test makes, and voice activity by loudness."""

from collections import deque
from collections.abc import Sequence

import numpy as np

from tollfree.protocol.audio import Samples
from tollfree.protocol.completeness import Completeness
from tollfree.protocol.expectation import Expectation
from tollfree.protocol.transcript import Transcript
from tollfree.speech.turns.base import Signal


class LoudActivity:
    """Whatever is loud is speech."""

    def probability(self, window: Samples) -> float:
        return 0.95 if int(np.abs(window.astype(np.int32)).max()) > 1000 else 0.01

    def reset(self) -> None:
        """Nothing is remembered."""


class ScriptedListener:
    """Tells at the next window what the test wants told."""

    def __init__(self) -> None:
        self._coming: deque[Signal] = deque()
        self.agent_told: list[tuple[bool, bool]] = []
        self.texts: list[tuple[int, str]] = []
        self.breaks: Exception | None = None

    def tell(self, *signals: Signal) -> None:
        self._coming.extend(signals)

    def expect(self, expectation: Expectation) -> tuple[Signal, ...]:
        return ()

    def agent(self, speaking: bool, *, interruptible: bool = True) -> tuple[Signal, ...]:
        if self.breaks is not None:
            raise self.breaks
        self.agent_told.append((speaking, interruptible))
        return ()

    def window(self, probability: float, level_db: float) -> tuple[Signal, ...]:
        if self.breaks is not None:
            raise self.breaks
        told: Sequence[Signal] = tuple(self._coming)
        self._coming.clear()
        return tuple(told)

    def heard(self, look: int, transcript: Transcript) -> tuple[Signal, ...]:
        self.texts.append((look, transcript.text))
        return ()

    def planned(self, look: int, completeness: Completeness) -> tuple[Signal, ...]:
        return ()

    def key(self, key: str) -> tuple[Signal, ...]:
        return ()
