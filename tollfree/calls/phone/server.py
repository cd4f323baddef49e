"""The LiveKit server's API: where it is, and what its refusals mean."""

from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field

import aiohttp
from livekit import api

from tollfree.calls.phone.errors import LiveKitAway, LiveKitRefused, NoSipService

TIMEOUT_S = 10.0
"""Seconds a request may take; those that dial take as long as a telephone rings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveKitServer:
    """A LiveKit server and the key to its API."""

    url: str
    """`ws://HOST:PORT`, `wss://HOST`, or the same with `http`."""
    key: str
    secret: str = field(repr=False)

    @asynccontextmanager
    async def api(self) -> AsyncGenerator[api.LiveKitAPI]:
        """Its API, for as long as this lasts. What it refuses is raised as `PhoneError`."""
        timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
        with refusals(self.url):
            async with api.LiveKitAPI(self.url, self.key, self.secret, timeout=timeout, failover=False) as opened:
                yield opened

    async def rooms(self) -> int:
        """How many it has: what is asked to see that it answers, and takes our key. Raises `PhoneError`."""
        async with self.api() as opened:
            return len((await opened.room.list_rooms(api.ListRoomsRequest())).rooms)


@contextmanager
def refusals(url: str) -> Generator[None]:
    """Raises `LiveKitAway`, `LiveKitRefused` or `NoSipService` for what the API's client raises inside. A SIP
    status of a call that was dialled passes through as it is: it is no refusal of the server's."""
    try:
        yield
    except api.SipCallError:
        raise
    except api.ServerError as error:
        if "redis required" in error.message:
            raise NoSipService(
                f"The LiveKit server at {url} takes no telephone calls: it needs Redis, and a livekit-sip service "
                "beside it."
            ) from error
        if "no response from servers" in error.message:
            raise NoSipService(
                f"No livekit-sip service answers beside the LiveKit server at {url}: start it, with the same Redis."
            ) from error
        if error.status in (401, 403):
            raise LiveKitRefused(
                f"The LiveKit server at {url} refuses our key. Check TOLLFREE_LIVEKIT_API_KEY and "
                "TOLLFREE_LIVEKIT_API_SECRET."
            ) from error
        if error.status >= 500 and error.code in ("unavailable", "deadline_exceeded"):
            raise LiveKitAway(f"The LiveKit server at {url} does not answer: {error.message}.") from error
        raise LiveKitRefused(f"The LiveKit server at {url} refuses: {plain(error)}.") from error
    except (TimeoutError, aiohttp.ClientError, OSError) as error:
        words = str(error) or "it does not answer"
        raise LiveKitAway(f"The LiveKit server at {url} cannot be reached: {words}.") from error


def plain(error: api.ServerError) -> str:
    """The server's words, without what its libraries put before them."""
    return error.message.removeprefix("twirp error unknown: ").rstrip(".") or error.code
