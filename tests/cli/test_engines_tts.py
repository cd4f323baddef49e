"""`tollfree engines tts` as people run it."""

import asyncio
import signal
from pathlib import Path

import httpx
import pytest

from tests.fakes.engine_server import engine_server
from tollfree.cli.main import main
from tollfree.speech.tts.remote import Known, ServedVoice
from tollfree.speech.tts.server_name import ServerAccess, ServerName
from tollfree.weights.errors import WeightsError
from tollfree.weights.find import find
from tollfree.wiring.settings import Settings

VOICE = "piper:en_US-joe-medium"


@pytest.fixture
def _model() -> None:
    try:
        find("piper", Settings().cache)
    except WeightsError as missing:
        pytest.skip(missing.message)


@pytest.mark.usefixtures("_model")
async def test_it_speaks_and_sigterm_lets_it_finish_what_it_speaks(tmp_path: Path) -> None:
    with engine_server("tts", "--voice", VOICE, environ={"TOLLFREE_TTS_SERVER_CACHE_MB": "0"}) as server:
        body = {"input": "One moment please, while I find your account. " * 6, "response_format": "pcm"}
        async with httpx.AsyncClient(base_url=server.url, timeout=60, trust_env=False) as client:
            async with client.stream("POST", "/v1/audio/speech", json=body) as answer:
                pieces = answer.aiter_bytes()
                sound = len(await anext(pieces))
                server.process.send_signal(signal.SIGTERM)
                sound += sum([len(piece) async for piece in pieces])
        assert sound / 48_000 > 10, "all of it came"
        assert await asyncio.to_thread(server.process.wait, 30) == 0
        voice = ServedVoice(
            ServerName.read(f"served:{server.socket}#{VOICE}"), ServerAccess(), Known(model="x", languages=("en",))
        )
        with pytest.raises(Exception, match="cannot be reached"):
            await voice.render("Hello.")


def test_it_does_not_listen_beyond_this_machine_without_a_key(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["engines", "tts", "--host", "0.0.0.0"])
    assert ended.value.code == 1 and "TOLLFREE_TTS_SERVER_API_KEY" in capsys.readouterr().err


def test_an_unknown_voice_is_told_with_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["engines", "tts", "--port", "0", "--voice", "kokoro:nobody"])
    assert ended.value.code == 1 and "nobody" in capsys.readouterr().err


def test_a_setting_that_cannot_be_is_told_by_name(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TOLLFREE_TTS_SERVER_AT_ONCE", "many")
    with pytest.raises(SystemExit):
        main(["engines", "tts"])
    assert "at_once" in capsys.readouterr().err
