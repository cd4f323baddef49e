"""`/v1/audio/speech` as OpenAI's clients know it: a text in, a file of speech out, sent as it is made."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import ExitStack, aclosing
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from tollfree.protocol.errors import TollfreeError
from tollfree.serving.admission import Admission
from tollfree.serving.errors import Refusal
from tollfree.serving.tts.desk import Desk, Spoken
from tollfree.serving.tts.formats import MEDIA_TYPES, Format, formats
from tollfree.serving.tts.reading import Reading
from tollfree.serving.tts.socket import too_long
from tollfree.serving.tts.tts_metrics import TtsMetrics


class _Named(BaseModel):
    """A voice by id, as OpenAI's own are named too."""

    model_config = ConfigDict(extra="ignore")
    id: str = Field(max_length=500)


class SpeechRequest(BaseModel):
    """What OpenAI's clients send. Fields that are not here are ignored."""

    model_config = ConfigDict(extra="ignore")

    input: str = Field(min_length=1)
    model: str = Field(default="", max_length=200)
    """`kokoro` or `piper`, where `voice` does not say; anything else: the server's own."""
    voice: str | _Named = ""
    """A voice, or a blend. Empty: the server's own."""
    speed: float = 1.0
    response_format: str = "mp3"
    stream_format: Literal["audio"] = "audio"

    @property
    def named(self) -> str:
        """The voice, with its engine where the model names one."""
        voice = self.voice if isinstance(self.voice, str) else self.voice.id
        return f"{self.model}:{voice}" if self.model in ("kokoro", "piper") and voice and ":" not in voice else voice


class SpeechRoute:
    """Answers requests."""

    def __init__(self, desk: Desk, admission: Admission, metrics: TtsMetrics, *, longest_text: int) -> None:
        self._desk = desk
        self._admission = admission
        self._metrics = metrics
        self._longest_text = longest_text
        self._formats = formats()

    async def __call__(self, request: Request) -> Response:
        """Raises `Refusal`, also for what cannot be spoken; once the first clause is there the answer has begun, and
        what fails then breaks it off."""
        with ExitStack() as stack:
            stack.enter_context(self._admission.work())
            try:
                response = await self._begun(request)
            except TollfreeError as error:
                self._metrics.failures.labels(error.code).inc()
                raise _refusal(error) from error
            except _Gone:
                self._metrics.cancelled.inc()
                return Response(status_code=499)
            response.inside = stack.pop_all()
        return response

    async def _begun(self, request: Request) -> "_Speech":
        wanted = _request(await request.body())
        if len(wanted.input) > self._longest_text:
            raise too_long(len(wanted.input), self._longest_text)
        if wanted.response_format not in self._formats:
            there = ", ".join(sorted(self._formats))
            raise Refusal(
                f"{wanted.response_format[:20]!r} is no format here. Choose one of: {there}.", code="bad_format"
            )
        name = self._desk.named(wanted.named, wanted.speed)
        client = f"http {request.client.host if request.client else ''}"
        clips = Reading(self._desk, name, wanted.input, client=client).clips()
        try:
            first = await _or_gone(request, clips)
        except BaseException:
            await clips.aclose()
            raise
        body = _coded(first, clips, self._formats[wanted.response_format]())
        return _Speech(body, media_type=MEDIA_TYPES[wanted.response_format])


class _Gone(Exception):
    """The client hung up before the first clause was there."""


class _Speech(StreamingResponse):
    """A stream that is let go however it ends."""

    def __init__(self, body: AsyncGenerator[bytes], media_type: str) -> None:
        super().__init__(body, media_type=media_type)
        self.inside = ExitStack()
        """What is held while it is sent: its place in the server's admission."""
        self._body = body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self.inside:
            try:
                await super().__call__(scope, receive, send)
            except ClientDisconnect:
                pass
            finally:
                await self._body.aclose()


async def _coded(first: Spoken | None, clips: AsyncGenerator[Spoken], format: Format) -> AsyncGenerator[bytes]:
    """Coding takes some hundredths of a clip's length, so it is not done on the loop."""
    async with aclosing(clips):
        spoken = first
        while spoken is not None:
            if piece := await asyncio.to_thread(format.write, spoken.clip.samples):
                yield piece
            spoken = await anext(clips, None)
        if piece := await asyncio.to_thread(format.end):
            yield piece


async def _or_gone(request: Request, clips: AsyncGenerator[Spoken]) -> Spoken | None:
    """The first clip; None when the text has none. Raises `_Gone` when the client hangs up before."""

    async def hung_up() -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass

    first = asyncio.ensure_future(anext(clips, None))
    gone = asyncio.create_task(hung_up())
    try:
        await asyncio.wait((first, gone), return_when=asyncio.FIRST_COMPLETED)
        if not first.done():
            raise _Gone
        return await first
    finally:
        for task in (first, gone):
            task.cancel()
        await asyncio.gather(first, gone, return_exceptions=True)


def _request(body: bytes) -> SpeechRequest:
    try:
        return SpeechRequest.model_validate_json(body)
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, one['loc'])) or 'body'}: {one['msg']}" for one in error.errors())
        raise Refusal(f"The request cannot be read: {faults}", code="bad_request") from error


def _refusal(error: TollfreeError) -> Refusal:
    if isinstance(error, Refusal):
        return error
    if error.retryable:
        return Refusal(error.message, code=error.code, status=503, retry_after_s=1)
    return Refusal(error.message, code=error.code, status=500)
