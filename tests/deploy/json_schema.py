"""As much of JSON Schema as the compose specification's schema uses; what it does not know it refuses to skip."""

import re
from collections.abc import Iterator
from typing import Any

NOTES = {"$schema", "$id", "title", "description", "default", "deprecated", "definitions", "format"}
TYPES = {"string": str, "object": dict, "array": list, "boolean": bool, "null": type(None)}


def faults(value: Any, schema: dict[str, Any], root: dict[str, Any], at: str = "") -> Iterator[str]:
    """All that is wrong with a value, each with its place."""
    for keyword, wanted in schema.items():
        if keyword in NOTES or keyword in ("patternProperties", "additionalProperties"):
            continue  # the latter two are looked at together with `properties`
        yield from KEYWORDS[keyword](value, wanted, root, at)
    if isinstance(value, dict):
        yield from _members(value, schema, root, at)


def _members(value: dict[str, Any], schema: dict[str, Any], root: dict[str, Any], at: str) -> Iterator[str]:
    patterns = schema.get("patternProperties", {})
    others = schema.get("additionalProperties", True)
    for name, member in value.items():
        matching = [wanted for pattern, wanted in patterns.items() if re.search(pattern, name)]
        matching += [schema["properties"][name]] if name in schema.get("properties", {}) else []
        if not matching and others is False:
            yield f"{at}.{name} is not known"
        for wanted in matching or ([others] if isinstance(others, dict) else []):
            yield from faults(member, wanted, root, f"{at}.{name}")


def _is(value: Any, name: str) -> bool:
    if name in ("number", "integer"):
        return isinstance(value, int if name == "integer" else (int, float)) and not isinstance(value, bool)
    return isinstance(value, TYPES[name])


def _type(value: Any, wanted: Any, root: dict[str, Any], at: str) -> Iterator[str]:
    if not any(_is(value, name) for name in ([wanted] if isinstance(wanted, str) else wanted)):
        yield f"{at} is no {wanted}: {value!r}"


def _reference(value: Any, wanted: str, root: dict[str, Any], at: str) -> Iterator[str]:
    target = root
    for part in wanted.removeprefix("#/").split("/"):
        target = target[part]
    yield from faults(value, target, root, at)


def _one_of(value: Any, wanted: list[dict[str, Any]], root: dict[str, Any], at: str) -> Iterator[str]:
    tried = [list(faults(value, one, root, at)) for one in wanted]
    if sum(not found for found in tried) != 1:
        # The form that was meant is the one whose type fits; what is wrong with it is worth telling.
        meant = [found for found in tried if found and not found[0].startswith(f"{at} is no ")]
        yield from meant[0] if meant else [f"{at} is none of the {len(wanted)} forms that it may have: {value!r}"]


def _items(value: Any, wanted: dict[str, Any], root: dict[str, Any], at: str) -> Iterator[str]:
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from faults(item, wanted, root, f"{at}[{index}]")


def _required(value: Any, wanted: list[str], root: dict[str, Any], at: str) -> Iterator[str]:
    if isinstance(value, dict):
        yield from (f"{at} has no {name}" for name in wanted if name not in value)


def _simple(holds: Any, says: str) -> Any:
    def check(value: Any, wanted: Any, root: dict[str, Any], at: str) -> Iterator[str]:
        if not holds(value, wanted):
            yield f"{at} {says} {wanted}: {value!r}"

    return check


def _number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


KEYWORDS = {
    "type": _type,
    "$ref": _reference,
    "oneOf": _one_of,
    "items": _items,
    "required": _required,
    "properties": _simple(lambda value, wanted: True, ""),  # in `_members`
    "enum": _simple(lambda value, wanted: value in wanted, "is none of"),
    "pattern": _simple(lambda value, wanted: not isinstance(value, str) or re.search(wanted, value), "does not match"),
    "minimum": _simple(lambda value, wanted: not _number(value) or value >= wanted, "is below"),
    "maximum": _simple(lambda value, wanted: not _number(value) or value <= wanted, "is above"),
    "uniqueItems": _simple(
        lambda value, wanted: not isinstance(value, list) or len({repr(item) for item in value}) == len(value),
        "repeats an item, which is against uniqueItems",
    ),
}
