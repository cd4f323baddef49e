"""People in a call's room who talk to the caller themselves: noted, and heard for the recording alone."""

import asyncio
from collections.abc import Callable, Coroutine

import numpy as np
from livekit import rtc

from tollfree.calls.lines.livekit.inbox import Inbox
from tollfree.calls.lines.livekit.pace import FRAME_MS
from tollfree.calls.media import Found, SecondVoiceHeard
from tollfree.calls.phone.people import ROLE
from tollfree.calls.phone.supervisors import SUPERVISOR
from tollfree.protocol.audio import SPOKEN_RATE


class Supervisors:
    """The supervisors in one room. Their words are nobody's turn, and their leaving ends nothing."""

    def __init__(self, inbox: Inbox, keep: Callable[[Coroutine[None, None, None]], "asyncio.Task[None]"]) -> None:
        """`keep` runs something beside the call."""
        self._inbox = inbox
        self._keep = keep
        self._here: set[str] = set()
        self._listening: dict[str, asyncio.Task[None]] = {}

    def here(self, participant: rtc.RemoteParticipant) -> None:
        """Somebody is in the room who is no caller."""
        if _is_supervisor(participant) and participant.identity not in self._here:
            self._here.add(participant.identity)
            self._inbox.put(Found(type="supervisor_here", data={"identity": participant.identity}))

    def left(self, participant: rtc.RemoteParticipant) -> None:
        """Somebody is in the room no more."""
        if participant.identity in self._here:
            self._here.discard(participant.identity)
            self._inbox.put(Found(type="supervisor_left", data={"identity": participant.identity}))

    def offered(self, publication: rtc.RemoteTrackPublication, participant: rtc.RemoteParticipant) -> None:
        """A track may be taken: a supervisor's microphone is."""
        if not _is_supervisor(participant) or publication.kind != rtc.TrackKind.KIND_AUDIO:
            return
        if publication.track is not None:
            self.subscribed(publication.track, participant)
        else:
            publication.set_subscribed(True)

    def subscribed(self, track: rtc.Track, participant: rtc.RemoteParticipant) -> None:
        """A track was taken."""
        if not _is_supervisor(participant) or track.kind != rtc.TrackKind.KIND_AUDIO:
            return
        before = self._listening.pop(participant.identity, None)
        if before is not None:
            before.cancel()
        self._listening[participant.identity] = self._keep(self._listen(track))

    async def _listen(self, track: rtc.Track) -> None:
        stream = rtc.AudioStream(track, sample_rate=SPOKEN_RATE, num_channels=1, frame_size_ms=FRAME_MS)
        try:
            async for heard in stream:
                self._inbox.put(SecondVoiceHeard(samples=np.frombuffer(heard.frame.data, np.int16).copy()))
        finally:
            await stream.aclose()


def _is_supervisor(participant: rtc.RemoteParticipant) -> bool:
    return participant.attributes.get(ROLE) == SUPERVISOR
