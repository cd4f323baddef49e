"""A spoken call whose ears, voice and words are on servers: the worker has no model of its own."""

import json
from collections.abc import AsyncGenerator, Iterator

import pytest
import pytest_asyncio
import yaml

from tests.fakes.engine_server import EngineServer, engine_server
from tests.fakes.livekit import livekit_fixture  # noqa: F401 - gives `livekit`
from tests.fakes.scripted_models import Asked, Script, ScriptedModels
from tests.journeys.shop_line import NEEDED, VOICE, ShopLine, gone, shop_line
from tollfree.calls.phone.server import LiveKitServer
from tollfree.calls.publishing import publish
from tollfree.protocol.ids import FlowId
from tollfree.rehearse.shop import PROJECT
from tollfree.weights.errors import WeightsError
from tollfree.weights.find import find
from tollfree.wiring.settings import Settings

pytestmark = [pytest.mark.livekit, pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

QWEN, GLM = "Qwen/Qwen3-30B-A3B", "zai-org/GLM-4.5-Air"
TOLD = "Your order is on its way, and will be with you today."
TALK = {
    "kind": "talk",
    "goal": "Tell the caller that order {{ found_order.number }} is on its way.",
    "outcomes": {"said": "the caller was told"},
    "exits": {"said": "anything_else", "gave_up": "to_a_person", "failed": "to_a_person", "silent": "to_a_person"},
}
"""In place of the line that tells an order's status: with the same way out, so that the call takes the same path."""
PATIENT = {"TOLLFREE_VOICE_WITHIN_MS": "20000", "TOLLFREE_STT_WITHIN_MS": "20000"}
"""Builders are slow; what is late would be said by the worker's own spare voice, which is not what is tested."""


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[EngineServer, EngineServer]]:
    """What hears and what speaks; skipped where the models are not on the machine."""
    try:
        for model in NEEDED:
            find(model, Settings().cache)
    except WeightsError as missing:
        pytest.skip(missing.message)
    with engine_server("stt") as hearing, engine_server("tts", "--voice", VOICE) as speaking:
        yield hearing, speaking


def talks(asked: Asked) -> Script | None:
    """Tells the caller, and chooses nothing for them."""
    properties = (asked.schema or {}).get("properties", {})
    if "say" in properties:
        return Script(words=(json.dumps({"say": TOLD, "exit": "said"}),))
    return Script(words=(json.dumps({"choice": "none"}),)) if "choice" in properties else None


@pytest.fixture(scope="module")
def models() -> Iterator[ScriptedModels]:
    """The language models, at the wire."""
    with ScriptedModels() as scripted:
        scripted.by(talks)
        yield scripted


def routes(models: ScriptedModels) -> str:
    """The routes file of an installation that has them."""
    budgets = {"first_token_budget_ms": 20_000, "next_token_budget_ms": 20_000, "whole_budget_ms": 30_000}
    named = {"fast": QWEN, "smart": GLM}
    server = {"base_url": models.base_url, "dialect": "vllm", **budgets}
    return yaml.safe_dump(
        {
            "routes": {name: {"model": model, **server} for name, model in named.items()},
            "chains": {"default": ["smart"]},
        }
    )


@pytest_asyncio.fixture(name="line", scope="module", loop_scope="module")
async def line_fixture(
    livekit: LiveKitServer,
    servers: tuple[EngineServer, EngineServer],
    models: ScriptedModels,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncGenerator[ShopLine]:
    """The shop, whose worker is a client of all three servers."""
    hearing, speaking = servers
    engines = {"TOLLFREE_STT": f"served:{hearing.socket}", "TOLLFREE_VOICE": f"served:{speaking.socket}#{VOICE}"}
    home = tmp_path_factory.mktemp("served-shop")
    (home / "routes.yaml").write_text(routes(models))
    async with shop_line(livekit, home, environ={**engines, **PATIENT}, warm_processes=1, grace_s=1) as opened:
        store, support = opened.office.store, FlowId("support")
        draft = await store.drafts.get(PROJECT, support)
        nodes = {**draft.document["nodes"], "tell_status": TALK}
        await store.drafts.save(PROJECT, support, {**draft.document, "nodes": nodes}, expected_revision=draft.revision)
        await publish(store, PROJECT, support, opened.office.embedder)
        yield opened
        children = opened.children()
    assert gone(children) == []


async def test_a_whole_call_goes_through_all_servers_and_takes_the_path_that_it_takes_in_writing(
    line: ShopLine, servers: tuple[EngineServer, EngineServer], models: ScriptedModels
) -> None:
    hearing, speaking = servers
    made = await line.make("status-number-in-words", "bf_emma")
    assert made.as_typed, made.words()
    assert any(TOLD in words for words in made.live.follower.words), made.words()
    assert QWEN in {asked.model for asked in models.asked}, "the route of the intent `status` is `fast`"
    assert made.call.outcome == "served"
    assert await line.replays(made.call.id) == ()
    assert hearing.metric("tollfree_stt_heard_seconds_total") > 2
    assert speaking.metric("tollfree_tts_speech_seconds_total") > 5
    assert speaking.metric("tollfree_tts_failures_total") == 0


async def test_both_servers_end_in_good_order(servers: tuple[EngineServer, EngineServer]) -> None:
    assert [server.stop() for server in servers] == [0, 0]
