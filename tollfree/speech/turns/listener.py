"""When a caller's turn begins, may be over, and is over: a state machine without I/O, driven by windows.

Everything it knows comes in by its methods, everything it decides goes out as signals; its clock is the caller's own
sound, so that the same windows always give the same signals.
"""

from typing import Protocol

from tollfree.protocol.completeness import Completeness
from tollfree.protocol.expectation import Expectation
from tollfree.protocol.transcript import Transcript
from tollfree.speech.turns.base import Signal


class Listens(Protocol):
    """What a line needs of a listener; `Listener` is the one there is, tests have others."""

    def expect(self, expectation: Expectation) -> tuple[Signal, ...]:
        """Listen this way from now on. Silence is counted anew."""
        ...

    def agent(self, speaking: bool, *, interruptible: bool = True) -> tuple[Signal, ...]:
        """The agent's sound begins or ends at the caller's ear. Not interruptible: speech is heard, and neither
        pauses nor stops it. Silence is counted from the end of the agent's sound."""
        ...

    def window(self, probability: float, level_db: float) -> tuple[Signal, ...]:
        """The next 32 ms of the caller: probability of speech, level in dBFS."""
        ...

    def heard(self, look: int, transcript: Transcript) -> tuple[Signal, ...]:
        """The text of a `Look` or `Offer`. Late and void ones are ignored. A decode that failed is an empty text
        with confidence 0: it is treated as words that were not understood, never as silence."""
        ...

    def planned(self, look: int, completeness: Completeness) -> tuple[Signal, ...]:
        """What the session's plan on an offer came to."""
        ...

    def key(self, key: str) -> tuple[Signal, ...]:
        """One key of the keypad."""
        ...
