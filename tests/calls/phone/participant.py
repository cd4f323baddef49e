"""Somebody in a LiveKit room who can hum, hear others hum, press keys and be sent data."""

import asyncio
from types import TracebackType
from typing import Self

import numpy as np
from livekit import rtc

from tests.fakes.patience import PATIENCE_S
from tollfree.calls.phone.server import LiveKitServer

RATE, STEP_MS = 48_000, 10
LOUD = 1500
"""Mean amplitude above which a stretch of 10 ms counts as sound; a hum has about 6,000."""


class Participant:
    """`async with Participant(server, token) as one:` is in the room, with a live microphone."""

    def __init__(self, server: LiveKitServer, token: str) -> None:
        self._server = server
        self._token = token
        self._room = rtc.Room()
        self._source = rtc.AudioSource(RATE, 1, queue_size_ms=100)
        self._humming = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._heard: dict[str, asyncio.Event] = {}
        self._anybody = asyncio.Event()
        self.data: list[tuple[str, bytes]] = []
        self.sent = asyncio.Event()
        """Data has come."""
        self.gone = asyncio.Event()

    @property
    def identity(self) -> str:
        return self._room.local_participant.identity

    async def __aenter__(self) -> Self:
        self._room.on("track_subscribed", self._subscribed)
        self._room.on("data_received", self._received)
        self._room.on("disconnected", lambda *_: self.gone.set())
        await self._room.connect(self._server.url, self._token)
        track = rtc.LocalAudioTrack.create_audio_track("microphone", self._source)
        options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE)
        await self._room.local_participant.publish_track(track, options)
        self._keep(self._speak())
        return self

    async def __aexit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.leave()

    async def leave(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()
        await self._room.disconnect()

    def hum(self, seconds: float = 1.5) -> None:
        """A steady tone from now on; whoever was heard before has to be heard anew."""
        self._humming = int(seconds * 1000 / STEP_MS)

    def forget(self) -> None:
        """What was heard so far does not count."""
        for heard in self._heard.values():
            heard.clear()
        self._anybody.clear()

    async def press(self, digit: str) -> None:
        await self._room.local_participant.publish_dtmf(code=int(digit), digit=digit)

    async def hears(self, identity: str) -> bool:
        """Wait until somebody is heard."""
        async with asyncio.timeout(PATIENCE_S):
            await self._heard.setdefault(identity, asyncio.Event()).wait()
        return True

    async def hears_anybody(self) -> str:
        """Wait until somebody is heard; who."""
        async with asyncio.timeout(PATIENCE_S):
            await self._anybody.wait()
        return next(name for name, heard in self._heard.items() if heard.is_set())

    async def _speak(self) -> None:
        size = RATE * STEP_MS // 1000
        hum = (np.sin(2 * np.pi * 400 * np.arange(size) / RATE) * 10_000).astype(np.int16)
        rest = np.random.default_rng(1).normal(0, 10, size).astype(np.int16)  # no microphone is digitally silent
        while True:
            samples = hum if self._humming else rest
            self._humming = max(0, self._humming - 1)
            await self._source.capture_frame(rtc.AudioFrame(samples.tobytes(), RATE, 1, size))

    def _subscribed(self, track: rtc.Track, _: rtc.RemoteTrackPublication, who: rtc.RemoteParticipant) -> None:
        if track.kind == rtc.TrackKind.KIND_AUDIO:
            self._keep(self._listen(track, self._heard.setdefault(who.identity, asyncio.Event())))

    async def _listen(self, track: rtc.Track, heard: asyncio.Event) -> None:
        stream = rtc.AudioStream(track, sample_rate=RATE, num_channels=1, frame_size_ms=10)
        try:
            async for event in stream:
                if np.abs(np.frombuffer(event.frame.data, np.int16)).mean() > LOUD:
                    heard.set()
                    self._anybody.set()
        finally:
            await stream.aclose()

    def _received(self, packet: rtc.DataPacket) -> None:
        self.data.append((packet.topic or "", packet.data))
        self.sent.set()

    def _keep(self, work) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
