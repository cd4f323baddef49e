"""Measures the slot types on a table of utterances: what `tollfree eval slots` prints."""

import ast
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from pydantic import ValidationError

from tollfree.flows.slots.base import InvalidValue
from tollfree.flows.slots.registry import SLOT_TYPES, AnySlotType, make
from tollfree.protocol.errors import TollfreeError
from tollfree.protocol.facts import CallFacts

ALIASES: Mapping[str, str] = {
    "e-mail": "email",
    "mail": "email",
    "email-address": "email",
    "yes/no": "yes_no",
    "yesno": "yes_no",
    "boolean": "yes_no",
    "bool": "yes_no",
    "date-range": "date_range",
    "daterange": "date_range",
    "phone-number": "phone",
    "telephone": "phone",
    "digit": "digits",
    "amount": "money",
    "free-text": "text",
    "person": "name",
    "catalogue-item": "item",
}
"""Other ways tables write the types' names, with hyphens between words."""
_TYPE = re.compile(r"\s*([A-Za-z][A-Za-z _/-]*?)\s*(?:\((.*)\))?\s*")
_NUMERIC = frozenset({"number", "quantity", "money"})


class BadRow(TollfreeError):
    """A row that cannot be evaluated: its type is unknown, or its options are wrong."""

    code = "bad_row"


@dataclass(frozen=True, slots=True)
class SlotRow:
    """One utterance and what it means."""

    type: str
    """A slot type's name, perhaps with options: `digits(length=5)`."""
    said: str
    value: str
    """The canonical value; empty: nothing may be understood."""
    line: int = 0
    """Where it stands in its file, for messages."""


@dataclass(frozen=True, slots=True)
class SlotMiss:
    """A row that was read otherwise."""

    type: str
    said: str
    expected: str
    got: str
    """Empty: nothing was understood."""


@dataclass(frozen=True, slots=True)
class TypeScore:
    """How one type did."""

    count: int
    correct: int

    @property
    def accuracy(self) -> float:
        """The share of rows read as expected, 0 to 1."""
        return self.correct / self.count if self.count else 0.0


@dataclass(frozen=True, slots=True)
class SlotReport:
    """How every type did."""

    count: int
    correct: int
    by_type: Mapping[str, TypeScore] = field(default_factory=dict[str, TypeScore])
    misses: tuple[SlotMiss, ...] = ()

    @property
    def accuracy(self) -> float:
        """The share of rows read as expected, 0 to 1; 0 without rows."""
        return self.correct / self.count if self.count else 0.0


def evaluate_slots(rows: Iterable[SlotRow], facts: CallFacts) -> SlotReport:
    """Reads every row as a caller's answer, else looks for a mention without cue words, and compares the canonical
    values. Raises BadRow for a type it does not know."""
    made: dict[str, tuple[str, AnySlotType]] = {}
    counts: dict[str, list[int]] = {}
    misses: list[SlotMiss] = []
    for row in rows:
        if row.type not in made:
            made[row.type] = slot_type_of(row)
        name, slot_type = made[row.type]
        got = understood(slot_type, row.said, facts)
        correct = same_value(name, slot_type, row.value.strip(), got)
        score = counts.setdefault(name, [0, 0])
        score[0] += 1
        score[1] += correct
        if not correct:
            misses.append(SlotMiss(name, row.said, row.value.strip(), got))
    by_type = {name: TypeScore(count, correct) for name, (count, correct) in sorted(counts.items())}
    total = sum(score.count for score in by_type.values())
    return SlotReport(total, total - len(misses), by_type, tuple(misses))


def understood(slot_type: AnySlotType, said: str, facts: CallFacts) -> str:
    """The canonical value of what was said; empty when nothing was understood."""
    reading = slot_type.read(said, facts) or slot_type.find(said, facts)
    return slot_type.canonical(reading.value) if reading is not None else ""


def same_value(name: str, slot_type: AnySlotType, expected: str, got: str) -> bool:
    """Whether two canonical values are one; numbers are compared as decimals, names and items without regard to case.
    An expected value in another form of the same value ("2.50" for "2.5", "YES") counts."""
    if not expected or not got:
        return expected == got
    if expected == got:
        return True
    if name in _NUMERIC:
        one, other = _decimal(expected), _decimal(got)
        return one is not None and one == other
    if name in ("yes_no", "email", "code", "name", "choice", "item", "text"):
        if expected.casefold() == got.casefold():
            return True
    try:
        return slot_type.canonical(slot_type.check(expected)) == got
    except InvalidValue:
        return False


def slot_type_of(row: SlotRow) -> tuple[str, AnySlotType]:
    """The name and slot type a row means. Raises BadRow, which names the row."""
    where = f"Row {row.line}" if row.line else f"The row of {row.said!r}"
    match = _TYPE.fullmatch(row.type)
    name = match.group(1).lower() if match is not None else ""
    dashed = re.sub(r"[ _-]+", "-", name)
    known = name if name in SLOT_TYPES else ALIASES.get(dashed, dashed.replace("-", "_"))
    if match is None or known not in SLOT_TYPES:
        raise BadRow(f"{where} has the type {row.type!r}; known are {', '.join(sorted(SLOT_TYPES))}.")
    try:
        return known, make(known, _options(match.group(2) or ""))
    except (ValidationError, ValueError, SyntaxError) as error:
        raise BadRow(f"{where}: the type {row.type!r} cannot be made: {error}") from error


def _options(text: str) -> dict[str, object]:
    """`length=5, pattern='A.*'` as a mapping of literals. Raises ValueError or SyntaxError for anything else."""
    if not text.strip():
        return {}
    call = ast.parse(f"f({text})", mode="eval").body
    if not isinstance(call, ast.Call) or call.args:
        raise ValueError(f"{text!r} are not options of the form name=value.")
    options: dict[str, object] = {}
    for keyword in call.keywords:
        if keyword.arg is None:
            raise ValueError(f"{text!r} are not options of the form name=value.")
        value = keyword.value
        options[keyword.arg] = value.id if isinstance(value, ast.Name) else ast.literal_eval(value)
    return options


def _decimal(text: str) -> Decimal | None:
    try:
        return Decimal(text.replace(",", "").lstrip("$"))
    except InvalidOperation:
        return None
