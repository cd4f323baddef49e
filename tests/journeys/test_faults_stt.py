"""A recogniser on a server fails in every way there is, in whole calls: another one hears the caller within the turn;
where there is none they are told so, asked for keys where these can answer, and led to a person.

| fault | `served:` (WebSocket) | `openai:` (HTTP) |
| --- | --- | --- |
| refused | nobody listens | the same |
| 500 | instead of a connection | instead of an answer |
| stall before the first token | a turn is never answered | the same |
| stall in mid-stream | after half of the message | after half of the body |
| rubbish JSON | a message that is none | a body that is none |
| an answer outside the set | fields of other types | a text that is a number |
| truncated stream | the connection ends in half a message | the body is shorter than was said |
| wrong audio rate | the server hears 8 kHz | makes none: a WAV file says its own |
| slow drip | a letter now and then | the same |
"""

import asyncio
import json
import socket
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
from websockets.asyncio.server import ServerConnection

from tests.fakes.hearing_server import Answering, hear_server
from tests.fakes.planted_secrets import PlantedSecrets, planted_secrets
from tests.fakes.recognizer import ScriptedRecognizer
from tests.fakes.shared_recognizer import HeldRecognizer
from tests.fakes.voice_server import answered, speech_server
from tests.flows.driven import ask, flow_of
from tests.journeys.faulty_call import (
    LONGEST_SILENCE_MS,
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
from tests.journeys.looked_at import LookedAt
from tests.serving.stt.conftest import hearing
from tollfree.calls.virtual_time import run_virtually
from tollfree.protocol.clock import Clock, SystemClock
from tollfree.serving.stt.settings import SttServerSettings
from tollfree.speech.stt.base import Recognizer
from tollfree.speech.stt.calibration_sound import Sound
from tollfree.speech.stt.chain import RecognizerChain
from tollfree.speech.stt.openai_server import OpenAIRecognizer
from tollfree.speech.stt.remote_settings import RemoteSettings
from tollfree.speech.stt.voice_gate import Voiced, VoiceGate
from tollfree.wiring.engines import recognizer_of
from tollfree.wiring.settings import Settings

CODE = {"code": {"type": "digits", "length": 3, "ask": "Which code?", "keypad": True}}
FLOWS = {
    "reason": flow_of(STATUS, name="reason"),
    "code": flow_of({"code": ask(slots=CODE)}, name="code"),
}
SORRY = "I'm sorry, I couldn't hear that on our side. Please say it once more."
KEYS = "I'm sorry, I can't hear you well at the moment. Please answer with the keys on your phone."
AT_ALL = "I'm sorry, I can't hear you at the moment. I'll find somebody who can."
DRIP_S = 0.3


# Servers by our protocol


def _heard(id: str, **other: object) -> str:
    return json.dumps({"type": "heard", "id": id, "text": "status", "confidence": 0.9, **other})


async def _proper(link: ServerConnection, id: str) -> None:
    await link.send(_heard(id))


async def _never(link: ServerConnection, id: str) -> None:
    await link.wait_closed()


async def _stops(link: ServerConnection, id: str) -> None:
    async def half() -> AsyncIterator[str]:
        yield _heard(id)[:20]
        await link.wait_closed()

    await link.send(half())


async def _drips(link: ServerConnection, id: str) -> None:
    async def letters() -> AsyncIterator[str]:
        for letter in _heard(id):
            yield letter
            await asyncio.sleep(DRIP_S)

    await link.send(letters())


async def _rubbish(link: ServerConnection, id: str) -> None:
    await link.send('{"type": "heard", "te')


async def _outside(link: ServerConnection, id: str) -> None:
    await link.send(_heard(id, text=["status"], confidence="very"))


async def _truncated(link: ServerConnection, id: str) -> None:
    async def half() -> AsyncIterator[str]:
        yield _heard(id)[:20]
        link.transport.abort()
        await link.wait_closed()

    await link.send(half())


SOCKETS: dict[str, tuple[Answering, dict[str, Any]]] = {
    "500": (_proper, {"status": 500}),
    "stall before the first token": (_never, {}),
    "stall in mid-stream": (_stops, {}),
    "rubbish JSON": (_rubbish, {}),
    "an answer outside the set": (_outside, {}),
    "truncated stream": (_truncated, {}),
    "wrong audio rate": (_proper, {"rate": 8_000}),
    "slow drip": (_drips, {}),
}


# Servers of OpenAI's endpoint

_BODY = b'{"text": "status"}'
_WHOLE = answered(_BODY)
BODIES: dict[str, tuple[tuple[bytes, ...], dict[str, Any]]] = {
    "500": ((answered(b'{"error": "we do not like stt-planted/key+4Hn"}', "500 Oh"),), {}),
    "stall before the first token": ((), {"stall": True}),
    "stall in mid-stream": ((_WHOLE[:-9],), {"stall": True}),
    "rubbish JSON": ((answered(b'{"text": "sta'),), {}),
    "an answer outside the set": ((answered(b'{"text": 7}'),), {}),
    "truncated stream": ((answered(_BODY[:9], length=len(_BODY)),), {}),
    "slow drip": (tuple(_WHOLE[at : at + 1] for at in range(len(_WHOLE))), {"each_s": DRIP_S}),
}
CASES = [("served", fault) for fault in ("refused", *SOCKETS)] + [("openai", fault) for fault in ("refused", *BODIES)]


@asynccontextmanager
async def _servers() -> AsyncGenerator[dict[tuple[str, str], str]]:
    """Names of recognisers, by what is wrong with them."""
    async with AsyncExitStack() as stack:
        with socket.socket() as nobody:  # bound and not listening: whoever connects is refused
            nobody.bind(("127.0.0.1", 0))
            away = f"127.0.0.1:{nobody.getsockname()[1]}"
            names = {("served", "refused"): f"served:ws://{away}", ("openai", "refused"): f"openai:http://{away}/v1"}
            for fault, (answer, more) in SOCKETS.items():
                hearing = await stack.enter_async_context(hear_server(answer, **more))
                names["served", fault] = f"served:{hearing.url}"
            for fault, (pieces, how) in BODIES.items():
                asked = await stack.enter_async_context(speech_server(*pieces, **how))
                names["openai", fault] = f"openai:{asked.url}"
            yield names


def _calls(
    names: dict[tuple[str, str], str], settings: Settings, clock: Clock, planted: PlantedSecrets
) -> dict[Case, Faulty]:
    def failing(name: str) -> Recognizer:
        if name.startswith("served:"):
            return LookedAt(recognizer_of(settings, name), planted)
        access = RemoteSettings(api_key=planted.values["speech key"])
        gate = cast(VoiceGate, Voices())
        return LookedAt(OpenAIRecognizer(name.removeprefix("openai:"), "whisper-1", gate, access), planted)

    def chained(name: str) -> Recognizer:
        return RecognizerChain((failing(name), ScriptedRecognizer("status")), clock)

    calls: dict[Case, Faulty] = {}
    for (kind, fault), name in names.items():
        calls[kind, fault, "another"] = Faulty(
            flow="reason", caller=(SPEECH,), recognizer=lambda name=name: chained(name)
        )
        calls[kind, fault, "keys"] = Faulty(
            flow="code", caller=(SPEECH, "123"), recognizer=lambda name=name: failing(name)
        )
        if kind == "served":  # the way to a person is the same
            calls[kind, fault, "person"] = Faulty(
                flow="reason", caller=(SPEECH, SPEECH), recognizer=lambda name=name: failing(name)
            )
    return calls


class Voices:
    """A gate that takes every sound for a voice: callers here are tones."""

    def find(self, sound: Sound) -> Voiced:
        return Voiced(sound=sound, windows=20)


async def _made(clock: Clock, kind: str, home: Path, planted: PlantedSecrets) -> dict[Case, CameTo]:
    async with _servers() as names, open_shop(clock, home / kind, FLOWS) as shop:
        names = {case: name for case, name in names.items() if case[0] == kind}
        came_to = await all_placed(shop, _calls(names, shop.office.settings, clock, planted))
        await planted.events(shop.office.store)
        return came_to


def made(home: Path, planted: PlantedSecrets) -> dict[Case, CameTo]:
    """Every call that there is, those side by side that have one kind of server. One client of them works in a thread,
    by the machine's clock."""
    served = run_virtually(lambda clock: _made(clock, "served", home, planted))
    return served | asyncio.run(_made(SystemClock(), "openai", home, planted))


@pytest.fixture(scope="module")
def matrix(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Matrix]:
    """What came of every call."""
    with matrix_of(made, tmp_path_factory.mktemp("faults")) as whole:
        yield whole


@pytest.mark.parametrize("case", CASES, ids=" ".join)
def test_another_recogniser_hears_the_caller_within_the_turn(matrix: Matrix, case: tuple[str, str]) -> None:
    call = matrix[0][*case, "another"]
    assert call.properly_ended and call.path[:2] == ("reason.status", "tell.said")
    assert call.lines == ("How can I help?", "Your order is on its way.")
    assert "fake:scripted used" in call.engines
    assert call.silence_ms <= LONGEST_SILENCE_MS


@pytest.mark.parametrize("case", CASES, ids=" ".join)
def test_a_caller_whom_nobody_hears_is_asked_for_keys(matrix: Matrix, case: tuple[str, str]) -> None:
    call = matrix[0][*case, "keys"]
    assert call.properly_ended and call.path[0] == "code.given"
    assert call.lines == ("Which code?", KEYS)
    assert call.silence_ms <= LONGEST_SILENCE_MS


@pytest.mark.parametrize("case", [case for case in CASES if case[0] == "served"], ids=" ".join)
def test_a_caller_whom_nobody_hears_is_led_to_a_person(matrix: Matrix, case: tuple[str, str]) -> None:
    call = matrix[0][*case, "person"]
    assert call.properly_ended and "person.connected" in call.path
    assert call.lines[:3] == ("How can I help?", SORRY, AT_ALL)
    assert call.silence_ms <= LONGEST_SILENCE_MS


def test_no_secret_is_in_a_log_an_event_or_an_error(matrix: Matrix) -> None:
    planted = matrix[1]
    assert any(place.startswith("error Recognition") for place in planted.looked)
    assert any(place.startswith("call ") for place in planted.looked)
    planted.nothing_leaked()


async def test_no_secret_is_in_the_metrics_of_a_server_that_hears(monkeypatch: pytest.MonkeyPatch) -> None:
    with planted_secrets(monkeypatch) as planted:
        key = planted.values["speech key"]
        engine = HeldRecognizer()
        async with hearing(engine, SttServerSettings(port=0, api_key=key)) as (running, _):
            async with httpx.AsyncClient(base_url=running.url, trust_env=False) as client:
                for sent in (key, f"{key}, which is not all of it"):
                    for path in ("/health", "/metrics", "/v1/audio/transcriptions"):
                        answer = await client.get(path, headers={"authorization": f"Bearer {sent}"})
                        planted.metrics(path, f"{answer.text}\n{answer.headers}")
                found = await client.get("/metrics", headers={"authorization": f"Bearer {key}"})
            engine.go.set()
        assert "tollfree_stt" in found.text
        planted.nothing_leaked()
