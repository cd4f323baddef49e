"""What the slot types that hold an amount share: number, quantity and money."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from tollfree.flows.slots.spoken.digits import DIGITS, HOMOPHONES, digit_string
from tollfree.flows.slots.spoken.numbers import SCALES, SMALL, amount
from tollfree.flows.slots.spoken.repairs import attempts
from tollfree.flows.slots.spoken.words import Token, Tokens
from tollfree.protocol.question import Reading
from tollfree.protocol.values import Value

REPAIRED = 0.8
"""Confidence in an amount the caller corrected while saying it."""
LARGEST = Decimal(10) ** 15
"""Amounts must be smaller."""
_FIGURE_BY_FIGURE = 0.7
"""Confidence in a number given as figures or pairs: "four one seven", "nineteen ninety nine"."""
_HOMOPHONE = 0.5
"""Confidence in "to", "for" and the like as a number."""
_LONGEST = 15
"""Figures of an amount read figure by figure."""
_BOUNDARIES = frozenset("hundred thousand million dozen half couple minus negative".split())
"""Words besides numbers that may begin or end an amount."""
_LEAD = ("all", "the", "a total of", "up to", "i'm", "we're", "number", "for")


@dataclass(frozen=True, slots=True)
class Meant:
    """The number some words mean."""

    value: Decimal
    confidence: float
    held: Tokens
    """The words that are the number, fillers stripped."""


def amount_meant(held: Tokens, lead: tuple[str, ...] = (), trail: tuple[str, ...] = ()) -> Meant | None:
    """The number that all the tokens mean after fillers and false starts, or None.

    Numbers given figure by figure or in pairs ("one oh five", "nineteen ninety nine") are less sure.
    """
    tries = attempts(held, (*_LEAD, *lead), trail)
    if not tries:
        lone = held[0].word if len(held) == 1 else ""
        return Meant(Decimal(HOMOPHONES[lone]), _HOMOPHONE, held) if lone == "for" else None
    meant = tries[-1]
    repaired = REPAIRED if len(tries) > 1 else 1.0
    value = amount(meant)
    if value is not None:
        return Meant(value, repaired, meant) if abs(value) < LARGEST else None
    if len(meant) == 1 and meant[0].word in ("to", "too", "won", "ate"):
        return Meant(Decimal(HOMOPHONES[meant[0].word]), _HOMOPHONE, meant)
    figures = _figure_by_figure(meant)
    return Meant(Decimal(figures), min(repaired, _FIGURE_BY_FIGURE), meant) if figures else None


def reading_of(value: Value, confidence: float, held: Tokens, check: Callable[[Value], Value]) -> Reading | None:
    """A reading of the value from these tokens, or None when `check` refuses it with a ValueError."""
    try:
        checked = check(value)
    except ValueError:
        return None
    return Reading(value=checked, confidence=confidence, start=held[0].start, end=held[-1].end)


def decimal_of(value: Value) -> Decimal | None:
    """A number or a decimal string as a Decimal; None for anything else, and for what is not finite."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, str) and (len(value) > 40 or not value.isascii()):
        return None
    try:
        number = Decimal(str(value)) if not isinstance(value, int) else Decimal(value)
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) < LARGEST else None


def json_number(value: Decimal) -> int | float:
    """A decimal as JSON holds it: whole ones as int."""
    return int(value) if value == value.to_integral_value() else float(value)


def typed(keys: str) -> Decimal | None:
    """An amount typed on a keypad, `*` for the point: `22*50`."""
    if not re.fullmatch(r"[0-9]{1,15}(\*[0-9]{1,6})?", keys):
        return None
    return Decimal(keys.replace("*", "."))


def is_amount_word(token: Token) -> bool:
    """May begin or end an amount inside a sentence."""
    word = token.word
    return token.is_figure or word in SMALL or word in _BOUNDARIES


def is_inside_amount(token: Token) -> bool:
    """May stand inside an amount."""
    return token.word in SCALES or token.word in (
        "and",
        "a",
        "an",
        "point",
        "of",
        "/",
        "oh",
        "quarter",
        "pair",
    )


def is_weak_amount(held: Tokens) -> bool:
    """A lone "one" is more often a pronoun."""
    return all(token.word in ("one", "half", "a", "the") for token in held)


def _figure_by_figure(held: Tokens) -> str:
    """The figures of "one oh five" or "twenty two fifty"; empty when it is something else."""
    if any("." in token.word or not (token.is_figure or token.word in DIGITS or token.word in SMALL) for token in held):
        spoken = any(token.word in ("hundred", "thousand") for token in held)
        if not spoken or any(token.is_figure or token.word in HOMOPHONES for token in held):
            return ""
    if any("," in token.before and token.is_figure for token in held[1:]):
        return ""  # "1, 2, 3" is a list, and "2,5" may be two and a half
    figures = digit_string(held) or ""
    return figures if len(figures) <= _LONGEST and not figures.startswith("0") else ""
