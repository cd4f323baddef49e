"""OpenAI's clients are served: a text in, a file of speech out, sent as it is made."""

import asyncio
import io
import wave

import av
import httpx
import numpy as np
import pytest
from openai import AsyncOpenAI, NotFoundError

from tests.fakes.planted_secrets import planted_secrets
from tests.serving.tts.conftest import Hall, Open, until
from tollfree.serving.tts.formats import MEDIA_TYPES, UNKNOWN_SIZE, wav_head

TEXT = "Thanks for calling. How can I help you?"
FIRST, SECOND = "Thanks for calling.", "How can I help you?"


async def speech(hall: Hall, **body: object) -> httpx.Response:
    async with hall.http() as client:
        return await client.post("/v1/audio/speech", json={"model": "tts-1", "input": TEXT, **body})


async def test_openais_own_client_gets_speech(opened: Open) -> None:
    async with opened() as hall, AsyncOpenAI(api_key="any", base_url=f"{hall.url}/v1", max_retries=0) as client:
        answer = await client.audio.speech.create(
            model="tts-1", voice="kokoro:tone", input=TEXT, response_format="pcm", speed=1.5
        )
        assert len(answer.content) > 24_000
        assert hall.voices["kokoro:tone@1.5"].asked == [FIRST, SECOND]
        with pytest.raises(NotFoundError, match="kokoro:hum, kokoro:tone, piper:buzz"):
            await client.audio.speech.create(model="tts-1", voice="alloy", input=TEXT)


@pytest.mark.parametrize("format", sorted(MEDIA_TYPES))
async def test_every_format_holds_the_whole_text(opened: Open, format: str) -> None:
    async with opened() as hall:
        raw = (await speech(hall, response_format="pcm")).content
        answer = await speech(hall, response_format=format)
        assert answer.status_code == 200 and answer.headers["content-type"] == MEDIA_TYPES[format]
        if format == "pcm":
            samples = len(answer.content) // 2
        elif format == "wav":
            assert answer.content[:44] == wav_head(UNKNOWN_SIZE)
            samples = (len(answer.content) - 44) // 2
        else:
            with av.open(io.BytesIO(answer.content)) as file:
                seconds = sum(frame.samples / frame.sample_rate for frame in file.decode(audio=0))
            samples = round(seconds * 24_000)
        assert samples == pytest.approx(len(raw) // 2, abs=3000), "codecs add at most a frame or two"


def test_a_wav_header_of_a_known_length_is_one_that_others_read() -> None:
    sound = np.arange(100, dtype="<i2").tobytes()
    with wave.open(io.BytesIO(wav_head(len(sound)) + sound)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (24_000, 1, 2)
        assert file.readframes(100) == sound


async def test_the_first_clause_is_sent_before_the_next_is_made(opened: Open) -> None:
    async with opened() as hall, hall.http() as client:
        hall.voice.fails = frozenset({SECOND})
        with pytest.raises(httpx.RemoteProtocolError):
            async with client.stream("POST", "/v1/audio/speech", json={"input": TEXT, "response_format": "pcm"}) as got:
                assert got.status_code == 200
                async for piece in got.aiter_bytes():
                    assert piece


async def test_the_model_may_name_the_engine_and_the_voice_may_be_an_object(opened: Open) -> None:
    async with opened() as hall:
        await speech(hall, model="piper", voice="buzz")
        await speech(hall, voice={"id": "tone"})
        assert hall.voices["piper:buzz"].asked and hall.voices["kokoro:tone"].asked


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"input": ""}, 400, "bad_request"),
        ({"input": 7}, 400, "bad_request"),
        ({"response_format": "midi"}, 400, "bad_format"),
        ({"stream_format": "sse"}, 400, "bad_request"),
        ({"speed": 4}, 400, "bad_request"),
        ({"voice": "alloy"}, 404, "unknown_voice"),
        ({"input": "x" * 20_001}, 413, "too_long"),
    ],
)
async def test_what_cannot_be_done_is_refused_in_openais_words(
    opened: Open, body: dict[str, object], status: int, code: str
) -> None:
    async with opened() as hall:
        answer = await speech(hall, **body)
        assert answer.status_code == status and answer.json()["error"]["code"] == code
        assert answer.json()["error"]["message"]


async def test_what_is_not_json_is_refused(opened: Open) -> None:
    async with opened() as hall, hall.http() as client:
        assert (await client.post("/v1/audio/speech", content=b"\xff{")).status_code == 400
        assert (await client.get("/v1/audio/speech")).status_code == 405


async def test_control_characters_alone_give_an_empty_file(opened: Open) -> None:
    async with opened() as hall:
        answer = await speech(hall, input="\x00\x1b\u200b", response_format="wav")
        assert answer.status_code == 200 and answer.content == wav_head(UNKNOWN_SIZE)


async def test_a_voice_that_fails_before_the_first_clause_is_an_error(opened: Open) -> None:
    async with opened() as hall:
        hall.voice.broken = True
        answer = await speech(hall)
        assert answer.status_code == 503 and answer.json()["error"]["code"] == "rendering_failed"
        assert answer.headers["retry-after"]


async def test_a_client_that_hangs_up_before_the_first_clause_leaves_no_work_behind(opened: Open) -> None:
    async with opened() as hall, hall.http() as client:
        hall.voice.gate.clear()
        asking = asyncio.create_task(client.post("/v1/audio/speech", json={"input": TEXT}))
        await until(lambda: hall.voice.asked == [FIRST])
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        await until(lambda: hall.server.admission.inside == 0)
        assert hall.voice.given_up == [FIRST]


async def test_a_client_that_hangs_up_in_the_middle_leaves_no_work_behind(opened: Open) -> None:
    async with opened() as hall, hall.http() as client:
        body = {"input": f"{FIRST} " + "And this goes on. " * 3, "response_format": "pcm"}
        async with client.stream("POST", "/v1/audio/speech", json=body) as got:
            hall.voice.gate.clear()
            await anext(got.aiter_raw())
            await until(lambda: hall.server.admission.inside == 1)
        await until(lambda: hall.server.admission.inside == 0)
        assert hall.server.desk.waiting == 0


async def test_voices_are_listed_and_one_can_be_looked_up(opened: Open) -> None:
    async with opened() as hall, hall.http() as client:
        listed = (await client.get("/v1/voices")).json()
        assert listed["default"] == "kokoro:hum"
        assert [one["id"] for one in listed["data"]] == ["kokoro:hum", "kokoro:tone", "piper:buzz"]
        one = (await client.get("/v1/voices/kokoro:tone+hum@1.5")).json()
        assert one["id"] == "kokoro:hum+tone@1.5" and one["model"] == "hum-1" and one["rate"] == 24_000
        missing = await client.get("/v1/voices/kokoro:nobody")
        assert missing.status_code == 404 and "piper:buzz" in missing.json()["message"]


async def test_metrics_and_health_say_how_it_goes_and_never_what_was_said(opened: Open) -> None:
    async with opened() as hall, hall.http() as client:
        await speech(hall, response_format="pcm", input="My name is Zebulon.")
        await speech(hall, response_format="pcm", input="My name is Zebulon.")
        metrics = (await client.get("/metrics")).text
        assert 'tollfree_tts_clauses_total{source="rendered"} 1.0' in metrics
        assert 'tollfree_tts_clauses_total{source="memory"} 1.0' in metrics
        assert "tollfree_tts_characters_total 19.0" in metrics and "Zebulon" not in metrics
        health = (await client.get("/health")).json()
        assert health["status"] == "ready" and health["voice"] == "kokoro:hum"


async def test_no_secret_is_in_anything_that_a_server_of_voices_shows(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    with planted_secrets(monkeypatch) as planted:
        key = planted.values["voice key"]
        async with opened(api_key=key) as hall, hall.http() as client:
            for sent in (key, f"{key}, which is not all of it"):
                for path in ("/health", "/metrics", "/v1/voices", "/v1/audio/speech"):
                    answer = await client.get(path, headers={"authorization": f"Bearer {sent}"})
                    planted.metrics(path, f"{answer.text}\n{answer.headers}")
            found = await client.get("/metrics", headers={"authorization": f"Bearer {key}"})
        assert "tollfree_tts" in found.text
        planted.nothing_leaked()
