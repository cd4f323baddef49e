"""A spoken call whose ears and voice are servers: the worker hears and speaks with nothing of its own."""

from collections.abc import AsyncGenerator, Iterator

import pytest
import pytest_asyncio

from tests.fakes.engine_server import EngineServer, engine_server
from tests.fakes.livekit import livekit_fixture  # noqa: F401 - gives `livekit`
from tests.journeys.shop_line import NEEDED, VOICE, ShopLine, gone, shop_line
from tollfree.calls.phone.server import LiveKitServer
from tollfree.weights.errors import WeightsError
from tollfree.weights.find import find
from tollfree.wiring.settings import Settings

pytestmark = [pytest.mark.livekit, pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

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


@pytest_asyncio.fixture(name="line", scope="module", loop_scope="module")
async def line_fixture(
    livekit: LiveKitServer,
    servers: tuple[EngineServer, EngineServer],
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncGenerator[ShopLine]:
    """The shop, whose worker is a client of both servers."""
    hearing, speaking = servers
    engines = {"TOLLFREE_STT": f"served:{hearing.socket}", "TOLLFREE_VOICE": f"served:{speaking.socket}#{VOICE}"}
    home = tmp_path_factory.mktemp("served-shop")
    async with shop_line(livekit, home, environ={**engines, **PATIENT}, warm_processes=1, grace_s=1) as opened:
        yield opened
        children = opened.children()
    assert gone(children) == []


async def test_a_whole_call_goes_through_both_servers_and_takes_the_path_that_it_takes_in_writing(
    line: ShopLine, servers: tuple[EngineServer, EngineServer]
) -> None:
    hearing, speaking = servers
    made = await line.make("status-number-in-words", "bf_emma")
    assert made.as_typed, made.words()
    assert made.call.outcome == "served"
    assert await line.replays(made.call.id) == ()
    assert hearing.metric("tollfree_stt_heard_seconds_total") > 2
    assert speaking.metric("tollfree_tts_speech_seconds_total") > 5
    assert speaking.metric("tollfree_tts_failures_total") == 0


async def test_both_servers_end_in_good_order(servers: tuple[EngineServer, EngineServer]) -> None:
    assert [server.stop() for server in servers] == [0, 0]
