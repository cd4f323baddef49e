"""What a listening node expects, which decides how it is listened to."""

from dataclasses import dataclass
from enum import StrEnum


class Patience(StrEnum):
    """How long a pause may last before the caller counts as finished."""

    SHORT = "short"
    """A yes or a choice: one breath."""
    NORMAL = "normal"
    DIGITS = "digits"
    """People pause inside numbers, and between their groups."""
    SPELLING = "spelling"
    """E-mail addresses and codes: the longest."""
    HOLD = "hold"
    """The caller asked for a moment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keypad:
    """How keys answer this node."""

    min_length: int = 1
    max_length: int = 32
    """Keys beyond this many belong to the next question."""
    terminator: str = "#"


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """How to listen now. The awaited slot sets it."""

    patience: Patience = Patience.NORMAL
    vocabulary: tuple[str, ...] = ()
    """Words likely to be said: names of items, cities, options. At most some dozens."""
    keypad: Keypad | None = None
    """None: keys are ignored here."""
    barge_in: bool = True
    """Whether speech may interrupt the line that asks."""
