"""A call's state as plain values, for storing beside the call and comparing with a replay."""

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, Field, fields, is_dataclass
from typing import Any, cast

from tollfree.flows.state import CallState
from tollfree.protocol.values import Value

ADDED_FIELDS = frozenset(field.name for field in fields(CallState) if field.metadata.get("added"))
"""Fields of the whole state that states stored earlier lack."""


def snapshot(state: CallState) -> dict[str, Value]:
    """Every field of the state. One way only: a state is never loaded, it is folded from the log."""
    return cast(dict[str, Value], _plain(state))


def _default(field: Field[Any]) -> object:
    return field.default_factory() if field.default_factory is not MISSING else field.default


def _plain(value: object) -> Value:
    if is_dataclass(value):
        return {
            field.name: _plain(getattr(value, field.name))
            for field in fields(value)
            if not (field.metadata.get("added") and getattr(value, field.name) == _default(field))
        }
    if isinstance(value, Mapping):
        return {str(name): _plain(part) for name, part in cast(Mapping[object, object], value).items()}
    if isinstance(value, str):
        return str(value)
    if isinstance(value, Sequence):
        return [_plain(part) for part in cast(Sequence[object], value)]
    if value is None or isinstance(value, bool | int | float):
        return value
    return str(value)
