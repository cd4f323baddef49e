"""The JSON Schemas say what the models say."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tollfree.calls.schemas import SCHEMAS, events_schema, flow_schema
from tollfree.flows.document import FlowHead
from tollfree.flows.nodes.registry import NODE_KINDS
from tollfree.flows.slots.registry import SLOT_TYPES

# How an author writes a node of each kind, with every field it must have.
SMALLEST: dict[str, dict[str, Any]] = {
    "say": {"say": "Hello."},
    "ask": {"slots": {"code": {"type": "digits", "ask": "Which?", "length": 5}}},
    "intent": {"ask": "What?", "intents": {"a": {}}},
    "lookup": {"tool": "find"},
    "order": {"catalogue": "menu", "ask": "What?"},
    "answer": {},
    "talk": {"goal": "Settle it.", "outcomes": {"settled": "when it is"}},
    "branch": {"when": [{"if": "a", "exit": "b"}]},
    "transfer": {"to": "staff"},
    "run": {"flow": "other"},
    "end": {},
}


def references(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        for name, value in schema.items():
            if name == "$ref":
                yield value
            yield from references(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from references(value)


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_reference_leads_to_a_definition(name: str) -> None:
    schema = SCHEMAS[name]()
    targets = set(references(schema))
    assert targets
    assert {target.removeprefix("#/$defs/") for target in targets} <= set(schema["$defs"])


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_is_json_and_the_same_every_time(name: str) -> None:
    assert json.dumps(SCHEMAS[name]()) == json.dumps(SCHEMAS[name]())


@pytest.mark.parametrize("kind", NODE_KINDS)
def test_a_node_needs_in_the_schema_what_it_needs_in_the_model_and_no_more(kind: str) -> None:
    part = flow_schema()["$defs"][f"node_{kind}"]
    model = NODE_KINDS[kind].config_model
    smallest = {"kind": kind, **SMALLEST[kind]}
    model.model_validate(smallest)
    assert set(part["required"]) == set(smallest)
    assert part["additionalProperties"] is False
    assert part["properties"]["kind"]["const"] == kind
    for name in part["required"][1:]:
        with pytest.raises(ValueError, match=name.rstrip("_")):
            model.model_validate({key: value for key, value in smallest.items() if key != name})


@pytest.mark.parametrize("kind", NODE_KINDS)
def test_fields_are_named_as_authors_write_them_and_each_is_described(kind: str) -> None:
    properties = flow_schema()["$defs"][f"node_{kind}"]["properties"]
    assert not [name for name in properties if name.endswith("_")]
    assert not [name for name, field in properties.items() if name != "kind" and not field.get("description")]


def test_every_kind_is_in_the_schema_once_with_its_exits() -> None:
    schema = flow_schema()
    kinds = schema["properties"]["nodes"]["additionalProperties"]
    assert set(kinds["discriminator"]["mapping"]) == set(NODE_KINDS)
    assert len(kinds["oneOf"]) == len(NODE_KINDS)
    assert schema["$defs"]["node_lookup"]["x-exits"] == ["found", "missing", "failed"]
    assert schema["$defs"]["node_intent"]["x-exits-from"] == "intents"
    assert schema["$defs"]["node_end"]["x-look"]["starter"] == {"say": "Thank you. Goodbye."}


def test_every_slot_type_is_in_the_schema_with_its_options_described() -> None:
    types = flow_schema()["$defs"]["SlotConfig"]["x-types"]
    assert set(types) == set(SLOT_TYPES)
    assert types["digits"]["x-value-type"] == "text"
    assert types["digits"]["properties"]["length"]["description"] == "Exactly this many digits."
    for name, slot in SLOT_TYPES.items():
        assert set(types[name].get("properties", {})) == set(slot.options_model.model_fields)
        assert not [option for option in types[name].get("properties", {}).values() if not option.get("description")]


def test_the_head_of_a_flow_needs_in_the_schema_what_it_needs_in_the_model() -> None:
    schema = flow_schema()
    assert set(schema["required"]) == {"flow", "start", "nodes"}
    assert set(schema["properties"]) - {"nodes"} == {
        field.alias or name for name, field in FlowHead.model_fields.items()
    }


def test_every_event_and_effect_is_in_the_log_schema() -> None:
    text = json.dumps(events_schema())
    for type in ("call_started", "caller_spoke", "looked_up", "supervised", "say", "listen", "understand", "hang_up"):
        assert f'"const": "{type}"' in text
