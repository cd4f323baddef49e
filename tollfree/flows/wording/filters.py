"""The filters a template may use: `{{ order.total | money }}`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias, cast

from jinja2 import Undefined, pass_context
from jinja2.runtime import Context

from tollfree.flows.expressions.arithmetic import as_number, rounded
from tollfree.flows.wording import spoken
from tollfree.flows.wording.spoken import Unspeakable
from tollfree.protocol.values import Value

Asked: TypeAlias = Callable[..., Any]
"""Jinja2 calls filters with whatever the author wrote, so their signature is checked when they run."""

_LONGEST = 10_000


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter. `apply` takes the value and the author's arguments; it raises `Unspeakable` or `TypeError`."""

    name: str
    apply: Asked
    knows: tuple[tuple[str, str, str], ...] = ()
    """Arguments filled in from the call's values when left out: (argument, record, field)."""

    def with_context(self, ask: Asked) -> Asked:
        """The filter as Jinja2 calls it."""
        if not self.knows:
            return ask
        knows = self.knows

        @pass_context
        def ask_knowing(context: Context, value: object, *arguments: object, **named: object) -> object:
            for place, (argument, record, field) in enumerate(knows):
                if len(arguments) > place or argument in named:
                    continue
                known = context.get(record)
                found = cast(Mapping[str, object], known).get(field) if isinstance(known, Mapping) else None
                if isinstance(found, str) and found:
                    named[argument] = found
            return ask(value, *arguments, **named)

        return ask_knowing


def without_value(value: object) -> bool:
    """Whether there is nothing: not set, or set to nothing."""
    return value is None or isinstance(value, Undefined)


def _default(value: object, fallback: object = "", _boolean: bool = False) -> object:
    return fallback if without_value(value) or value in ("", {}) else value


def _first(value: Value) -> Value:
    entries = spoken.parts(value)
    return entries[0] if entries else None


def _last(value: Value) -> Value:
    entries = spoken.parts(value)
    return entries[-1] if entries else None


def _length(value: Value) -> Value:
    return len(value) if isinstance(value, str | Mapping) else len(spoken.parts(value))


def _lower(value: Value) -> Value:
    return spoken.text(value).lower()


def _upper(value: Value) -> Value:
    return spoken.text(value).upper()


def _title(value: Value) -> Value:
    return " ".join(word[:1].upper() + word[1:].lower() for word in spoken.text(value).split())


def _capitalize(value: Value) -> Value:
    said = spoken.text(value)
    return said[:1].upper() + said[1:]


def _trim(value: Value) -> Value:
    return spoken.text(value).strip()


def _round(value: Value, places: Value = 0) -> Value:
    digits = as_number(places)
    result = rounded(value, int(digits)) if digits is not None and 0 <= digits <= 6 else None
    if result is None:
        raise Unspeakable(f"{str(value)[:40]} cannot be rounded.")
    return result


def _join(value: Value, separator: str = ", ", field: str = "") -> Value:
    return spoken.text(separator).join([spoken.text(part) for part in spoken.parts(value, field)])[:_LONGEST]


def _listed(value: Value, field: str = "", last: str = "and") -> Value:
    return spoken.listed(value, field, last)[:_LONGEST]


def _map(value: Value, field: str) -> Value:
    return spoken.parts(value, field)


def _replace(value: Value, old: str, new: str) -> Value:
    said = spoken.text(value)
    if said.count(old) * len(new) + len(said) > _LONGEST * 2:
        raise Unspeakable("The text is too long.")
    return said.replace(old, new)[:_LONGEST]


_ALL = (
    Filter("money", spoken.money, (("currency", "project", "currency"),)),
    Filter("date", spoken.day, (("today", "call", "date"),)),
    Filter("time", spoken.clock),
    Filter("digits", spoken.digits),
    Filter("spell", spoken.spell),
    Filter("phone", spoken.phone, (("region", "project", "region"),)),
    Filter("number", spoken.number),
    Filter("count", spoken.counted),
    Filter("listed", _listed),
    Filter("first", _first),
    Filter("last", _last),
    Filter("length", _length),
    Filter("lower", _lower),
    Filter("upper", _upper),
    Filter("title", _title),
    Filter("capitalize", _capitalize),
    Filter("trim", _trim),
    Filter("default", _default),
    Filter("round", _round),
    Filter("join", _join),
    Filter("map", _map),
    Filter("replace", _replace),
)
FILTERS: Mapping[str, Filter] = {one.name: one for one in _ALL}
"""Every filter by name."""
