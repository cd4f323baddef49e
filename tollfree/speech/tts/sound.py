"""How a rendering is made to sound like one speaker: edges trimmed, evenly loud, no clicks, natural gaps."""

from dataclasses import dataclass

import numpy as np
import soxr  # pyright: ignore[reportMissingTypeStubs] - its arrays are untyped
from numpy.typing import NDArray

from tollfree.protocol.audio import SPOKEN_RATE, Samples

LOUDNESS_DB = -20.0
"""Gated level of every clip, dBFS: telephone speech is levelled at about -20 (ITU-T P.56 speaks of -26 dBov, which
web calls find faint)."""
PEAK = 0.89
"""No sample goes beyond this share of full scale (-1 dBFS), so that later coding does not clip."""
KNEE = 0.6
"""Above this share the few highest peaks are rounded off rather than the whole clip turned down."""
FADE_MS = 7.0
"""At both ends; between 5 and 10 ms is heard as neither a click nor a slope."""
LEAD_MS, TAIL_MS = 15.0, 45.0
"""Kept before and after what can be heard: soft consonants begin before, and vowels end after, the threshold."""
_FRAME_MS = 10.0
_BLOCK_MS = 100.0
"""Of loudness: a quarter of ITU-R BS.1770's, as clips may be as short as "yes"."""
_SILENT_DB, _BELOW_PEAK_DB = -60.0, -42.0
"""What counts as silence at the edges: under the first, or that far under the loudest frame."""
_ABSOLUTE_GATE_DB, _RELATIVE_GATE_DB = -60.0, -10.0
"""Blocks under these do not count for loudness: pauses do not make a clip loud (BS.1770's gates)."""

GAPS_MS = {
    **dict.fromkeys(",،、", 120.0),
    **dict.fromkeys(";:—–", 180.0),
    **dict.fromkeys(".?!…。？！", 250.0),
}
"""Silence after a clause, by its last sign."""
UNMARKED_GAP_MS = 30.0
"""After a clause that was cut between two words."""
_CLOSING = "\"'”’)]}»*_ \t\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shaped:
    """A rendering ready to be played."""

    samples: Samples
    """At `SPOKEN_RATE`."""
    cut_ms: float
    """How much was taken off the front: engine times minus this are times of the clip."""
    sound_ms: float
    """How long the sound lasts; after it comes the gap."""


def gap_ms(clause: str) -> float:
    """The pause after a written clause, by how it ends."""
    ending = clause.rstrip(_CLOSING)
    return GAPS_MS.get(ending[-1:], UNMARKED_GAP_MS)


def shape(audio: NDArray[np.float32], rate: int, gap: float) -> Shaped:
    """Sound of an engine (full scale ±1, `rate` samples a second) as it is played; `gap` ms of silence follow it.
    Silence, and what is no sound at all, gives an empty clip."""
    sound = resampled(np.nan_to_num(audio.astype(np.float32, copy=False).ravel()), rate)
    start, end = _audible(sound)
    if start == end:
        return Shaped(samples=np.zeros(0, np.int16), cut_ms=0.0, sound_ms=0.0)
    levelled = _faded(_levelled(sound[start:end]))
    silence = np.zeros(round(gap * SPOKEN_RATE / 1000), np.int16)
    samples = np.concatenate([(levelled * 32767).astype(np.int16), silence])
    return Shaped(samples=samples, cut_ms=start * 1000 / SPOKEN_RATE, sound_ms=len(levelled) * 1000 / SPOKEN_RATE)


def loudness_db(sound: NDArray[np.float32]) -> float:
    """Gated level of sound at `SPOKEN_RATE`, dBFS; -inf for silence."""
    powers = _powers(sound, _BLOCK_MS)
    loud = powers[powers > 10 ** (_ABSOLUTE_GATE_DB / 10)]
    if not len(loud):
        return float("-inf")
    gated = loud[loud >= loud.mean() * 10 ** (_RELATIVE_GATE_DB / 10)]
    return float(10 * np.log10(gated.mean()))


def resampled(sound: NDArray[np.float32], rate: int) -> NDArray[np.float32]:
    """Sound of `rate` samples a second at `SPOKEN_RATE`."""
    if rate == SPOKEN_RATE or not len(sound):
        return sound
    at_rate: NDArray[np.float32] = soxr.resample(sound, rate, SPOKEN_RATE)  # pyright: ignore[reportUnknownMemberType]
    return at_rate


def _powers(sound: NDArray[np.float32], window_ms: float) -> NDArray[np.float64]:
    """Mean power of each whole window; of the sound as a whole where it is shorter than one."""
    window = round(window_ms * SPOKEN_RATE / 1000)
    count = len(sound) // window
    if count == 0:
        return np.array([float(np.mean(np.square(sound, dtype=np.float64)))]) if len(sound) else np.zeros(0)
    return np.square(sound[: count * window], dtype=np.float64).reshape(count, window).mean(axis=1)


def _audible(sound: NDArray[np.float32]) -> tuple[int, int]:
    """From where to where there is something to hear, with a little around it; the same place twice: nowhere."""
    frame = round(_FRAME_MS * SPOKEN_RATE / 1000)
    powers = _powers(sound, _FRAME_MS)
    if not len(powers):
        return 0, 0
    threshold = max(10 ** (_SILENT_DB / 10), powers.max() * 10 ** (_BELOW_PEAK_DB / 10))
    heard = np.flatnonzero(powers > threshold)
    if not len(heard):
        return 0, 0
    start = int(heard[0]) * frame - round(LEAD_MS * SPOKEN_RATE / 1000)
    end = (int(heard[-1]) + 1) * frame + round(TAIL_MS * SPOKEN_RATE / 1000)
    return max(0, start), min(len(sound), end)


def _levelled(sound: NDArray[np.float32]) -> NDArray[np.float32]:
    """At `LOUDNESS_DB`, with no peak above `PEAK`."""
    louder = sound * np.float32(10 ** ((LOUDNESS_DB - loudness_db(sound)) / 20))
    size = np.abs(louder)
    if size.max() <= KNEE:
        return louder
    room = PEAK - KNEE
    rounded = np.where(size > KNEE, KNEE + room * np.tanh((size - KNEE) / room), size)
    return (np.sign(louder) * rounded).astype(np.float32)


def _faded(sound: NDArray[np.float32]) -> NDArray[np.float32]:
    ramp = min(round(FADE_MS * SPOKEN_RATE / 1000), len(sound) // 2)
    slope = ((1 - np.cos(np.pi * np.arange(ramp) / max(ramp, 1))) / 2).astype(np.float32)
    faded = sound.copy()
    faded[:ramp] *= slope
    faded[len(faded) - ramp :] *= slope[::-1]
    return faded
