"""The client of servers that speak OpenAI's endpoint, against one that answers as the test likes."""

import asyncio
import socket
import threading
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import cast

import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from tests.serving.served import served
from tollfree.protocol.audio import Samples
from tollfree.serving.admission import Admission
from tollfree.serving.door import DoorSettings
from tollfree.serving.multipart import Form, read_form
from tollfree.speech.stt.base import Hints, Overloaded, RecognitionFailed, TooLate
from tollfree.speech.stt.calibration_sound import Sound
from tollfree.speech.stt.openai_server import OpenAIRecognizer
from tollfree.speech.stt.remote_settings import RemoteSettings
from tollfree.speech.stt.voice_gate import Voiced, VoiceGate

SOUND: Samples = np.ones(1600, np.int16)
PATIENT = RemoteSettings(within_s=20, api_key="a-key-nobody-prints")
Answer = Callable[[Form, Request], Response]


class MadeGate:
    """A voice of so many windows in everything."""

    def __init__(self, windows: int = 30) -> None:
        self._windows = windows
        self.asked = threading.Event()

    def find(self, sound: Sound) -> Voiced | None:
        self.asked.set()
        return Voiced(sound=sound, windows=self._windows) if self._windows else None


@asynccontextmanager
async def asked(
    answer: Answer, settings: RemoteSettings = PATIENT, *, windows: int = 30
) -> AsyncGenerator[OpenAIRecognizer]:
    """A client of a server that answers so."""

    async def route(request: Request) -> Response:
        return answer(read_form(request.headers["content-type"], await request.body()), request)

    app = Starlette(routes=[Route("/v1/audio/transcriptions", route, methods=["POST"])])
    async with served(app, DoorSettings(), Admission()) as server:
        gate = cast(VoiceGate, MadeGate(windows))
        recognizer = OpenAIRecognizer(f"{server.url}/v1", "big-one", gate, settings)
        yield recognizer
        await recognizer.aclose()


async def test_a_turn_is_sent_as_openai_takes_it() -> None:
    forms: list[tuple[Form, Request]] = []

    def answer(form: Form, request: Request) -> Response:
        forms.append((form, request))
        return JSONResponse({"text": " Two pizzas. "})

    settings = RemoteSettings(within_s=20, api_key="a-key", language="en")
    async with asked(answer, settings) as recognizer:
        heard = await recognizer.transcribe(SOUND, Hints(vocabulary=("pizza", "salad")))
        assert recognizer.name.endswith("/v1#big-one") and "a-key" not in recognizer.name
    ((form, request),) = forms
    assert heard.text == "Two pizzas." and 0 < heard.confidence < 1
    assert form.files["file"].startswith(b"RIFF") and len(form.files["file"]) == 44 + 3200
    assert form.fields == {
        "model": "big-one",
        "response_format": "verbose_json",
        "language": "en",
        "prompt": "pizza, salad",
    }
    assert request.headers["authorization"] == "Bearer a-key"


async def test_a_server_that_knows_only_json_is_asked_for_json_from_then_on() -> None:
    formats: list[str] = []

    def answer(form: Form, request: Request) -> Response:
        formats.append(form.fields["response_format"])
        return JSONResponse({"text": "yes"}) if formats[-1] == "json" else JSONResponse({"error": {}}, 400)

    async with asked(answer) as recognizer:
        for _ in range(2):
            assert (await recognizer.transcribe(SOUND)).text == "yes"
    assert formats == ["verbose_json", "json", "json"]


async def test_log_probabilities_of_another_server_become_a_confidence() -> None:
    def answer(form: Form, request: Request) -> Response:
        score = -0.1 if form.fields.get("prompt") else -1.0
        return JSONResponse({"text": "where is my order", "segments": [{"avg_logprob": score}, {}, "x"]})

    async with asked(answer) as recognizer:
        sure = await recognizer.transcribe(SOUND, Hints(vocabulary=("order",)))
        unsure = await recognizer.transcribe(SOUND)
    assert sure.confidence > 0.8 > unsure.confidence


async def test_where_there_is_no_voice_nothing_is_sent() -> None:
    def answer(form: Form, request: Request) -> Response:
        raise AssertionError("it was sent")

    async with asked(answer, windows=0) as recognizer:
        assert (await recognizer.transcribe(SOUND)).text == ""


@pytest.mark.parametrize(("text", "windows"), [("Thanks for watching!", 30), ("Thank you.", 4), ("  ", 30)])
async def test_words_that_such_models_invent_are_not_believed(text: str, windows: int) -> None:
    async with asked(lambda form, request: JSONResponse({"text": text}), windows=windows) as recognizer:
        assert (await recognizer.transcribe(SOUND)).text == ""


@pytest.mark.parametrize(
    ("response", "kind", "words"),
    [
        (Response(b"{", 200), RecognitionFailed, "no JSON"),
        (JSONResponse(["text"]), RecognitionFailed, "no text"),
        (JSONResponse({"text": 7}), RecognitionFailed, "no text"),
        (Response(bytes(2_000_000)), RecognitionFailed, "too large"),
        (Response(b"what was said", 500), RecognitionFailed, "answered 500"),
        (Response(b"", 302, {"Location": "http://elsewhere.example"}), RecognitionFailed, "answered 302"),
        (Response(b"", 401), RecognitionFailed, "TOLLFREE_STT_API_KEY"),
        (Response(b"", 503), Overloaded, "busy"),
        (Response(b"", 429), Overloaded, "busy"),
    ],
)
async def test_every_bad_answer_is_a_plain_sentence(
    response: Response, kind: type[RecognitionFailed], words: str
) -> None:
    async with asked(lambda form, request: response) as recognizer:
        with pytest.raises(kind, match=words) as failed:
            await recognizer.transcribe(SOUND)
    assert "nobody-prints" not in failed.value.message and "was said" not in failed.value.message


async def test_a_slow_drip_is_late() -> None:
    go = threading.Event()

    async def drip() -> AsyncGenerator[bytes]:
        yield b'{"text": "'
        await asyncio.to_thread(go.wait, 20)

    settings = RemoteSettings(within_s=0.3)
    async with asked(lambda form, request: StreamingResponse(drip()), settings) as recognizer:
        with pytest.raises(TooLate, match="did not answer within 300 ms"):
            await recognizer.transcribe(SOUND)
        go.set()


async def test_a_server_that_is_not_there_fails_soon() -> None:
    settings = RemoteSettings(within_s=20, reach_s=0.2)
    recognizer = OpenAIRecognizer("http://127.0.0.1:9/v1", "m", cast(VoiceGate, MadeGate()), settings)
    with pytest.raises(RecognitionFailed, match="cannot be reached"):
        await recognizer.transcribe(SOUND)
    await recognizer.aclose()


async def test_a_server_that_comes_back_in_time_is_asked_again() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]

    async def route(request: Request) -> Response:
        return JSONResponse({"text": "yes"})

    gate = MadeGate()
    recognizer = OpenAIRecognizer(
        f"http://127.0.0.1:{port}/v1", "m", cast(VoiceGate, gate), RemoteSettings(within_s=20, reach_s=20)
    )
    turn = asyncio.create_task(recognizer.transcribe(SOUND))
    assert await asyncio.to_thread(gate.asked.wait, 20)  # it is about to be sent, and nobody listens
    app = Starlette(routes=[Route("/v1/audio/transcriptions", route, methods=["POST"])])
    async with served(app, DoorSettings(port=port), Admission()):
        assert (await turn).text == "yes"
    await recognizer.aclose()
