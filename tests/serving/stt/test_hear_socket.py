"""A call's WebSocket: what is said on it, and what happens when either side goes."""

import asyncio
import json
from collections.abc import AsyncIterator

import httpx
import numpy as np
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.fakes.shared_recognizer import HeldRecognizer
from tests.serving.served import Served
from tests.serving.stt.conftest import hearing
from tollfree.serving.stt.settings import SttServerSettings
from tollfree.speech.stt.base import Hints
from tollfree.speech.stt.batch_queue import BatchSettings


def sound(samples: int) -> bytes:
    return np.ones(samples, "<i2").tobytes()


async def opened(server: Served) -> ClientConnection:
    socket = await connect(f"ws{server.url[4:]}/v1/hear", proxy=None)
    assert (await said(socket))["type"] == "hello"
    return socket


async def said(socket: ClientConnection) -> dict[str, object]:
    async with asyncio.timeout(20):
        return json.loads(await socket.recv())


async def ask(socket: ClientConnection, id: str, samples: int = 160, **more: object) -> None:
    await socket.send(json.dumps({"type": "hear", "id": id, "samples": samples, **more}))
    await socket.send(sound(samples))


async def understood(socket: ClientConnection) -> None:
    """The server has taken everything that was sent before: a request that it refuses at once is answered."""
    await socket.send(json.dumps({"type": "hear", "id": "understood", "samples": 1}))
    await socket.send(b"")
    assert (await said(socket))["id"] == "understood"


async def begun(engine: HeldRecognizer) -> None:
    assert await asyncio.to_thread(engine.looking.wait, 20)


@pytest.fixture
async def socket(running: Served) -> AsyncIterator[ClientConnection]:
    socket = await opened(running)
    yield socket
    await socket.close()


async def test_the_server_says_what_it_is(running: Served) -> None:
    async with connect(f"ws{running.url[4:]}/v1/hear", proxy=None) as socket:
        hello = await said(socket)
    assert hello["engine"] == "fake:held" and hello["rate"] == 16_000 and hello["format"] == "s16le"
    assert hello["longest_s"] == 20.0 and hello["quick"] is True and hello["punctuates"] is False


async def test_words_come_with_what_they_took(engine: HeldRecognizer, socket: ClientConnection) -> None:
    engine.go.set()
    await ask(socket, "7", 320, hints=["margherita"], slot="choice", language="en", urgency="offer")
    heard = await said(socket)
    assert heard["id"] == "7" and heard["text"] == "320 samples" and heard["batch"] == 1
    assert {"confidence", "alternatives", "looks", "took_ms", "waited_ms", "language"} <= heard.keys()
    assert engine.told[0][0] == Hints(vocabulary=("margherita",), slot="choice")


async def test_a_hundred_calls_are_heard_each_with_its_own_words() -> None:
    engine = HeldRecognizer(BatchSettings(window_ms=0, most=16))
    async with hearing(engine) as (server, _):
        sockets = await asyncio.gather(*(opened(server) for _ in range(100)))
        await asyncio.gather(*(ask(socket, "1", 100 + at) for at, socket in enumerate(sockets)))
        await begun(engine)
        engine.go.set()
        heard = await asyncio.gather(*(said(socket) for socket in sockets))
        assert [one["text"] for one in heard] == [f"{100 + at} samples" for at in range(100)]
        assert len({call for _, call, _ in engine.told}) == 100 and max(engine.batches) > 1
        await asyncio.gather(*(socket.close() for socket in sockets))


async def test_a_turn_that_is_cancelled_before_it_begins_costs_nothing(
    engine: HeldRecognizer, socket: ClientConnection
) -> None:
    await ask(socket, "1", 100)
    await begun(engine)
    await ask(socket, "2", 200)
    await socket.send(json.dumps({"type": "cancel", "id": "2"}))
    await socket.send(json.dumps({"type": "cancel", "id": "never asked"}))
    await ask(socket, "3", 300)
    await understood(socket)
    engine.go.set()
    heard = [await said(socket), await said(socket)]
    assert [one["id"] for one in heard] == ["1", "3"]
    assert sum(engine.batches) == 2  # the second was never looked at


async def test_a_turn_that_is_cancelled_while_it_is_heard_is_not_answered(
    engine: HeldRecognizer, socket: ClientConnection
) -> None:
    await ask(socket, "1", 100)
    await begun(engine)
    await socket.send(json.dumps({"type": "cancel", "id": "1"}))
    await ask(socket, "1", 200)  # the id is free again at once
    await understood(socket)
    engine.go.set()
    heard = await said(socket)
    assert heard["id"] == "1" and heard["text"] == "200 samples"


async def test_a_deadline_that_passes_is_answered_while_the_engine_is_busy(
    engine: HeldRecognizer, socket: ClientConnection
) -> None:
    await ask(socket, "1", 100)
    await begun(engine)
    await ask(socket, "2", 200, deadline_ms=10)
    late = await said(socket)
    assert late["id"] == "2" and late["code"] == "too_late"
    engine.go.set()
    assert (await said(socket))["id"] == "1"
    assert engine.batches == [1]


async def test_too_many_turns_of_one_call_are_refused_at_once(engine: HeldRecognizer) -> None:
    async with hearing(engine, SttServerSettings(port=0, per_call=2)) as (server, _):
        socket = await opened(server)
        for id in ("1", "2", "3"):
            await ask(socket, id)
        refused = await said(socket)
        assert refused["id"] == "3" and refused["code"] == "overloaded" and refused["retryable"] is True
        engine.go.set()
        await socket.close()


async def test_a_full_queue_refuses_at_once(socket: ClientConnection) -> None:
    engine = HeldRecognizer(BatchSettings(window_ms=0, most=1, waiting=1))
    async with hearing(engine) as (server, _):
        socket = await opened(server)
        await ask(socket, "1")
        await begun(engine)
        for id in ("2", "3"):
            await ask(socket, id)
        assert (await said(socket))["code"] == "overloaded"
        engine.go.set()
        await socket.close()


@pytest.mark.parametrize(
    "text",
    [
        "no json",
        "[]",
        '{"type": "hear"}',
        '{"type": "sing", "id": "1"}',
        '{"type": "hear", "id": "", "samples": 1}',
        '{"type": "hear", "id": "1", "samples": -1}',
        '{"type": "hear", "id": "1", "samples": 1, "urgency": "now"}',
        '{"type": "hear", "id": "1", "samples": 1, "deadline_ms": 0}',
    ],
)
async def test_what_cannot_be_understood_is_said_and_ends_the_connection(running: Served, text: str) -> None:
    socket = await opened(running)
    await socket.send(text)
    failed = await said(socket)
    assert failed["type"] == "error" and failed["code"] == "bad_message"
    with pytest.raises(ConnectionClosed):
        await said(socket)


async def test_sound_without_a_request_and_a_request_without_sound_end_the_connection(running: Served) -> None:
    for first, second in ((sound(1), None), ('{"type": "hear", "id": "1", "samples": 1}', "text")):
        socket = await opened(running)
        await socket.send(first)
        if second is not None:
            await socket.send(second)
        assert (await said(socket))["code"] == "bad_message"
        with pytest.raises(ConnectionClosed):
            await said(socket)


async def test_sound_of_another_length_is_refused_and_the_connection_goes_on(
    engine: HeldRecognizer, socket: ClientConnection
) -> None:
    engine.go.set()
    for promised, given in ((100, bytes(199)), (100, b""), (0, bytes(1))):
        await socket.send(json.dumps({"type": "hear", "id": "odd", "samples": promised}))
        await socket.send(given)
        assert (await said(socket))["code"] == "bad_audio"
    await ask(socket, "1", 100)
    assert (await said(socket))["text"] == "100 samples"


async def test_any_bytes_of_the_right_length_are_sound(engine: HeldRecognizer, socket: ClientConnection) -> None:
    engine.go.set()
    noise = np.random.default_rng(1).bytes(2000)
    await socket.send(json.dumps({"type": "hear", "id": "1", "samples": 1000}))
    await socket.send(noise)
    assert (await said(socket))["text"] == "1000 samples"


async def test_a_language_that_the_engine_does_not_know_is_refused(socket: ClientConnection) -> None:
    await ask(socket, "1", language="tlh")
    assert (await said(socket))["code"] == "bad_language"


async def test_a_message_that_is_too_large_ends_the_connection(engine: HeldRecognizer) -> None:
    async with hearing(engine, SttServerSettings(port=0, max_body_mb=1)) as (server, _):
        socket = await opened(server)
        await socket.send(json.dumps({"type": "hear", "id": "1", "samples": 1_000_000}))
        await socket.send(sound(1_000_000))
        with pytest.raises(ConnectionClosed):
            await said(socket)
        other = await opened(server)
        engine.go.set()
        await ask(other, "1")
        assert (await said(other))["text"] == "160 samples"
        await other.close()


async def test_what_a_client_wanted_that_is_gone_is_given_up(engine: HeldRecognizer, running: Served) -> None:
    socket, other = await opened(running), await opened(running)
    await ask(socket, "1", 100)
    await begun(engine)
    for id in ("2", "3", "4"):
        await ask(socket, id, 200)
    await ask(other, "1", 300)
    socket.transport.abort()
    async with httpx.AsyncClient(trust_env=False) as client:
        async with asyncio.timeout(20):
            while "tollfree_stt_sockets 1.0" not in (await client.get(f"{running.url}/metrics")).text:
                pass
    engine.go.set()
    assert (await said(other))["text"] == "300 samples"
    assert sum(engine.batches) == 2
    await other.close()


async def test_told_to_stop_the_server_finishes_what_is_heard_and_refuses_what_comes(engine: HeldRecognizer) -> None:
    async with hearing(engine) as (server, stt):
        socket = await opened(server)
        await ask(socket, "1", 100)
        await ask(socket, "2", 200)
        await begun(engine)
        server.stop.set()
        await stt.admission.stopping.wait()
        await ask(socket, "3", 300)
        refused = await said(socket)
        assert refused["id"] == "3" and refused["code"] == "stopping" and refused["retry_after_ms"]
        engine.go.set()
        assert {str((await said(socket))["text"]), str((await said(socket))["text"])} == {"100 samples", "200 samples"}
        await server.task
        with pytest.raises(ConnectionClosed):
            await said(socket)
    assert engine.closed


async def test_metrics_tell_waits_batches_and_failures_and_no_words(
    engine: HeldRecognizer, running: Served, socket: ClientConnection
) -> None:
    engine.go.set()
    await ask(socket, "1", 16_000, hints=["margherita"])
    await ask(socket, "2", language="tlh")
    for _ in range(2):
        await said(socket)
    async with httpx.AsyncClient(trust_env=False) as client:
        text = (await client.get(f"{running.url}/metrics")).text
    assert 'tollfree_stt_heard_seconds_total{urgency="commit"} 1.0' in text
    assert 'tollfree_stt_failures_total{code="bad_language"} 1.0' in text
    assert "tollfree_stt_waiting 0.0" in text and "tollfree_stt_sockets 1.0" in text
    assert "samples" not in text and "margherita" not in text


async def test_an_engine_that_hangs_fails_the_servers_health(engine: HeldRecognizer, running: Served) -> None:
    async with httpx.AsyncClient(trust_env=False) as client:
        assert (await client.get(f"{running.url}/health")).json()["status"] == "ready"
        engine.looking_s = 60.0
        failing = await client.get(f"{running.url}/health")
    assert failing.status_code == 503 and failing.json()["status"] == "failing"
