"""Recordings of any common kind, read as callers are heard."""

from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np

from tollfree.protocol.audio import HEARD_RATE, Samples
from tollfree.speech.stt.base import SpeechError

MISSING_S = 0.25
"""Seconds that may lack at the end before a file counts as cut off: codecs pad and trim a little."""


class UnreadableSound(SpeechError):
    """A recording that is not there, is no sound, or is damaged."""

    code = "unreadable_sound"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """What a file holds."""

    samples: Samples
    """Mono at `HEARD_RATE`; several channels are mixed."""
    missing_s: float = 0.0
    """Seconds that the file promises and does not hold: it was cut off."""

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return len(self.samples) / HEARD_RATE


def read_recording(path: Path) -> Recording:
    """Reads WAV, FLAC, Ogg, MP3 and whatever else PyAV does, at any rate, with any channels. Raises
    `UnreadableSound`."""
    samples, promised, broken = _decoded(str(path), str(path), None, None)
    missing_s = max(promised - len(samples) / HEARD_RATE, _missing_of_riff(path, len(samples) / HEARD_RATE), 0.0)
    if broken and missing_s < MISSING_S:
        missing_s = MISSING_S
    return Recording(samples=samples, missing_s=missing_s if missing_s >= MISSING_S else 0.0)


def read_sent(sound: bytes, name: str, *, most_s: float) -> Samples:
    """The sound of a file that somebody sent, in WAV, Ogg, FLAC, MP3, MP4 or WebM: nothing else is tried, because some
    formats name other files. At most a little more than `most_s` seconds are decoded. Raises `UnreadableSound`."""
    kind = next((kind for kind, marks in _MARKS.items() if any(sound[at : at + len(m)] == m for at, m in marks)), None)
    if kind is None:
        raise UnreadableSound(f"{name} is none of {', '.join(_MARKS)}.")
    return _decoded(BytesIO(sound), name, kind, most_s)[0]


_MARKS: Mapping[str, tuple[tuple[int, bytes], ...]] = {
    "wav": ((0, b"RIFF"),),
    "ogg": ((0, b"OggS"),),
    "flac": ((0, b"fLaC"),),
    "mp3": ((0, b"ID3"), (0, b"\xff\xfb"), (0, b"\xff\xf3"), (0, b"\xff\xf2"), (0, b"\xff\xfa")),
    "mp4": ((4, b"ftyp"),),
    "webm": ((0, b"\x1a\x45\xdf\xa3"),),
}
"""FFmpeg's name of a format → what its files begin with, and where."""


def _decoded(file: "str | BytesIO", name: str, kind: str | None, most_s: float | None) -> tuple[Samples, float, str]:
    """The sound, how many seconds the file promises, and what stopped the decoder before its end."""
    import av  # FFmpeg's libraries, which only this needs
    from av.error import FFmpegError

    parts: list[Samples] = []
    promised = 0.0
    broken = ""
    try:
        with av.open(file, "r", format=kind, metadata_errors="ignore") as container:
            if not container.streams.audio:
                raise UnreadableSound(f"{name} has no sound in it.")
            stream = container.streams.audio[0]
            if stream.duration and stream.time_base:
                promised = float(stream.duration * stream.time_base)
            resampler = av.AudioResampler(format="s16", layout="mono", rate=HEARD_RATE)
            count = 0
            try:
                for frame in container.decode(stream):
                    frame.pts = None  # a file with odd times is read in the order of its frames
                    parts += [_samples(part.to_ndarray()) for part in resampler.resample(frame)]
                    count += frame.samples
                    if most_s is not None and count > most_s * frame.sample_rate:
                        break
            except FFmpegError as error:
                broken = error.strerror or "it is damaged"
            parts += [_samples(part.to_ndarray()) for part in resampler.resample(None)] if parts else []
    except (FFmpegError, OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise UnreadableSound(f"{name} cannot be read: {why}.") from error
    samples = np.concatenate(parts) if parts else np.zeros(0, np.int16)
    if not len(samples):
        raise UnreadableSound(f"{name} holds no sound{f': {broken}' if broken else ''}.")
    return samples, promised, broken


def _samples(block: object) -> Samples:
    """One channel of 16-bit samples, whatever the shape."""
    return np.asarray(block, np.int16).ravel()


def _missing_of_riff(path: Path, seconds: float) -> float:
    """Seconds that a WAV file's header promises beyond its end, which FFmpeg does not tell; 0 for any other file."""
    with path.open("rb") as file:
        head = file.read(12)
        if head[:4] != b"RIFF" or head[8:] != b"WAVE":
            return 0.0
        while len(chunk := file.read(8)) == 8:
            size = int.from_bytes(chunk[4:], "little")
            if chunk[:4] == b"data":
                there = path.stat().st_size - file.tell()
                streamed = size in (0, 0xFFFFFFFF)  # written without knowing its length
                return seconds * (size - there) / there if there and size > there and not streamed else 0.0
            file.seek(size + size % 2, 1)
    return 0.0
