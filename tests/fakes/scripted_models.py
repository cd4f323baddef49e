"""A server of language models that says what a test tells it to: the OpenAI protocol, at the wire, on loopback.

    with ScriptedModels() as models:
        models.always("qwen3", Script(words=("It is ", "on its way.")))
        models.once(Script(status=500), model="glm")            # the next request alone, then as before
        models.by(lambda asked: Script(words=(asked.last,)))    # what the request itself decides
        ...                                                     # base_url = models.base_url
        assert models.asked[0].model == "qwen3"
        assert models.asked[0].ended == "finished"

It runs in a thread with an event loop of its own, in real time, so it serves synchronous tests, virtual time and other
processes alike; or, by `async with models.here():`, in the caller's loop. A request that no script fits is answered by
the first answer that its schema allows, or "All right.".
`asked` grows the moment a request has been read; `wait_for` waits until something is true of it.
"""

import asyncio
import json
import threading
import time
from collections import defaultdict, deque
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from tests.fakes.model_script import Asked, Ended, Script, as_event, completion_of, fitting, head_of, usage_of
from tests.fakes.patience import PATIENCE_S

__all__ = ["Asked", "Script", "ScriptedModels"]


@dataclass
class ScriptedModels:
    """The server. Safe to use from any thread."""

    asked: list[Asked] = field(default_factory=list)
    """Every request, in the order in which they were read."""
    port: int = 0
    """0: any free one. A server that was stopped can be started again, on the same port."""

    def __post_init__(self) -> None:
        self._always: dict[str, Script] = {}
        self._once: dict[str, deque[Script]] = defaultdict(deque)
        self._by: Callable[[Asked], Script | None] = lambda asked: None
        self._thread: threading.Thread | None = None
        self.connections = 0
        """How many were ever accepted."""

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def always(self, model: str, script: Script) -> None:
        """What every request for this model is answered with; model "": any that has no script of its own."""
        self._always[model] = script

    def once(self, *scripts: Script, model: str = "") -> None:
        """What the next requests are answered with, one each; model "": whichever is asked for."""
        self._once[model].extend(scripts)

    def by(self, choose: Callable[[Asked], Script | None]) -> None:
        """Looks at a request that no `once` was meant for; None: as `always` says. Called in the server's thread."""
        self._by = choose

    def asked_of(self, model: str) -> list[Asked]:
        """The requests for one model."""
        return [one for one in list(self.asked) if one.model == model]

    def wait_for(self, true: Callable[[], bool]) -> None:
        """Block until it is true. Raises AssertionError when it takes for ever. Not on the client's event loop."""
        give_up_s = time.monotonic() + PATIENCE_S
        while not true():
            assert time.monotonic() < give_up_s, f"never came true; asked: {self.asked}"
            time.sleep(0.005)

    async def wait_until(self, true: Callable[[], bool]) -> None:
        """The same beside other work of an event loop, in real time."""
        await asyncio.to_thread(self.wait_for, true)

    def start(self) -> Self:
        """Listen."""
        ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve(ready)), daemon=True)
        self._thread.start()
        assert ready.wait(PATIENCE_S)
        return self

    def stop(self) -> None:
        """Refuse connections from now on, and break those that are open."""
        if self._thread is not None:
            self._loop.call_soon_threadsafe(self._stopping.set)
            self._thread.join(PATIENCE_S)
            self._thread = None

    @asynccontextmanager
    async def here(self) -> AsyncGenerator[Self]:
        """Serve in the loop that is running, so that delays pass on its clock, virtual or not."""
        ready = asyncio.Event()
        serving = asyncio.create_task(self._serve(ready))
        try:
            await ready.wait()
            yield self
        finally:
            self._stopping.set()
            await serving

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    async def _serve(self, ready: threading.Event | asyncio.Event) -> None:
        self._loop, self._stopping = asyncio.get_running_loop(), asyncio.Event()
        serving: set[asyncio.Task[None]] = set()

        def accepted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            self.connections += 1
            task = asyncio.get_running_loop().create_task(_Connection(self, reader, writer).serve())
            serving.add(task)
            task.add_done_callback(serving.discard)
            task.add_done_callback(lambda _: writer.close())  # also where it was cancelled before it began

        server = await asyncio.start_server(accepted, "127.0.0.1", self.port)
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        await self._stopping.wait()
        server.close()
        for task in tuple(serving):
            task.cancel()
        await asyncio.gather(*serving, return_exceptions=True)
        await asyncio.sleep(0)  # for the connections to close

    def script_for(self, asked: Asked) -> Script:
        """The script of a request: the next `once`, else what `by` says, else `always`."""
        for model in (asked.model, ""):
            if self._once[model]:
                return self._once[model].popleft()
        return self._by(asked) or self._always.get(asked.model) or self._always.get("") or Script()


class _Gone(Exception):
    """The client has gone away."""


class _Connection:
    """One client's connection: requests one after the other."""

    def __init__(self, models: ScriptedModels, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._models, self._reader, self._writer = models, reader, writer
        self._gone = asyncio.Event()

    async def serve(self) -> None:
        try:
            while (asked := await self._request()) is not None:
                ended: Ended = "disconnected"
                watching = asyncio.create_task(self._watch())
                try:
                    ended = await self._answer(asked)
                except (_Gone, ConnectionError):
                    return
                finally:
                    watching.cancel()
                    await asyncio.gather(watching, return_exceptions=True)
                    asked.ended = ended
                if ended == "broken off":
                    return
        except ConnectionError:
            return
        finally:
            self._writer.close()

    async def _request(self) -> Asked | None:
        try:
            head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        except (asyncio.IncompleteReadError, ConnectionError):
            return None
        first, *lines = head.strip().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        content = await self._reader.readexactly(int(headers.get("content-length", 0)))
        asked = Asked(path=first.split()[1], headers=headers, body=json.loads(content or b"{}"), at_s=time.monotonic())
        self._models.asked.append(asked)
        return asked

    async def _watch(self) -> None:
        """Clients send nothing while they wait, so what can be read here is their going away."""
        try:
            await self._reader.read(1)
        except ConnectionError:
            pass
        self._gone.set()

    async def _pause(self, ms: float | None) -> None:
        """None: for ever. Raises `_Gone` the moment the client goes away."""
        try:
            await asyncio.wait_for(self._gone.wait(), None if ms is None else ms / 1000)
        except TimeoutError:
            return
        raise _Gone

    async def _answer(self, asked: Asked) -> Ended:
        if not asked.path.endswith("/chat/completions"):
            return await self._whole(200, {"object": "list", "data": []})
        script = self._models.script_for(asked)
        if script.breaks == "before":
            return self._break()
        if script.status != 200:
            await self._pause(script.first_ms)
            return await self._whole(script.status, {"error": {"message": script.error, "type": "server_error"}})
        if script.page:
            return await self._whole(200, script.page, "text/html")
        words = script.words if script.words is not None else fitting(asked.schema)
        if not asked.body.get("stream"):
            await self._pause(None if script.stall else script.first_ms)
            return await self._whole(200, completion_of(asked, script, words))
        return await self._stream(asked, script, words)

    async def _stream(self, asked: Asked, script: Script, words: tuple[str, ...]) -> Ended:
        self._writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n")
        await self._event({"role": "assistant", "content": ""}, asked)
        await self._pause(None if script.stall == "before" else script.first_ms)
        for thought in script.reasoning:
            await self._event({script.reasoning_field: thought}, asked)
            await self._pause(script.each_ms)
        half = (len(words) + 1) // 2
        for index, word in enumerate(words):
            if index:
                await self._pause(script.each_ms)
            await self._event({"content": word}, asked)
            asked.sent += 1
            if index + 1 == half:
                if script.stall == "middle":
                    await self._pause(None)
                if script.rubbish:
                    await self._chunk(b'data: {"choices": [{"del\n\n')
                if script.breaks == "truncated":
                    await self._chunk(b"")
                    return "finished"
                if script.breaks == "reset":
                    self._writer.write(b"400\r\ndata: {")
                    return self._break()
        await self._event({}, asked, finish=script.finish)
        if script.usage and (asked.body.get("stream_options") or {}).get("include_usage"):
            await self._chunk(as_event({**head_of(asked, chunk=True), "choices": [], "usage": usage_of(script, words)}))
        await self._chunk(b"data: [DONE]\n\n")
        await self._chunk(b"")
        return "finished"

    async def _event(self, delta: dict[str, str], asked: Asked, finish: str | None = None) -> None:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        await self._chunk(as_event({**head_of(asked, chunk=True), "choices": [choice]}))

    async def _chunk(self, content: bytes) -> None:
        if self._gone.is_set():
            raise _Gone
        self._writer.write(f"{len(content):x}\r\n".encode() + content + b"\r\n")
        await self._writer.drain()

    async def _whole(self, status: int, answer: object, form: str = "application/json") -> Ended:
        content = (answer if isinstance(answer, str) else json.dumps(answer)).encode()
        head = f"HTTP/1.1 {status} Scripted\r\ncontent-type: {form}\r\ncontent-length: {len(content)}\r\n\r\n"
        self._writer.write(head.encode() + content)
        await self._writer.drain()
        return "finished" if status == 200 else "refused"

    def _break(self) -> Ended:
        self._writer.transport.abort()
        return "broken off"
