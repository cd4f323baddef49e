"""A recogniser on another machine: `tollfree engines stt`, over a WebSocket."""

import asyncio
import logging
from urllib.parse import urlsplit

from tollfree.protocol.audio import HEARD_RATE, Samples
from tollfree.protocol.transcript import Transcript
from tollfree.speech.stt.base import Hearing, Hints, RecognitionFailed, Urgency
from tollfree.speech.stt.hear_link import HearLink
from tollfree.speech.stt.remote_settings import RemoteSettings, checked
from tollfree.speech.stt.wire import PATH, Hear, to_bytes, urgency_name

_log = logging.getLogger(__name__)


class ServedRecognizer:
    """Turns are heard by a server; several may be under way, and a cancelled one is told to it."""

    def __init__(self, url: str, settings: RemoteSettings | None = None) -> None:
        """`url` is `ws://HOST:PORT` or `wss://HOST`; nothing is connected yet. Raises `UnknownEngine`."""
        address = checked(url, ("ws", "wss"))
        self._url = address if urlsplit(address).path else address + PATH
        self._name = f"served:{address}"
        self._settings = settings or RemoteSettings()
        self._link: HearLink | None = None
        self._hearing = Hearing(languages=(self._settings.language or "en",), punctuates=True, hints=True)
        self._closed = False

    @property
    def name(self) -> str:
        return self._name

    @property
    def hearing(self) -> Hearing:
        """The server's, once it was reached."""
        if self._link is not None and self._link.hearing is not None:
            self._hearing = self._link.hearing
        return self._hearing

    async def transcribe(
        self, samples: Samples, hints: Hints | None = None, *, urgency: Urgency = Urgency.COMMIT
    ) -> Transcript:
        """See `Recognizer.transcribe`."""
        if self._closed:
            raise RecognitionFailed("The recogniser is closed; load it again to go on.", retryable=False)
        sound = samples[-int(self.hearing.longest_s * HEARD_RATE) :]
        told = hints or Hints()
        head = Hear(
            id="0",
            samples=len(sound),
            urgency=urgency_name(urgency),
            hints=told.vocabulary[:1000],
            slot=told.slot[:100],
            language=self._settings.language,
        )
        heard = await self._here().ask(head, to_bytes(sound))
        return Transcript(
            text=heard.text,
            confidence=heard.confidence,
            alternatives=heard.alternatives,
            took_ms=heard.took_ms,
            looks=heard.looks,
        )

    async def warm_up(self) -> None:
        """Connect. A server that is not there yet is no fault: the log says so, and the first turn tries again."""
        if not self._closed:
            link = self._here()
            if not await link.reached(self._settings.within_s):
                _log.warning("a speech server cannot be reached: %s", link.why, extra={"server": self._url})

    async def aclose(self) -> None:
        """Let the connection go; what is under way is refused."""
        self._closed = True
        link, self._link = self._link, None
        if link is not None and link.loop is asyncio.get_running_loop():
            await link.aclose()

    def _here(self) -> HearLink:
        """The connection of this event loop; that of a loop that has ended is not of use any more."""
        if self._link is None or self._link.loop is not asyncio.get_running_loop():
            self._hearing = self.hearing
            self._link = HearLink(self._url, self._settings)
        return self._link
