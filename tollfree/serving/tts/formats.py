"""Speech as bytes of a file format, written piece by piece."""

import io
import struct
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Protocol

import av
import av.codec
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream

from tollfree.protocol.audio import SPOKEN_RATE, Samples

UNKNOWN_SIZE = 0xFFFFFFFF
"""What a WAV header says of a length that is not known yet; players then read to the end."""


class Format(Protocol):
    """One file that is being written. Called from one thread at a time."""

    def write(self, samples: Samples) -> bytes:
        """The bytes that are ready once these were added; perhaps none yet."""
        ...

    def end(self) -> bytes:
        """The last bytes."""
        ...


class Pcm:
    """Raw samples: 16 bit, little-endian, one channel, at `SPOKEN_RATE`."""

    def write(self, samples: Samples) -> bytes:
        return samples.astype("<i2").tobytes()

    def end(self) -> bytes:
        return b""


class Wav(Pcm):
    """The same behind a header."""

    def __init__(self) -> None:
        self._head = wav_head(UNKNOWN_SIZE)

    def write(self, samples: Samples) -> bytes:
        head, self._head = self._head, b""
        return head + super().write(samples)

    def end(self) -> bytes:
        return self._head


class Coded:
    """What PyAV codes."""

    def __init__(self, container: str, codec: str, bit_rate: int | None) -> None:
        self._out = _Sink()
        options = {"write_xing": "0"} if container == "mp3" else {}  # that header is written last, by going back
        self._file = av.open(self._out, "w", format=container, options=options)
        stream = self._file.add_stream(codec, rate=SPOKEN_RATE, layout="mono")  # pyright: ignore[reportUnknownMemberType] - PyAV's stubs
        assert isinstance(stream, AudioStream)  # what the codecs below make
        if bit_rate is not None:
            stream.codec_context.bit_rate = bit_rate
        self._stream = stream
        self._written = 0

    def write(self, samples: Samples) -> bytes:
        if len(samples):
            frame = AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout="mono")
            frame.sample_rate = SPOKEN_RATE
            frame.time_base = Fraction(1, SPOKEN_RATE)
            frame.pts = self._written
            self._written += len(samples)
            self._encode(frame)
        return self._out.taken()

    def end(self) -> bytes:
        self._encode(None)
        self._file.close()
        return self._out.taken()

    def _encode(self, frame: AudioFrame | None) -> None:
        self._file.mux(self._stream.encode(frame))  # pyright: ignore[reportUnknownMemberType] - PyAV's stubs


class _Sink(io.RawIOBase):
    """Takes bytes in order; nothing can go back."""

    def __init__(self) -> None:
        self._bytes = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: bytes | bytearray | memoryview) -> int:  # pyright: ignore[reportIncompatibleMethodOverride] - bytes are all that PyAV writes
        self._bytes += data
        return len(data)

    def taken(self) -> bytes:
        taken = bytes(self._bytes)
        self._bytes.clear()
        return taken


_CODED: Mapping[str, tuple[str, str, int | None]] = {
    "opus": ("ogg", "libopus", 32_000),
    "mp3": ("mp3", "libmp3lame", 64_000),
    "aac": ("adts", "aac", 64_000),
    "flac": ("flac", "flac", None),
}
"""By OpenAI's name: container, codec, bits a second."""
MEDIA_TYPES: Mapping[str, str] = {
    "pcm": f"audio/pcm;rate={SPOKEN_RATE};channels=1",
    "wav": "audio/wav",
    "opus": "audio/ogg",
    "mp3": "audio/mpeg",
    "aac": "audio/aac",
    "flac": "audio/flac",
}


def formats() -> Mapping[str, Callable[[], Format]]:
    """By name, those that can be written with what is installed."""
    found: dict[str, Callable[[], Format]] = {"pcm": Pcm, "wav": Wav}
    for name, (container, codec, bit_rate) in _CODED.items():
        if _can_write(codec):
            found[name] = lambda container=container, codec=codec, bit_rate=bit_rate: Coded(container, codec, bit_rate)
    return found


def wav_head(size: int) -> bytes:
    """The header of a WAV file of so many bytes of sound, or `UNKNOWN_SIZE`."""
    whole = UNKNOWN_SIZE if size == UNKNOWN_SIZE else size + 36
    layout = struct.pack("<IHHIIHH", 16, 1, 1, SPOKEN_RATE, SPOKEN_RATE * 2, 2, 16)
    return b"RIFF" + struct.pack("<I", whole) + b"WAVEfmt " + layout + b"data" + struct.pack("<I", size)


def _can_write(codec: str) -> bool:
    try:
        av.codec.Codec(codec, "w")
    except ValueError:  # PyAV's for a codec that was not built in
        return False
    return True
