"""What the switchboard of a call works with."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from tollfree.calls.media import Media
from tollfree.calls.phone.server import LiveKitServer
from tollfree.calls.phone.settings import PhoneSettings
from tollfree.calls.store.waiting_calls import WaitingCalls
from tollfree.protocol.clock import Clock
from tollfree.speech.tts.speaker import Speaker


class RoomMedia(Media, Protocol):
    """Media that can be in a room before there is anybody to hear them."""

    async def join(self) -> None:
        """Enter the room, in silence; `start` goes on from there. Raises `CallError`."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What a call's switchboard works with."""

    server: LiveKitServer
    settings: PhoneSettings
    waiting: WaitingCalls
    clock: Clock
    connect: Callable[[str, str], RoomMedia]
    """A connection to a room, not started yet: of the server's URL and a token. See `LiveKitMedia`."""
    speaker: Speaker
    """The agent's voice."""
    project: str
    """As the project is called aloud."""
    region: str = "US"
    """ISO 3166: how numbers without their country code are read."""
    queues: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])
    """Numbers by queue. The people of a queue without numbers join from a browser."""
    caller: str = ""
    """The caller's number in E.164, or empty."""
