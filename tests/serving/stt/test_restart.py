"""A server that is started anew while a call goes on."""

import socket

import numpy as np

from tests.fakes.shared_recognizer import HeldRecognizer
from tests.serving.stt.conftest import hearing
from tollfree.protocol.audio import Samples
from tollfree.serving.stt.settings import SttServerSettings
from tollfree.speech.stt.remote import ServedRecognizer
from tollfree.speech.stt.remote_settings import RemoteSettings

SOUND: Samples = np.ones(1600, np.int16)


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


async def test_a_call_goes_on_with_the_next_server_of_the_same_address() -> None:
    settings = SttServerSettings(port=free_port())
    call = ServedRecognizer(f"ws://127.0.0.1:{settings.port}", RemoteSettings(within_s=30, reach_s=30))
    for _ in range(3):
        engine = HeldRecognizer()
        engine.go.set()
        async with hearing(engine, settings):
            assert (await call.transcribe(SOUND)).text == "1600 samples"
        assert engine.closed
    await call.aclose()


async def test_calls_are_heard_by_a_server_with_a_key_only_with_that_key() -> None:
    engine = HeldRecognizer()
    engine.go.set()
    async with hearing(engine, SttServerSettings(port=0, api_key="the-key")) as (server, _):  # type: ignore[arg-type]
        call = ServedRecognizer(f"ws{server.url[4:]}", RemoteSettings(within_s=30, reach_s=30, api_key="the-key"))
        assert (await call.transcribe(SOUND)).text == "1600 samples"
        await call.aclose()
