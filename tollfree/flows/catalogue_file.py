"""Catalogues on paper: read from CSV, and to and from the plain JSON that a version or a tool holds."""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from tollfree.flows.catalogue import Catalogue, Item, OptionGroup, OptionValue
from tollfree.flows.errors import FlowError
from tollfree.protocol.values import Value

COLUMNS = ("sku", "name", "category", "price", "synonyms", "options", "available")
"""The columns of the file, in the order it is usually written."""
REQUIRED = ("sku", "name", "price")
"""Columns no catalogue can do without."""
FAULTS_SHOWN = 20
"""Faults spelled out in an error's message; all of them are in `BadCatalogue.faults`."""
MAX_PRICE = Decimal(1_000_000)
"""A price above this is a typing mistake."""

_TRUE = {"", "yes", "y", "true", "t", "1", "available", "x"}
_FALSE = {"no", "n", "false", "f", "0", "unavailable", "sold out", "out"}
_EXTRA = re.compile(r"(?:^|\s)([+-])\s?[$€£]?(\d+(?:\.\d+)?)(?=\s|$)")
_SYNONYMS = re.compile(r"\(([^()]*)\)")
_MANY = re.compile(r"\s*\[\s*(many|one)\s*\]\s*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class CatalogueFault:
    """One thing that is wrong with a catalogue, for the person who wrote it."""

    line: int
    """Line of the file, from 1; for JSON, the number of the record. 0: the catalogue as a whole."""
    message: str
    """A plain sentence that says what to do."""

    def __str__(self) -> str:
        return f"line {self.line}: {self.message}" if self.line else self.message


class BadCatalogue(FlowError):
    """The catalogue cannot be used; every fault is in `faults`."""

    code = "bad_catalogue"

    def __init__(self, name: str, faults: Sequence[CatalogueFault]) -> None:
        shown = "\n".join(f"  {fault}" for fault in faults[:FAULTS_SHOWN])
        more = f"\n  and {len(faults) - FAULTS_SHOWN} more" if len(faults) > FAULTS_SHOWN else ""
        super().__init__(f"The catalogue {name!r} cannot be used:\n{shown}{more}")
        self.faults = tuple(faults)


class _Faults:
    """Collects what is wrong with one record, so that all faults are told at once."""

    def __init__(self) -> None:
        self.found: list[CatalogueFault] = []
        self.line = 0

    def add(self, message: str) -> None:
        self.found.append(CatalogueFault(self.line, message))


def read_catalogue(name: str, text: str) -> Catalogue:
    """The catalogue in a CSV file's text. Raises `BadCatalogue` with every fault and its line."""
    faults = _Faults()
    rows = list(_rows(text.removeprefix("\ufeff"), faults))
    return _catalogue(name, rows, faults)


def catalogue_from_json(name: str, value: Value) -> Catalogue:
    """The catalogue in a list of records with the file's fields, as a tool answers it or a version keeps it.

    Synonyms and options may be lists, or strings as in the file; other fields are ignored. Raises `BadCatalogue`.
    """
    faults = _Faults()
    if isinstance(value, Mapping):
        value = value.get("items", value)
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise BadCatalogue(name, [CatalogueFault(0, "It is not a list of records. Give a list of items.")])
    rows: list[tuple[int, Mapping[str, Value]]] = []
    for number, record in enumerate(value, start=1):
        if isinstance(record, Mapping):
            rows.append((number, record))
        else:
            faults.line = number
            faults.add("The entry is not a record. Each needs at least sku, name and price.")
    return _catalogue(name, rows, faults)


def catalogue_to_json(catalogue: Catalogue) -> list[Value]:
    """The catalogue as plain JSON: `catalogue_from_json` gives it back, equal in every field."""
    return [
        {
            "sku": item.sku,
            "name": item.name,
            "category": item.category,
            "price": str(item.price),
            "synonyms": list(item.synonyms),
            "options": [_group_to_json(group) for group in item.options],
            "available": item.available,
        }
        for item in catalogue.items
    ]


def _group_to_json(group: OptionGroup) -> Value:
    return {
        "name": group.name,
        "many": group.many,
        "default": group.default,
        "values": [
            {"name": value.name, "extra": str(value.extra), "synonyms": list(value.synonyms)} for value in group.values
        ],
    }


def _rows(text: str, faults: _Faults) -> Iterator[tuple[int, Mapping[str, Value]]]:
    """Each record of the file with its line. Faults of the file as a whole go to `faults`."""
    first = text.partition("\n")[0]
    delimiter = ";" if ";" in first and "," not in first else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        header = [cell.strip().lower() for cell in next(iter(reader), list[str]())]
        if not any(header):
            faults.add(f"The file is empty. Its first line must name the columns: {','.join(COLUMNS)}.")
            return
        if not _header_ok(header, faults):
            return
        for row in reader:
            faults.line = reader.line_num
            if not any(cell.strip() for cell in row):
                continue
            if len(row) > len(header):
                faults.add(
                    f"The line has {len(row)} cells for {len(header)} columns. Put a cell with a comma in quotes."
                )
                continue
            yield reader.line_num, dict(zip(header, row, strict=False))
    except csv.Error as error:
        faults.line = reader.line_num
        faults.add(f"The line is not CSV ({error}). Check its quotes: one inside a cell is written twice.")


def _header_ok(header: Sequence[str], faults: _Faults) -> bool:
    faults.line = 1
    before = len(faults.found)
    for column in REQUIRED:
        if column not in header:
            faults.add(f"The column {column!r} is missing. The first line must name the columns: {','.join(COLUMNS)}.")
    for column in sorted({column for column in header if column and header.count(column) > 1}):
        faults.add(f"The column {column!r} is there twice. Remove one.")
    for column in header:
        if column and column not in COLUMNS:
            faults.add(f"The column {column!r} is unknown. Columns are {', '.join(COLUMNS)}.")
    return len(faults.found) == before


def _catalogue(name: str, rows: Sequence[tuple[int, Mapping[str, Value]]], faults: _Faults) -> Catalogue:
    items: list[Item] = []
    seen: dict[str, int] = {}
    for line, record in rows:
        faults.line = line
        item = _item(record, faults)
        if item is None:
            continue
        if item.sku in seen:
            faults.add(f"The sku {item.sku!r} was used on line {seen[item.sku]} already. Give each item its own.")
        seen.setdefault(item.sku, line)
        items.append(item)
    if not items and not faults.found:
        faults.line = 0
        faults.add("There are no items. Add a line for each thing that is sold.")
    if faults.found:
        raise BadCatalogue(name, sorted(faults.found, key=lambda fault: fault.line))
    return Catalogue(name, tuple(items))


def _item(record: Mapping[str, Value], faults: _Faults) -> Item | None:
    before = len(faults.found)
    sku, name = _text(record.get("sku")), _text(record.get("name"))
    for column, value in (("sku", sku), ("name", name)):
        if not value:
            faults.add(f"The {column} is empty. Every item needs one.")
    price = _price(record.get("price"), faults)
    synonyms = _names(record.get("synonyms"), "|")
    options = _options(record.get("options"), faults)
    available = _available(record.get("available"), faults)
    if len(faults.found) > before:
        return None
    return Item(
        sku=sku,
        name=name,
        price=price,
        category=_text(record.get("category")),
        synonyms=synonyms,
        options=options,
        available=available,
    )


def _text(value: Value) -> str:
    """A cell as one line of text, white space collapsed."""
    if (
        value is None
        or isinstance(value, bool | Mapping)
        or (isinstance(value, Sequence) and not isinstance(value, str))
    ):
        return ""
    return " ".join(str(value).split())


def _names(value: Value, separator: str) -> tuple[str, ...]:
    """A list of names, or a string of them; without repetitions."""
    if isinstance(value, str):
        parts: Sequence[Value] = value.split(separator)
    else:
        parts = value if isinstance(value, Sequence) else ()
    return tuple(dict.fromkeys(text for part in parts if (text := _text(part))))


def _amount(text: str) -> Decimal | None:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and abs(amount) <= MAX_PRICE else None


def _price(value: Value, faults: _Faults) -> Decimal:
    text = _text(value)
    if not text:
        faults.add("The price is empty. Write it as 12.50; free things cost 0.")
        return Decimal(0)
    price = _amount(text.lstrip("$€£ "))
    if price is None:
        faults.add(f"The price {text!r} is not an amount. Write it as 12.50.")
    elif price < 0:
        faults.add(f"The price {text!r} is negative. A price is 0 or more.")
    return price if price is not None else Decimal(0)


def _available(value: Value, faults: _Faults) -> bool:
    if isinstance(value, bool):
        return value
    text = _text(value).lower()
    if text not in _TRUE and text not in _FALSE:
        faults.add(f"{text!r} under available is neither yes nor no. Write yes or no; empty means yes.")
    return text not in _FALSE


def _options(value: Value, faults: _Faults) -> tuple[OptionGroup, ...]:
    if isinstance(value, str):
        groups = [_group_from_text(part, faults) for part in value.split(";") if part.strip()]
    elif isinstance(value, Sequence):
        groups = [_group_from_json(part, faults) for part in value]
    else:
        groups = []
    found = [group for group in groups if group is not None]
    names = [group.name.lower() for group in found]
    for name in sorted({name for name in names if names.count(name) > 1}):
        faults.add(f"The option {name!r} is there twice. Join its values in one.")
    return tuple(found)


def _group_from_text(text: str, faults: _Faults) -> OptionGroup | None:
    """`size: small -2.00 | medium * | large +3.00`, or `extras [many]: olives +0.50 (black olives) | mushrooms`."""
    head, colon, tail = text.partition(":")
    many = _MANY.search(head)
    name = _text(_MANY.sub("", head))
    if not colon or not name:
        faults.add(f"The option {text.strip()!r} has no name. Write it as `size: small | medium * | large`.")
        return None
    values: list[OptionValue] = []
    defaults: list[str] = []
    for part in tail.split("|"):
        if not part.strip():
            continue
        synonyms = tuple(text for group in _SYNONYMS.findall(part) for text in _names(group, ","))
        rest = _SYNONYMS.sub(" ", part)
        is_default = "*" in rest
        rest = rest.replace("*", " ")
        extra = _EXTRA.search(rest)
        value_name = _text(_EXTRA.sub(" ", rest, count=1))
        if any(mark in value_name for mark in "()"):
            faults.add(
                f"The parentheses in {part.strip()!r} do not close. Write synonyms as `olives (black olives, olive)`."
            )
            continue
        amount = Decimal(f"{extra[1]}{extra[2]}") if extra else Decimal(0)
        values.append(OptionValue(name=value_name, extra=amount, synonyms=synonyms))
        defaults += [value_name] if is_default else []
    return _group(name, values, defaults, bool(many and many[1].lower() == "many"), faults)


def _group_from_json(record: Value, faults: _Faults) -> OptionGroup | None:
    """A group as `catalogue_to_json` writes it; values may also be bare names."""
    if not isinstance(record, Mapping):
        faults.add("An option is not a record. Each needs a name and values.")
        return None
    name, raw = _text(record.get("name")), record.get("values")
    if not name or isinstance(raw, str) or not isinstance(raw, Sequence):
        faults.add(f"The option {name!r} needs a name and a list of values.")
        return None
    values: list[OptionValue] = []
    for part in raw:
        fields = part if isinstance(part, Mapping) else {"name": part}
        text = _text(fields.get("extra")) or "0"
        extra = _amount(text.removeprefix("+"))
        if extra is None:
            faults.add(f"The extra {text!r} of {name!r} is not an amount. Write it as 0.50.")
        values.append(
            OptionValue(
                name=_text(fields.get("name")),
                extra=extra if extra is not None else Decimal(0),
                synonyms=_names(fields.get("synonyms"), ","),
            )
        )
    default = _text(record.get("default"))
    return _group(name, values, [default] if default else [], record.get("many") is True, faults)


def _group(
    name: str, values: Sequence[OptionValue], defaults: Sequence[str], many: bool, faults: _Faults
) -> OptionGroup | None:
    """The group, if nothing is wrong with it."""
    before = len(faults.found)
    names = [value.name.lower() for value in values]
    if not values:
        faults.add(f"The option {name!r} has no values. List them with | between them, or remove it.")
    if "" in names:
        faults.add(f"A value of the option {name!r} has no name. Write the name before its price.")
    for twice in sorted({text for text in names if text and names.count(text) > 1}):
        faults.add(f"The value {twice!r} of {name!r} is there twice. Remove one.")
    for value in values:
        if abs(value.extra) > MAX_PRICE:
            faults.add(f"The extra of {value.name!r} is too large. Check the amount.")
    if len(defaults) > 1:
        faults.add(f"The option {name!r} has {len(defaults)} defaults. Mark at most one value with *.")
    default = defaults[0] if defaults else None
    if default is not None and default not in [value.name for value in values]:
        faults.add(f"The default {default!r} of {name!r} is not one of its values.")
    if len(faults.found) > before:
        return None
    return OptionGroup(name=name, values=tuple(values), default=default, many=many)
