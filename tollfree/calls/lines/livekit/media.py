"""A call in a LiveKit room: one caller's sound and keys, and the agent's track."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Literal, Self

import numpy as np
from livekit import rtc
from livekit.rtc.participant import PublishTrackError
from livekit.rtc.room import EventTypes

from tollfree.calls.errors import CallError
from tollfree.calls.lines.livekit.captions import Caption, Captions
from tollfree.calls.lines.livekit.garbage import Garbage
from tollfree.calls.lines.livekit.inbox import Inbox
from tollfree.calls.lines.livekit.outgoing import LEAD_MS, Outgoing, new_source
from tollfree.calls.lines.livekit.participants import (
    LEFT,
    RoomCaller,
    described,
    first_caller,
    is_caller,
    reason_name,
)
from tollfree.calls.lines.livekit.supervisors import Supervisors
from tollfree.calls.media import Found, Frame, Gone, Key, MediaEvent
from tollfree.calls.playout import Playout
from tollfree.protocol.audio import HEARD_RATE
from tollfree.speech.turns.base import WINDOW_MS

_log = logging.getLogger(__name__)

PATH_MS = 52.0
"""From the sender to a caller's ear over loopback, the median of `ear.py`'s self-test; a real network adds its own."""

SUBSCRIBE_S = 5.0
"""How long a caller's program may take to take the agent's sound before the agent speaks anyway."""

TAIL_S = 0.25
"""What is on its way to the caller when the last sample was handed over, with room for a network's jitter."""

Left = Literal["caller_hung_up", "line_lost"]


class LiveKitMedia:
    """One caller in a room. The first person in it is the caller; nobody else's sound is heard.

    `join` and `caller` may be called before `start`, while it is still being found out who answers the call: the
    agent's track is then already flowing, in silence, when the first word is ready.
    """

    def __init__(
        self,
        room: rtc.Room,
        connect: Callable[[], Awaitable[None]],
        *,
        grace_s: float = 5.0,
    ) -> None:
        """`room` is not connected yet; `connect` connects it, without subscribing to anything. `grace_s`: how long a
        caller whose connection broke may take to come back."""
        self._room = room
        self._connect = connect
        self._grace_s = grace_s
        self._inbox = Inbox()
        self._caller: RoomCaller | None = None
        self._arrived = asyncio.Event()
        self._others: set[str] = set()
        self._publication: rtc.LocalTrackPublication | None = None
        self._outgoing: Outgoing | None = None
        self._captions = Captions(room)
        self._garbage = Garbage()
        self._tasks: set[asyncio.Task[None]] = set()
        self._supervisors = Supervisors(self._inbox, self._keep)
        self._incoming: asyncio.Task[None] | None = None
        self._grace: asyncio.Task[None] | None = None
        self._joining: asyncio.Task[None] | None = None
        self._closed = False

    @classmethod
    def dialled(cls, url: str, token: str) -> Self:
        """Of a server's address and a token for one of its rooms."""
        room = rtc.Room()
        return cls(room, lambda: room.connect(url, token, rtc.RoomOptions(auto_subscribe=False)))

    @property
    def name(self) -> str:
        return "livekit"

    @property
    def ear_delay_ms(self) -> float:
        return (LEAD_MS if self._outgoing is None else self._outgoing.lead_ms) + PATH_MS

    @property
    def room(self) -> rtc.Room:
        """The room, for whoever has something else to do in it, as a transfer has."""
        return self._room

    @property
    def caller_identity(self) -> str:
        """Whose sound is heard, as the room knows them; empty until somebody came. It stays theirs."""
        return self._caller.identity if self._caller is not None else ""

    @property
    def lost(self) -> bool:
        """Whether the room itself is gone, and not just the caller."""
        return self._inbox.gone is not None and self._inbox.gone.reason == "line_lost"

    async def join(self) -> None:
        """Enter the room and publish the agent's track, in silence. Once, however often it is asked for. Raises
        `CallError`."""
        if self._joining is None:
            self._joining = asyncio.get_running_loop().create_task(self._join())
        await asyncio.shield(self._joining)

    async def _join(self) -> None:
        self._garbage.begin()
        self._watch()
        try:
            await self._connect()
        except rtc.ConnectError as error:
            raise CallError(f"The room cannot be entered: {error.message}.", code="no_room", retryable=True) from error
        source = new_source()
        self._outgoing = Outgoing(source)
        self._keep(self._outgoing.run())
        self._keep(self._captions.run())
        participants = tuple(self._room.remote_participants.values())
        first = first_caller(participants)
        for participant in (first, *participants) if first is not None else participants:
            self._here(participant)
        await self._publish(rtc.LocalAudioTrack.create_audio_track("agent", source))

    async def caller(self, timeout_s: float) -> RoomCaller:
        """Who calls, waiting until they are there. Raises `CallError` when nobody came, or the room was closed."""
        try:
            async with asyncio.timeout(timeout_s):
                await self._arrived.wait()
        except TimeoutError:
            raise CallError("Nobody came into the room.", code="nobody_came") from None
        if self._caller is None:
            raise CallError("The room was closed before anybody came.", code="no_room", retryable=False)
        return self._caller

    async def start(self, playout: Playout) -> None:
        """Begin to take sound. Returns when the caller has taken the agent's track. Raises `CallError`."""
        await self.join()
        if self._inbox.gone is None and self._publication is not None:
            try:
                async with asyncio.timeout(SUBSCRIBE_S):
                    await self._publication.wait_for_subscription()
            except TimeoutError:
                self._found("caller_not_listening", {"waited_ms": int(SUBSCRIBE_S * 1000)})
        if self._outgoing is not None:
            self._outgoing.playout = playout

    async def next(self) -> MediaEvent:
        """What comes in. After `Gone` it is told again and again."""
        return await self._inbox.next()

    def caption(self, who: Literal["agent", "caller"], text: str, *, segment: str, final: bool) -> None:
        """Show words to whoever is in the room. Returns at once."""
        if self._closed or not self._room.isconnected():
            return
        mine = self._publication.sid if self._publication is not None else ""
        speaker = self._caller.identity if who == "caller" and self._caller else self._room.local_participant.identity
        track = mine if who == "agent" else ""
        self._captions.show(Caption(text=text, segment=segment, final=final, speaker=speaker, track=track))

    def fall_silent(self) -> None:
        """Take no more sound, and stay in the room."""
        if self._outgoing is not None:
            self._outgoing.playout = None

    async def close(self) -> None:
        """Leave the room once what was handed over has been heard. Safe to call again."""
        if self._closed:
            return
        self._closed = True
        try:
            await self._leave()
        finally:
            self._garbage.end()

    async def _leave(self) -> None:
        self.fall_silent()
        if self._inbox.gone is None and self._outgoing is not None and self._outgoing.heard:
            await asyncio.sleep(LEAD_MS / 1000 + TAIL_S)
        if self._joining is not None and not self._joining.done():
            self._joining.cancel()
        for task in (running := tuple(self._tasks)):
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await self._room.disconnect()
        if self._outgoing is not None:
            await self._outgoing.close()

    # what the room tells

    def _watch(self) -> None:
        handlers: dict[EventTypes, Callable[..., None]] = {
            "participant_connected": self._here,
            "participant_disconnected": self._left,
            "track_published": self._offered,
            "track_subscribed": self._subscribed,
            "track_muted": self._muted,
            "track_unmuted": self._unmuted,
            "sip_dtmf_received": self._pressed,
            "reconnecting": self._reconnecting,
            "reconnected": self._reconnected,
            "disconnected": self._disconnected,
        }
        for event, handler in handlers.items():
            self._room.on(event, handler)  # pyright: ignore[reportUnknownMemberType]: its Callable has no arguments

    def _here(self, participant: rtc.RemoteParticipant) -> None:
        if not is_caller(participant):
            self._supervisors.here(participant)
            for publication in participant.track_publications.values():
                self._supervisors.offered(publication, participant)
            return
        if self._caller is None:
            self._caller = described(participant)
            self._arrived.set()
            self._found("caller", {"kind": self._caller.kind})
        elif participant.identity != self._caller.identity:
            if participant.identity not in self._others:
                self._others.add(participant.identity)
                self._found("second_caller", {"ignored": True})
            return
        elif self._grace is not None:
            self._grace.cancel()
            self._grace = None
            self._found("caller_back")
        self._hear(True)
        for publication in participant.track_publications.values():
            self._offered(publication, participant)

    def _left(self, participant: rtc.RemoteParticipant) -> None:
        self._supervisors.left(participant)
        if self._caller is None or participant.identity != self._caller.identity:
            return
        self._hear(False)
        reason = participant.disconnect_reason
        if reason in LEFT:
            self._end("caller_hung_up", reason_name(reason))
        else:
            self._found("caller_away", {"reason": reason_name(reason)})
            self._grace = self._keep(self._wait_for_return(reason_name(reason)))

    def _offered(self, publication: rtc.RemoteTrackPublication, participant: rtc.RemoteParticipant) -> None:
        """A track may be taken: the caller's microphone is."""
        if not self._is_voice(publication, participant):
            self._supervisors.offered(publication, participant)
            return
        if publication.track is not None:
            self._subscribed(publication.track, publication, participant)
        else:
            publication.set_subscribed(True)

    def _subscribed(
        self, track: rtc.Track, publication: rtc.RemoteTrackPublication, participant: rtc.RemoteParticipant
    ) -> None:
        if self._closed:
            return
        if not self._is_voice(publication, participant):
            self._supervisors.subscribed(track, participant)
            return
        self._found("caller_track", {"mime": publication.mime_type, "muted": publication.muted})
        if self._incoming is not None:
            self._incoming.cancel()
        self._incoming = self._keep(self._listen(track))

    def _is_voice(self, publication: rtc.RemoteTrackPublication, participant: rtc.RemoteParticipant) -> bool:
        mine = self._caller is not None and participant.identity == self._caller.identity
        return (
            mine
            and publication.kind == rtc.TrackKind.KIND_AUDIO
            and publication.source != rtc.TrackSource.SOURCE_SCREENSHARE_AUDIO
        )

    def _muted(self, participant: rtc.Participant, _: rtc.TrackPublication) -> None:
        if self._caller is not None and participant.identity == self._caller.identity:
            self._found("caller_muted")

    def _unmuted(self, participant: rtc.Participant, _: rtc.TrackPublication) -> None:
        if self._caller is not None and participant.identity == self._caller.identity:
            self._found("caller_unmuted")

    def _pressed(self, tone: rtc.SipDTMF) -> None:
        mine = tone.participant is None or (
            self._caller is not None and tone.participant.identity == self._caller.identity
        )
        if mine and tone.digit in set("0123456789*#"):
            self._inbox.put(Key(key=tone.digit))

    def _reconnecting(self) -> None:
        self._hear(False)
        self._found("reconnecting")

    def _reconnected(self) -> None:
        self._hear(self._caller is not None and self._caller.identity in self._room.remote_participants)
        self._found("reconnected")

    def _disconnected(self, reason: "rtc.DisconnectReason.ValueType | None" = None) -> None:
        if not self._closed:
            self._end("line_lost", reason_name(reason))

    # what follows from it

    async def _publish(self, track: rtc.LocalAudioTrack) -> None:
        options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE, dtx=False)
        try:
            self._publication = await self._room.local_participant.publish_track(track, options)
        except PublishTrackError as error:
            raise CallError(
                f"The agent's sound cannot be published: {error.message}.",
                code="no_room",
                retryable=True,
            ) from error

    async def _listen(self, track: rtc.Track) -> None:
        """Hand on the caller's sound, at our rate whatever theirs is, and a listener's window at a time: less work
        than shorter frames, and no window waits for the rest of a longer one."""
        stream = rtc.AudioStream(track, sample_rate=HEARD_RATE, num_channels=1, frame_size_ms=int(WINDOW_MS))
        try:
            async for heard in stream:
                self._inbox.put(Frame(samples=np.frombuffer(heard.frame.data, np.int16).copy()))
        finally:
            await stream.aclose()

    async def _wait_for_return(self, why: str) -> None:
        await asyncio.sleep(self._grace_s)
        self._end("caller_hung_up", why)

    def _hear(self, there: bool) -> None:
        if self._outgoing is not None:
            self._outgoing.heard = there and self._inbox.gone is None

    def _end(self, reason: Left, why: str) -> None:
        if self._inbox.gone is None:
            self._hear(False)
            self._inbox.put(Gone(reason=reason, why=why))
            self._arrived.set()

    def _found(self, type: str, data: dict[str, str | int | float | bool] | None = None) -> None:
        self._inbox.put(Found(type=type, data=data or {}))

    def _keep(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        """Run beside the call. What fails here ends the call, explained."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("a call's sound failed", exc_info=error)
            self._end("line_lost", f"{type(error).__name__}: {error}")
