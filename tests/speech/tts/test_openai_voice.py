"""A voice of any server with OpenAI's endpoint: what it does when that does not do what it should."""

import asyncio
import json

import numpy as np
import pytest

from tests.fakes.voice_server import answered, hum, speech_server
from tests.speech.tts.test_received import wav
from tollfree.speech.tts.base import RenderingFailed
from tollfree.speech.tts.openai_voice import OpenAIVoice
from tollfree.speech.tts.reader import RenderingLate
from tollfree.speech.tts.server_name import ServerAccess, ServerName

TEXT = "Your order 41755 comes to $14.50."


def voice_of(url: str, deadline_ms: int = 10_000, key: str = "") -> OpenAIVoice:
    name = ServerName.read(f"openai:{url}#tts-1/alloy@1.2")
    return OpenAIVoice(name, ServerAccess(api_key=key, deadline_ms=deadline_ms))


def speech(rate: int = 24_000, seconds: float = 5.0) -> bytes:
    return wav(hum(seconds, rate).astype(np.float32) / 32768, rate)


async def test_a_clause_is_asked_for_as_people_say_it_and_its_words_are_timed_as_written() -> None:
    async with speech_server(answered(speech())) as server:
        voice = voice_of(server.url, key="s3cret")
        clip = await voice.render(TEXT)
        head, _, body = server.requests[0].partition(b"\r\n\r\n")
        assert head.startswith(b"POST /v1/audio/speech ") and b"Bearer s3cret" in head
        asked = json.loads(body)
        assert asked["input"] == "Your order four one seven, five five comes to fourteen dollars and fifty cents."
        assert (asked["model"], asked["voice"], asked["speed"]) == ("tts-1", "alloy", 1.2)
        assert [clip.text[: word.end] for word in clip.words][-1] == TEXT and not voice.speaking.word_times
        await voice.aclose()


@pytest.mark.parametrize("rate", [8_000, 16_000, 22_050, 48_000])
async def test_the_rate_that_the_server_says_is_heeded(rate: int) -> None:
    async with speech_server(answered(speech(rate))) as server:
        voice = voice_of(server.url)
        clip = await voice.render(TEXT)
        assert clip.words[-1].end_ms == pytest.approx(5000, abs=50)
        await voice.aclose()


@pytest.mark.parametrize(
    "answer",
    [
        answered(b'{"error": "overloaded"}', "503 Service Unavailable"),
        answered(b"", "404 Not Found"),
        answered(b""),
        answered(b"<html>It works!</html>"),
        answered(wav(np.random.default_rng(0).uniform(-1, 1, 120_000).astype(np.float32))),
        answered(speech(seconds=0.05)),
        answered(speech(seconds=200)),
        answered(wav(np.zeros(120_000, np.float32))),
        answered(speech()[:5000], length=999_999),
        b"HTTP/1.1 rubbish\r\n\r\n",
        b"",
    ],
    ids=["503", "404", "empty", "html", "noise", "too short", "too long", "silence", "cut off", "no http", "hung up"],
)
async def test_what_is_not_the_text_spoken_is_never_heard(answer: bytes) -> None:
    async with speech_server(answer) as server:
        voice = voice_of(server.url)
        with pytest.raises(RenderingFailed) as failed:
            await voice.render(TEXT)
        assert not isinstance(failed.value, RenderingLate)
        await voice.aclose()


@pytest.mark.parametrize("pieces", [(), (answered(speech())[:3000],)], ids=["before the first byte", "in mid-stream"])
async def test_a_server_that_stalls_is_late_and_is_hung_up_on(pieces: tuple[bytes, ...]) -> None:
    async with speech_server(*pieces, stall=True) as server:
        voice = voice_of(server.url, deadline_ms=100)
        with pytest.raises(RenderingLate):
            await voice.render(TEXT)
        await asyncio.wait_for(server.hung_up.wait(), 20)
        await voice.aclose()


async def test_cancelling_hangs_up() -> None:
    async with speech_server(stall=True) as server:
        voice = voice_of(server.url)
        rendering = asyncio.create_task(voice.render(TEXT))
        for _ in range(1000):
            if server.requests:
                break
            await asyncio.sleep(0.005)
        rendering.cancel()
        await asyncio.gather(rendering, return_exceptions=True)
        await asyncio.wait_for(server.hung_up.wait(), 20)
        await voice.aclose()


async def test_a_server_that_is_not_there_fails_at_once() -> None:
    async with speech_server() as server:
        gone = server.url
    voice = voice_of(gone)
    with pytest.raises(RenderingFailed, match="cannot be heard"):
        await voice.render(TEXT)
    await voice.aclose()
