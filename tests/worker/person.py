"""A person in a LiveKit room, as tests play them: speaks samples, records what they hear, reads captions."""

import asyncio
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

import numpy as np
from livekit import api, rtc

from tollfree.protocol.audio import Samples

RATE = 48_000
STEP_MS = 10
NOISE_DB = -70.0
"""A microphone is never digitally silent."""


def token(address, room: str, identity: str, *, agent: str = "", metadata: str = "", **grants: object) -> str:
    """A caller's token; with `agent` the room asks for it as it is made."""
    made = api.AccessToken(address.key, address.secret).with_identity(identity)
    made = made.with_grants(api.VideoGrants(room_join=True, room=room, **grants))
    if agent:
        dispatch = api.RoomAgentDispatch(agent_name=agent, metadata=metadata)
        made = made.with_room_config(api.RoomConfiguration(agents=[dispatch]))
    return made.to_jwt()


@dataclass
class Heard:
    """A stretch of one track, 10 ms frames with the moment each arrived."""

    frames: list[tuple[float, Samples]] = field(default_factory=list)

    def samples(self) -> Samples:
        return np.concatenate([samples for _, samples in self.frames]) if self.frames else np.zeros(0, np.int16)

    def levels(self) -> np.ndarray:
        """Root mean square of each frame, dB of full scale."""
        return np.array([level_db(samples) for _, samples in self.frames])


def level_db(samples: Samples) -> float:
    power = float(np.mean(samples.astype(np.float64) ** 2)) if len(samples) else 0.0
    return 10 * np.log10(max(power, 1e-3) / 32768.0**2)


class Person:
    """`async with Person(address, room) as person:` is in the room, with a live microphone."""

    def __init__(self, address, room: str, identity: str = "caller", *, rate: int = RATE, channels: int = 1, **more):
        self.identity = identity
        self.room = rtc.Room()
        self.heard: dict[str, Heard] = {}
        """What was heard of each other participant, by identity."""
        self.captions: list[tuple[str, str, dict[str, str]]] = []
        """Speaker, text and attributes of each caption."""
        self.gone = asyncio.Event()
        self._address, self._name, self._more = address, room, more
        self.rate, self.channels = rate, channels
        self._tasks: list[asyncio.Task] = []
        self._say: list[Samples] = []
        self.track: rtc.LocalAudioTrack | None = None
        self.publication = None
        self.spoken = asyncio.Event()
        self.microphone = True

    async def __aenter__(self) -> Self:
        self.room.on("track_subscribed", self._subscribed)
        self.room.on("disconnected", lambda *_: self.gone.set())
        self.room.register_text_stream_handler("lk.transcription", self._caption)
        await self.room.connect(self._address.url, token(self._address, self._name, self.identity, **self._more))
        if self.microphone:
            await self.publish()
        return self

    async def publish(self) -> None:
        source = rtc.AudioSource(self.rate, self.channels, queue_size_ms=0)
        self.track = rtc.LocalAudioTrack.create_audio_track("mic", source)
        options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE, dtx=False)
        self.publication = await self.room.local_participant.publish_track(self.track, options)
        self._tasks.append(asyncio.create_task(self._speak(source)))

    async def unpublish(self) -> None:
        await self.room.local_participant.unpublish_track(self.publication.sid)

    async def __aexit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.room.disconnect()

    def say(self, samples: Samples) -> None:
        """Speak mono samples at this person's rate, after what is being spoken."""
        self._say.append(samples)
        self.spoken.clear()

    async def press(self, digit: str) -> None:
        code = 10 if digit == "*" else 11 if digit == "#" else int(digit)
        await self.room.local_participant.publish_dtmf(code=code, digit=digit)

    def loud(self, identity: str, above_db: float = -40.0) -> np.ndarray:
        """Which 10 ms frames of somebody were louder than so much."""
        return self.heard[identity].levels() > above_db if identity in self.heard else np.zeros(0, bool)

    async def hears(self, identity: str = "", seconds: float = 10.0) -> str:
        """Wait until somebody is heard; who."""
        async with asyncio.timeout(seconds):
            while True:
                for who in list(self.heard):
                    if identity in ("", who) and self.loud(who).any():
                        return who
                await asyncio.sleep(0.01)

    async def _speak(self, source: rtc.AudioSource) -> None:
        size = self.rate * STEP_MS // 1000
        noise = np.random.default_rng(1).normal(0, 32768 * 10 ** (NOISE_DB / 20), size * 100).astype(np.int16)
        clock = asyncio.get_running_loop().time
        due, step = clock(), 0
        while True:
            out = noise[(step % 100) * size : (step % 100 + 1) * size].copy()
            if self._say:
                part, rest = self._say[0][:size], self._say[0][size:]
                out[: len(part)] += part
                if len(rest):
                    self._say[0] = rest
                else:
                    self._say.pop(0)
                    if not self._say:
                        self.spoken.set()
            frame = np.repeat(out, self.channels) if self.channels > 1 else out
            await source.capture_frame(rtc.AudioFrame(frame.tobytes(), self.rate, self.channels, size))
            step, due = step + 1, due + STEP_MS / 1000
            await asyncio.sleep(max(0.0, due - clock()))

    def _subscribed(self, track: rtc.Track, _: object, participant: rtc.RemoteParticipant) -> None:
        if track.kind == rtc.TrackKind.KIND_AUDIO:
            heard = self.heard.setdefault(participant.identity, Heard())
            self._tasks.append(asyncio.create_task(self._listen(track, heard)))

    async def _listen(self, track: rtc.Track, heard: Heard) -> None:
        clock = asyncio.get_running_loop().time
        async for event in rtc.AudioStream(track, sample_rate=RATE, num_channels=1, frame_size_ms=10):
            heard.frames.append((clock(), np.frombuffer(event.frame.data, np.int16).copy()))

    def _caption(self, reader: rtc.TextStreamReader, identity: str) -> None:
        async def read() -> None:
            text = await reader.read_all()
            self.captions.append((identity, text, dict(reader.info.attributes or {})))

        self._tasks.append(asyncio.create_task(read()))


def tone(seconds: float, *, rate: int = RATE, hz: float = 440.0, level: float = 0.3) -> Samples:
    """A steady tone."""
    return (np.sin(2 * np.pi * hz * np.arange(int(seconds * rate)) / rate) * level * 32767).astype(np.int16)
