"""A recording's outline, to be drawn: kept beside it, so that it is read once."""

import os
import struct
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tollfree.calls.errors import BadSound

PER_S = 20
"""Steps that are kept of a second."""
SUFFIX = ".peaks"
_HEAD = struct.Struct("<8sdqq")
"""Our mark, seconds, and of the recording its size and when it was last written to."""
_MARK = b"tfpeaks1"

Outline = NDArray[np.int8]
"""A row for each step: least and greatest of the caller, least and greatest of the agent; -128 to 127."""


@dataclass(frozen=True, slots=True)
class Peaks:
    """The outline of a whole recording."""

    seconds: float
    steps: Outline

    def fitted(self, buckets: int) -> Outline:
        """In at most so many steps."""
        if len(self.steps) <= buckets:
            return self.steps
        edges = np.linspace(0, len(self.steps), buckets + 1).astype(np.int64)[:-1]
        out = np.empty((buckets, 4), np.int8)
        out[:, 0::2] = np.minimum.reduceat(self.steps[:, 0::2], edges, axis=0)
        out[:, 1::2] = np.maximum.reduceat(self.steps[:, 1::2], edges, axis=0)
        return out


def peaks_of(file: Path, *, keep: bool) -> Peaks:
    """Read from what is kept, else from the recording; `keep`: the recording is whole, so what is read may be kept.
    Blocks for about a second for each ten minutes of sound. Raises `OSError` or `BadSound`."""
    found = file.stat()
    kept = file.with_name(file.name + SUFFIX)
    peaks = _kept(kept, found.st_size, found.st_mtime_ns)
    if peaks is None:
        peaks = _read(file)
        if keep:
            half = kept.with_name(kept.name + ".new")
            half.touch(mode=0o600)
            head = _HEAD.pack(_MARK, peaks.seconds, found.st_size, found.st_mtime_ns)
            half.write_bytes(head + peaks.steps.tobytes())
            os.utime(half, ns=(found.st_atime_ns, found.st_mtime_ns))  # it is too old when the recording is
            half.replace(kept)
    return peaks


def _kept(file: Path, size: int, written_ns: int) -> Peaks | None:
    try:
        data = file.read_bytes()
    except OSError:
        return None
    if len(data) < _HEAD.size or (len(data) - _HEAD.size) % 4:
        return None
    mark, seconds, of_size, of_written = _HEAD.unpack_from(data)
    if (mark, of_size, of_written) != (_MARK, size, written_ns):
        return None
    return Peaks(seconds, np.frombuffer(data, np.int8, offset=_HEAD.size).reshape(-1, 4))


def _read(file: Path) -> Peaks:
    from av.error import FFmpegError

    steps: list[NDArray[np.int8]] = []
    rest = np.zeros((0, 2), np.int16)
    samples, rate = 0, PER_S
    try:
        for rate, part in _sound(file):
            samples += len(part)
            rest = np.concatenate([rest, part])
            whole = len(rest) // (rate // PER_S) * (rate // PER_S)
            if whole:
                steps.append(_outline(rest[:whole], rate // PER_S))
                rest = rest[whole:]
    except (FFmpegError, IndexError) as error:
        raise BadSound(f"The recording {file.name} cannot be read: {type(error).__name__}.") from error
    if len(rest):
        steps.append(_outline(rest, len(rest)))
    return Peaks(samples / rate, np.concatenate(steps) if steps else np.zeros((0, 4), np.int8))


def _sound(file: Path) -> Iterator[tuple[int, NDArray[np.int16]]]:
    """The rate and the next samples, both sides."""
    import av

    with closing(av.open(str(file))) as container:
        stream = container.streams.audio[0]
        to_stereo = av.AudioResampler(format="s16", layout="stereo", rate=stream.rate)
        for frame in container.decode(stream):
            for same in to_stereo.resample(frame):
                yield stream.rate, same.to_ndarray().reshape(-1, 2).astype(np.int16, copy=False)


def _outline(samples: NDArray[np.int16], step: int) -> NDArray[np.int8]:
    parted = samples.reshape(-1, step, 2) >> 8
    least, greatest = parted.min(axis=1), parted.max(axis=1)
    return np.stack([least[:, 0], greatest[:, 0], least[:, 1], greatest[:, 1]], axis=1).astype(np.int8)
