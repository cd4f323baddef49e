"""A row of a table, as people say it: "Oat milk costs $2.40 per litre"."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

FIELDS_SAID = 2
"""Of a row nobody asked a field of, besides its name."""
LONGEST_HEADING = 40
"""Characters; a longer text before a colon is no heading of a column."""

CONNECTING = frozenset("the is are not of for and at on in to from per costs open closed yes no called it".split())
"""Words that a row's sentence may have besides its own."""

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_PRICE = re.compile(r"\b(?:price|prices|cost|costs|fee|charge|rate|amount)\b", re.IGNORECASE)
_UNIT = re.compile(r"^(?:unit|per|size|pack|pack size|quantity unit)$", re.IGNORECASE)
_PLACE = re.compile(r"\b(?:address|street|location)\b", re.IGNORECASE)
_SPAN = re.compile(r"^\s*(\d{1,2}(?:[:.]\d\d)?\s*(?:[ap]\.?m\.?)?)\s*(?:-|–|—|to|until)\s*(\d.*)$", re.IGNORECASE)
_EMPTY = frozenset(("", "-", "–", "—", "n/a", "none", "nan"))


class Wanted(StrEnum):
    """What a question asks for."""

    TIME = "time"
    AMOUNT = "amount"
    PLACE = "place"
    PHONE = "phone"
    NUMBER = "number"
    STEPS = "steps"
    FACT = "fact"
    """Whether something is so."""
    ANYTHING = "anything"


@dataclass(frozen=True, slots=True)
class Row:
    """A row with the headings of its columns; its first cell names it."""

    cells: tuple[tuple[str, str], ...]

    @property
    def name(self) -> str:
        """What the row is about."""
        return self.cells[0][1]

    def whole(self) -> str:
        """What is said when nothing of it was asked for: its price, else its first columns."""
        prices = [cell for cell in self.cells[1:] if _PRICE.search(cell[0])]
        return _sentence(self.name, tuple(prices or self.cells[1 : 1 + FIELDS_SAID]), self.cells)

    def answer(self, is_asked: Callable[[str], bool], wanted: Wanted) -> str:
        """A sentence of the columns a question names; else of those of the kind it wants, or that hold its words."""
        others = self.cells[1:]
        named = [cell for cell in others if is_asked(cell[0])]
        fitting = [cell for cell in others if _fits(cell, wanted)]
        if wanted is Wanted.TIME and any(_day(heading) for heading, _ in named):
            named = [cell for cell in named if _day(cell[0])]
        holding = [cell for cell in others if is_asked(cell[1]) and cell[1].lower() not in self.name.lower()]
        chosen = named or fitting or holding
        return _sentence(self.name, tuple(chosen[:7]), self.cells) if chosen else self.whole()


def row_of(line: str) -> Row | None:
    """A line that is a row, `Item: Oat milk; Price: $2.40`; None for any other."""
    parts = [part.partition(":") for part in line.rstrip(".").split(";")]
    if len(parts) < 2:
        return None
    cells: list[tuple[str, str]] = []
    for heading, colon, value in parts:
        heading, value = heading.strip(), value.strip()
        if not colon:
            heading, value = "", heading
        elif not heading:
            return None
        if len(heading) > LONGEST_HEADING or re.search(r"[.!?]", heading or value[-1:]):
            return None
        if value.lower() not in _EMPTY:
            cells.append((heading, value))
    return Row(tuple(cells)) if len(cells) >= 2 and any(heading for heading, _ in cells[1:]) else None


def _fits(cell: tuple[str, str], wanted: Wanted) -> bool:
    heading, value = cell
    match wanted:
        case Wanted.AMOUNT:
            return bool(_PRICE.search(heading) or re.search(r"[$€£]\s?\d", value))
        case Wanted.TIME:
            return _day(heading) or bool(re.search(r"hours|open|clos|time|days", heading, re.IGNORECASE))
        case Wanted.PLACE:
            return bool(_PLACE.search(heading))
        case Wanted.PHONE:
            return bool(re.search(r"phone|tel|number", heading, re.IGNORECASE))
        case _:
            return False


def _day(heading: str) -> bool:
    return heading.lower() in _DAYS


def _sentence(name: str, cells: tuple[tuple[str, str], ...], row: tuple[tuple[str, str], ...]) -> str:
    unit = next((value for heading, value in row if _UNIT.match(heading)), "")
    verbs: list[str] = []
    others: list[str] = []
    hours: list[str] = []
    for heading, value in cells:
        if _UNIT.match(heading) and any(_PRICE.search(other) for other, _ in cells):
            continue
        if _day(heading):
            hours.append(_hours(heading, value))
        elif _PRICE.search(heading):
            per = f" per {unit}" if unit and re.fullmatch(r"[A-Za-z ]+", unit) else ""
            verbs.append(f"costs {value}{per}")
        elif _PLACE.search(heading):
            verbs.append(f"is at {value}")
        elif value.lower() in ("yes", "no") and " " not in heading:
            verbs.append(f"is {'not ' if value.lower() == 'no' else ''}{_small(heading)}")
        else:
            others.append(_column(heading, value, alone=len(row) == 2))
    if hours:
        verbs.insert(0, f"is {_listed(hours)}")
    subject = name[:1].upper() + name[1:]
    said = f"{subject} {_listed(verbs)}" if verbs else subject
    told = f"{said}{', ' if verbs else ': '}{_listed(others)}" if others else said
    return told if told[-1:] in ".!?" else f"{told}."


def _column(heading: str, value: str, *, alone: bool) -> str:
    if not heading or alone and value.lower() not in ("yes", "no"):
        return value
    if value.lower() in ("yes", "no"):
        return f"{_small(heading)}, {value.lower()}"
    return f"the {_small(heading)} {'are' if heading.endswith('s') else 'is'} {value}"


def _small(heading: str) -> str:
    return heading[:1].lower() + heading[1:]


def _hours(day: str, value: str) -> str:
    """`open from 8 AM to 8 PM on Sunday`."""
    if value.lower() == "closed":
        return f"closed on {day}"
    span = _SPAN.match(value)
    return f"open from {span[1].strip()} to {span[2].strip()} on {day}" if span else f"open {value} on {day}"


def _listed(parts: list[str]) -> str:
    return f"{', '.join(parts[:-1])} and {parts[-1]}" if len(parts) > 1 else "".join(parts)
