"""What every engine server does: lets in, refuses, counts, and stops without dropping work."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from tests.serving.served import served
from tollfree.network.address import is_loopback
from tollfree.network.errors import CannotListen
from tollfree.serving.admission import Admission
from tollfree.serving.door import DoorSettings
from tollfree.serving.errors import NoKey, Refusal
from tollfree.serving.frame import engine_app
from tollfree.serving.metrics import ServerMetrics

SECRET = "a-key-nobody-prints"


class Work:
    """Routes whose work ends when the test says so."""

    def __init__(self, **door: object) -> None:
        self.admission = Admission()
        self.metrics = ServerMetrics("stt")
        self.door = DoorSettings.model_validate(door)
        self.begun, self.go = asyncio.Event(), asyncio.Event()
        self.closed = False

    def app(self) -> Starlette:
        routes = [
            Route("/slow", self.slow),
            Route("/echo", self.echo, methods=["POST"]),
            Route("/v1/audio/broken", self.broken, methods=["POST"]),
            WebSocketRoute("/socket", self.socket),
        ]
        return engine_app(
            routes, self.door, self.admission, self.metrics, health=lambda: {"engine": "x"}, closing=self.close
        )

    async def slow(self, request: Request) -> Response:
        with self.admission.work():
            self.begun.set()
            await self.go.wait()
        return PlainTextResponse("done")

    async def echo(self, request: Request) -> Response:
        return Response(await request.body())

    async def broken(self, request: Request) -> Response:
        if await request.body() == b"refuse":
            raise Refusal("No such model.", code="model_not_found", status=404)
        raise RuntimeError("what the caller said")

    async def socket(self, socket: WebSocket) -> None:
        await socket.accept()
        await socket.send_text("hello")
        await socket.close()

    async def close(self) -> None:
        self.closed = True


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(trust_env=False) as client:
        yield client


async def test_health_says_what_is_served(client: httpx.AsyncClient) -> None:
    work = Work()
    async with served(work.app(), work.door, work.admission) as server:
        answer = await client.get(f"{server.url}/health")
    assert answer.status_code == 200 and answer.json() == {"status": "ready", "engine": "x"}
    assert work.closed


async def test_told_to_stop_it_finishes_what_runs_and_refuses_what_comes(client: httpx.AsyncClient) -> None:
    work = Work()
    async with served(work.app(), work.door, work.admission) as server:
        running = asyncio.create_task(client.get(f"{server.url}/slow"))
        await work.begun.wait()
        server.stop.set()
        await work.admission.stopping.wait()
        late = await client.get(f"{server.url}/slow")
        assert late.status_code == 503 and late.json()["code"] == "stopping" and int(late.headers["retry-after"]) > 0
        assert (await client.get(f"{server.url}/health")).status_code == 503
        work.go.set()
        assert (await running).text == "done"
        await server.task


async def test_work_that_does_not_end_is_given_up_after_the_time_to_drain(client: httpx.AsyncClient) -> None:
    work = Work(drain_s=0)
    async with served(work.app(), work.door, work.admission) as server:
        running = asyncio.create_task(client.get(f"{server.url}/slow"))
        await work.begun.wait()
        server.stop.set()
        await work.admission.stopping.wait()
        assert not await work.admission.emptied(0)
        work.go.set()
        await running


@pytest.mark.parametrize("given", [None, "Bearer wrong", SECRET, f"Basic {SECRET}", "Bearer ü"])
async def test_without_the_right_key_nothing_is_served_but_health(client: httpx.AsyncClient, given: str | None) -> None:
    work = Work(api_key=SecretStr(SECRET))
    headers = {} if given is None else {"Authorization": given.encode()}
    async with served(work.app(), work.door, work.admission) as server:
        for path in ("/metrics", "/slow", "/nowhere"):
            refused = await client.get(server.url + path, headers=headers)
            assert refused.status_code == 401 and refused.json()["code"] == "bad_api_key"
            assert SECRET not in refused.text
        with pytest.raises(InvalidStatus) as denied:
            async with connect(f"ws{server.url[4:]}/socket", proxy=None):
                pass
        assert denied.value.response.status_code == 401
        assert (await client.get(f"{server.url}/health")).status_code == 200
        assert (await client.get(f"{server.url}/metrics", headers={"Authorization": f"Bearer {SECRET}"})).is_success


async def test_a_web_page_may_not_use_a_server_without_a_key(client: httpx.AsyncClient) -> None:
    work = Work()
    async with served(work.app(), work.door, work.admission) as server:
        refused = await client.post(f"{server.url}/echo", headers={"Origin": "https://elsewhere.example"})
        assert refused.status_code == 403
        with pytest.raises(InvalidStatus):
            async with connect(f"ws{server.url[4:]}/socket", proxy=None, origin="https://elsewhere.example"):  # type: ignore[arg-type]
                pass
        async with connect(f"ws{server.url[4:]}/socket", proxy=None) as socket:
            assert await socket.recv() == "hello"


async def test_a_request_that_is_too_large_is_refused_with_and_without_a_length(client: httpx.AsyncClient) -> None:
    async def parts() -> AsyncIterator[bytes]:
        for _ in range(3):
            yield bytes(500_000)

    work = Work(max_body_mb=1)
    async with served(work.app(), work.door, work.admission) as server:
        for content in (bytes(1_100_000), parts()):
            refused = await client.post(f"{server.url}/echo", content=content)
            assert refused.status_code == 413 and refused.json()["code"] == "too_large"
        assert len((await client.post(f"{server.url}/echo", content=bytes(1_000_000))).content) == 1_000_000


async def test_errors_on_openais_paths_have_openais_shape(client: httpx.AsyncClient) -> None:
    work = Work()
    async with served(work.app(), work.door, work.admission) as server:
        refused = await client.post(f"{server.url}/v1/audio/broken", content=b"refuse")
        missing = await client.get(f"{server.url}/v1/audio/nowhere")
        ours = await client.get(f"{server.url}/nowhere")
    assert refused.status_code == 404
    assert refused.json()["error"] == {
        "message": "No such model.",
        "type": "invalid_request_error",
        "param": None,
        "code": "model_not_found",
    }
    assert missing.json()["error"]["code"] == "not_found" and ours.json()["code"] == "not_found"


async def test_a_failure_is_answered_and_recorded_without_what_was_said(
    client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    work = Work()
    async with served(work.app(), work.door, work.admission) as server:
        failed = await client.post(f"{server.url}/v1/audio/broken")
    assert failed.status_code == 500 and "caller" not in failed.text
    assert "caller" not in caplog.text and "a request failed" in caplog.text


async def test_metrics_count_by_path_and_status_and_unknown_paths_as_one(client: httpx.AsyncClient) -> None:
    work = Work()
    async with served(work.app(), work.door, work.admission) as server:
        for path in ("/echo", "/wp-login.php", "/.env"):
            await client.post(server.url + path)
        text = (await client.get(f"{server.url}/metrics")).text
    assert 'tollfree_stt_requests_total{path="/echo",status="200"} 1.0' in text
    assert 'tollfree_stt_requests_total{path="other",status="404"} 2.0' in text and "wp-login" not in text


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.1.2.3", "speech.example"])
def test_beyond_loopback_a_key_is_needed(host: str) -> None:
    with pytest.raises(NoKey) as refused:
        DoorSettings(host=host).check()
    assert host in refused.value.message and "API_KEY" in refused.value.message
    DoorSettings(host=host, api_key=SecretStr(SECRET)).check()


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "127.8.9.1"])
def test_loopback_needs_none(host: str) -> None:
    assert is_loopback(host)
    DoorSettings(host=host).check()


async def test_a_port_that_is_taken_is_named() -> None:
    work, other = Work(), Work()
    async with served(work.app(), work.door, work.admission) as server:
        port = int(server.url.rpartition(":")[2])
        with pytest.raises(CannotListen, match=str(port)):
            async with served(other.app(), DoorSettings(port=port), other.admission):
                pass
