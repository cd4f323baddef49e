"""Sound from files of any format and rate, as callers are heard: 16 kHz mono, a few seconds at a time."""

import struct
from collections.abc import Generator, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from tollfree.calls.errors import BadSound
from tollfree.protocol.audio import HEARD_RATE, Samples

if TYPE_CHECKING:
    from av import AudioFrame
    from av.container import InputContainer

SUFFIXES = frozenset(
    {".wav", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".m4a", ".aac", ".webm", ".aiff", ".aif", ".au"}
)
"""What a folder's sound files end with; a single file may be called anything."""
PIECE_S = 5
"""Seconds decoded at a time, so that a file of hours needs no more memory than one of seconds."""
SLOWEST, FASTEST = 2_000, 384_000
"""Samples a second between which a rate is believed."""
EXACT = frozenset({"flac", "ogg"})
"""Formats whose files say to the sample how long they are; others estimate it, or say nothing."""
MISSING_S = 0.1
"""Seconds by which such a file may fall short without a word: the edges of its encoder's frames."""

Channel = Literal["mix", "left", "right"]
"""Which side of a stereo file is the caller: recordings of calls often have the caller left and the agent right."""

_Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class SoundFile:
    """A file with sound in it. Nothing is read before `pieces`."""

    file: Path
    channel: Channel = "mix"

    def check(self) -> None:
        """Raises `BadSound` when there is nothing in the file that can be played."""
        for piece in self.pieces([]):
            if len(piece):
                return
        raise _unplayable(self.file, "it holds no sound")

    def pieces(self, faults: list[str]) -> Generator[Samples]:
        """The sound in order, in stretches of a few seconds. What cannot be decoded is left out, and a file that ends
        early ends early: `faults` is told so in plain words. Raises `BadSound` when the file cannot be opened."""
        gathered: list[Samples] = []
        for part in self._resampled(faults):
            gathered.append(part)
            if sum(map(len, gathered)) >= PIECE_S * HEARD_RATE:
                yield np.concatenate(gathered)
                gathered = []
        if gathered:
            yield np.concatenate(gathered)
        missing = _missing_bytes(self.file)
        if missing and not faults:
            faults.append(f"it was cut short: {missing} bytes fewer than it announces")

    def _resampled(self, faults: list[str]) -> Iterator[Samples]:
        import soxr  # pyright: ignore[reportMissingTypeStubs]  # it has none; heavy, so imported where it is needed

        stream: soxr.ResampleStream | None = None
        rate = HEARD_RATE
        for frame in _frames(self.file, faults):
            if frame.sample_rate != rate:
                if stream is not None:  # a chained file goes on at another rate
                    yield _int16(stream.resample_chunk(np.zeros(0, np.float32), last=True))
                rate = frame.sample_rate
                stream = None if rate == HEARD_RATE else soxr.ResampleStream(rate, HEARD_RATE, 1, dtype="float32")
            mono = self._mono(frame)
            yield _int16(mono if stream is None else stream.resample_chunk(mono))
        if stream is not None:
            yield _int16(stream.resample_chunk(np.zeros(0, np.float32), last=True))

    def _mono(self, frame: "AudioFrame") -> _Floats:
        samples = _floats(frame)
        if self.channel == "mix" or len(samples) < 2:
            return samples.mean(axis=0, dtype=np.float32)
        return samples[0 if self.channel == "left" else 1]


def _frames(file: Path, faults: list[str]) -> Iterator["AudioFrame"]:
    """Decoded frames; what is damaged in between is left out."""
    from av.error import FFmpegError

    damaged, decoded_s = 0, 0.0
    with closing(_opened(file)) as container:
        packets = container.demux(container.streams.audio[0])
        while True:
            try:
                packet = next(packets, None)
                if packet is None:
                    break
                frames = packet.decode()
            except FFmpegError as error:
                damaged += 1
                if damaged == 1:
                    faults.append(f"parts of it are damaged ({error.strerror})")
                if damaged > 10_000:  # a file that only ever fails must end too
                    break
                continue
            for frame in frames:
                if frame.samples and SLOWEST <= frame.sample_rate <= FASTEST:
                    decoded_s += frame.samples / frame.sample_rate
                    yield frame
        announced_s = (container.duration or 0) / 1_000_000 if container.format.name in EXACT else 0.0
        if not damaged and announced_s - decoded_s > MISSING_S:
            faults.append(f"{announced_s - decoded_s:.1f} of its {announced_s:.1f} seconds are missing")


def _opened(file: Path) -> "InputContainer":
    import av

    try:
        if not file.stat().st_size:
            raise _unplayable(file, "it is empty")
        container = av.open(str(file), metadata_errors="ignore")
    except OSError as error:  # the reader's own errors of this kind among them
        raise _unplayable(file, error.strerror or str(error)) from error
    except ValueError as error:  # no format that is known
        raise _unplayable(file, "no known audio format") from error
    if not container.streams.audio or container.streams.audio[0].codec_context is None:  # pyright: ignore[reportUnnecessaryComparison]  # what no decoder is known for has none
        container.close()
        raise _unplayable(file, "it has no audio track that can be decoded")
    return container


def _unplayable(file: Path, why: str) -> BadSound:
    return BadSound(
        f"{file} cannot be played: {why}. Give a wav, flac, ogg, opus or mp3 file with speech in it; "
        "most others can be converted with `ffmpeg -i FILE speech.wav`."
    )


def _floats(frame: "AudioFrame") -> _Floats:
    """A frame's samples, a row a channel, full scale ±1."""
    raw = frame.to_ndarray()
    if not frame.format.is_planar:
        raw = raw.reshape(-1, frame.layout.nb_channels).T
    if raw.dtype == np.uint8:
        return ((raw.astype(np.float32) - 128) / 128).astype(np.float32)
    if np.issubdtype(raw.dtype, np.integer):
        return (raw / (np.iinfo(raw.dtype.name).max + 1)).astype(np.float32)
    return np.nan_to_num(raw.astype(np.float32), nan=0.0, posinf=1.0, neginf=-1.0)


def _int16(samples: _Floats) -> Samples:
    return np.clip(np.rint(samples * 32_768), -32_768, 32_767).astype(np.int16)


def _missing_bytes(file: Path) -> int:
    """How many bytes fewer than its header says a wav file has; 0 for other files, and where the header does not
    say, as when it was written to a pipe."""
    with suppress(OSError, struct.error), file.open("rb") as raw:
        if raw.read(4) != b"RIFF" or not raw.seek(12):
            return 0
        size = file.stat().st_size
        while raw.tell() < size:
            name, length = struct.unpack("<4sI", raw.read(8))
            if name == b"data":
                return 0 if length in (0, 0xFFFFFFFF) else max(0, raw.tell() + length - size)
            raw.seek(length + length % 2, 1)
    return 0
