"""A person in a LiveKit room, as tests play them: speaks samples, records what they hear, reads captions."""

import asyncio
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

import numpy as np
from livekit import api, rtc
from numpy.typing import NDArray

from tests.fakes.patience import PATIENCE_S
from tollfree.calls.lines.livekit.garbage import Garbage
from tollfree.calls.phone.server import LiveKitServer
from tollfree.protocol.audio import Samples

RATE = 48_000
STEP_MS = 10
NOISE_DB = -70.0
"""A microphone is never digitally silent."""
LOUD_DB = -40.0


def token(
    livekit: LiveKitServer,
    room: str,
    identity: str,
    *,
    agent: str = "",
    metadata: str = "",
    hidden: bool = False,
    attributes: dict[str, str] | None = None,
    kind: str = "standard",
) -> str:
    """A token for one room. With `agent`, the room asks for that agent as it is made."""
    made = api.AccessToken(livekit.key, livekit.secret).with_identity(identity).with_kind(kind)
    made = made.with_grants(api.VideoGrants(room_join=True, room=room, hidden=hidden))
    if attributes:
        made = made.with_attributes(attributes)
    if agent:
        dispatch = api.RoomAgentDispatch(agent_name=agent, metadata=metadata)
        made = made.with_room_config(api.RoomConfiguration(agents=[dispatch]))
    return made.to_jwt()


@dataclass
class Heard:
    """One participant's sound as it came, in frames of 10 ms with the moment of each."""

    frames: list[tuple[float, Samples]] = field(default_factory=list)

    def samples(self) -> Samples:
        return np.concatenate([samples for _, samples in self.frames]) if self.frames else np.zeros(0, np.int16)

    def loud(self) -> NDArray[np.bool_]:
        return np.array([level_db(samples) > LOUD_DB for _, samples in self.frames], bool)


def level_db(samples: Samples) -> float:
    """Root mean square, dB of full scale."""
    power = float(np.mean(samples.astype(np.float64) ** 2)) if len(samples) else 0.0
    return 10 * float(np.log10(max(power, 1e-3) / 32768.0**2))


def loudest_hz(samples: Samples, rate: int = RATE) -> float:
    """The frequency that is strongest."""
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(np.argmax(spectrum) * rate / len(samples))


def tone(seconds: float, *, rate: int = RATE, hz: float = 440.0, level: float = 0.3) -> Samples:
    """A steady tone."""
    return (np.sin(2 * np.pi * hz * np.arange(int(seconds * rate)) / rate) * level * 32767).astype(np.int16)


class Person:
    """`async with Person(livekit, room) as person:` is in the room, with a live microphone unless `microphone` is
    false. `by`: a token to come in with; else one is made, of `identity` and `more`."""

    def __init__(
        self,
        livekit: LiveKitServer,
        room: str,
        identity: str = "caller",
        *,
        rate: int = RATE,
        channels: int = 1,
        microphone: bool = True,
        by: str = "",
        **more: object,
    ) -> None:
        self.identity = identity
        self.room = rtc.Room()
        self.heard: dict[str, Heard] = {}
        """By identity."""
        self.captions: list[tuple[str, str, dict[str, str]]] = []
        """Speaker, text and attributes of each."""
        self.gone = asyncio.Event()
        self.track: rtc.LocalAudioTrack | None = None
        self._livekit, self._name, self._more = livekit, room, more
        self._rate, self._channels, self._microphone, self._by = rate, channels, microphone, by
        self._garbage = Garbage()
        self._tasks: list[asyncio.Task[None]] = []
        self._say: list[Samples] = []
        self._said = asyncio.Event()
        self._sound = asyncio.Condition()
        self._publication: rtc.LocalTrackPublication | None = None

    async def __aenter__(self) -> Self:
        self.room.on("track_subscribed", self._subscribed)
        self.room.on("disconnected", lambda *_: self.gone.set())
        self.room.register_text_stream_handler("lk.transcription", self._caption)
        ticket = self._by or token(self._livekit, self._name, self.identity, **self._more)
        await self.room.connect(self._livekit.url, ticket)
        self.identity = self.room.local_participant.identity
        self._garbage.begin()
        if self._microphone:
            await self.publish()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.room.disconnect()
        self._garbage.end()

    async def publish(self) -> None:
        """Turn the microphone on."""
        source = rtc.AudioSource(self._rate, self._channels, queue_size_ms=0)
        self.track = rtc.LocalAudioTrack.create_audio_track("mic", source)
        options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE, dtx=False)
        self._publication = await self.room.local_participant.publish_track(self.track, options)
        self._tasks.append(asyncio.create_task(self._speak(source)))

    async def unpublish(self) -> None:
        """Take the microphone away."""
        assert self._publication is not None
        await self.room.local_participant.unpublish_track(self._publication.sid)

    async def says(self, samples: Samples) -> None:
        """Speak mono samples at this person's rate, to the end."""
        self._say.append(samples)
        self._said.clear()
        await self._said.wait()

    async def presses(self, key: str) -> None:
        """Press one key."""
        await self.room.local_participant.publish_dtmf(code="0123456789*#".index(key), digit=key)

    async def hears(self, *, who: str = "", loud_ms: int = 30, seconds: float = PATIENCE_S) -> str:
        """Wait until so much was heard of somebody, or of anybody; of whom."""
        async with asyncio.timeout(seconds), self._sound:
            while True:
                for identity, heard in self.heard.items():
                    if who in ("", identity) and heard.loud().sum() * STEP_MS >= loud_ms:
                        return identity
                await self._sound.wait()

    async def listens(self, seconds: float) -> None:
        """Hear so much of whoever sends sound: a wait that goes by the sound itself."""
        async with self._sound:
            start = self._frames()
            while self._frames() - start < seconds * 1000 / STEP_MS:
                await self._sound.wait()

    def _frames(self) -> int:
        return max((len(heard.frames) for heard in self.heard.values()), default=0)

    async def _speak(self, source: rtc.AudioSource) -> None:
        size = self._rate * STEP_MS // 1000
        noise = np.random.default_rng(1).normal(0, 32768 * 10 ** (NOISE_DB / 20), size * 100).astype(np.int16)
        clock = asyncio.get_running_loop().time
        due, step = clock(), 0
        while True:
            out = noise[(step % 100) * size : (step % 100 + 1) * size].copy()
            if self._say:
                part, rest = self._say[0][:size], self._say[0][size:]
                out[: len(part)] += part
                self._say[:1] = [rest] if len(rest) else []
                if not self._say:
                    self._said.set()
            frame = np.repeat(out, self._channels)
            await source.capture_frame(rtc.AudioFrame(frame.tobytes(), self._rate, self._channels, size))
            step, due = step + 1, due + STEP_MS / 1000
            await asyncio.sleep(max(0.0, due - clock()))

    def _subscribed(self, track: rtc.Track, _: object, participant: rtc.RemoteParticipant) -> None:
        if track.kind == rtc.TrackKind.KIND_AUDIO:
            heard = self.heard.setdefault(participant.identity, Heard())
            self._tasks.append(asyncio.create_task(self._listen(track, heard)))

    async def _listen(self, track: rtc.Track, heard: Heard) -> None:
        clock = asyncio.get_running_loop().time
        stream = rtc.AudioStream(track, sample_rate=RATE, num_channels=1, frame_size_ms=STEP_MS)
        try:
            async for event in stream:
                heard.frames.append((clock(), np.frombuffer(event.frame.data, np.int16).copy()))
                async with self._sound:
                    self._sound.notify_all()
        finally:
            await stream.aclose()

    def _caption(self, reader: rtc.TextStreamReader, identity: str) -> None:
        async def read() -> None:
            text = await reader.read_all()
            self.captions.append((identity, text, dict(reader.info.attributes or {})))
            async with self._sound:
                self._sound.notify_all()

        self._tasks.append(asyncio.create_task(read()))

    async def reads(self, count: int, seconds: float = PATIENCE_S) -> None:
        """Wait for so many captions."""
        async with asyncio.timeout(seconds), self._sound:
            await self._sound.wait_for(lambda: len(self.captions) >= count)
