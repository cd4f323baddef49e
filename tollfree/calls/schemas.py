"""JSON Schemas of what others write and read: flows, and the lines of a call's log."""

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import BaseModel, TypeAdapter

from tollfree.calls.log import EFFECT, EVENT, TOKEN
from tollfree.flows.document import FlowHead
from tollfree.flows.nodes.registry import NODE_KINDS
from tollfree.flows.slots.registry import SLOT_TYPES

JsonSchema = dict[str, Any]
"""JSON Schema is open by nature."""


def flow_schema() -> JsonSchema:
    """The schema of a flow document: what the editor's forms are built from."""
    schema = FlowHead.model_json_schema(by_alias=True)
    definitions: JsonSchema = schema.setdefault("$defs", {})
    kinds: list[JsonSchema] = []
    for name, node in NODE_KINDS.items():
        config: type[BaseModel] = node.config_model
        part = config.model_json_schema(by_alias=True)
        definitions.update(part.pop("$defs", {}))
        part["required"] = ["kind", *part.get("required", [])]
        part["x-exits"] = list(node.closed_exits)
        part["x-exits-from"] = node.look.exits_from
        part["x-look"] = {"title": node.look.title, "help": node.look.help, "starter": dict(node.look.starter)}
        definitions[f"node_{name}"] = part
        kinds.append({"$ref": f"#/$defs/node_{name}"})
    definitions["SlotConfig"]["x-types"] = _slot_types()
    schema["properties"]["nodes"] = {
        "type": "object",
        "description": "The flow's nodes by name.",
        "propertyNames": {"pattern": "^[a-z][a-z0-9_]{0,63}$"},
        "additionalProperties": {
            "oneOf": kinds,
            "discriminator": {
                "propertyName": "kind",
                "mapping": {name: f"#/$defs/node_{name}" for name in NODE_KINDS},
            },
        },
    }
    schema["required"] = [*schema.get("required", []), "nodes"]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "tollfree flow"}


def _slot_types() -> JsonSchema:
    """By slot type: what it is, the type of its variable, and the options that stand beside a slot's own fields."""
    return {
        name: {
            **slot.options_model.model_json_schema(),
            "description": " ".join(str(slot.__doc__).split()),
            "x-value-type": slot.value_type.value,
        }
        for name, slot in SLOT_TYPES.items()
    }


def events_schema() -> JsonSchema:
    """The schema of one line of `tollfree call --json` and `tollfree calls show --json`."""
    definitions: JsonSchema = {}
    lines: list[JsonSchema] = []
    for kind, adapter in (("event", EVENT), ("effect", EFFECT), ("token", TOKEN)):
        lines.append({"allOf": [{"$ref": "#/$defs/line"}, _reference(kind, adapter, definitions)]})
    definitions["line"] = {
        "type": "object",
        "properties": {
            "seq": {"type": "integer", "minimum": 0, "description": "Place in the call's log, from 0, without gaps."},
            "at": {"type": "string", "description": "ISO 8601 with offset."},
            "kind": {"enum": ["event", "effect", "token", "note"]},
            "type": {"type": "string", "description": "The event's or effect's type; `exit` for a token."},
            "call_id": {"type": "string", "description": "On the last line only."},
            "outcome": {"type": "string", "description": "On the last line: how the call ended."},
            "path": {
                "type": "array",
                "items": {"type": "string"},
                "description": "On the last line: node.exit of every token, in order.",
            },
        },
        "required": ["seq", "at", "kind", "type"],
    }
    definitions["timings"] = {
        "type": "object",
        "description": "Last line of `calls show --json` for a spoken call: what its notes say about time, in ms.",
        "properties": {
            "kind": {"const": "timings"},
            "call_id": {"type": "string"},
            "turns": {"type": "array", "items": {"type": "object"}},
            "interruptions": {"type": "array", "items": {"type": "object"}},
            "first_words_ms": {"type": "array", "items": {"type": "number"}},
            "recordings": {"type": "array", "items": {"type": "object"}},
            "stages": {"type": "object", "description": "By stage: `n`, `p50_ms`, `p95_ms`."},
        },
        "required": ["kind", "call_id", "turns", "interruptions", "first_words_ms", "recordings", "stages"],
    }
    note = {"allOf": [{"$ref": "#/$defs/line"}, {"properties": {"kind": {"const": "note"}}}]}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "tollfree call log, one line",
        "anyOf": [*lines, note, {"$ref": "#/$defs/timings"}],
        "$defs": definitions,
    }


def _reference(kind: str, adapter: TypeAdapter[Any], definitions: JsonSchema) -> JsonSchema:
    schema = adapter.json_schema(ref_template="#/$defs/{model}")
    definitions.update(schema.pop("$defs", {}))
    if kind == "token":
        schema.get("properties", {})["type"] = {"const": "exit"}
    definitions[f"{kind}_data"] = schema
    return {"$ref": f"#/$defs/{kind}_data"}


SCHEMAS: Mapping[str, Callable[[], JsonSchema]] = {"flow": flow_schema, "events": events_schema}
