"""`/v1/hear`: a call's turns over one WebSocket. See `tollfree.speech.stt.wire`."""

import asyncio
import json
import secrets
from typing import cast

from pydantic import BaseModel, ValidationError
from starlette.websockets import WebSocket, WebSocketDisconnect

from tollfree.protocol.audio import HEARD_RATE
from tollfree.serving.errors import Refusal
from tollfree.serving.stt.hearing import Hearings
from tollfree.serving.stt.stt_metrics import SttMetrics
from tollfree.speech.stt.base import Hints
from tollfree.speech.stt.wire import (
    BYTES,
    CLIENT_MESSAGES,
    FORMAT,
    LONGEST_ID,
    PROTOCOL,
    URGENCIES,
    Cancel,
    Failed,
    Hear,
    Heard,
    Hello,
    to_samples,
)

PROTOCOL_ERROR = 1002
"""WebSocket's own code: the connection is of no more use."""


class HearSocket:
    """One call's connection."""

    def __init__(self, socket: WebSocket, hearings: Hearings, metrics: SttMetrics, *, most: int) -> None:
        """`most` turns may be under way."""
        self._socket = socket
        self._hearings = hearings
        self._metrics = metrics
        self._most = most
        self._call = secrets.token_hex(8)
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._sending = asyncio.Lock()

    async def run(self) -> None:
        """Until the client goes; then what it wanted is given up."""
        await self._socket.accept()
        self._metrics.sockets.inc()
        try:
            await self._send(self._hello())
            while await self._take():
                pass
        except (WebSocketDisconnect, OSError):
            pass  # it is gone
        finally:
            self._metrics.sockets.dec()
            tasks = tuple(self._tasks.values())
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _take(self) -> bool:
        """The client's next message; False: it is gone, or cannot be understood any more."""
        text = await self._received("text")
        if text is None:
            return False
        try:
            message = _read(text)
        except Refusal as refusal:
            await self._fail(_id_of(text), refusal)
            # a sound may follow, or not: what comes next cannot be told
            await self._socket.close(PROTOCOL_ERROR)
            return False
        if isinstance(message, Cancel):
            if (task := self._tasks.pop(message.id, None)) is not None:
                task.cancel()
            return True
        sound = await self._received("bytes")
        if not isinstance(sound, bytes):
            return False
        try:
            self._begin(message, sound)
        except Refusal as refusal:
            await self._fail(None if message.id in self._tasks else message.id, refusal)
        return True

    async def _received(self, kind: str) -> "str | bytes | None":
        message = await self._socket.receive()
        if message["type"] == "websocket.disconnect":
            return None
        found = message.get(kind)
        if found is None:
            wanted = "a JSON object" if kind == "text" else "a turn's sound"
            await self._fail(None, Refusal(f"A {kind} message was expected, with {wanted}.", code="bad_message"))
            await self._socket.close(PROTOCOL_ERROR)
        return cast("str | bytes | None", found)

    def _begin(self, message: Hear, sound: bytes) -> None:
        if message.id in self._tasks:
            raise Refusal("A turn of this id is under way.", code="bad_message")
        if len(sound) != BYTES * message.samples:
            raise Refusal(
                f"{message.samples} samples were promised and {len(sound)} bytes came: not {BYTES} for each.",
                code="bad_audio",
            )
        if len(self._tasks) >= self._most:
            raise Refusal(
                f"{self._most} turns are under way in this call.", code="overloaded", status=503, retry_after_s=1
            )
        task = asyncio.create_task(self._answer(message, sound))
        self._tasks[message.id] = task
        task.add_done_callback(lambda done: self._forget(message.id, done))

    async def _answer(self, message: Hear, sound: bytes) -> None:
        try:
            heard = await self._hearings.hear(
                to_samples(sound),
                Hints(vocabulary=message.hints, slot=message.slot),
                URGENCIES[message.urgency],
                call=self._call,
                language=message.language,
                within_s=None if message.deadline_ms is None else message.deadline_ms / 1000,
            )
            transcript = heard.transcript
            answer: BaseModel = Heard(
                id=message.id,
                text=transcript.text,
                confidence=transcript.confidence,
                alternatives=transcript.alternatives,
                looks=transcript.looks,
                took_ms=round(transcript.took_ms, 2),
                waited_ms=round(heard.waited_ms, 2),
                batch=heard.batch,
                language=heard.language,
            )
        except Refusal as refusal:
            answer = _failed(message.id, refusal)
        self._tasks.pop(message.id, None)
        try:
            await self._send(answer)
        except (WebSocketDisconnect, OSError, RuntimeError):
            pass  # the client is gone, which `run` is told too

    def _forget(self, id: str, done: "asyncio.Task[None]") -> None:
        """A client may have used the id again meanwhile."""
        if self._tasks.get(id) is done:
            del self._tasks[id]

    def _hello(self) -> Hello:
        hearing = self._hearings.engine.hearing
        return Hello(
            protocol=PROTOCOL,
            engine=self._hearings.engine.name,
            format=FORMAT,
            rate=HEARD_RATE,
            languages=hearing.languages,
            punctuates=hearing.punctuates,
            hints=hearing.hints,
            quick=hearing.quick,
            longest_s=hearing.longest_s,
        )

    async def _send(self, message: BaseModel) -> None:
        async with self._sending:
            await self._socket.send_text(message.model_dump_json())

    async def _fail(self, id: str | None, refusal: Refusal) -> None:
        self._metrics.failures.labels(refusal.code).inc()
        await self._send(_failed(id, refusal))


def _failed(id: str | None, refusal: Refusal) -> Failed:
    after_s = refusal.retry_after_s
    return Failed(
        id=id,
        code=refusal.code,
        message=refusal.message,
        retryable=refusal.retryable,
        retry_after_ms=None if after_s is None else after_s * 1000,
    )


def _object(text: "str | bytes") -> dict[str, object]:
    try:
        found: object = json.loads(text)
    except ValueError:
        found = None
    return cast(dict[str, object], found) if isinstance(found, dict) else {}


def _read(text: "str | bytes") -> Hear | Cancel:
    """A client's message. Raises `Refusal`."""
    content = _object(text)
    kind = CLIENT_MESSAGES.get(str(content.get("type")))
    if kind is None:
        raise Refusal("A message is a JSON object whose type is hear or cancel.", code="bad_message")
    try:
        return kind.model_validate(content)
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        raise Refusal(f"The message cannot be read: {faults}", code="bad_message") from error


def _id_of(text: "str | bytes") -> str | None:
    found = _object(text).get("id")
    return found if isinstance(found, str) and 0 < len(found) <= LONGEST_ID else None
