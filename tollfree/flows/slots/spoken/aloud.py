"""Numbers and figures as they are said aloud."""

from decimal import Decimal
from typing import cast

from num2words import num2words  # pyright: ignore[reportMissingTypeStubs, reportUnknownVariableType]

from tollfree.flows.slots.spoken.numbers import UNITS, plain

FIGURE_WORDS = tuple(UNITS)
"""The word of each figure, zero to nine."""


def whole_in_words(value: int) -> str:
    """A whole number: "one hundred and five", "minus four". Below 10^300."""
    return cast(str, num2words(value)).replace(",", "")


def number_in_words(value: Decimal) -> str:
    """A number, its decimals one by one: "three point one four"."""
    whole, _, decimals = plain(abs(value)).partition(".")
    said = whole_in_words(int(whole))
    if decimals:
        said += f" point {figures_in_words(decimals)}"
    return f"minus {said}" if value < 0 and said != "zero" else said


def figures_in_words(figures: str) -> str:
    """Figures one by one: "four one seven"."""
    return " ".join(FIGURE_WORDS[int(figure)] for figure in figures)


def grouped_in_words(figures: str) -> str:
    """Figures one by one in groups a listener can keep: "four one seven, five five"."""
    return ", ".join(figures_in_words(group) for group in groups(figures))


def groups(figures: str) -> list[str]:
    """Figures in threes, the last group two to four long; up to four stay together."""
    if len(figures) <= 4:
        return [figures]
    cut = [figures[place : place + 3] for place in range(0, len(figures), 3)]
    if len(cut[-1]) == 1:
        cut[-2:] = [cut[-2] + cut[-1]]
    return cut
