"""When written words are over, from the times of the sounds that were made for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from tollfree.speech.tts.base import WordTime
from tollfree.speech.tts.normalise import Spoken
from tollfree.speech.tts.phonemes import MARKS


@dataclass(frozen=True, slots=True)
class Sound:
    """One phoneme as the engine spoke it."""

    symbol: str
    """A phoneme, a space between words, or a sign."""
    end_ms: float
    """When it was over."""


def spoken_word_ends(words: Sequence[str], sounds: Sequence[Sound]) -> list[float]:
    """When each word of a spoken text was over. espeak joins some words ("of the") and cuts others, so words and
    sounds are matched stretch by stretch between punctuation, and shared out by letters where they do not match."""
    stretches, made = _stretches(words), _heard_stretches(sounds)
    if len(stretches) != len(made):
        stretches = [list(words)]
        made = [[end for stretch in made for end in stretch]]
    ends: list[float] = []
    start = 0.0
    for stretch, heard in zip(stretches, made, strict=True):
        if not heard:
            ends += [start] * len(stretch)
        elif len(heard) == len(stretch):
            ends += heard
        else:
            ends += shared_out(stretch, start, heard[-1])
        start = ends[-1] if ends else 0.0
    return ends


def shared_out(words: Sequence[str], start_ms: float, end_ms: float) -> list[float]:
    """Ends of words when only the whole stretch is known: by their lengths, with one more for the gap between."""
    weights = list(accumulate(len(word) + 1 for word in words))
    return [start_ms + (end_ms - start_ms) * weight / weights[-1] for weight in weights]


def word_times(spoken: Spoken, ends: Sequence[float], cut_ms: float, sound_ms: float) -> tuple[WordTime, ...]:
    """Times of the written words, in the clip: `ends` are those of the spoken words in the engine's sound, of which
    `cut_ms` were cut off the front and `sound_ms` remain."""
    times: list[WordTime] = []
    latest = 0.0
    for piece in spoken.pieces:
        if piece.words:
            latest = min(max(latest, ends[piece.words - 1] - cut_ms), sound_ms)
        times.append(WordTime(end=piece.end, end_ms=latest))
    if times:
        times[-1] = WordTime(end=times[-1].end, end_ms=sound_ms)
    return tuple(times)


def _stretches(words: Sequence[str]) -> list[list[str]]:
    """Words between punctuation."""
    stretches: list[list[str]] = [[]]
    for word in words:
        stretches[-1].append(word)
        if word[-1] in MARKS:
            stretches.append([])
    return [stretch for stretch in stretches if stretch]


def _heard_stretches(sounds: Sequence[Sound]) -> list[list[float]]:
    """Ends of the sounding words between punctuation."""
    stretches: list[list[float]] = [[]]
    inside = False
    for sound in sounds:
        if sound.symbol in MARKS:
            stretches.append([])
            inside = False
        elif sound.symbol == " ":
            inside = False
        elif inside:
            stretches[-1][-1] = sound.end_ms
        else:
            stretches[-1].append(sound.end_ms)
            inside = True
    return [stretch for stretch in stretches if stretch]
