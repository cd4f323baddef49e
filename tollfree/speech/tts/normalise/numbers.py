"""Figures in words."""

from collections.abc import Callable
from typing import cast

from num2words import (  # pyright: ignore[reportMissingTypeStubs]  # the library has none
    num2words,  # pyright: ignore[reportUnknownVariableType]
)

from tollfree.speech.tts.normalise.spoken import English

_in_words = cast(Callable[..., str], num2words)

DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
MOST_FIGURES = 15
"""Longer numbers are told figure by figure: nobody follows quadrillions by ear."""


def cardinal(figures: str, english: English) -> str:
    """ "1,250" → "one thousand two hundred fifty"; British English says "and fifty"."""
    plain = ascii_figures(figures.replace(",", ""))
    if len(plain.lstrip("0")) > MOST_FIGURES:
        return one_by_one(plain)
    return _localised(_in_words(int(plain)), english)


def decimal(figures: str, english: English) -> str:
    """ "2.50" → "two point five zero"; "1,250.5" has both parts."""
    whole, _, fraction = figures.partition(".")
    said = cardinal(whole, english) if whole else "zero"
    return f"{said} point {one_by_one(ascii_figures(fraction))}" if fraction else said


def ordinal(figures: str, english: English) -> str:
    """ "22" → "twenty-second"."""
    plain = ascii_figures(figures.replace(",", ""))
    if len(plain) > MOST_FIGURES:
        return one_by_one(plain)
    return _localised(_in_words(int(plain), to="ordinal"), english)


def year(figures: str, english: English) -> str:
    """ "1984" → "nineteen eighty-four", "2007" → "two thousand seven", "2026" → "twenty twenty-six"."""
    number = int(ascii_figures(figures))
    century, rest = divmod(number, 100)
    if number % 1000 < 10:
        return cardinal(figures, english)
    if rest == 0:
        return f"{_in_words(century)} hundred"
    return f"{_in_words(century)} {f'oh {DIGITS[rest]}' if rest < 10 else _in_words(rest)}"


def one_by_one(figures: str) -> str:
    """ "0142" → "zero one four two"."""
    return " ".join(DIGITS[int(figure)] for figure in figures)


def grouped(figures: str) -> str:
    """A code's figures in groups a listener can write down: "41755" → "four one seven, five five"."""
    return ", ".join(one_by_one(group) for group in groups(figures))


def groups(figures: str) -> list[str]:
    """Threes, with no figure left alone; long ones that come out even in fours, as on cards."""
    if len(figures) <= 4:
        return [figures] if figures else []
    if len(figures) >= 8 and len(figures) % 4 == 0:
        return [figures[i : i + 4] for i in range(0, len(figures), 4)]
    cut = len(figures) - 4 if len(figures) % 3 == 1 else len(figures)
    threes = [figures[i : i + 3] for i in range(0, cut, 3)]
    return threes if cut == len(figures) else [*threes, figures[cut:]]


def is_year(figures: str) -> bool:
    """Whether four figures alone are rather a year than an amount."""
    return len(figures) == 4 and figures.isdecimal() and ("1100" <= figures <= "1999" or "2000" <= figures <= "2099")


def ascii_figures(figures: str) -> str:
    """The same figures of any script as 0 to 9."""
    return figures if figures.isascii() else "".join(str(int(figure)) for figure in figures)


def _localised(words: str, english: English) -> str:
    said = words.replace(",", "")
    return said if english is English.GB else said.replace(" and ", " ")
