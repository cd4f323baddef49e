"""A voice on a server fails in every way there is, in whole calls: the next voice speaks the same line.

| fault | `served:` (WebSocket) | `openai:` (HTTP) |
| --- | --- | --- |
| refused | nobody listens | the same |
| 500 | instead of a connection | instead of an answer |
| stall before the first token | a clause is never answered | the same |
| stall in mid-stream | after half of a clause's sound | the same |
| rubbish JSON | a message that is none | a body that is no WAV |
| an answer outside the set | the sound of another text | makes none: sound names no text |
| truncated stream | the connection ends in half a clause | the body is shorter than was said |
| wrong audio rate | a clause of 96 kHz | a WAV file of 96 kHz |
| slow drip | a piece of sound now and then | the same |
"""

import asyncio
import io
import json
import socket
import wave
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection

from tests.fakes.planted_secrets import PlantedSecrets
from tests.fakes.recognizer import ScriptedRecognizer
from tests.fakes.voice import HummingVoice
from tests.fakes.voice_server import Answering, answered, clause, hum, proper, speak_server, speech_server
from tests.flows.driven import flow_of
from tests.journeys.faulty_call import (
    LONGEST_SILENCE_MS,
    QUICK_MS,
    SPEECH,
    STATUS,
    CameTo,
    Case,
    Faulty,
    Matrix,
    all_placed,
    matrix_of,
    open_shop,
)
from tests.journeys.looked_at import LookedAtVoice
from tollfree.calls.virtual_time import run_virtually
from tollfree.protocol.clock import Clock
from tollfree.speech.tts.base import Voice
from tollfree.speech.tts.openai_voice import OpenAIVoice
from tollfree.speech.tts.remote import Known, ServedVoice
from tollfree.speech.tts.server_name import ServerAccess, ServerName

FLOWS = {"reason": flow_of(STATUS, name="reason")}
DRIP_S = 0.3
SPOKEN_S = 0.8


# Servers by our protocol


async def _never(link: ServerConnection, asked: dict[str, Any]) -> None:
    await link.wait_closed()


async def _stops(link: ServerConnection, asked: dict[str, Any]) -> None:
    sound = hum(SPOKEN_S).tobytes()

    async def half() -> AsyncIterator[bytes]:
        yield sound[: len(sound) // 2]
        await link.wait_closed()

    await link.send(clause(asked, hum(SPOKEN_S)))
    await link.send(half())


async def _drips(link: ServerConnection, asked: dict[str, Any]) -> None:
    sound = hum(SPOKEN_S).tobytes()

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(sound), 1000):
            yield sound[start : start + 1000]
            await asyncio.sleep(DRIP_S)

    await link.send(clause(asked, hum(SPOKEN_S)))
    await link.send(pieces())


async def _rubbish(link: ServerConnection, asked: dict[str, Any]) -> None:
    await link.send('{"type": "clause", "te')


async def _outside(link: ServerConnection, asked: dict[str, Any]) -> None:
    await link.send(clause({**asked, "text": "I hate you."}, hum(SPOKEN_S)))
    await link.send(hum(SPOKEN_S).tobytes())
    await link.send(json.dumps({"type": "done", "id": asked["id"]}))


async def _truncated(link: ServerConnection, asked: dict[str, Any]) -> None:
    await link.send(clause(asked, hum(SPOKEN_S)))
    link.transport.abort()


async def _wrong_rate(link: ServerConnection, asked: dict[str, Any]) -> None:
    await proper(link, asked, rate=96_000)


SOCKETS: dict[str, tuple[Answering, dict[str, Any]]] = {
    "500": (proper, {"status": 500}),
    "stall before the first token": (_never, {}),
    "stall in mid-stream": (_stops, {}),
    "rubbish JSON": (_rubbish, {}),
    "an answer outside the set": (_outside, {}),
    "truncated stream": (_truncated, {}),
    "wrong audio rate": (_wrong_rate, {}),
    "slow drip": (_drips, {}),
}


# Servers of OpenAI's endpoint


def _wav(rate: int = 24_000) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(rate)
        sound.writeframes(hum(SPOKEN_S).astype("<i2").tobytes())
    return file.getvalue()


_WHOLE = answered(_wav())
_REFUSAL = b'{"error": "we do not like tts-planted-key=2Jd"}'
BODIES: dict[str, tuple[tuple[bytes, ...], dict[str, Any]]] = {
    "500": ((answered(_REFUSAL, "500 Oh"),), {}),
    "stall before the first token": ((), {"stall": True}),
    "stall in mid-stream": ((_WHOLE[: len(_WHOLE) // 2],), {"stall": True}),
    "rubbish JSON": ((answered(b'{"text": "sta'),), {}),
    "truncated stream": ((answered(_wav()[:9000], length=len(_wav())),), {}),
    "wrong audio rate": ((answered(_wav(96_000)),), {}),
    "slow drip": (tuple(_WHOLE[at : at + 1000] for at in range(0, len(_WHOLE), 1000)), {"each_s": DRIP_S}),
}
CASES = [("served", fault) for fault in ("refused", *SOCKETS)] + [("openai", fault) for fault in ("refused", *BODIES)]


@asynccontextmanager
async def _servers() -> AsyncGenerator[dict[Case, str]]:
    """Names of voices, by what is wrong with them."""
    async with AsyncExitStack() as stack:
        nobody = stack.enter_context(socket.socket())  # bound and not listening: whoever connects is refused
        nobody.bind(("127.0.0.1", 0))
        away = f"127.0.0.1:{nobody.getsockname()[1]}"
        urls: dict[Case, str] = {("served", "refused"): f"ws://{away}", ("openai", "refused"): f"http://{away}/v1"}
        for fault, (answer, more) in SOCKETS.items():
            urls["served", fault] = (await stack.enter_async_context(speak_server(answer, **more))).url
        for fault, (pieces, how) in BODIES.items():
            urls["openai", fault] = (await stack.enter_async_context(speech_server(*pieces, **how))).url
        behind = {"served": "kokoro:hum", "openai": "kokoro/hum"}
        yield {case: f"{case[0]}:{url}#{behind[case[0]]}" for case, url in urls.items()}


def _voice(name: str, planted: PlantedSecrets) -> Voice:
    access = ServerAccess(api_key=planted.values["voice key"])
    read = ServerName.read(name)
    voice = (
        ServedVoice(read, access, Known(model="hum-1", languages=("en",)))
        if read.kind == "served"
        else OpenAIVoice(read, access)
    )
    return LookedAtVoice(voice, planted)


async def _made(clock: Clock, home: Path, planted: PlantedSecrets) -> dict[Case, CameTo]:
    async with _servers() as names, open_shop(clock, home, FLOWS) as shop:

        def faulty(name: str) -> Faulty:
            return Faulty(
                flow="reason",
                caller=(SPEECH,),
                recognizer=lambda: ScriptedRecognizer("status"),
                voices=lambda: [_voice(name, planted), HummingVoice("fake:spare", character_ms=QUICK_MS)],
            )

        came_to = await all_placed(shop, {case: faulty(name) for case, name in names.items()})
        await planted.events(shop.office.store)
        return came_to


def made(home: Path, planted: PlantedSecrets) -> dict[Case, CameTo]:
    """Every call that there is."""
    return run_virtually(lambda clock: _made(clock, home, planted))


@pytest.fixture(scope="module")
def matrix(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Matrix]:
    """What came of every call."""
    with matrix_of(made, tmp_path_factory.mktemp("faults")) as whole:
        yield whole


@pytest.mark.parametrize("case", CASES, ids=" ".join)
def test_the_next_voice_speaks_the_same_lines(matrix: Matrix, case: Case) -> None:
    call = matrix[0][case]
    assert call.properly_ended and call.path[:2] == ("reason.status", "tell.said")
    assert call.lines == ("How can I help?", "Your order is on its way.")
    assert "line_not_spoken" not in call.notes
    assert "fake:spare used" in call.engines
    assert call.silence_ms <= LONGEST_SILENCE_MS


def test_no_secret_is_in_a_log_an_event_or_an_error(matrix: Matrix) -> None:
    planted = matrix[1]
    assert any(place.startswith("error Rendering") for place in planted.looked)
    assert any(place.startswith("call ") for place in planted.looked)
    planted.nothing_leaked()
