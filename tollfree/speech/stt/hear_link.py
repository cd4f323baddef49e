"""A connection to a server that hears: kept up, and asked."""

import asyncio
import itertools
import json
import logging
import random
from collections import deque
from dataclasses import dataclass, field

from pydantic import ValidationError
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus, WebSocketException

from tollfree.network.quiet_logger import quiet_logger
from tollfree.protocol.audio import HEARD_RATE
from tollfree.speech.stt.base import Hearing, Overloaded, RecognitionFailed, TooLate
from tollfree.speech.stt.remote_settings import RemoteSettings
from tollfree.speech.stt.wire import FORMAT, PROTOCOL, SERVER_MESSAGES, URGENCIES, Cancel, Failed, Hear, Heard, Hello

FIRST_AGAIN_S = 0.05
LAST_AGAIN_S = 2.0
"""Between two attempts to connect: doubled each time, with some chance in it, so that many calls do not come back to a
server in one moment."""
TRIES = 3
"""Times that one turn is sent. A server that goes down over it is not brought down for ever."""
LARGEST_ANSWER = 1024 * 1024
"""Bytes."""
PING_S = 10.0

_log = logging.getLogger(__name__)


@dataclass(eq=False)
class _Asked:
    """A turn that is on its way."""

    head: Hear
    sound: bytes = field(repr=False)
    future: "asyncio.Future[Heard]"
    since_s: float
    """When it was asked for."""
    tries: int = 0
    sent: bool = False
    """On the present connection."""


class HearLink:
    """Belongs to one event loop. Turns that were under way when a connection broke are asked for again on the next."""

    def __init__(self, url: str, settings: RemoteSettings) -> None:
        self.loop = asyncio.get_running_loop()
        self._url = url
        self._settings = settings
        self._ids = itertools.count(1)
        self._asked: dict[str, _Asked] = {}
        self._cancels: deque[str] = deque()
        self._changed = asyncio.Event()
        self._up = asyncio.Event()
        self._socket: ClientConnection | None = None
        self._got_s = 0.0
        """When the server was last heard of."""
        self._lost_s = self.loop.time()
        self._why = "no attempt was made yet"
        self.hearing: Hearing | None = None
        """What the server said of itself."""
        self._keeping = asyncio.create_task(self._keep())

    async def reached(self, within_s: float) -> bool:
        """Whether there is a connection, or comes one in time."""
        try:
            async with asyncio.timeout(within_s):
                await self._up.wait()
        except TimeoutError:
            return False
        return True

    @property
    def why(self) -> str:
        """Why there is no connection, if there is none."""
        return self._why

    async def ask(self, head: Hear, sound: bytes) -> Heard:
        """The words of a turn. Raises `RecognitionFailed`. Cancelled, the server is told so."""
        id = str(next(self._ids))
        asked = _Asked(head.model_copy(update={"id": id}), sound, self.loop.create_future(), self.loop.time())
        self._asked[id] = asked
        self._changed.set()
        try:
            async with asyncio.timeout(self._settings.within_s):
                return await asked.future
        except TimeoutError as error:
            self._doubt(asked)
            within_ms = 1000 * self._settings.within_s
            raise TooLate(f"The speech server {self._url} did not answer within {within_ms:.0f} ms.") from error
        finally:
            self._asked.pop(id, None)
            if asked.sent and (not asked.future.done() or asked.future.cancelled()):
                self._cancels.append(id)
                self._changed.set()

    async def aclose(self) -> None:
        """Let the connection go; what is under way is refused."""
        self._keeping.cancel()
        await asyncio.gather(self._keeping, return_exceptions=True)
        self._fail_all(RecognitionFailed("The recogniser is closed; load it again to go on.", retryable=False))

    async def _keep(self) -> None:
        again_s = FIRST_AGAIN_S
        while True:
            try:
                await self._connected()
            except (OSError, WebSocketException, TimeoutError, _NotOurs) as error:
                self._why = _plain(error, self._settings)
            if self._up.is_set():
                again_s = FIRST_AGAIN_S
                self._lost_s = self.loop.time()
                _log.warning("the connection to a speech server is lost", extra={"server": self._url})
            self._up.clear()
            self._socket = None
            self._cancels.clear()
            self._after_a_break()
            await self._pause(again_s * random.uniform(0.5, 1.0))
            again_s = min(LAST_AGAIN_S, 2 * again_s)

    async def _pause(self, pause_s: float) -> None:
        """Wait before the next attempt; turns that cannot wait any longer fail meanwhile."""
        end_s = self.loop.time() + pause_s
        while (left_s := end_s - self.loop.time()) > 0:
            await asyncio.sleep(min(left_s, FIRST_AGAIN_S))
            self._give_up()
            if self._asked:
                end_s = min(end_s, self.loop.time() + 2 * FIRST_AGAIN_S)

    async def _connected(self) -> None:
        """One connection, from its beginning to its end."""
        async with connect(
            self._url,
            additional_headers=self._settings.headers,
            proxy=None,
            compression=None,
            open_timeout=self._settings.reach_s,
            close_timeout=self._settings.reach_s,
            ping_interval=PING_S,
            ping_timeout=PING_S,
            max_size=LARGEST_ANSWER,
            logger=quiet_logger(__name__),
        ) as socket:
            async with asyncio.timeout(self._settings.reach_s):
                hello = _read(await socket.recv())
            if not isinstance(hello, Hello) or hello.protocol != PROTOCOL:
                raise _NotOurs("it is no speech server of this version")
            if (hello.rate, hello.format) != (HEARD_RATE, FORMAT):
                raise _NotOurs(f"it hears {hello.format} at {hello.rate} Hz, not {FORMAT} at {HEARD_RATE} Hz")
            self.hearing = Hearing(
                languages=hello.languages,
                punctuates=hello.punctuates,
                hints=hello.hints,
                quick=hello.quick,
                longest_s=hello.longest_s,
            )
            self._socket = socket
            self._up.set()
            sending = asyncio.create_task(self._send(socket))
            try:
                async for message in socket:
                    self._got_s = self.loop.time()
                    self._take(_read(message))
                raise _NotOurs("it closed the connection")
            finally:
                sending.cancel()
                await asyncio.gather(sending, return_exceptions=True)

    async def _send(self, socket: ClientConnection) -> None:
        """What is not sent yet, the most urgent first."""
        self._changed.set()
        while True:
            await self._changed.wait()
            self._changed.clear()
            while self._cancels:
                await socket.send(Cancel(id=self._cancels.popleft()).model_dump_json())
            while unsent := [asked for asked in self._asked.values() if not asked.sent]:
                asked = min(unsent, key=lambda asked: (URGENCIES[asked.head.urgency], int(asked.head.id)))
                asked.sent = True
                asked.tries += 1
                left_ms = 1000 * (asked.since_s + self._settings.within_s - self.loop.time())
                head = asked.head.model_copy(update={"deadline_ms": max(1.0, round(left_ms, 1))})
                await socket.send(head.model_dump_json())
                await socket.send(asked.sound)

    def _take(self, message: "Hello | Heard | Failed") -> None:
        asked = self._asked.get(getattr(message, "id", None) or "")
        if asked is None or asked.future.done():
            return  # nobody waits any more
        if isinstance(message, Heard):
            asked.future.set_result(message)
        elif isinstance(message, Failed):
            if message.code == "stopping":  # asked again on the next connection, if it comes in time
                self.loop.call_later(self._settings.reach_s, self._give_up_on, asked, asked.tries)
            else:
                asked.future.set_exception(_error(message))

    def _after_a_break(self) -> None:
        for asked in self._asked.values():
            if asked.tries >= TRIES and not asked.future.done():
                asked.future.set_exception(self._unreached())
            asked.sent = False
        self._give_up()

    def _give_up(self) -> None:
        """Turns that have been without a connection for too long."""
        now_s = self.loop.time()
        for asked in self._asked.values():
            if now_s - max(asked.since_s, self._lost_s) > self._settings.reach_s and not asked.future.done():
                asked.future.set_exception(self._unreached())

    def _give_up_on(self, asked: _Asked, tries: int) -> None:
        if asked.tries == tries and not asked.future.done():
            self._why = "it is stopping"
            asked.future.set_exception(self._unreached())

    def _doubt(self, asked: _Asked) -> None:
        """A server that has said nothing since a turn was sent may be gone without a word."""
        if self._socket is not None and asked.sent and self._got_s < asked.since_s:
            self._socket.transport.abort()

    def _unreached(self) -> RecognitionFailed:
        return RecognitionFailed(f"The speech server {self._url} cannot be reached: {self._why}.", code="unreachable")

    def _fail_all(self, error: RecognitionFailed) -> None:
        for asked in self._asked.values():
            if not asked.future.done():
                asked.future.set_exception(error)


class _NotOurs(Exception):
    """What answers is not what was expected."""


def _read(message: "str | bytes") -> "Hello | Heard | Failed":
    try:
        content = json.loads(message)
        return SERVER_MESSAGES[content["type"]].model_validate(content)
    except (ValueError, KeyError, TypeError, ValidationError) as error:
        raise _NotOurs("its answer cannot be read") from error


def _error(failed: Failed) -> RecognitionFailed:
    if failed.code == "overloaded":
        return Overloaded(failed.message)
    if failed.code == "too_late":
        return TooLate(failed.message)
    return RecognitionFailed(failed.message, code=failed.code, retryable=failed.retryable)


def _plain(error: Exception, settings: RemoteSettings) -> str:
    """Why there is no connection, without what a stranger's answer holds."""
    if isinstance(error, InvalidStatus):
        status = error.response.status_code
        if status == 401:
            return f"it does not take the API key (set {settings.key_variable})"
        return f"it answered {status}"
    if isinstance(error, TimeoutError):
        return "it does not answer"
    if isinstance(error, OSError):
        return error.strerror or "the connection failed"
    return str(error) if isinstance(error, _NotOurs) else "the connection broke"
