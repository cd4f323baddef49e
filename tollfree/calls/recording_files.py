"""Files that recordings are written to and read from: stereo at 24 kHz, caller left, agent right."""

import os
import struct
from contextlib import closing
from pathlib import Path
from typing import Literal, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from tollfree.protocol.audio import SPOKEN_RATE, Samples

Format: TypeAlias = Literal["opus", "wav"]
"""`opus`: Opus in Ogg, about 20 MB an hour; `wav`: 16-bit PCM, 346 MB an hour."""
Stereo: TypeAlias = NDArray[np.int16]
"""Shape `(n, 2)`: caller, agent."""

RATE = SPOKEN_RATE
"""Samples a second of a recording."""
BITS_PER_S = 48_000
"""Of Opus: both sides are clear, and mostly one of them is silent."""
OPUS: dict[str, object] = {"application": "audio", "compression_level": "5", "frame_duration": "20"}
"""0.3 s of work a minute of call; tuned for voice and at its full effort it is 0.9 s."""
PAGE_US = 500_000
"""Longest stretch in one page of Ogg, µs: what is lost when the process is killed."""
WAV_LIMIT = 0xFFFFFFFF - 36
"""Bytes of sound that a wav file can hold: its sizes have 32 bits. 12 hours."""
OWN_ONLY = 0o600
"""A call is personal: nobody else on the machine may read it."""


class RecordingFile(Protocol):
    """A recording being written. What was written so far can be played at any time, however the process ends. Every
    method may raise `OSError`."""

    def write(self, samples: Stereo) -> None:
        """Append."""
        ...

    def close(self) -> None:
        """Finish the file."""
        ...


def create(file: Path, format: Format) -> RecordingFile:
    """A new recording; a file of that name is replaced. Raises `OSError`."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, OWN_ONLY)
    if format == "wav":
        return WavFile(descriptor)
    os.close(descriptor)  # the encoder opens it by its name
    return OpusFile(file)


def free_name(file: Path) -> Path:
    """The name itself, or with a number behind it while there is such a file: a call that was taken over by another
    process has a second part."""
    parts = (file.with_stem(f"{file.stem}-{number}") for number in range(2, 10_000))
    return file if not file.exists() else next((part for part in parts if not part.exists()), file)


def read_recording(file: Path) -> Stereo:
    """A recording, whole, at 24 kHz. Raises `OSError`, or `ValueError` when it is none."""
    import av
    import soxr  # pyright: ignore[reportMissingTypeStubs]  # it has none

    parts: list[NDArray[np.float32]] = [np.zeros((0, 2), np.float32)]
    with closing(av.open(str(file))) as container:
        stream = container.streams.audio[0]
        rate = stream.rate
        to_floats = av.AudioResampler(format="flt", layout="stereo", rate=rate)
        for frame in container.decode(stream):
            for same in to_floats.resample(frame):
                parts.append(same.to_ndarray().reshape(-1, 2).astype(np.float32, copy=False))
    whole = np.concatenate(parts)
    at_rate: NDArray[np.float32] = whole if rate == RATE else soxr.resample(whole, rate, RATE)  # pyright: ignore[reportUnknownMemberType]
    return np.clip(np.rint(at_rate * 32_768), -32_768, 32_767).astype(np.int16)


class WavFile:
    """PCM. The header is made right after every write, so that it never announces what is not there."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._bytes = 0
        try:
            self._put(self._header(), 0)
        except OSError:
            os.close(descriptor)
            raise

    def write(self, samples: Stereo) -> None:
        """Append. A file that is full raises `OSError` too."""
        data = samples.astype("<i2").tobytes()
        if self._bytes + len(data) > WAV_LIMIT:
            raise OSError("a wav file cannot hold more than 4 GiB, about 12 hours")
        self._put(data, len(self._header()) + self._bytes)
        self._bytes += len(data)
        self._put(self._header(), 0)

    def close(self) -> None:
        """Close."""
        os.close(self._descriptor)

    def _put(self, data: bytes, place: int) -> None:
        """`pwrite`, until all of it is written."""
        view = memoryview(data)
        while view:
            written = os.pwrite(self._descriptor, view, place)
            view, place = view[written:], place + written

    def _header(self) -> bytes:
        frame = 2 * 2
        return struct.pack(
            "<4sI4s4sIHHIIHH4sI",
            *(b"RIFF", 36 + self._bytes, b"WAVE"),
            *(b"fmt ", 16, 1, 2, RATE, RATE * frame, frame, 16),
            *(b"data", self._bytes),
        )


class OpusFile:
    """Opus in Ogg, by PyAV, whose packets are generic without a parameter: hence what is ignored below."""

    def __init__(self, file: Path) -> None:
        import av

        options = {"page_duration": str(PAGE_US), "flush_packets": "1"}
        self._container = av.open(str(file), "w", format="ogg", options=options)
        self._stream = self._container.add_stream("libopus", rate=RATE, layout="stereo")  # pyright: ignore[reportUnknownMemberType]
        self._stream.bit_rate = BITS_PER_S
        self._stream.options = OPUS
        self._size = RATE // 50
        # Digital silence costs the encoder five times the work of any sound (its filters run into denormal numbers);
        # so it is given the faintest there is, -92 dBFS.
        self._faint = np.random.default_rng(1).integers(-1, 2, (self._size, 2)).astype(np.int16)
        self._waiting: Stereo = np.zeros((0, 2), np.int16)
        self._written = 0

    def write(self, samples: Stereo) -> None:
        """Append; less than 20 ms may wait for the next write."""
        self._waiting = np.concatenate([self._waiting, samples])
        while len(self._waiting) >= self._size:
            self._encode(self._waiting[: self._size])
            self._waiting = self._waiting[self._size :]

    def close(self) -> None:
        """Write what waits, and the last page."""
        try:
            if len(self._waiting):
                self._encode(self._waiting)
            if self._written:
                self._container.mux(self._stream.encode(None))  # pyright: ignore[reportUnknownMemberType]
        finally:
            self._container.close()

    def _encode(self, samples: Stereo) -> None:
        import av

        audible = np.where(samples.any(axis=0), samples, self._faint[: len(samples)])
        frame = av.AudioFrame.from_ndarray(audible.reshape(1, -1), format="s16", layout="stereo")
        frame.sample_rate, frame.pts = RATE, self._written
        self._written += len(samples)
        self._container.mux(self._stream.encode(frame))  # pyright: ignore[reportUnknownMemberType]


class Resampler:
    """One side's sound at the recording's rate, stretch by stretch."""

    def __init__(self, rate: int) -> None:
        import soxr  # pyright: ignore[reportMissingTypeStubs]  # it has none

        self._stream = None if rate == RATE else soxr.ResampleStream(rate, RATE, 1, dtype="float32")

    def next(self, samples: Samples, *, last: bool = False) -> Samples:
        """What can be given so far; with `last`, all that is left."""
        if self._stream is None:
            return samples
        out: NDArray[np.float32] = self._stream.resample_chunk(samples.astype(np.float32), last=last)  # pyright: ignore[reportUnknownMemberType]
        return np.clip(np.rint(out), -32_768, 32_767).astype(np.int16)
