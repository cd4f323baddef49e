"""A connection to a server of voices: many clauses at once, each answered by its id."""

import asyncio
import itertools
import json
import logging
from contextlib import suppress
from dataclasses import dataclass
from typing import Self, cast

from pydantic import BaseModel, ValidationError
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException

from tollfree.network.quiet_logger import quiet_logger
from tollfree.speech.tts.base import RenderingFailed
from tollfree.speech.tts.reader import RenderingLate
from tollfree.speech.tts.wire import PATH, PROTOCOL, Cancel, Clause, Done, Failed, Hello, Hurry, Speak, UrgencyName

OPENING_S = 1.0
"""Seconds to connect and be greeted: a server that is there answers in milliseconds, and a caller waits."""
CLOSING_S = 0.5
"""Seconds for a farewell."""
LARGEST = 16_000_000
"""Bytes of one message: over five minutes of speech, ten times what a clause can be."""

_log = logging.getLogger(__name__)


class LinkLost(RenderingFailed):
    """The connection is gone, or the server did not keep to what was agreed."""

    code = "link_lost"


@dataclass(frozen=True, slots=True)
class Answer:
    """A clause that was rendered."""

    head: Clause
    sound: bytes


class Link:
    """One connection. For the loop that opened it."""

    def __init__(self, socket: ClientConnection, hello: Hello) -> None:
        """Use `open`."""
        self.hello = hello
        self.loop = asyncio.get_running_loop()
        self._socket = socket
        self._ids = itertools.count(1)
        self._asked: dict[str, asyncio.Future[Answer]] = {}
        self._clauses: dict[str, Answer] = {}
        self._out: asyncio.Queue[BaseModel] = asyncio.Queue()
        self._tasks = (asyncio.create_task(self._receive()), asyncio.create_task(self._send()))
        self._lost = False

    @classmethod
    async def open(cls, url: str, headers: dict[str, str]) -> Self:
        """Connect. Raises `LinkLost`, `RenderingLate` where nothing answers, and `RenderingFailed` that is not worth
        trying again."""
        try:
            async with asyncio.timeout(OPENING_S):
                socket = await connect(
                    f"{url}{PATH}",
                    additional_headers=headers,
                    max_size=LARGEST,
                    compression=None,
                    close_timeout=CLOSING_S,
                    proxy=None,
                    logger=quiet_logger(__name__),
                )
                try:
                    hello = Hello.model_validate(_object(await socket.recv()))
                except BaseException:
                    socket.transport.abort()
                    raise
        except InvalidStatus as error:
            status = error.response.status_code
            raise RenderingFailed(f"{url} answers with status {status}.", retryable=status >= 500) from error
        except ValidationError as error:
            raise RenderingFailed(f"{url} is no server of voices.", retryable=False) from error
        except TimeoutError as error:
            raise RenderingLate(f"{url} has not answered within {OPENING_S:.1f} s.") from error
        except (OSError, WebSocketException) as error:
            raise LinkLost(f"{url} cannot be reached: {type(error).__name__}.") from error
        if hello.protocol != PROTOCOL:
            socket.transport.abort()
            raise RenderingFailed(
                f"{url} speaks protocol {hello.protocol}, and this program {PROTOCOL}: bring both to one version.",
                retryable=False,
            )
        return cls(socket, hello)

    @property
    def open_still(self) -> bool:
        """Whether more can be asked here, on the loop that is running."""
        return not self._lost and self.loop is asyncio.get_running_loop()

    def new_id(self) -> str:
        """For a request."""
        return str(next(self._ids))

    async def ask(self, speak: Speak) -> Answer:
        """One whole clause. Cancelled, the server is told that nobody wants it. Raises `LinkLost` and
        `RenderingFailed`."""
        if self._lost:
            raise LinkLost("The connection to the server of voices is gone.")
        answer: asyncio.Future[Answer] = self.loop.create_future()
        self._asked[speak.id] = answer
        self._out.put_nowait(speak)
        try:
            return await answer
        except asyncio.CancelledError:
            self._out.put_nowait(Cancel(id=speak.id))
            raise
        finally:
            self._asked.pop(speak.id, None)
            self._clauses.pop(speak.id, None)

    def hurry(self, id: str, urgency: UrgencyName) -> None:
        """Somebody waits for what was asked before."""
        if id in self._asked:
            self._out.put_nowait(Hurry(id=id, urgency=urgency))

    async def aclose(self) -> None:
        """Close. What is under way fails. Safe to call again, and on another loop."""
        self._lose("It was closed.")
        if self.loop is asyncio.get_running_loop():
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            with suppress(ConnectionClosed, OSError, TimeoutError):
                await self._socket.close()

    async def _receive(self) -> None:
        why = "The server closed it."
        try:
            while True:
                content = await self._socket.recv()
                if isinstance(content, bytes):
                    raise _BrokenWord("sound without a clause")
                await self._take(_object(content))
        except (ConnectionClosed, OSError) as error:
            why = type(error).__name__
        except (_BrokenWord, ValidationError, ValueError) as error:
            why = f"The server did not keep to the protocol ({type(error).__name__})."
            _log.warning("server of voices is not understood", extra={"why": type(error).__name__})
            self._socket.transport.abort()
        finally:
            self._lose(why)

    async def _take(self, content: dict[str, object]) -> None:
        kind, id = content.get("type"), str(content.get("id"))
        asked = self._asked.get(id)
        if kind == "clause":
            head = Clause.model_validate(content)
            sound = await self._socket.recv() if head.samples else b""
            if not isinstance(sound, bytes):
                raise _BrokenWord("a clause without its sound")
            if asked is not None:
                self._clauses[id] = Answer(head, sound)
        elif kind == "done":
            done, answer = Done.model_validate(content), self._clauses.pop(id, None)
            if asked is not None and not asked.done():
                if answer is None or done.cancelled:
                    asked.set_exception(RenderingFailed("The server ended a request without its clause."))
                else:
                    asked.set_result(answer)
        elif kind == "error":
            failed = Failed.model_validate(content)
            if asked is not None and not asked.done():
                asked.set_exception(RenderingFailed(failed.message[:300], retryable=failed.retryable))

    async def _send(self) -> None:
        with suppress(ConnectionClosed, OSError):
            while True:
                message = await self._out.get()
                await self._socket.send(json.dumps(message.model_dump()))

    def _lose(self, why: str) -> None:
        self._lost = True
        for answer in self._asked.values():
            if not answer.done():
                answer.set_exception(LinkLost(f"The connection to the server of voices is gone. {why}"))


class _BrokenWord(Exception):
    """The server sent what the protocol does not have."""


def _object(content: str | bytes) -> dict[str, object]:
    found: object = json.loads(content)
    if not isinstance(found, dict):
        raise _BrokenWord("no object")
    return cast(dict[str, object], found)
