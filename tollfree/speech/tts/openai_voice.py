"""A voice of any server that speaks OpenAI's `/v1/audio/speech`, by HTTP."""

import asyncio
from hashlib import sha256

import httpx

from tollfree.speech.tts.base import LONGEST_CLAUSE, Clip, Haste, RenderingFailed, Speaking, Urgency
from tollfree.speech.tts.normalise import NORMALISER, Spoken, normalise
from tollfree.speech.tts.onnx_voice import SOUND_VERSION, silent
from tollfree.speech.tts.reader import RenderingLate
from tollfree.speech.tts.received import checked, read_wav
from tollfree.speech.tts.remote import PUBLISH_S
from tollfree.speech.tts.server_name import ServerAccess, ServerName
from tollfree.speech.tts.sound import gap_ms, shape
from tollfree.speech.tts.timing import shared_out, word_times

CONNECT_S = 1.0
"""Seconds to connect: a server that is there answers in milliseconds, and a caller waits."""
LARGEST = 32_000_000
"""Bytes of an answer: over five minutes of WAV."""


class OpenAIVoice:
    """One voice of a server. Such servers tell no word times, so they are shared out over the clip by length; what
    is said of figures and dates is ours, so that it is the same with every voice."""

    def __init__(self, name: ServerName, access: ServerAccess) -> None:
        self._server = name
        self._access = access
        # Its weights are the server's secret: renderings are bound to the name, and to what is done here.
        model = sha256(f"{name}/{NORMALISER}/{SOUND_VERSION}".encode()).hexdigest()[:16]
        self._speaking = Speaking(languages=("en-US",), word_times=False, model=model)
        self._client: httpx.AsyncClient | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._under_way: set[asyncio.Task[bytes]] = set()
        self._closed = False

    @property
    def name(self) -> str:
        return str(self._server)

    @property
    def speaking(self) -> Speaking:
        return self._speaking

    async def render(self, clause: str, haste: Haste | None = None) -> Clip:
        """See `Voice`. Cancelling hangs up, and servers stop then."""
        if len(clause) > LONGEST_CLAUSE:
            raise RenderingFailed(f"{len(clause)} characters are too many for one clause.", retryable=False)
        if self._closed:
            raise self._is_closed()
        spoken = normalise(clause)
        if not spoken.text:
            return silent(clause)
        urgency = haste.urgency if haste is not None else Urgency.FIRST
        seconds = PUBLISH_S if urgency is Urgency.PUBLISH else self._access.deadline_ms / 1000
        limit = asyncio.timeout(seconds)
        try:
            async with limit:
                content = await self._answer(spoken.text)
        except TimeoutError as late:
            if not limit.expired():
                raise
            raise RenderingLate(f"{self._server.url} has not spoken a clause within {seconds:.1f} s.") from late
        return await asyncio.to_thread(_clip, clause, spoken, content)

    async def warm_up(self) -> None:
        """Connect, and have the server load the voice."""
        await self.render("Hello.", Haste(Urgency.PUBLISH))

    async def aclose(self) -> None:
        """Hang up. Safe to call again."""
        self._closed = True
        under_way = tuple(self._under_way)
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)
        if self._client is not None and self._loop is asyncio.get_running_loop():
            await self._client.aclose()

    async def _answer(self, text: str) -> bytes:
        """What the server sends, unless this is closed meanwhile."""
        task = asyncio.create_task(self._fetched(text))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        try:
            return await task
        except asyncio.CancelledError:
            asker = asyncio.current_task()
            if self._closed and not (asker is not None and asker.cancelling()):
                raise self._is_closed() from None
            raise

    async def _fetched(self, text: str) -> bytes:
        body = {
            "model": self._server.model,
            "voice": self._server.voice,
            "input": text,
            "speed": self._server.speed,
            "response_format": "wav",
        }
        content = bytearray()
        try:
            async with self._asking().stream("POST", f"{self._server.url}/audio/speech", json=body) as answer:
                if answer.status_code != 200:
                    again = answer.status_code >= 500 or answer.status_code == 429
                    raise RenderingFailed(f"{self._server.url} answers with {answer.status_code}.", retryable=again)
                async for piece in answer.aiter_bytes():
                    content += piece
                    if len(content) > LARGEST:
                        raise RenderingFailed(f"{self._server.url} does not come to an end.")
        except httpx.ConnectTimeout as error:
            raise RenderingLate(f"{self._server.url} has not answered within {CONNECT_S:.1f} s.") from error
        except httpx.HTTPError as error:
            raise RenderingFailed(f"{self._server.url} cannot be heard: {type(error).__name__}.") from error
        return bytes(content)

    def _asking(self) -> httpx.AsyncClient:
        """Connections are kept, for the loop that runs."""
        loop = asyncio.get_running_loop()
        if self._client is None or self._loop is not loop:
            self._loop = loop
            timeout = httpx.Timeout(None, connect=CONNECT_S)
            self._client = httpx.AsyncClient(headers=self._access.headers, timeout=timeout, trust_env=False)
        return self._client

    def _is_closed(self) -> RenderingFailed:
        return RenderingFailed(f"The voice {self.name} is closed.", retryable=False)


def _clip(clause: str, spoken: Spoken, content: bytes) -> Clip:
    """Made to sound as every voice does. Raises `RenderingFailed`."""
    sound, rate = read_wav(content)
    shaped = shape(checked(sound, rate, spoken.text), rate, gap_ms(clause))
    if not len(shaped.samples):
        raise RenderingFailed("The server sent silence in place of speech.")
    ends = shared_out(spoken.text.split(), 0.0, shaped.sound_ms)
    return Clip(text=clause, samples=shaped.samples, words=word_times(spoken, ends, 0.0, shaped.sound_ms))
