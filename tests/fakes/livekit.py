"""A real LiveKit server for tests, on loopback: `from tests.fakes.livekit import livekit_fixture`."""

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import Future

import pytest

from tollfree.calls.phone.server import LiveKitServer
from tollfree.wiring.livekit_settings import LiveKitSettings
from tollfree.wiring.settings import Settings
from tollfree.worker.errors import NoServerProgram
from tollfree.worker.livekit_server import livekit_server, server_program


@pytest.fixture(name="livekit", scope="module")
def livekit_fixture(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveKitServer]:
    """The server; the test is skipped where its program is not on the machine."""
    settings = LiveKitSettings(url="", port=0)
    try:
        server_program(settings, Settings().cache)
    except NoServerProgram as missing:
        pytest.skip(missing.message)
    home = tmp_path_factory.mktemp("livekit")
    answered: Future[LiveKitServer] = Future()
    stop = threading.Event()

    async def run() -> None:
        async with livekit_server(settings, home=home, cache=Settings().cache) as server:
            answered.set_result(server)
            await asyncio.to_thread(stop.wait)

    def serve() -> None:
        try:
            asyncio.run(run())
        except BaseException as error:
            if not answered.done():
                answered.set_exception(error)
            raise

    # The server ends with the thread that started it, so that none is left behind by a run that is killed.
    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield answered.result(timeout=30)
    finally:
        stop.set()
        thread.join()
