"""Every operation of the API, with requests made from its schema, by somebody of each role: it never fails, and what it
answers is what the schema says. Every second request names things that are there."""

import asyncio
import itertools
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.server.shop_calls import MADE, open_shop, place
from tests.server.tower import ADMIN, OTHER, PASSWORD, SHOP, Tower, address, tower
from tollfree.protocol.role import Role

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
LEFT_OUT = frozenset({"sign_out", "remove_project"})
"""They would end the sign-in, or take away the project, that the rest is tried with."""
EXAMPLES = {"admin": 5, "viewer": 2, "": 1}
"""Requests for each operation, by who asks; others make as many as a viewer."""
WHO = [ADMIN, *(address(role) for role in Role), ""]


@dataclass(frozen=True)
class Caller:
    """Somebody's browser, driven from outside its event loop: hypothesis knows of none."""

    runner: asyncio.Runner
    client: httpx.AsyncClient
    schema: Any
    there: Mapping[str, object]
    """What a path's names stand for."""
    turns: Iterator[int] = field(default_factory=itertools.count)

    def ask(self, case: Case) -> httpx.Response:
        """The answer to a generated request, made in our project where it names one."""
        if "project" in case.path_parameters:
            case.path_parameters["project"] = SHOP
        if next(self.turns) % 2 == 0:
            case.path_parameters.update({name: self.there[name] for name in case.path_parameters if name in self.there})
        given = case.as_transport_kwargs(base_url="http://tower.test")
        return self.runner.run(self._send(given))

    async def _send(self, given: dict[str, Any]) -> httpx.Response:
        headers = {name: value for name, value in dict(given.get("headers") or {}).items() if value is not None}
        kept = {name: given[name] for name in ("params", "json", "data", "content", "files") if given.get(name)}
        if isinstance(kept.get("data"), bytes | str):
            kept["content"] = kept.pop("data")
        headers.pop("X-CSRF-Token", None)
        request = self.client.build_request(given["method"], given["url"], headers=headers, timeout=30, **kept)
        await request.aread()  # of uploads too: the checks look at what was sent
        return await self.client.send(request)


async def furnished(made: Tower) -> Mapping[str, object]:
    """A flow, its versions, a call, an agent, a source and a webhook, by the names that paths have for them."""
    await open_shop(made)
    call = await place(made, "four one seven", "two two two")
    base = f"/api/v1/projects/{SHOP}"
    async with made.client(ADMIN) as client:
        new = {"If-None-Match": "*"}
        sent = [
            await client.put(f"{base}/agents/main", json={"flow": MADE}, headers=new),
            await client.put(f"{base}/secrets/shop", json={"value": "open sesame"}),
            await client.post(f"{base}/knowledge/uploads", files=[("files", ("hours.txt", b"We open at nine."))]),
            hook := await client.post(
                f"{base}/webhooks", json={"url": "https://example.com/", "events": ["call.ended"]}
            ),
        ]
        for one in sent:
            assert one.is_success, one.text
        users = (await client.get("/api/v1/users")).json()
    return {
        "flow": MADE,
        "number": 1,
        "call": call,
        "agent": "main",
        "secret": "shop",
        "job": 1,
        "webhook": hook.json()["webhook"]["id"],
        "user": next(one["id"] for one in users if one["email"] == address(Role.VIEWER, OTHER)),
    }


@pytest.fixture(params=WHO, ids=[*WHO[:-1], "nobody"])
def caller(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, Caller]]:
    """Who asks, and how."""
    with asyncio.Runner() as runner:
        opened = tower(tmp_path)
        made: Tower = runner.run(opened.__aenter__())
        coming = made.client(request.param)
        client = runner.run(coming.__aenter__())
        schema = schemathesis.openapi.from_dict(json.loads(json.dumps(made.app.openapi())))
        try:
            yield request.param, Caller(runner, client, schema, runner.run(furnished(made)))
        finally:
            runner.run(coming.__aexit__(None, None, None))
            runner.run(opened.__aexit__(None, None, None))


def test_every_operation_answers_as_its_schema_says(caller: tuple[str, Caller]) -> None:
    who, asking = caller
    examples = EXAMPLES.get("admin" if who == ADMIN else who, EXAMPLES["viewer"])
    tried = 0
    for found in asking.schema.get_all_operations():
        operation = found.ok()
        if operation.definition.raw["operationId"] in LEFT_OUT or operation.path.endswith("/live"):
            continue
        tried += 1
        try_out(asking, operation, examples)
    assert tried > 30
    if who:
        assert asking.runner.run(asking.client.get("/api/v1/session")).status_code == 200, "still signed in"


def try_out(asking: Caller, operation: Any, examples: int) -> None:
    """So many requests to one operation, the same in every run."""

    @settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def ask(case: Case) -> None:
        answer = asking.ask(case)
        case.validate_response(answer, checks=CHECKS)
        if answer.status_code >= 400:
            problem = answer.json()
            assert {"code", "message", "faults"} <= problem.keys() and problem["message"], operation.path

    ask()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"\\ud800"',
        b'{"email": "\\ud800@example.com"}',
        b'{"\\ud800": 1}',
        b'{"email": "a\\u0000@example.com", "name": "\\u0000"}',
        b'{"email": 1e400}',
        b"[" * 100_000,
        b"\xff\xfe",
    ],
    ids=range(11),
)
async def test_bodies_that_are_none_are_refused_in_the_one_shape(tmp_path: Path, body: bytes) -> None:
    async with tower(tmp_path) as made, made.client(ADMIN) as client:
        for method, path in (("POST", "/users"), ("POST", "/session"), ("PATCH", "/account")):
            headers = {"Content-Type": "application/json"}
            answer = await client.request(method, f"/api/v1{path}", content=body, headers=headers)
            assert 400 <= answer.status_code < 500, answer.text
            assert answer.json()["message"]
        assert PASSWORD not in answer.text
