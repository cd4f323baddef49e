"""The caller's side of a room: comes in as any browser does, hears the agent, and is heard."""

import asyncio
from collections.abc import Callable, Coroutine
from types import TracebackType
from typing import Self

import numpy as np
from livekit import rtc
from livekit.rtc.participant import PublishTrackError
from livekit.rtc.room import EventTypes

from tollfree.calls.errors import CallError
from tollfree.calls.lines.livekit.garbage import Garbage
from tollfree.calls.lines.livekit.outgoing import LEAD_MS, QUEUE_MS
from tollfree.calls.lines.livekit.pace import FRAME_MS, Pace
from tollfree.calls.lines.livekit.participants import reason_name
from tollfree.protocol.audio import HEARD_RATE, SPOKEN_RATE, Samples

FRAME = HEARD_RATE * FRAME_MS // 1000
"""Samples that are said at a time."""
KEYS = "0123456789*#"
"""In the order of their codes, as RFC 4733 numbers them."""


class Visitor:
    """`async with Visitor(url, token) as visitor:` is in the room, with a live microphone."""

    def __init__(self, url: str, token: str) -> None:
        """Of a server's address and a token for one of its rooms."""
        self._url, self._token = url, token
        self._room = rtc.Room()
        self._source = rtc.AudioSource(HEARD_RATE, 1, queue_size_ms=QUEUE_MS)
        self._heard: list[Samples] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._garbage = Garbage()
        self._left = False
        self.gone = ""
        """Why the room is no more, in the connection's own words; empty while it is."""

    async def __aenter__(self) -> Self:
        """Raises `CallError` when the room cannot be entered."""
        self._garbage.begin()
        handlers: dict[EventTypes, Callable[..., None]] = {
            "track_subscribed": self._subscribed,
            "disconnected": self._disconnected,
        }
        for event, handler in handlers.items():
            self._room.on(event, handler)  # pyright: ignore[reportUnknownMemberType]: its Callable has no arguments
        try:
            await self._room.connect(self._url, self._token)
            track = rtc.LocalAudioTrack.create_audio_track("microphone", self._source)
            options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE, dtx=False)
            await self._room.local_participant.publish_track(track, options)
        except (rtc.ConnectError, PublishTrackError) as error:
            await self._leave()
            raise CallError(f"The room cannot be entered: {error.message}.", code="no_room", retryable=True) from error
        except BaseException:
            await self._leave()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._leave()

    async def speak(self, next_frame: Callable[[], Samples | None]) -> None:
        """Be heard: `next_frame` is asked for each 20 ms (16 kHz mono int16) when it is due, until it has no more."""
        clock = asyncio.get_running_loop().time
        pace = Pace(clock() * 1000, LEAD_MS)
        while True:
            for _ in range(pace.due(clock() * 1000)):
                samples = next_frame()
                if samples is None:
                    return
                sound = np.ascontiguousarray(samples).tobytes()
                await self._source.capture_frame(rtc.AudioFrame(sound, HEARD_RATE, 1, FRAME))
            await asyncio.sleep(pace.wait_ms(clock() * 1000) / 1000)

    def heard(self) -> Samples:
        """What has come of the agent since this was last asked, at 24 kHz; mostly 20 ms, sometimes none."""
        heard, self._heard = self._heard, []
        return np.concatenate(heard) if heard else np.zeros(0, np.int16)

    def press(self, key: str) -> None:
        """Press one of `KEYS`."""
        self._keep(self._room.local_participant.publish_dtmf(code=KEYS.index(key), digit=key))

    async def _leave(self) -> None:
        if self._left:
            return
        self._left = True
        for task in (running := tuple(self._tasks)):
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await self._room.disconnect()
        await self._source.aclose()
        self._garbage.end()

    def _subscribed(self, track: rtc.Track, *_: object) -> None:
        if track.kind == rtc.TrackKind.KIND_AUDIO:
            self._keep(self._listen(track))

    async def _listen(self, track: rtc.Track) -> None:
        stream = rtc.AudioStream(track, sample_rate=SPOKEN_RATE, num_channels=1, frame_size_ms=FRAME_MS)
        try:
            async for event in stream:
                self._heard.append(np.frombuffer(event.frame.data, np.int16).copy())
        finally:
            await stream.aclose()

    def _disconnected(self, reason: "rtc.DisconnectReason.ValueType | None" = None) -> None:
        self.gone = self.gone or reason_name(reason)

    def _keep(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self.gone = self.gone or f"{type(error).__name__}: {error}"
