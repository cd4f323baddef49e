"""The contract on every dialect against the scripted server, on the chain, on a call's view of it, and on the fake."""

import json
from collections.abc import AsyncIterator, Iterator
from typing import get_args

import pytest

from tests.fakes.model import ScriptedModel
from tests.fakes.scripted_models import Asked, Script, ScriptedModels
from tests.language.llm.asking import INTENT, chat, pieces_of, route_to
from tests.language.llm.contract import SLOTS, ChatModelContract
from tollfree.language.llm.base import Chat, ChatModel, Priority
from tollfree.language.llm.chain import ChainedModel, Link
from tollfree.language.llm.client import RouteModel
from tollfree.language.llm.dialects.registry import DIALECTS
from tollfree.language.llm.route import Dialect
from tollfree.network.breaker import Breaker
from tollfree.protocol.clock import SystemClock
from tollfree.protocol.usage import unmetered

SLOTS_ANSWER = json.dumps({"order_number": "12345", "quantity": 2, "wants_receipt": False})


def enforce(asked: Asked) -> Script | None:
    """As a server that enforces schemas would: the dialect must have put them where it looks."""
    return Script(words=(SLOTS_ANSWER[:9], SLOTS_ANSWER[9:])) if asked.schema == SLOTS else None


@pytest.fixture
def models() -> Iterator[ScriptedModels]:
    with ScriptedModels() as server:
        server.by(enforce)
        yield server


@pytest.fixture(params=DIALECTS)
async def route(request: pytest.FixtureRequest, models: ScriptedModels) -> AsyncIterator[RouteModel]:
    model = RouteModel("fast", route_to(models.base_url, dialect=request.param))
    yield model
    await model.aclose()


class TestEveryDialect(ChatModelContract):
    @pytest.fixture
    def model(self, route: RouteModel) -> ChatModel:
        return route


class TestTheChain(ChatModelContract):
    @pytest.fixture(params=["chain", "metered"])
    async def model(self, request: pytest.FixtureRequest, models: ScriptedModels) -> AsyncIterator[ChatModel]:
        models.always("broken", Script(status=503))
        routes = [RouteModel(name, route_to(models.base_url, name)) for name in ("broken", "good")]
        breakers = [Breaker(SystemClock().elapsed_ms) for _ in routes]
        chain = ChainedModel("default", lambda: list(map(Link, routes, breakers)))
        yield chain if request.param == "chain" else chain.metered(unmetered, purpose="choose")
        for route in routes:
            await route.aclose()


class TestTheFake(ChatModelContract):
    @pytest.fixture
    def model(self) -> ChatModel:
        def answer(chat: Chat) -> str:
            if chat.schema is None:
                return "Hello."
            return SLOTS_ANSWER if chat.schema == SLOTS else json.dumps({"intent": "return"})

        return ScriptedModel(by=answer)


def test_there_is_a_dialect_for_every_name() -> None:
    assert set(DIALECTS) == set(get_args(Dialect))


async def sent(models: ScriptedModels, dialect: str, **more: object) -> dict[str, object]:
    route = route_to(models.base_url, dialect=dialect, **more)
    model = RouteModel("fast", route)
    await pieces_of(model.stream(chat(schema=INTENT, priority=Priority.SPECULATION, max_tokens=30)))
    await model.aclose()
    body = dict(models.asked[-1].body)
    for same in ("model", "messages", "stream"):
        body.pop(same)
    return body


COMMON = {"temperature": 0.0, "max_tokens": 30, "stream_options": {"include_usage": True}}
NAMED = {"type": "json_schema", "json_schema": {"name": "answer", "strict": True, "schema": INTENT}}


async def test_vllm_is_told_not_to_think_and_how_urgent_it_is(models: ScriptedModels) -> None:
    assert await sent(models, "vllm") == {
        **COMMON,
        "response_format": NAMED,
        "priority": 10,
        "chat_template_kwargs": {"enable_thinking": False},
    }


async def test_llama_cpp_takes_the_schema_beside_json_object(models: ScriptedModels) -> None:
    assert await sent(models, "llama.cpp") == {
        **COMMON,
        "response_format": {"type": "json_object", "schema": INTENT},
        "cache_prompt": True,
        "chat_template_kwargs": {"enable_thinking": False},
    }


async def test_openai_is_told_nothing_that_it_does_not_know(models: ScriptedModels) -> None:
    assert await sent(models, "openai") == {**COMMON, "response_format": NAMED}


async def test_the_options_of_the_route_win_and_null_takes_a_field_out(models: ScriptedModels) -> None:
    options = {"temperature": 0.7, "priority": None, "top_p": 0.8, "chat_template_kwargs": {"enable_thinking": True}}
    body = await sent(models, "vllm", options=options)
    assert (body["temperature"], body["top_p"]) == (0.7, 0.8)
    assert body["chat_template_kwargs"] == {"enable_thinking": True}
    assert "priority" not in body


async def test_messages_go_in_their_order(models: ScriptedModels, route: RouteModel) -> None:
    await pieces_of(route.stream(chat("Now.")))
    assert models.asked[-1].body["messages"] == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Now."},
    ]
