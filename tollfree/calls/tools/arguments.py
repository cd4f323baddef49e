"""The values a flow gives a tool, checked against what the tool declares."""

import math
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from tollfree.calls.tools.errors import BadArguments
from tollfree.calls.tools.template import as_text
from tollfree.protocol.values import Value, Values

ArgumentType: TypeAlias = Literal["text", "number", "boolean", "list", "record", "any"]


class Argument(BaseModel):
    """One value a flow gives a tool."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    type: ArgumentType = Field(default="text", description="The type of the value. Text that reads as one is taken.")
    required: bool = Field(default=True, description="Whether the tool cannot do without it.")
    description: str = Field(default="", max_length=500, description="What it is, for the author of a flow.")


def check_arguments(declared: Mapping[str, Argument], given: Values) -> Values:
    """The arguments as declared; one that is null counts as not given. Raises `BadArguments` with every fault."""
    faults = [f"{name} is not an argument of this tool" for name in given if name not in declared]
    checked: dict[str, Value] = {}
    for name, argument in declared.items():
        value = given.get(name)
        if value is None:
            if argument.required:
                faults.append(f"{name} is missing")
            continue
        fitted = _fit(argument.type, value)
        if fitted is None:
            faults.append(f"{name} must be {_WANTED[argument.type]}, not {_kind(value)}")
        else:
            checked[name] = fitted
    if faults:
        raise BadArguments("; ".join(faults))
    return checked


_WANTED: dict[ArgumentType, str] = {
    "text": "text",
    "number": "a number",
    "boolean": "true or false",
    "list": "a list",
    "record": "a record",
    "any": "a value",
}


def _fit(wanted: ArgumentType, value: Value) -> Value:
    """The value as the wanted type, or None."""
    match wanted:
        case "text":
            return (
                None if isinstance(value, (bool, Sequence, Mapping)) and not isinstance(value, str) else as_text(value)
            )
        case "number":
            return _number(value)
        case "boolean":
            return (
                {"true": True, "false": False}.get(as_text(value).lower()) if isinstance(value, (bool, str)) else None
            )
        case "list":
            return value if isinstance(value, Sequence) and not isinstance(value, str) else None
        case "record":
            return value if isinstance(value, Mapping) else None
        case "any":
            return value


def _number(value: Value) -> int | float | None:
    if isinstance(value, str):
        try:
            number = Decimal(value.strip())
        except InvalidOperation:
            return None
        if not number.is_finite() or abs(number.adjusted()) > 300:
            return None
        return int(number) if number == number.to_integral_value() else float(number)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return value if math.isfinite(value) else None


def _kind(value: Value) -> str:
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, str):
        return "this text"
    if isinstance(value, (int, float)):
        return "a number"
    return "a record" if isinstance(value, Mapping) else "a list"
