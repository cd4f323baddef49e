"""Examples of what is sent, made of the examples of its fields: nothing is written twice, and every body that holds a
thing shows it alike."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, cast

from pydantic import JsonValue

from tollfree.server.story import KEYS, STORY

Schema = Mapping[str, Any]

_EVENTS = "text/event-stream"
_REFERENCE = "#/components/schemas/"
_TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "array": (list,),
    "object": (dict,),
}


class NoExample(Exception):
    """A field of which nothing tells what it may hold: `examples` of the field, or its name in the story."""


def add_examples(document: dict[str, Any]) -> None:
    """Give each body, answer of success, parameter and stream of an OpenAPI document its example. What has one keeps
    it; what none can be made of stays without."""
    composer = Composer(document.get("components", {}).get("schemas", {}))
    for path, operation in operations(document):
        for parameter in operation.get("parameters", ()):
            _tell(parameter, composer.of_name(parameter["name"], parameter["schema"]))
        for kind, content in contents(operation):
            if "example" in content or "schema" not in content:
                continue
            try:
                content["example"] = (
                    composer.of_event() if kind == _EVENTS else composer.of(content["schema"], path.rsplit("/", 1)[1])
                )
            except NoExample:
                continue


def operations(document: Schema) -> Iterator[tuple[str, dict[str, Any]]]:
    """All of them, each with its path."""
    for path, methods in document["paths"].items():
        for operation in methods.values():
            yield path, operation


def contents(operation: Schema) -> Iterator[tuple[str, dict[str, Any]]]:
    """What an operation takes, and what it answers with when it succeeds, by media type."""
    yield from operation.get("requestBody", {}).get("content", {}).items()
    for status, answer in operation["responses"].items():
        if status.startswith("2"):
            yield from answer.get("content", {}).items()


class Composer:
    """Makes examples of a document's schemas."""

    def __init__(self, schemas: Mapping[str, Schema]) -> None:
        self._schemas = schemas

    def of(self, schema: Schema, name: str = "") -> JsonValue:
        """What may stand where this schema does; `name`: of the field. An example of its own goes first, then what the
        story has by this name, then what its parts come to. Raises `NoExample`."""
        if schema.get("examples"):
            return cast(JsonValue, schema["examples"][0])
        told = self.of_name(name, schema)
        if told is not None:
            return told
        if "$ref" in schema:
            return self.of(self._target(schema), name)
        for choice in ("anyOf", "oneOf"):
            if choice in schema:
                return self.of(next(one for one in schema[choice] if one.get("type") != "null"), name)
        if "const" in schema:
            return cast(JsonValue, schema["const"])
        if "enum" in schema:
            return cast(JsonValue, schema["enum"][0])
        match schema.get("type"):
            case "object":
                return self._object(schema, name)
            case "array":
                return [self.of(schema["items"], name)]
            case "boolean":
                return False
            case None if set(schema) <= {"title", "description"}:  # an answer without content
                return None
            case _:
                raise NoExample(name)

    def of_name(self, name: str, schema: Schema) -> JsonValue:
        """What the story has by this name, where that fits; else None."""
        told = STORY.get(name)
        return told if told is not None and self._fits(told, schema) else None

    def of_event(self) -> str:
        """The first event of a stream, as it is sent. Raises `NoExample`."""
        data = json.dumps(self.of(self._schemas["LiveCalls"]), ensure_ascii=False, separators=(",", ":"))
        return f"event: calls\ndata: {data}\n\n"

    def _object(self, schema: Schema, name: str) -> JsonValue:
        """A field that need not be given and may be null is left out, unless it has an example."""
        if "properties" not in schema:
            of_each = schema.get("additionalProperties")
            if name not in KEYS or not isinstance(of_each, Mapping):
                raise NoExample(name)
            return {KEYS[name]: self.of(cast(Schema, of_each))}
        required = schema.get("required", ())
        made: dict[str, JsonValue] = {}
        for field, part in schema["properties"].items():
            try:
                if field in required or not self._plain(part):
                    made[field] = self.of(part, field)
                elif self._own(part):
                    made[field] = self.of(self._own(part))
                elif "default" in part:
                    made[field] = part["default"]
            except NoExample as error:
                raise NoExample(f"{schema.get('title', name)}.{error}") from None
        return made

    def _plain(self, schema: Schema) -> bool:
        """Whether it holds no models: its default says enough."""
        if "$ref" in schema:
            return "properties" not in self._target(schema)
        inner = cast(object, schema.get("items", schema.get("additionalProperties")))
        parts = cast(tuple[Schema, ...], (*schema.get("anyOf", ()), *([inner] if isinstance(inner, Mapping) else ())))
        return all(self._plain(one) for one in parts)

    def _own(self, schema: Schema) -> Schema:
        """The schema, or the one of its choices, that has examples; else an empty one."""
        choices = cast(tuple[Schema, ...], (schema, *schema.get("anyOf", ())))
        none: Schema = {}
        return next((one for one in choices if one.get("examples")), none)

    def _fits(self, value: JsonValue, schema: Schema) -> bool:
        if "$ref" in schema:
            return self._fits(value, self._target(schema))
        if "anyOf" in schema:
            return any(self._fits(value, one) for one in schema["anyOf"])
        if "enum" in schema:
            return value in schema["enum"]
        kind = schema.get("type")
        fits = type(value) in _TYPES.get(cast(str, kind), ())
        if kind == "array" and fits:
            return all(self._fits(one, schema["items"]) for one in cast(list[JsonValue], value))
        return fits and "properties" not in schema

    def _target(self, schema: Schema) -> Schema:
        return self._schemas[schema["$ref"].removeprefix(_REFERENCE)]


def _tell(described: dict[str, Any], example: JsonValue) -> None:
    if example is not None and "example" not in described and "examples" not in described.get("schema", {}):
        described["example"] = example
