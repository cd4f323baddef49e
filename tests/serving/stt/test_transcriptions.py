"""OpenAI's endpoint: by OpenAI's own client, and by hand."""

import asyncio
import io
from collections.abc import AsyncIterator

import av
import httpx
import numpy as np
import openai
import pytest

from tests.fakes.shared_recognizer import HeldRecognizer
from tests.serving.served import Served
from tests.serving.stt.conftest import hearing
from tollfree.protocol.audio import HEARD_RATE
from tollfree.serving.stt.settings import SttServerSettings
from tollfree.speech.stt.base import Hints


def file_of(samples: int, kind: str = "wav", codec: str = "pcm_s16le", rate: int = HEARD_RATE) -> bytes:
    """A tone, as a file of some format."""
    target = io.BytesIO()
    with av.open(target, "w", format=kind) as container:
        stream = container.add_stream(codec, rate=rate, layout="mono")
        tone = (8000 * np.sin(np.arange(samples) / 9)).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(tone[None], format="s16", layout="mono")
        frame.sample_rate = rate
        for part in (*av.AudioResampler(stream.format, "mono", rate).resample(frame), None):
            container.mux(stream.encode(part))
    return target.getvalue()


@pytest.fixture
def free(engine: HeldRecognizer) -> HeldRecognizer:
    """The engine, which hears at once."""
    engine.go.set()
    return engine


@pytest.fixture
async def client(running: Served) -> AsyncIterator[openai.AsyncOpenAI]:
    async with httpx.AsyncClient(trust_env=False) as http:
        yield openai.AsyncOpenAI(base_url=f"{running.url}/v1", api_key="none", http_client=http, max_retries=0)


@pytest.fixture
async def http(running: Served) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(trust_env=False, base_url=running.url) as client:
        yield client


async def posted(http: httpx.AsyncClient, file: bytes | None, **fields: str) -> httpx.Response:
    files = None if file is None else {"file": ("turn", file)}
    told = {"model": "held", **fields}
    headers = {} if file is not None else {"content-type": "multipart/form-data; boundary=none"}
    return await http.post("/v1/audio/transcriptions", data=told, files=files, headers=headers)


def why(response: httpx.Response) -> str:
    error = response.json()["error"]
    assert error.keys() == {"message", "type", "param", "code"} and error["message"].endswith(".")
    return str(error["code"])


async def test_openais_own_client_is_answered_in_each_format(free: HeldRecognizer, client: openai.AsyncOpenAI) -> None:
    file = ("turn.wav", file_of(16_000))
    words = await client.audio.transcriptions.create(model="whisper-1", file=file)
    text = await client.audio.transcriptions.create(model="held", file=file, response_format="text")
    verbose = await client.audio.transcriptions.create(model="held", file=file, response_format="verbose_json")
    assert words.text == "16000 samples" and text == "16000 samples\n"
    assert verbose.text == words.text and verbose.duration == 1.0 and verbose.language == "en"
    assert (await client.models.list()).data[0].id == "held"


@pytest.mark.parametrize(
    ("kind", "codec", "rate"),
    [
        ("wav", "pcm_s16le", 8_000),
        ("flac", "flac", 44_100),
        ("ogg", "libopus", 48_000),
        ("mp3", "libmp3lame", 44_100),
        ("mp4", "aac", 44_100),
        ("webm", "libopus", 48_000),
    ],
)
async def test_files_of_every_promised_format_are_heard_at_our_rate(
    free: HeldRecognizer, http: httpx.AsyncClient, kind: str, codec: str, rate: int
) -> None:
    answer = await posted(http, file_of(2 * rate, kind, codec, rate))
    assert answer.status_code == 200, answer.text
    assert abs(int(answer.json()["text"].split()[0]) - 2 * HEARD_RATE) < HEARD_RATE // 5


async def test_a_prompt_becomes_hints_and_headers_say_whose_turn_it_is(
    free: HeldRecognizer, http: httpx.AsyncClient
) -> None:
    http.headers.update({"X-Tollfree-Call": "call 7", "X-Tollfree-Urgency": "interim"})
    await posted(http, file_of(1600), prompt="margherita, pepperoni.", language="en")
    assert free.told == [(Hints(vocabulary=("margherita", "pepperoni")), "call 7", "en")]


@pytest.mark.parametrize(
    ("fields", "code", "status"),
    [
        ({"model": "whisper-9"}, "model_not_found", 404),
        ({"model": ""}, "missing_field", 400),
        ({"response_format": "srt"}, "unsupported_format", 400),
        ({"stream": "true"}, "unsupported_stream", 400),
        ({"timestamp_granularities[]": "word"}, "unsupported_timestamps", 400),
        ({"language": "tlh"}, "bad_language", 400),
    ],
)
async def test_what_is_not_done_as_asked_is_refused(
    free: HeldRecognizer, http: httpx.AsyncClient, fields: dict[str, str], code: str, status: int
) -> None:
    refused = await posted(http, file_of(1600), **fields)
    assert refused.status_code == status and why(refused) == code


@pytest.mark.parametrize(
    "file",
    [
        b"",
        b"RIFF",
        b"RIFF\x00\x00\x00\x00WAVEfmt ",
        b"OggS" + bytes(50),
        b"no sound at all",
        np.random.default_rng(2).bytes(5000),
        b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n",
        b"ffconcat version 1.0\nfile '/etc/passwd'\n",
        b"<?xml version='1.0'?><MPD/>",
    ],
)
async def test_what_is_no_sound_or_names_other_files_is_refused(
    free: HeldRecognizer, http: httpx.AsyncClient, file: bytes
) -> None:
    refused = await posted(http, file)
    assert refused.status_code == 400 and why(refused) == "bad_audio"
    assert free.told == []


async def test_a_file_that_is_longer_than_a_turn_is_refused_and_not_cut(
    free: HeldRecognizer, http: httpx.AsyncClient
) -> None:
    refused = await posted(http, file_of(25 * 8_000, rate=8_000))
    assert refused.status_code == 413 and why(refused) == "too_long"


async def test_without_a_file_or_a_form_there_is_nothing_to_hear(free: HeldRecognizer, http: httpx.AsyncClient) -> None:
    assert why(await posted(http, None)) == "bad_form"
    refused = await http.post("/v1/audio/transcriptions", files={"sound": ("x.wav", b"x")}, data={"model": "held"})
    assert why(refused) == "missing_field"
    wrong = await http.get("/v1/audio/transcriptions")
    assert wrong.status_code == 405 and why(wrong) == "not_found"


async def test_a_deadline_in_the_header_is_kept(engine: HeldRecognizer, http: httpx.AsyncClient) -> None:
    http.headers["X-Tollfree-Deadline-Ms"] = "20"
    late = await posted(http, file_of(1600))
    assert late.status_code == 504 and why(late) == "too_late"
    http.headers["X-Tollfree-Deadline-Ms"] = "soon"
    assert why(await posted(http, file_of(1600))) == "bad_deadline"


async def test_told_to_stop_it_finishes_what_is_heard_and_refuses_what_comes(engine: HeldRecognizer) -> None:
    async with (
        hearing(engine, SttServerSettings(port=0)) as (server, stt),
        httpx.AsyncClient(trust_env=False, base_url=server.url) as http,
    ):
        heard = asyncio.create_task(posted(http, file_of(1600)))
        assert await asyncio.to_thread(engine.looking.wait, 20)
        server.stop.set()
        await stt.admission.stopping.wait()
        refused = await posted(http, file_of(1600))
        assert refused.status_code == 503 and why(refused) == "stopping" and refused.headers["retry-after"]
        engine.go.set()
        assert (await heard).json()["text"] == "1600 samples"
