"""`/v1/speak`: many texts at once over one WebSocket. See `tollfree.speech.tts.wire`."""

import asyncio
import json
from contextlib import aclosing
from typing import cast

from pydantic import BaseModel, ValidationError
from starlette.websockets import WebSocket, WebSocketDisconnect

from tollfree.protocol.audio import SPOKEN_RATE
from tollfree.protocol.errors import TollfreeError
from tollfree.serving.admission import Admission
from tollfree.serving.errors import Refusal
from tollfree.serving.tts.desk import Desk, Spoken
from tollfree.serving.tts.reading import Reading
from tollfree.serving.tts.tts_metrics import TtsMetrics
from tollfree.speech.tts.wire import (
    FORMAT,
    LONGEST_ID,
    PROTOCOL,
    URGENCIES,
    Cancel,
    Clause,
    Done,
    Failed,
    Hello,
    Hurry,
    Speak,
)

MOST = 64
"""Requests that one connection may have under way."""
MESSAGES: dict[str, type[Speak] | type[Hurry] | type[Cancel]] = {"speak": Speak, "hurry": Hurry, "cancel": Cancel}


class Conversation:
    """One client's connection."""

    def __init__(
        self,
        socket: WebSocket,
        desk: Desk,
        admission: Admission,
        metrics: TtsMetrics,
        *,
        longest_text: int,
    ) -> None:
        self._socket = socket
        self._desk = desk
        self._admission = admission
        self._metrics = metrics
        self._longest_text = longest_text
        self._client = f"socket {id(self)}"
        self._readings: dict[str, Reading] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._sending = asyncio.Lock()
        self._sends: set[asyncio.Task[None]] = set()
        self._gone = False

    async def run(self) -> None:
        """Until the client goes; then all that it alone wanted is given up."""
        await self._socket.accept()
        self._metrics.sockets.inc()
        try:
            await self._send(Hello(protocol=PROTOCOL, rate=SPOKEN_RATE, format=FORMAT, voice=self._desk.default))
            while True:
                message = await self._socket.receive()
                if message["type"] == "websocket.disconnect":
                    return
                await self._take(message.get("text"))
        except (WebSocketDisconnect, OSError):
            pass  # it is gone
        finally:
            self._gone = True
            self._metrics.sockets.dec()
            tasks = (*self._tasks.values(), *self._sends)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _take(self, text: str | None) -> None:
        try:
            message = _read(text)
        except Refusal as refusal:
            await self._fail(_id_of(text), refusal)
            return
        if isinstance(message, Speak):
            await self._speak(message)
        elif isinstance(message, Hurry):
            if (reading := self._readings.get(message.id)) is not None:
                reading.hurry(URGENCIES[message.urgency])
        elif (task := self._tasks.get(message.id)) is not None:
            task.cancel()

    async def _speak(self, message: Speak) -> None:
        try:
            if message.id in self._tasks:
                raise Refusal("A request of this id is under way.", code="bad_request")
            if len(self._tasks) >= MOST:
                raise Refusal(f"{MOST} requests are under way here.", code="overloaded", status=503, retry_after_s=1)
        except Refusal as refusal:
            await self._fail(None if message.id in self._tasks else message.id, refusal)
            return
        self._tasks[message.id] = asyncio.create_task(self._answer(message))

    async def _answer(self, message: Speak) -> None:
        try:
            with self._admission.work():
                await self._read_out(message)
                self._free(message.id)
                await self._send(Done(id=message.id))
        except asyncio.CancelledError:
            self._free(message.id)
            self._metrics.cancelled.inc()
            if not self._gone:
                await self._send(Done(id=message.id, cancelled=True))
        except TollfreeError as error:
            self._free(message.id)
            await self._fail(message.id, error)
        except (WebSocketDisconnect, OSError):
            pass  # the client is gone, which `run` is told too

    def _free(self, id: str) -> None:
        """From here on the client may use the id again."""
        self._tasks.pop(id, None)
        self._readings.pop(id, None)

    async def _read_out(self, message: Speak) -> None:
        if len(message.text) > self._longest_text:
            raise too_long(len(message.text), self._longest_text)
        name = self._desk.named(message.voice, message.speed)
        reading = self._readings[message.id] = Reading(
            self._desk,
            name,
            message.text,
            client=self._client,
            urgency=URGENCIES[message.urgency],
            whole=message.whole,
            within_s=None if message.deadline_ms is None else message.deadline_ms / 1000,
        )
        await self._desk.voice(name)  # an unknown one is refused even for an empty text
        index = 0
        async with aclosing(reading.clips()) as clips:
            async for spoken in clips:
                sending = asyncio.create_task(self._send_clip(message.id, index, spoken))
                self._sends.add(sending)
                sending.add_done_callback(self._sends.discard)
                await asyncio.shield(sending)  # a request that is cancelled leaves no clause without its sound
                index += 1

    async def _send_clip(self, id: str, index: int, spoken: Spoken) -> None:
        clip = spoken.clip
        head = Clause(
            id=id,
            index=index,
            text=clip.text,
            words=tuple((word.end, round(word.end_ms, 2)) for word in clip.words),
            samples=len(clip.samples),
            rate=SPOKEN_RATE,
            format=FORMAT,
            model=spoken.model,
            cached=spoken.cached,
        )
        async with self._sending:
            await self._socket.send_text(_text(head))
            if len(clip.samples):
                await self._socket.send_bytes(clip.samples.astype("<i2").tobytes())

    async def _send(self, message: BaseModel) -> None:
        async with self._sending:
            await self._socket.send_text(_text(message))

    async def _fail(self, id: str | None, error: TollfreeError) -> None:
        self._metrics.failures.labels(error.code).inc()
        voices = self._desk.known() if error.code == "unknown_voice" else ()
        failed = Failed(id=id, code=error.code, message=error.message, retryable=error.retryable, voices=voices)
        await self._send(failed)


def too_long(length: int, longest: int) -> Refusal:
    """For a text that is."""
    return Refusal(f"A text of {length} characters is too long; {longest} is the most.", code="too_long", status=413)


def _text(message: BaseModel) -> str:
    return json.dumps(message.model_dump(mode="python"))


def _object(text: str | None) -> dict[str, object]:
    try:
        found: object = json.loads(text or "")
    except ValueError:
        found = None
    return cast(dict[str, object], found) if isinstance(found, dict) else {}


def _read(text: str | None) -> Speak | Hurry | Cancel:
    """A client's message. Raises `Refusal`."""
    content = _object(text)
    kind = MESSAGES.get(str(content.get("type")))
    if kind is None:
        raise Refusal("A message is a JSON object whose type is speak, hurry or cancel.", code="bad_request")
    try:
        return kind.model_validate(content)
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        raise Refusal(f"The message cannot be read: {faults}", code="bad_request") from error


def _id_of(text: str | None) -> str | None:
    found = _object(text).get("id")
    return found if isinstance(found, str) and 0 < len(found) <= LONGEST_ID else None
