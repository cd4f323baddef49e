"""What makes a reading of a turn suspicious: signs that a decoder went wrong, found without hearing anything again."""

import re
from enum import StrEnum

from tollfree.speech.stt.stock_phrases import is_stock, is_weak, plain
from tollfree.speech.stt.whisper_engine import Reading
from tollfree.speech.stt.whisper_settings import WhisperSettings


class Suspicion(StrEnum):
    """Why a reading is not believed at once."""

    LOOPS = "loops"
    """It says the same again and again."""
    CUT = "cut"
    """It did not come to an end."""
    TOO_MANY = "too_many"
    """More words than anybody says in that time."""
    TOO_FEW = "too_few"
    """So few words that some must be missing."""
    UNSURE = "unsure"
    """The model itself finds it unlikely."""
    EMPTY = "empty"
    """No words, though there is a voice."""


def suspicion(reading: Reading, speech_s: float, settings: WhisperSettings) -> Suspicion | None:
    """The first sign that is found; None: the reading is believed. `speech_s` is how long the caller's voice was
    heard, pauses left out."""
    words = len(plain(reading.text).split())
    if not words:
        return Suspicion.EMPTY
    if loops(reading.text):
        return Suspicion.LOOPS
    if reading.cut:
        return Suspicion.CUT
    if words > 2 + settings.fastest_words_per_s * speech_s:
        return Suspicion.TOO_MANY
    if reading.tokens < settings.slowest_tokens_per_s * (speech_s - 1):
        return Suspicion.TOO_FEW
    if reading.log_probability < settings.sure_log_probability:
        return Suspicion.UNSURE
    return None


def invented(reading: Reading, windows: int, settings: WhisperSettings, *, agreed: bool) -> bool:
    """Whether the words were never said, as far as can be told: no speech, hardly any likelihood, or a line that
    Whisper writes when it hears nothing. `windows` are those with a voice in them; `agreed`: two looks gave these
    very words, which words made of nothing seldom do."""
    if reading.log_probability < settings.refused_log_probability:
        return True
    unlikely = reading.log_probability < settings.trusted_log_probability
    if reading.no_speech > settings.no_speech_probability and unlikely and not agreed:
        return True
    if is_stock(reading.text):
        return True
    weak_sound = windows < settings.weak_windows or reading.log_probability < settings.weak_log_probability
    return is_weak(reading.text) and weak_sound


def loops(text: str) -> bool:
    """Whether a run of words comes twice and is all there is, or a run of three or more comes twice on end, or any
    run comes four times on end; figures may come seven times. People say "no no" and "five five"; decoders say whole
    turns twice."""
    words = re.sub(r"[^\w\s]", "", text.lower()).split()
    count = len(words)
    for size in range(1, count // 2 + 1):
        for start in range(count - 2 * size + 1):
            run = words[start : start + size]
            times = 1
            while words[start + times * size : start + (times + 1) * size] == run:
                times += 1
            figures = all(word.isdecimal() for word in run)
            if times >= (8 if figures else 4):
                return True
            if times >= 2 and not figures and (size >= 3 or (size == 2 and count == 2 * size)):
                return True
    return False
