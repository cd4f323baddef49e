"""What journeys over LiveKit share: one open shop to a module."""

from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio

from tests.fakes.livekit import livekit_fixture  # noqa: F401 - gives `livekit`
from tests.journeys.shop_line import ShopLine, gone, shop_line
from tollfree.calls.phone.server import LiveKitServer
from tollfree.weights.errors import WeightsError


@pytest_asyncio.fixture(name="line", scope="module", loop_scope="module")
async def line_fixture(livekit: LiveKitServer, tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[ShopLine]:
    """The shop, open for calls; skipped where its models are not on the machine. No process outlives it."""
    home = tmp_path_factory.mktemp("shop")
    try:
        async with shop_line(livekit, home, warm_processes=2, caller_wait_s=3, grace_s=1) as opened:
            yield opened
            children = opened.children()
    except WeightsError as missing:
        pytest.skip(missing.message)
    assert gone(children) == []
