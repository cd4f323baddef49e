"""Media of a call that may be handed to a person: when the agent has left the talk, the call goes on."""

from collections.abc import Callable
from typing import Literal, Protocol

from tollfree.calls.lines.switchboard import Desk, LiveKitSwitchboard
from tollfree.calls.media import Media, MediaEvent
from tollfree.calls.phone.server import LiveKitServer
from tollfree.calls.phone.settings import PhoneSettings
from tollfree.calls.phone.talk import Ended, Talk
from tollfree.calls.playout import Playout
from tollfree.calls.project import ProjectSettings
from tollfree.calls.store.waiting_calls import WaitingCalls
from tollfree.protocol.clock import Clock
from tollfree.speech.tts.speaker import Speaker


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


def with_switchboard(
    media: Media,
    *,
    room: str,
    server: LiveKitServer,
    connect: Callable[[str, str], Media],
    waiting: WaitingCalls,
    clock: Clock,
    speaker: Speaker,
    project: ProjectSettings,
    caller: str = "",
    settings: PhoneSettings | None = None,
) -> tuple[Handover, LiveKitSwitchboard]:
    """What a call in a LiveKit room needs so that its flow can hand the caller to a person: the media to carry it
    on, and the switchboard for its session. `connect`: see `tollfree.calls.lines.livekit.joining`."""
    desk = Desk(
        server=server,
        settings=settings if settings is not None else PhoneSettings(),
        waiting=waiting,
        clock=clock,
        connect=connect,
        speaker=speaker,
        project=project.name,
        region=project.region,
        queues={name: queue.numbers for name, queue in project.queues.items()},
        caller=caller,
    )
    board = LiveKitSwitchboard(room, desk)
    return Handover(media, board), board
