"""The client of our own servers, against servers that do what real ones cannot be made to do."""

import asyncio
import json
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager

import numpy as np
import pytest
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from tollfree.protocol.audio import Samples
from tollfree.speech.stt.base import Hints, Overloaded, RecognitionFailed, TooLate, UnknownEngine, Urgency
from tollfree.speech.stt.registry import load_recognizer
from tollfree.speech.stt.remote import ServedRecognizer
from tollfree.speech.stt.remote_settings import RemoteSettings
from tollfree.wiring.settings import Settings

SOUND: Samples = np.ones(1600, np.int16)
HELLO = {
    "type": "hello",
    "protocol": 1,
    "engine": "whisper:made",
    "format": "s16le",
    "rate": 16_000,
    "languages": ["en"],
    "punctuates": False,
    "hints": True,
    "quick": True,
    "longest_s": 5.0,
}
QUICK = RemoteSettings(within_s=20, reach_s=20)
Script = Callable[[ServerConnection], Awaitable[None]]


@asynccontextmanager
async def scripted(script: Script, port: int = 0) -> AsyncGenerator[tuple[str, Server]]:
    """A server whose connections follow a script; its address."""

    async def run(socket: ServerConnection) -> None:
        try:
            await script(socket)
        except ConnectionClosed:
            pass

    async with serve(run, "127.0.0.1", port) as server:
        yield f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}", server


@asynccontextmanager
async def client(url: str, settings: RemoteSettings = QUICK) -> AsyncGenerator[ServedRecognizer]:
    recognizer = ServedRecognizer(url, settings)
    try:
        yield recognizer
    finally:
        await recognizer.aclose()


async def greeted(socket: ServerConnection, **other: object) -> None:
    await socket.send(json.dumps({**HELLO, **other}))


async def asked(socket: ServerConnection) -> dict[str, object]:
    """The next request, its sound left out."""
    head = json.loads(await socket.recv())
    if head["type"] == "hear":
        assert len(await socket.recv()) == 2 * head["samples"]
    return head


async def answer(socket: ServerConnection, id: object, text: str = "yes") -> None:
    await socket.send(json.dumps({"type": "heard", "id": id, "text": text, "confidence": 0.9}))


async def answers(socket: ServerConnection) -> None:
    """A server that works."""
    await greeted(socket)
    while True:
        await answer(socket, (await asked(socket))["id"])


async def test_what_the_server_is_able_to_is_known_once_it_was_reached() -> None:
    async with scripted(answers) as (url, _), client(url) as recognizer:
        assert recognizer.name == f"served:{url}"
        await recognizer.warm_up()
        assert recognizer.hearing.quick and not recognizer.hearing.punctuates and recognizer.hearing.longest_s == 5.0


async def test_the_request_carries_what_the_call_knows_and_the_end_of_a_sound_that_is_too_long() -> None:
    heads: list[dict[str, object]] = []

    async def script(socket: ServerConnection) -> None:
        assert socket.request is not None and socket.request.path == "/v1/hear"
        assert socket.request.headers["Authorization"] == "Bearer a-key"
        await greeted(socket)
        while True:
            heads.append(await asked(socket))
            await answer(socket, heads[-1]["id"])

    settings = RemoteSettings(within_s=20, api_key="a-key", language="de")
    async with scripted(script) as (url, _), client(url, settings) as recognizer:
        await recognizer.warm_up()
        hints = Hints(vocabulary=("Brot",), slot="order")
        await recognizer.transcribe(np.ones(200_000, np.int16), hints, urgency=Urgency.OFFER)
    (head,) = heads
    assert head["samples"] == 80_000 and head["hints"] == ["Brot"] and head["slot"] == "order"
    assert head["urgency"] == "offer" and head["language"] == "de"
    assert 0 < float(str(head["deadline_ms"])) <= 20_000
    assert "a-key" not in repr(settings)


async def test_a_turn_that_was_under_way_when_the_server_died_is_heard_by_the_next() -> None:
    died = asyncio.Event()

    async def dies(socket: ServerConnection) -> None:
        await greeted(socket)
        await asked(socket)
        socket.transport.abort()
        died.set()

    async with scripted(dies) as (url, _), client(url) as recognizer:
        port = int(url.rpartition(":")[2])
        turn = asyncio.create_task(recognizer.transcribe(SOUND))
        await died.wait()
        _.close()
        await _.wait_closed()
        async with scripted(answers, port):
            assert (await turn).text == "yes"
            assert (await recognizer.transcribe(SOUND)).text == "yes"


async def test_a_server_that_stops_is_asked_again_once_it_is_back() -> None:
    connections = 0

    async def restarts(socket: ServerConnection) -> None:
        nonlocal connections
        connections += 1
        if connections > 1:
            return await answers(socket)
        await greeted(socket)
        id = (await asked(socket))["id"]
        await socket.send(json.dumps({"type": "error", "id": id, "code": "stopping", "message": "It stops."}))

    async with scripted(restarts) as (url, _), client(url) as recognizer:
        assert (await recognizer.transcribe(SOUND)).text == "yes"


async def test_a_turn_that_kills_servers_is_not_sent_for_ever() -> None:
    sent = 0

    async def dies(socket: ServerConnection) -> None:
        nonlocal sent
        await greeted(socket)
        await asked(socket)
        sent += 1
        socket.transport.abort()

    async with scripted(dies) as (url, _), client(url) as recognizer:
        with pytest.raises(RecognitionFailed, match="cannot be reached"):
            await recognizer.transcribe(SOUND)
    assert sent == 3


@pytest.mark.parametrize("broken", ["{", "[]", '{"type": "sing"}', '{"type": "heard", "id": "1"}', "\x00"])
async def test_rubbish_is_a_failure_and_not_a_hang(broken: str) -> None:
    async def rubbish(socket: ServerConnection) -> None:
        await greeted(socket)
        await asked(socket)
        await socket.send(broken)
        await socket.wait_closed()

    async with scripted(rubbish) as (url, _), client(url) as recognizer:
        with pytest.raises(RecognitionFailed, match="cannot be read"):
            await recognizer.transcribe(SOUND)


async def test_another_protocol_is_named() -> None:
    async def other(socket: ServerConnection) -> None:
        await greeted(socket, protocol=2)
        await socket.wait_closed()

    settings = RemoteSettings(within_s=20, reach_s=0.2)
    async with scripted(other) as (url, _), client(url, settings) as recognizer:
        with pytest.raises(RecognitionFailed, match="no speech server of this version"):
            await recognizer.transcribe(SOUND)


async def test_a_server_that_says_nothing_is_late_and_its_connection_is_not_trusted_any_more() -> None:
    connections = 0

    async def mute(socket: ServerConnection) -> None:
        nonlocal connections
        connections += 1
        if connections > 1:
            return await answers(socket)
        await greeted(socket)
        await socket.wait_closed()

    async with scripted(mute) as (url, _), client(url, RemoteSettings(within_s=2, reach_s=2)) as recognizer:
        await recognizer.warm_up()
        with pytest.raises(TooLate, match="did not answer within 2000 ms"):
            await recognizer.transcribe(SOUND)
        assert (await recognizer.transcribe(SOUND)).text == "yes"
    assert connections == 2


async def test_a_server_that_is_not_there_fails_soon_with_a_plain_sentence() -> None:
    async with scripted(answers) as (url, server):
        server.close()
        await server.wait_closed()
        settings = RemoteSettings(within_s=20, reach_s=0.1)
        async with client(url, settings) as recognizer:
            with pytest.raises(RecognitionFailed, match=f"The speech server {url}/v1/hear cannot be reached: "):
                await recognizer.transcribe(SOUND)


async def test_a_key_that_is_refused_is_said_with_the_variable_and_without_the_key() -> None:
    from websockets.http11 import Request, Response

    def refuse(socket: ServerConnection, request: Request) -> Response:
        return socket.respond(401, "no")  # type: ignore[arg-type]

    async with serve(answers, "127.0.0.1", 0, process_request=refuse) as server:
        url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        settings = RemoteSettings(within_s=20, reach_s=0.2, api_key="a-key-nobody-prints", key_variable="MY_KEY")
        async with client(url, settings) as recognizer:
            with pytest.raises(RecognitionFailed) as failed:
                await recognizer.transcribe(SOUND)
    assert "MY_KEY" in failed.value.message and "nobody-prints" not in failed.value.message


@pytest.mark.parametrize(
    ("code", "kind"), [("overloaded", Overloaded), ("too_late", TooLate), ("recognition_failed", RecognitionFailed)]
)
async def test_what_the_server_refuses_is_refused(code: str, kind: type[RecognitionFailed]) -> None:
    async def refuses(socket: ServerConnection) -> None:
        await greeted(socket)
        while True:
            id = (await asked(socket))["id"]
            await socket.send(json.dumps({"type": "error", "id": id, "code": code, "message": "Not now."}))

    async with scripted(refuses) as (url, _), client(url) as recognizer:
        with pytest.raises(kind, match=r"Not now\."):
            await recognizer.transcribe(SOUND)


async def test_a_cancelled_turn_is_told_to_the_server_and_answers_nobody_waits_for_are_dropped() -> None:
    messages: list[dict[str, object]] = []
    first, cancelled = asyncio.Event(), asyncio.Event()

    async def script(socket: ServerConnection) -> None:
        await greeted(socket)
        messages.append(await asked(socket))
        first.set()
        messages.append(await asked(socket))
        cancelled.set()
        await answer(socket, messages[0]["id"], "nobody waits for this")
        messages.append(await asked(socket))
        await answer(socket, messages[2]["id"])
        await socket.wait_closed()

    async with scripted(script) as (url, _), client(url) as recognizer:
        turn = asyncio.create_task(recognizer.transcribe(SOUND))
        await first.wait()
        turn.cancel()
        await asyncio.gather(turn, return_exceptions=True)
        await cancelled.wait()
        assert (await recognizer.transcribe(SOUND)).text == "yes"
    assert [one["type"] for one in messages] == ["hear", "cancel", "hear"] and messages[1]["id"] == messages[0]["id"]


async def test_the_most_urgent_is_sent_first() -> None:
    urgencies: list[object] = []
    open_ = asyncio.Event()

    async def script(socket: ServerConnection) -> None:
        await open_.wait()
        await greeted(socket)
        while True:
            head = await asked(socket)
            urgencies.append(head["urgency"])
            await answer(socket, head["id"])

    async with scripted(script) as (url, _), client(url) as recognizer:
        turns = [
            asyncio.create_task(recognizer.transcribe(SOUND, urgency=urgency))
            for urgency in (Urgency.INTERIM, Urgency.OFFER, Urgency.COMMIT)
        ]
        await asyncio.sleep(0)
        open_.set()
        await asyncio.gather(*turns)
    assert urgencies == ["commit", "offer", "interim"]


async def test_warming_up_without_a_server_is_no_fault_and_the_log_says_so(caplog: pytest.LogCaptureFixture) -> None:
    async with client("ws://127.0.0.1:9", RemoteSettings(within_s=0.05, reach_s=0.05)) as recognizer:
        await recognizer.warm_up()
    assert "cannot be reached" in caplog.text


def test_another_event_loop_has_its_own_connection() -> None:
    async def twice(recognizer: ServedRecognizer) -> str:
        return (await recognizer.transcribe(SOUND)).text

    started: asyncio.Queue[str] = asyncio.Queue()

    async def both() -> None:
        async with scripted(answers) as (url, _):
            recognizer = ServedRecognizer(url, QUICK)
            await asyncio.to_thread(asyncio.run, twice(recognizer))
            started.put_nowait(await twice(recognizer))
            await recognizer.aclose()

    asyncio.run(both())
    assert started.get_nowait() == "yes"


@pytest.mark.parametrize(
    "name", ["served:", "served:127.0.0.1:8801", "served:http://x", "openai:ws://x", "served:ws://me:secret@x"]
)
def test_an_address_that_is_none_is_refused_before_any_call(name: str) -> None:
    with pytest.raises(UnknownEngine) as refused:
        load_recognizer(name, Settings().cache)
    assert "secret" not in refused.value.message
