"""Media of a call that may be handed to a person: when the agent has left the talk, the call goes on."""

from typing import Literal, Protocol

from tollfree.calls.media import Media, MediaEvent
from tollfree.calls.phone.talk import Ended, Talk
from tollfree.calls.playout import Playout


class Hands(Protocol):
    """A switchboard, as far as it matters here."""

    @property
    def talk(self) -> Talk | None: ...


class Handover:
    """Media that stay until caller and person have finished, silent, so that the call's log ends when the call does.

    Closing what a flow hung up after a transfer waits for the end of the talk. Nothing of the talk is listened to:
    whoever reads a line that is being closed has stopped.
    """

    def __init__(self, media: Media, switchboard: Hands) -> None:
        self._media = media
        self._switchboard = switchboard
        self.ended: Ended | None = None
        """How a talk ended; None: there was none."""

    @property
    def name(self) -> str:
        return self._media.name

    @property
    def ear_delay_ms(self) -> float:
        return self._media.ear_delay_ms

    async def start(self, playout: Playout) -> None:
        await self._media.start(playout)

    async def next(self) -> MediaEvent:
        return await self._media.next()

    def caption(self, who: Literal["agent", "caller"], text: str, *, segment: str, final: bool) -> None:
        self._media.caption(who, text, segment=segment, final=final)

    async def close(self) -> None:
        """Waits for the end of a talk, once; then disconnects."""
        talk = self._switchboard.talk
        try:
            if talk is not None and self.ended is None:
                self.ended = await talk.over()
        finally:
            await self._media.close()
