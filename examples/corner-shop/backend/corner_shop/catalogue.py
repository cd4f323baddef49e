"""What the shop sells and what it costs, read from the same CSV file that the agent's catalogue is made of."""

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from corner_shop.wording import BEFORE_NAME, line_text

RETURNABLE = frozenset({"pantry", "household"})
"""Categories that may come back. Everything else is food or drink that does not keep."""

Options = Mapping[str, str | tuple[str, ...]]
"""Chosen values by group: one name, or several for a group that allows them."""

Given = Mapping[str, str | Sequence[str] | None]
"""Options as they are asked for, unchecked."""

_VALUE = re.compile(
    r"(?P<name>[^()*+]+?)\s*(?P<extra>[+-]\d+(?:\.\d+)?)?\s*(?P<default>\*)?\s*(?:\((?P<said>[^)]*)\))?"
)
_GROUP = re.compile(r"(?P<name>[^\[\]:]+?)\s*(?P<many>\[many\])?")


@dataclass(frozen=True, slots=True)
class Group:
    """A choice that an item offers."""

    name: str
    extras: Mapping[str, int]
    """Added to the price by each value, in cents."""
    default: str | None
    many: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """Something on the shelf."""

    sku: str
    name: str
    category: str
    price: int
    """For one, in cents, without options."""
    groups: tuple[Group, ...]
    available: bool
    record: Mapping[str, str]
    """The line of the file as it was written, for whoever fetches the catalogue."""

    @property
    def returnable(self) -> bool:
        """Whether the returns policy covers this kind of thing at all."""
        return self.category in RETURNABLE


@dataclass(frozen=True, slots=True)
class Priced:
    """An item with its options settled."""

    item: Item
    options: Options
    """Every single choice, defaults included; of the others only those taken."""
    unit_price: int
    """In cents."""

    def text(self, quantity: int) -> str:
        """The line as it is said; options left as usual are not mentioned."""
        before: list[str] = []
        after: list[str] = []
        for group in self.item.groups:
            chosen = self.options.get(group.name)
            if isinstance(chosen, tuple):
                after.extend(chosen)
            elif chosen is not None and chosen != group.default:
                (before if group.name in BEFORE_NAME else after).append(chosen)
        return line_text(self.item.name, quantity, before, after)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All items by their code."""

    items: Mapping[str, Item]

    def price(self, sku: str, options: Given) -> Priced | list[str]:
        """An item with these options, or every reason why it cannot be had."""
        item = self.items.get(sku)
        if item is None:
            return [f"There is no item {sku!r}."]
        if not item.available:
            return [f"{item.name} is sold out."]
        faults = [f"{item.name} has no choice of {name!r}." for name in options if name not in _names(item)]
        chosen: dict[str, str | tuple[str, ...]] = {}
        cents = item.price
        for group in item.groups:
            values, problems = _chosen(item, group, options.get(group.name))
            faults += problems
            cents += sum(group.extras.get(value, 0) for value in values)
            if values:
                chosen[group.name] = tuple(values) if group.many else values[0]
        return faults if faults else Priced(item, chosen, cents)


def _names(item: Item) -> set[str]:
    return {group.name for group in item.groups}


def _chosen(item: Item, group: Group, given: str | Sequence[str] | None) -> tuple[list[str], list[str]]:
    """The values taken of a group, and what is wrong with them."""
    if not given:
        values = [group.default] if group.default is not None and not group.many else []
        missing = not group.many and not values
        return values, [f"{item.name} needs a {group.name}: {', '.join(group.extras)}."] if missing else []
    values = [given] if isinstance(given, str) else list(given)
    faults = [f"{item.name} has no {group.name} {value!r}." for value in values if value not in group.extras]
    if len(values) > 1 and not group.many:
        faults.append(f"{item.name} takes one {group.name}, not {len(values)}.")
    return list(dict.fromkeys(values)), faults


def read_catalogue(path: Path) -> Catalogue:
    """The shop's list. Raises ValueError naming the line that cannot be read."""
    items: dict[str, Item] = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        for number, record in enumerate(csv.DictReader(file), start=2):
            try:
                item = _item(record)
            except (KeyError, ValueError, ArithmeticError) as fault:
                raise ValueError(f"{path.name}, record {number}: {fault}") from fault
            items[item.sku] = item
    return Catalogue(items)


def _item(record: Mapping[str, str]) -> Item:
    return Item(
        sku=record["sku"],
        name=record["name"],
        category=record["category"],
        price=cents(record["price"]),
        groups=tuple(_group(part) for part in record["options"].split(";") if part.strip()),
        available=record["available"].strip().lower() != "no",
        record=record,
    )


def _group(text: str) -> Group:
    head, colon, body = text.partition(":")
    named = _GROUP.fullmatch(head.strip())
    if not colon or named is None:
        raise ValueError(f"options {text.strip()!r} are not written as 'name: value | value'")
    extras: dict[str, int] = {}
    default: str | None = None
    for part in body.split("|"):
        value = _VALUE.fullmatch(part.strip())
        if value is None:
            raise ValueError(f"option value {part.strip()!r} cannot be read")
        extras[value["name"]] = cents(value["extra"] or "0")
        default = value["name"] if value["default"] else default
    return Group(named["name"], extras, default, named["many"] is not None)


def cents(amount: str) -> int:
    """An amount of money in cents. Raises ValueError for a fraction of a cent."""
    exact = Decimal(amount) * 100
    if exact != int(exact):
        raise ValueError(f"{amount} is not a whole number of cents")
    return int(exact)


def dollars(amount: int) -> str:
    """Cents as an amount of money: `22.50`."""
    return f"{Decimal(amount) / 100:.2f}"
