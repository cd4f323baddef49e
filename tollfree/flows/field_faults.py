"""What a field of a flow may be: pydantic's findings in plain sentences, for people who write flows by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from tollfree.flows.nearest import did_you_mean
from tollfree.protocol.values import Value

Schema = Mapping[str, Any]
"""A JSON Schema, or a part of one. It is read here only, so its shape stays here."""
Place = tuple[int | str, ...]
"""Where in the written flow: `("slots", "phone", "type")`."""

MAPPING, NAME = "a mapping of names to values", "a name: lower-case letters, digits and underscores, first a letter"
WANTED: Mapping[str, str] = {
    "tuple_type": "a list",
    "list_type": "a list",
    "dict_type": MAPPING,
    "model_type": MAPPING,
    "model_attributes_type": MAPPING,
    "string_type": "text",
    "string_pattern_mismatch": NAME,
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
}
"""By pydantic's error type: what should stand there."""
NAMING = frozenset({"string_pattern_mismatch"})
"""Faults of an entry's name, which say nothing of what is inside it."""


@dataclass(frozen=True, slots=True)
class FieldFault:
    """One finding."""

    code: str
    """`unknown_field`, `missing_field` or `bad_field`."""
    message: str
    place: Place


def field_faults(invalid: ValidationError, document: Mapping[str, Value], model: type[BaseModel]) -> list[FieldFault]:
    """What is wrong with the fields of a document that should be a `model`: one finding for each place."""
    schema: Schema = TypeAdapter(model).json_schema(mode="validation")
    found: dict[Place, ErrorDetails] = {}
    wanted: dict[Place, list[str]] = {}
    for error in invalid.errors():
        place = _written(error, document)
        found.setdefault(place, error)
        wanted.setdefault(place, []).append(WANTED.get(error["type"], ""))
    return [
        _fault(place, error, wanted[place], schema)
        for place, error in found.items()
        # What is inside an entry explains why the entry itself does not do.
        if error["type"] in NAMING or not any(other[: len(place)] == place and other != place for other in found)
    ]


def _fault(place: Place, error: ErrorDetails, wanted: Sequence[str], schema: Schema) -> FieldFault:
    where = ".".join(str(part) for part in place)
    if error["type"] == "extra_forbidden":
        known = sorted(_fields(schema, place[:-1]))
        help = did_you_mean(str(place[-1]), known) or f" The fields are {', '.join(known)}."
        return FieldFault("unknown_field", f"`{where}` is not a field here.{help}", place)
    if error["type"] == "missing":
        described = _fields(schema, place[:-1]).get(str(place[-1]), {}).get("description", "")
        meaning = " ".join(str(described).split())
        return FieldFault("missing_field", f"`{where}` is missing{f': {meaning}' if meaning else '.'}", place)
    return FieldFault("bad_field", f"`{where}` should be {_should(error, wanted)}.", place)


def _should(error: ErrorDetails, wanted: Sequence[str]) -> str:
    if all(wanted):
        return ", or ".join(dict.fromkeys(wanted))
    limits: Mapping[str, object] = error.get("ctx", {})
    match error["type"]:
        case "less_than_equal":
            return f"at most {limits['le']}"
        case "greater_than_equal":
            return f"at least {limits['ge']}"
        case "greater_than":
            return f"more than {limits['gt']}"
        case "less_than":
            return f"less than {limits['lt']}"
        case "too_short":
            return f"longer: at least {limits['min_length']} of them"
        case "too_long":
            return f"shorter: at most {limits['max_length']} of them"
        case "string_too_long":
            return f"shorter: at most {limits['max_length']} characters"
        case "string_too_short":
            return f"longer: at least {limits['min_length']} characters"
        case "literal_error" | "enum":
            return str(limits["expected"]).replace("'", "`")
        case _:
            return f"otherwise: {error['msg'].removeprefix('Value error, ').rstrip('.')}"


def _written(error: ErrorDetails, document: Mapping[str, Value]) -> Place:
    """The place in the document: pydantic also names the alternative of a union that it tried, such as `str`."""
    place: list[int | str] = []
    here: object = document
    for at, part in enumerate(error["loc"]):
        inside = _entry(here, part)
        if inside is not _NOTHING:
            here = inside
        elif error["type"] != "missing" or at < len(error["loc"]) - 1:
            continue
        place.append(part)
    return tuple(place)


_NOTHING = object()


def _entry(whole: object, step: int | str) -> object:
    if isinstance(step, str) and isinstance(whole, Mapping):
        return cast(Mapping[str, object], whole).get(step, _NOTHING)
    if isinstance(step, int) and isinstance(whole, list | tuple):
        entries = cast(Sequence[object], whole)
        return entries[step] if step < len(entries) else _NOTHING
    return _NOTHING


def _fields(schema: Schema, place: Sequence[int | str]) -> Mapping[str, Schema]:
    """The fields of the mapping at a place of the schema; none when it has no closed set of them."""
    part = schema
    for step in place:
        part = _inside(schema, part, step)
    return {name: field for option in _options(schema, part) for name, field in option.get("properties", {}).items()}


def _inside(schema: Schema, part: Schema, step: int | str) -> Schema:
    for option in _options(schema, part):
        if isinstance(step, int):
            candidates: list[object] = [option.get("items")]
        else:
            patterns = cast(Mapping[str, object], option.get("patternProperties", {})).values()
            candidates = [option.get("properties", {}).get(step), option.get("additionalProperties"), *patterns]
        for found in candidates:
            if isinstance(found, Mapping):
                return cast(Schema, found)
    return {}


def _options(schema: Schema, part: Schema) -> Sequence[Schema]:
    """The part itself, or what its reference or its alternatives stand for."""
    if "$ref" in part:
        return _options(schema, schema["$defs"][str(part["$ref"]).rsplit("/", 1)[-1]])
    if "anyOf" in part:
        return [option for alternative in part["anyOf"] for option in _options(schema, alternative)]
    return [part]
