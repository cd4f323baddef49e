"""A voice of a server of ours: what it does when the server, or the way to it, does not do what it should."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import pytest

from tests.fakes.voice import HummingVoice
from tests.fakes.voice_server import SpeakServer, clause, hum, proper, speak_server
from tests.serving.tts.conftest import hall
from tollfree.speech.stt.base import UnknownEngine
from tollfree.speech.tts.base import Haste, RenderingFailed, Urgency
from tollfree.speech.tts.reader import RenderingLate
from tollfree.speech.tts.registry import load_voice
from tollfree.speech.tts.remote import Known, ServedVoice
from tollfree.speech.tts.renderings import Renderings
from tollfree.speech.tts.server_name import ServerAccess, ServerName
from tollfree.speech.tts.speaker import CachedSpeaker

TEXT = "Your order is ready."


@asynccontextmanager
async def voice_of(server: SpeakServer, deadline_ms: int = 10_000) -> AsyncGenerator[ServedVoice]:
    name = ServerName.read(f"served:{server.url}#kokoro:hum")
    voice = ServedVoice(name, ServerAccess(deadline_ms=deadline_ms), Known(model="hum-1", languages=("en-US",)))
    try:
        yield voice
    finally:
        await voice.aclose()


async def test_a_clause_is_asked_for_whole_with_its_deadline_and_its_urgency() -> None:
    async with speak_server() as server, voice_of(server, 2000) as voice:
        clip = await voice.render(TEXT, Haste(Urgency.AHEAD))
        assert clip.text == TEXT and np.array_equal(clip.samples, hum())
        (asked,) = server.asked
        assert asked["text"] == TEXT and asked["voice"] == "kokoro:hum" and asked["whole"]
        assert asked["urgency"] == "ahead" and asked["deadline_ms"] == 4000


async def test_one_connection_serves_many_at_once() -> None:
    async with speak_server() as server, voice_of(server) as voice:
        clips = await asyncio.gather(*(voice.render(f"Line {number}.") for number in range(20)))
        assert [clip.text for clip in clips] == [f"Line {number}." for number in range(20)]
        await voice.render("One more.")
        assert server.connections == 1


async def test_sound_at_another_rate_is_brought_to_ours() -> None:
    async def answer(socket, asked: dict) -> None:
        sound = hum(rate=16_000)
        await socket.send(clause(asked, sound, rate=16_000))
        await socket.send(sound.tobytes())
        await socket.send(json.dumps({"type": "done", "id": asked["id"]}))

    async with speak_server(answer, rate=16_000) as server, voice_of(server) as voice:
        clip = await voice.render(TEXT)
        assert clip.ms == pytest.approx(1500, abs=5)
        loudest = np.argmax(np.abs(np.fft.rfft(clip.samples))) * 24_000 / len(clip.samples)
        assert loudest == pytest.approx(220, abs=2), "the tone is as high as it was"


async def test_a_connection_that_was_lost_is_opened_again() -> None:
    async with speak_server() as server, voice_of(server) as voice:
        await voice.render(TEXT)

        async def hang_up_once(socket, asked: dict) -> None:
            server.answer = proper
            socket.transport.abort()

        server.answer = hang_up_once
        assert (await voice.render("It is said all the same.")).text == "It is said all the same."
        assert server.connections == 2


async def test_a_server_that_always_hangs_up_is_not_asked_for_ever() -> None:
    async def hang_up(socket, asked: dict) -> None:
        socket.transport.abort()

    async with speak_server(hang_up) as server, voice_of(server) as voice:
        with pytest.raises(RenderingFailed) as failed:
            await voice.render(TEXT)
        assert failed.value.retryable and server.connections <= 2


async def test_a_server_that_is_not_there_fails_at_once() -> None:
    async with speak_server() as server:
        gone = server.url
    async with voice_of(SpeakServer(url=gone)) as voice:
        with pytest.raises(RenderingFailed, match="cannot be reached"):
            await voice.render(TEXT)


async def test_a_server_that_stalls_is_late_and_is_told_that_nobody_waits() -> None:
    async def stall(socket, asked: dict) -> None:
        pass

    async with speak_server(stall) as server, voice_of(server, 100) as voice:
        with pytest.raises(RenderingLate):
            await voice.render(TEXT)
        server.answer = proper
        await voice.render("The next one is asked for on the same connection.")
        assert [message["type"] for message in server.asked] == ["speak", "cancel", "speak"]
        assert server.connections == 1


async def test_a_plan_that_is_said_is_hurried() -> None:
    arrived = asyncio.Event()

    async def wait(socket, asked: dict) -> None:
        arrived.set()

    async with speak_server(wait) as server, voice_of(server) as voice:
        haste = Haste(Urgency.AHEAD)
        rendering = asyncio.create_task(voice.render(TEXT, haste))
        await arrived.wait()
        haste.hurry(Urgency.FIRST)
        for _ in range(1000):
            if len(server.asked) == 2:
                break
            await asyncio.sleep(0.005)
        assert server.asked[1] == {"type": "hurry", "id": server.asked[0]["id"], "urgency": "first"}
        rendering.cancel()
        await asyncio.gather(rendering, return_exceptions=True)


RUBBISH = {
    "no JSON": ["{{{"],
    "an array": ["[1, 2]"],
    "sound first": [b"\0\0"],
    "text for sound": ["HEAD", "no sound"],
    "half the sound": ["HEAD", hum()[:100].tobytes(), "DONE"],
    "noise": ["HEAD", np.random.default_rng(0).integers(-32768, 32767, 36_000).astype("<i2").tobytes(), "DONE"],
    "done without a clause": ["DONE"],
    "a clause without its head": ['{"type": "clause", "id": "1"}'],
}


@pytest.mark.parametrize("messages", RUBBISH.values(), ids=RUBBISH.keys())
async def test_rubbish_is_never_heard(messages: list[str | bytes]) -> None:
    async def answer(socket, asked: dict) -> None:
        done = json.dumps({"type": "done", "id": asked["id"]})
        for message in messages:
            await socket.send({"HEAD": clause(asked, hum()), "DONE": done}.get(message, message))

    async with speak_server(answer) as server, voice_of(server, 5000) as voice:
        with pytest.raises(RenderingFailed) as failed:
            await voice.render(TEXT)
        assert not isinstance(failed.value, RenderingLate), "it is told at once"


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": "Another line."},
        {"format": "mulaw"},
        {"rate": 1},
        {"rate": 48_000, "words": [[20, 1000.0]]},
        {"words": []},
        {"words": [[20, 99_000.0]]},
        {"words": [[20, 1000.0], [5, 1.0]]},
        {"words": [[400, 1000.0]]},
    ],
)
async def test_a_clause_that_is_not_the_one_asked_for_is_never_heard(wrong: dict) -> None:
    async def answer(socket, asked: dict) -> None:
        await proper(socket, asked, **wrong)

    async with speak_server(answer) as server, voice_of(server) as voice:
        with pytest.raises(RenderingFailed):
            await voice.render(TEXT)


@pytest.mark.parametrize(("hello", "why"), [({"protocol": 9}, "protocol 9"), ({"rate": "fast"}, "no server of voices")])
async def test_a_server_of_another_kind_is_not_asked(hello: dict, why: str) -> None:
    async with speak_server(**hello) as server, voice_of(server) as voice:
        with pytest.raises(RenderingFailed, match=why) as failed:
            await voice.render(TEXT)
        assert not failed.value.retryable


async def test_another_voice_speaks_within_the_line_when_the_server_fails(tmp_path: Path) -> None:
    async def stall(socket, asked: dict) -> None:
        pass

    async with speak_server(stall) as server, voice_of(server, 100) as voice:
        spare = HummingVoice("fake:spare")
        speaker = CachedSpeaker(voice, Renderings(tmp_path), (spare,))
        assert [clip.text async for clip in speaker.stream(TEXT)] == [TEXT]
        assert [clip.text async for clip in speaker.stream("Anything else?")] == ["Anything else?"]
        assert len(server.asked) == 2, "speak, cancel; a server that hangs rests"
        await speaker.aclose()


async def test_a_voice_is_looked_up_and_remembered_for_when_the_server_is_away(tmp_path: Path) -> None:
    async with hall(tmp_path / "server") as opened:
        name = f"served:{opened.url.replace('http', 'ws')}#kokoro:hum"
        voice = await asyncio.to_thread(load_voice, name, tmp_path)
        assert voice.name == name and voice.speaking.model == "hum-1" and voice.speaking.word_times
        assert (await voice.render(TEXT)).text == TEXT
        await voice.aclose()
        with pytest.raises(UnknownEngine, match="kokoro:tone"):
            await asyncio.to_thread(load_voice, name.replace("hum", "nobody"), tmp_path)
    again = await asyncio.to_thread(load_voice, name, tmp_path)
    assert again.speaking.model == "hum-1", "what is kept on disk is found though the server is away"
    with pytest.raises(RenderingFailed):
        await again.render(TEXT)


async def test_a_server_that_got_other_weights_is_heeded(tmp_path: Path) -> None:
    async def other(socket, asked: dict) -> None:
        await proper(socket, asked, model="hum-2")

    async with speak_server(other) as server, voice_of(server) as voice:
        await voice.render(TEXT)
        assert voice.speaking.model == "hum-2"


async def test_a_key_is_needed_where_there_is_one(tmp_path: Path) -> None:
    async with hall(tmp_path, api_key="s3cret") as opened:
        name = f"served:{opened.url.replace('http', 'ws')}#kokoro:hum"
        with pytest.raises(UnknownEngine, match="TOLLFREE_VOICE_API_KEY"):
            await asyncio.to_thread(load_voice, name, tmp_path)
        access = ServerAccess(api_key="s3cret")
        voice = await asyncio.to_thread(load_voice, name, tmp_path, access=access)
        assert (await voice.render(TEXT)).text == TEXT
        await voice.aclose()
        wrong = ServedVoice(ServerName.read(name), ServerAccess(), Known(model="x", languages=("en",)))
        with pytest.raises(RenderingFailed, match="401") as refused:
            await wrong.render(TEXT)
        assert not refused.value.retryable
        await wrong.aclose()
