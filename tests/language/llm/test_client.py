"""A route's model against the scripted server: words, budgets, failures, and what is never told."""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import aclosing

import pytest

from tests.fakes.scripted_models import Script, ScriptedModels
from tests.language.llm.asking import chat, end_of, pieces_of, route_to, text_of
from tollfree.calls.virtual_time import run_virtually
from tollfree.language.llm.base import (
    ModelError,
    ModelRefused,
    ModelRubbish,
    ModelSlow,
    ModelUnreachable,
    Words,
)
from tollfree.language.llm.client import RouteModel
from tollfree.protocol.clock import Clock

SECRET = "sk-very-secret"  # noqa: S105 - a made one, to be looked for
SAID = "my number is 4111 1111"


@pytest.fixture
def models() -> Iterator[ScriptedModels]:
    with ScriptedModels() as server:
        yield server


def model_of(models: ScriptedModels, **more: object) -> RouteModel:
    return RouteModel("fast", route_to(models.base_url, **more), environ={"KEY": SECRET})


async def asked(models: ScriptedModels, **more: object) -> str:
    model = model_of(models, **more)
    try:
        return text_of(await pieces_of(model.stream(chat(SAID))))
    finally:
        await model.aclose()


async def test_words_come_as_they_are_sent_and_usage_at_the_end(models: ScriptedModels) -> None:
    models.once(Script(words=("It is ", "on its way."), prompt_tokens=90, cached_tokens=64))
    model = model_of(models)
    pieces = await pieces_of(model.stream(chat()))
    await model.aclose()
    assert pieces[:-1] == [Words("It is "), Words("on its way.")]
    end = end_of(pieces)
    assert (end.reason, end.prompt_tokens, end.cached_tokens, end.completion_tokens) == ("stop", 90, 64, 2)


async def test_the_first_words_are_handed_on_while_the_server_still_writes(models: ScriptedModels) -> None:
    models.once(Script(words=("One moment, ", "please."), stall="middle"))
    model = model_of(models)
    async with aclosing(model.stream(chat())) as stream:
        assert await anext(stream) == Words("One moment, ")
    await model.aclose()


async def test_a_connection_serves_one_request_after_the_other(models: ScriptedModels) -> None:
    model = model_of(models)
    for _ in range(3):
        assert text_of(await pieces_of(model.stream(chat()))) == "All right."
    await model.aclose()
    assert (len(models.asked), models.connections) == (3, 1)


async def test_a_kept_connection_that_is_dead_costs_no_answer(models: ScriptedModels) -> None:
    model = model_of(models)
    await pieces_of(model.stream(chat()))
    models.once(Script(breaks="before"))
    assert text_of(await pieces_of(model.stream(chat()))) == "All right."
    assert models.connections == 2
    await model.aclose()


async def test_a_new_connection_that_breaks_is_a_failure(models: ScriptedModels) -> None:
    models.once(Script(breaks="before"))
    with pytest.raises(ModelUnreachable):
        await asked(models)
    assert len(models.asked) == 1


async def test_an_answer_without_usage_is_whole(models: ScriptedModels) -> None:
    models.once(Script(usage=False, finish="length"))
    model = model_of(models)
    end = end_of(await pieces_of(model.stream(chat())))
    await model.aclose()
    assert (end.reason, end.prompt_tokens) == ("length", 0)


@pytest.mark.parametrize("named", ["reasoning_content", "reasoning"])
async def test_thoughts_in_a_field_of_their_own_are_not_said(models: ScriptedModels, named: str) -> None:
    models.once(Script(reasoning=("The caller ", "wants..."), reasoning_field=named, words=("Hello.",)))
    assert await asked(models) == "Hello."


async def test_thoughts_among_the_words_are_not_said_wherever_they_are_cut(models: ScriptedModels) -> None:
    thinking = "<think>The caller wants...</think>\n\nHello, 3 < 4."
    for words in (tuple(thinking), (thinking,), (thinking[:3], thinking[3:31], thinking[31:])):
        models.once(Script(words=words))
        assert await asked(models) == "Hello, 3 < 4."


async def test_the_key_goes_to_the_server_and_nothing_of_the_environment(
    models: ScriptedModels, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_ADMIN_KEY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID"):
        monkeypatch.setenv(name, f"from-{name}")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    await asked(models, api_key_env="KEY")
    await asked(models)
    with_key, without = models.asked
    assert with_key.headers["authorization"] == f"Bearer {SECRET}"
    assert "from-" not in str(without.headers)


FAILURES = {
    "refused": (Script(status=500, error=f"{SECRET} {SAID}"), ModelRefused, "http_500"),
    "busy": (Script(status=429), ModelRefused, "http_429"),
    "no key": (Script(status=401), ModelRefused, "http_401"),
    "gone": (Script(breaks="before"), ModelUnreachable, "model_unreachable"),
    "stalls before": (Script(stall="before"), ModelSlow, "model_slow"),
    "stalls in the middle": (Script(words=("a", "b"), stall="middle"), ModelSlow, "model_slow"),
    "drips for ever": (Script(words=("a",) * 1000, each_ms=20), ModelSlow, "model_slow"),
    "only thinks": (Script(reasoning=("hm ",) * 1000, each_ms=20), ModelSlow, "model_slow"),
    "rubbish": (Script(rubbish=True), ModelRubbish, "model_rubbish"),
    "truncated": (Script(breaks="truncated"), ModelRubbish, "model_rubbish"),
    "broken off": (Script(breaks="reset"), ModelUnreachable, "model_unreachable"),
    "a web page": (Script(page="<html>Welcome to your router</html>"), ModelRubbish, "model_rubbish"),
    "nothing": (Script(words=()), ModelRubbish, "model_rubbish"),
    "white space": (Script(words=("\n", "  "), finish="length"), ModelRubbish, "model_rubbish"),
    "a tool's call": (Script(finish="tool_calls"), ModelRubbish, "model_rubbish"),
    "thinks from the start": (Script(words=("Hm.</think>", "Hello.")), ModelRubbish, "model_rubbish"),
}


@pytest.mark.parametrize("name", FAILURES)
async def test_what_fails_is_an_error_that_names_route_and_server_and_tells_no_secret(
    models: ScriptedModels, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    script, kind, code = FAILURES[name]
    models.always("", script)
    budgets = {}
    if kind is ModelSlow:
        budgets = {"first_token_budget_ms": 400, "next_token_budget_ms": 400, "whole_budget_ms": 900}
    with caplog.at_level(logging.DEBUG), pytest.raises(ModelError) as caught:
        await asked(models, api_key_env="KEY", **budgets)
    error = caught.value
    assert (type(error), error.code) == (kind, code)
    assert f"route fast (qwen3 at 127.0.0.1:{models.port})" in error.message
    chain, told = error, []
    while chain is not None:
        told.append(f"{chain!r} {chain} {vars(chain)}")
        chain = chain.__cause__ or chain.__context__
    told += [f"{record.getMessage()} {vars(record)}" for record in caplog.records]
    assert not any(SECRET in one or SAID in one for one in told)


async def test_a_server_that_is_not_there_is_unreachable(models: ScriptedModels) -> None:
    models.stop()
    with pytest.raises(ModelUnreachable, match="is the server up"):
        await asked(models)


@pytest.mark.parametrize("script", [Script(stall="before"), Script(stall="middle")])
async def test_cancelling_ends_the_request_at_the_server(models: ScriptedModels, script: Script) -> None:
    models.always("", script)
    model = model_of(models)
    reading = asyncio.create_task(pieces_of(model.stream(chat())))
    await models.wait_until(lambda: len(models.asked) == 1 and models.asked[0].sent == (script.stall == "middle"))
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)
    await models.wait_until(lambda: models.asked[0].ended == "disconnected")
    await model.aclose()


async def test_closing_ends_the_request_at_the_server_and_leaves_others_alone(models: ScriptedModels) -> None:
    models.once(Script(words=("a", "b"), stall="middle"))
    model = model_of(models)
    stream = model.stream(chat())
    await anext(stream)
    other = asyncio.create_task(pieces_of(model.stream(chat("other"))))
    await stream.aclose()
    await models.wait_until(lambda: models.asked[0].ended == "disconnected")
    assert text_of(await other) == "All right."
    await model.aclose()


async def test_a_model_that_is_retired_finishes_its_answer(models: ScriptedModels) -> None:
    models.once(Script(words=("One ", "moment."), each_ms=50))
    model = model_of(models)
    stream = model.stream(chat())
    first = await anext(stream)
    await model.retire()
    assert text_of([first, *await pieces_of(stream)]) == "One moment."


def test_budgets_end_a_stall_in_virtual_time_too(models: ScriptedModels) -> None:
    models.always("", Script(stall="before"))

    async def call(clock: Clock) -> None:
        route = route_to(models.base_url, first_token_budget_ms=100, next_token_budget_ms=100)
        model = RouteModel("fast", route, clock=clock)
        with pytest.raises(ModelSlow):
            await pieces_of(model.stream(chat()))
        await model.aclose()

    run_virtually(call)


def test_neither_repr_nor_fields_show_the_key(models: ScriptedModels) -> None:
    model = model_of(models, api_key_env="KEY")
    assert SECRET not in f"{model!r} {vars(model)}"


async def test_the_client_library_is_imported_by_the_warm_up(models: ScriptedModels) -> None:
    model = model_of(models)
    await model.warm_up()
    assert models.asked == []
    await model.aclose()
