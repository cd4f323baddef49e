"""No secret is in a log, a call's record, an error or what a command says, whatever a server sends back."""

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.cli.conftest import Shell, written
from tests.fakes.http_answers import http_answers
from tests.fakes.planted_secrets import (
    OTHER_ROUTE_KEY,
    ROUTE_KEY,
    TOOL_SECRET,
    PlantedSecrets,
    planted_secrets,
)
from tests.flows.driven import ask, flow_of, lookup
from tollfree.calls.log import of_note
from tollfree.calls.metering import Metering
from tollfree.calls.store.calls import Call
from tollfree.calls.store.store import Store, default_url
from tollfree.language.llm.base import Chat, Message, ModelError
from tollfree.language.llm.client import RouteModel
from tollfree.language.llm.route import Route
from tollfree.protocol.errors import TollfreeError
from tollfree.protocol.ids import CallId, FlowId, ProjectId
from tollfree.protocol.usage import Used


@pytest.fixture
def planted(monkeypatch: pytest.MonkeyPatch) -> Iterator[PlantedSecrets]:
    with planted_secrets(monkeypatch) as secrets:
        yield secrets


def test_it_is_found_in_a_calls_log(planted: PlantedSecrets, shop: Shell) -> None:
    async def keep() -> None:
        async with await Store.open(default_url(shop.home)) as store:
            call = Call(
                id=CallId("c1"),
                project=ProjectId("shop"),
                agent="",
                flow=FlowId("made"),
                version=1,
                line="text",
                started_at=datetime.now(UTC),
            )
            await store.calls.begin(call)
            await store.log.append(call.id, [of_note("", "odd", {"key": planted.tool_secret})], expected_seq=0)
            await planted.events(store)

    asyncio.run(keep())
    with pytest.raises(AssertionError, match="tool secret in call c1"):
        planted.nothing_leaked()


# A run in which everything is refused


TOOLS = """
tools:
  - name: find
    method: POST
    url: {url}/find
    headers: {{Authorization: "Bearer {{{{ secret.{secret} }}}}"}}
    arguments: {{code: {{}}}}
    body: {{code: "{{{{ code }}}}"}}
    result: {{name: name}}
"""


def echoes(secrets: PlantedSecrets) -> bytes:
    """A server that sends back whatever it was told in confidence."""
    return json.dumps({"error": {"message": f"bad key {' '.join(secrets.values.values())}"}, "name": "x"}).encode()


@pytest.mark.parametrize("status", [200, 401, 500])
def test_a_server_that_echoes_every_secret_leaves_none_of_them_anywhere(
    planted: PlantedSecrets,
    shop: Shell,
    tmp_path: Path,
    status: int,
) -> None:
    body = echoes(planted)
    answers = {
        "POST /find": (status, body),
        "GET /v1/models": (401 if status == 200 else status, body),
        "POST /v1/chat/completions": (status if status != 200 else 400, body),
        "GET /": (200, b"OK"),
        "POST /twirp/livekit.RoomService/ListRooms": (401, body),
    }
    with http_answers(answers) as server:
        project = tmp_path / "project"
        (project / "flows").mkdir(parents=True)
        (project / "project.yaml").write_text(
            f"name: The Shop\nallowed_hosts: ['{server.url.removeprefix('http://')}']\n"
        )
        (project / "tools.yaml").write_text(TOOLS.format(url=server.url, secret=TOOL_SECRET))
        written(
            project / "flows",
            flow_of(
                {"code": ask(exits={"given": "find"}), "find": lookup("bye", save="thing")},
                variables={"thing": "record"},
            ),
        )
        loaded = shop("project", "load", "shop", project)
        assert loaded.code == 0, loaded.err
        shop.ok("secret", "set", "shop", TOOL_SECRET, stdin=f"{planted.tool_secret}\n")
        published = shop("flow", "publish", "shop", "made", "--no-speech")
        called = shop("call", "shop", stdin="one two three\n")
        (shop.home / "routes.yaml").write_text(
            f'routes:\n  fast: {{base_url: "{server.url}/v1", model: q, api_key_env: {ROUTE_KEY}}}\n'
            f'  smart: {{base_url: "http://127.0.0.1:1/v1", model: q, api_key_env: {OTHER_ROUTE_KEY}}}\n'
        )
        doctor = shop("doctor", env={"TOLLFREE_LIVEKIT_URL": server.url})
        asyncio.run(ask_routes(planted, server.url))
    for name, ran in (("load", loaded), ("publish", published), ("call", called), ("doctor", doctor)):
        planted.found(f"output of {name}", ran.out + ran.err)
    authorized = [asked.headers.get("authorization", "") for asked in server.asked]
    assert any("sk-planted+route" in one for one in authorized), "the route's key was used"
    assert any(asked.path == "/find" for asked in server.asked), called.err + called.out

    async def look() -> None:
        async with await Store.open(default_url(shop.home)) as store:
            await planted.events(store)

    asyncio.run(look())
    assert any(place.startswith("call ") for place in planted.looked)
    planted.nothing_leaked()


async def ask_routes(planted: PlantedSecrets, url: str) -> None:
    """Each route refuses, one way or another; what it raises and what is noted of it is looked at."""
    metering = Metering(lambda metered: planted.found("usage", json.dumps(metered.data())))
    metering.end()
    for base_url, key in ((f"{url}/v1", ROUTE_KEY), ("http://127.0.0.1:1/v1", OTHER_ROUTE_KEY)):
        model = RouteModel("fast", Route.model_validate({"base_url": base_url, "model": "q", "api_key_env": key}))
        try:
            async for _ in model.stream(Chat(messages=(Message("user", "hello"),))):
                pass
        except ModelError as error:
            planted.raised(error)
            metering(Used(kind="llm", engine="fast", came_to="failed", why=error.code))
        else:
            raise AssertionError("it was to be refused")
        planted.found("the model", repr(model))
        await model.aclose()


def test_a_database_that_is_away_keeps_its_password(
    shop: Shell,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with planted_secrets(monkeypatch, "127.0.0.1:1/calls") as planted:
        for words in (("calls", "list"), ("doctor",), ("usage",)):
            ran = shop(*words)
            assert ran.code == 1
            planted.found(" ".join(words), ran.out + ran.err)
        try:
            asyncio.run(Store.open(planted.environ("127.0.0.1:1/calls")["TOLLFREE_DATABASE_URL"]))
        except TollfreeError as error:
            planted.raised(error)
        planted.nothing_leaked()
