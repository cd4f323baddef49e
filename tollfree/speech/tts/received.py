"""Sound that came from a server: read, and looked at before anybody hears it."""

import struct

import numpy as np
from numpy.typing import NDArray

from tollfree.protocol.audio import Samples
from tollfree.speech.tts.base import RenderingFailed

RATES = range(8_000, 48_001)
"""Samples a second that a voice may have."""
SHORTEST_S, LONGEST_S = 0.01, 0.4
"""Seconds of speech a spoken character, at the least and at the most: people say fifteen a second; half or twice the
voice's speed lies well within. A wrong rate often does not."""
SLACK_S = 3.0
"""That much longer it may be in all: silence around short words."""
SMOOTH = 0.25
"""Correlation of neighbouring samples that speech has at the least, at 16 kHz and more; compressed data, text or bytes
in the wrong order, taken for samples, have about none."""
_PCM, _FLOAT, _EXTENSIBLE = 1, 3, 0xFFFE


def read_wav(content: bytes) -> tuple[NDArray[np.float32], int]:
    """Samples (full scale ±1, one channel) and their rate. Sizes in the header are not believed: streams do not know
    theirs. Raises `RenderingFailed` for what is no WAV of 16-bit or float samples."""
    if content[:4] != b"RIFF" or content[8:12] != b"WAVE":
        raise RenderingFailed(f"The server sent no WAV: it begins with {content[:16]!r}.")
    place, layout = 12, None
    while place + 8 <= len(content):
        name, (size,) = content[place : place + 4], struct.unpack_from("<I", content, place + 4)
        place += 8
        if name == b"fmt " and size >= 16 and place + 16 <= len(content):
            layout = struct.unpack_from("<HHIIHH", content, place)
            if layout[0] == _EXTENSIBLE and place + 26 <= len(content):
                layout = (*struct.unpack_from("<H", content, place + 24), *layout[1:])
        elif name == b"data":
            if layout is None:
                break
            return _samples(content[place : place + size] if size else content[place:], layout)
        place += size + size % 2
    raise RenderingFailed("The server sent a WAV without sound.")


def checked(sound: NDArray[np.float32], rate: int, spoken: str) -> NDArray[np.float32]:
    """The sound, if it can be `spoken` at that rate. Raises `RenderingFailed`: noise at a caller's ear is worse than
    another voice."""
    if rate not in RATES:
        raise RenderingFailed(f"The server speaks of {rate} samples a second, which no voice has.")
    seconds = len(sound) / rate
    characters = len(spoken)
    if not SHORTEST_S * characters <= seconds <= LONGEST_S * characters + SLACK_S:
        raise RenderingFailed(
            f"The server sent {seconds:.1f} s of sound for {characters} characters: not this text, or at another rate."
        )
    if not np.isfinite(sound).all() or _smoothness(sound) < SMOOTH:
        raise RenderingFailed("The server sent noise in place of speech.")
    return sound


def as_float(samples: Samples) -> NDArray[np.float32]:
    """Full scale ±1."""
    return samples.astype(np.float32) / np.float32(32768)


def _samples(data: bytes, layout: tuple[int, ...]) -> tuple[NDArray[np.float32], int]:
    kind, channels, rate, _, _, bits = layout
    if (kind, bits) not in ((_PCM, 16), (_FLOAT, 32)) or channels not in (1, 2):
        raise RenderingFailed(f"The server sent a WAV of format {kind}, {bits} bits, {channels} channels.")
    frame = channels * bits // 8
    whole = data[: len(data) // frame * frame]
    if kind == _PCM:
        sound = np.frombuffer(whole, "<i2").astype(np.float32) / 32768
    else:
        sound = np.frombuffer(whole, "<f4").astype(np.float32)
    mixed: NDArray[np.float32] = sound.reshape(-1, channels).sum(axis=1, dtype=np.float32) / np.float32(channels)
    return mixed, rate


def _smoothness(sound: NDArray[np.float32]) -> float:
    """Correlation of neighbouring samples; 1 for silence."""
    around = sound - sound.mean()
    power = float(np.dot(around, around))
    return float(np.dot(around[:-1], around[1:])) / power if power > 0 else 1.0
