"""Every body, answer and parameter of the OpenAPI document shows what it may be, and what is shown is true."""

import asyncio
import json
from collections.abc import Iterator, Mapping
from typing import Any, cast

import jsonschema_rs
import pytest
from fastapi.routing import APIRoute
from pydantic import TypeAdapter, ValidationError

from tollfree.calls.project import tool_info
from tollfree.calls.tools.definition import Tool
from tollfree.flows.compile import compile_flow
from tollfree.flows.library import Library
from tollfree.server.examples import Composer, NoExample, contents, operations
from tollfree.server.openapi_file import openapi_text
from tollfree.server.routes import ROUTERS
from tollfree.server.routes.flow_models import EXAMPLE

Document = Mapping[str, Any]

JSON = "application/json"
EVENTS = "text/event-stream"
SOUND = frozenset({"audio/ogg", "audio/wav"})
"""Nobody reads an example of it."""
ONE_STORY = ("project", "call", "caller", "email", "room", "order_number")
"""Names that mean one thing wherever they occur."""


@pytest.fixture(scope="module")
def document() -> Document:
    """As the server tells it."""
    return json.loads(asyncio.run(openapi_text()))


def shown(document: Document) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """The name of each operation, a media type of it, and what is told of that."""
    for _, operation in operations(document):
        for kind, content in contents(operation):
            if kind not in SOUND:
                yield operation["operationId"], kind, content


def faults(document: Document, schema: Mapping[str, Any], example: object) -> list[str]:
    """Why an example is none of its schema."""
    whole = {**schema, "components": document["components"]}
    validator = jsonschema_rs.Draft202012Validator(whole, validate_formats=True)
    return [f"{one.instance_path}: {one.message}" for one in validator.iter_errors(example)]


def named(example: object, name: str = "") -> Iterator[tuple[str, object]]:
    """Every plain value of an example, with the name that it stands under."""
    if isinstance(example, Mapping):
        for field, value in cast(Mapping[str, object], example).items():
            yield from named(value, field)
    elif isinstance(example, list):
        for value in cast(list[object], example):
            yield from named(value, name)
    else:
        yield name, example


def hollow(document: Document, schema: Mapping[str, Any], example: object) -> bool:
    """Whether it is empty where the schema has fields, or what a generator writes for want of anything better."""
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    empty = example in ({}, []) and bool(schema.get("properties") or schema.get("items"))
    return empty or any(value == "string" and name != "type" for name, value in named(example))


def why_bare(composer: Composer, kind: str, schema: Mapping[str, Any]) -> str:
    """Why there is no example where one should be."""
    try:
        made = composer.of_event() if kind == EVENTS else composer.of(schema)
    except NoExample as error:
        return f"{error} has no example, and the story knows none by its name"
    return f"it is not told, though it could be {made}"


def test_every_body_and_answer_has_an_example(document: Document) -> None:
    composer, bare = Composer(document["components"]["schemas"]), list[str]()
    for name, kind, content in shown(document):
        if "example" not in content:
            bare.append(f"{name}, {kind}: {why_bare(composer, kind, content.get('schema', {}))}")
        elif hollow(document, content.get("schema", {}), content["example"]):
            bare.append(f"{name}, {kind}: {content['example']}")
    assert not bare


def test_every_example_is_what_its_schema_says(document: Document) -> None:
    told = {
        f"{name}, {kind}": faults(document, content["schema"], content.get("example"))
        for name, kind, content in shown(document)
        if kind == JSON and "schema" in content
    }
    assert len(told) > 100
    assert not {place: found for place, found in told.items() if found}


def test_the_server_takes_the_bodies_that_are_shown(document: Document) -> None:
    bodies = {
        operation["operationId"]: operation["requestBody"]["content"][JSON]["example"]
        for _, operation in operations(document)
        if JSON in operation.get("requestBody", {}).get("content", ())
    }
    routes = [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]
    refused: list[str] = []
    for route in routes:
        if route.body_field is None or route.name not in bodies:
            continue
        model = TypeAdapter[object](cast(Any, route.body_field.field_info.annotation))
        try:
            model.validate_python(bodies.pop(route.name))
        except ValidationError as error:
            refused.append(f"{route.name}: {error}")
    assert not refused and not bodies


def test_every_parameter_whose_values_are_not_plain_has_an_example(document: Document) -> None:
    bare: list[str] = []
    for _, operation in operations(document):
        for one in operation.get("parameters", ()):
            choices = [one["schema"], *one["schema"].get("anyOf", ())]
            plain = any("enum" in choice or choice.get("type") == "boolean" for choice in choices)
            plain |= isinstance(one["schema"].get("default"), int)
            examples = [one["example"]] if "example" in one else []
            examples += [example for choice in choices for example in choice.get("examples", ())]
            wrong = [fault for example in examples for fault in faults(document, one["schema"], example)]
            if wrong or not (plain or examples):
                bare.append(f"{operation['operationId']}, {one['name']}: {wrong or 'no example'}")
    assert not bare


def test_the_examples_tell_one_story(document: Document) -> None:
    seen: dict[str, set[object]] = {}
    for _, _, content in shown(document):
        for name, value in named(content.get("example")):
            seen.setdefault(name, set()).add(value)
    assert {name: seen[name] for name in ONE_STORY if len(seen[name]) > 1} == {}


def test_the_flow_that_is_shown_can_be_published_with_the_tool_that_is_shown(document: Document) -> None:
    told = next(content["example"] for name, _, content in shown(document) if name == "save_tool")
    tool = Tool.model_validate(told)
    library = Library(project={"name": "The Bakery"}, tools={tool.name: tool_info(tool)}, catalogues={})
    assert not compile_flow(EXAMPLE, library).faults
