"""What of the caller's sound is speech: probability with hysteresis, and level above the noise."""

import math
from dataclasses import dataclass

from tollfree.speech.turns.base import WINDOW_MS
from tollfree.speech.turns.settings import ListeningSettings

_LOWEST_FLOOR_DB, _HIGHEST_FLOOR_DB = -75.0, -30.0
"""Digital silence is no quieter than a good telephone; noise is never taken for louder than speech."""
_FALL = 0.3
"""Share of the way that the noise floor falls to a quieter window."""
_RISE_DB = 0.1
"""Decibels a window, 3 dB a second, that it rises at most: speech must not become noise."""
_FADE_DB = 0.1
"""Decibels a window of speech by which what was loudest fades: a turn may end more softly than it began."""
_RECENT_MS = 1000.0
"""Milliseconds for which speech makes more of it likely, and its loudness tells what is none."""
_STRONG = 0.8
"""Probability above which a window is speech beyond doubt."""


@dataclass(frozen=True, slots=True)
class Sound:
    """What the latest window was."""

    speaking: bool
    """The caller speaks, with this window."""
    pending: bool
    """It may be the beginning of speech; the next window tells."""
    strong: bool
    """It is speech beyond doubt."""


class SpeechGate:
    """Tells speech from pauses and noise, window by window."""

    def __init__(self, settings: ListeningSettings) -> None:
        self._settings = settings
        self.floor_db = -60.0
        """Level of the line's noise, dBFS."""
        self.loudest_db = _LOWEST_FLOOR_DB
        """Of the recent speech, dBFS."""
        self.row_ms = 0.0
        """Milliseconds of speech in a row that ends now, pending ones too."""
        self._speaking = False
        self._weak_ms = 0.0
        """Since a window that was clearly speech."""
        self._loud_ms = 0.0
        """For how long it has been as loud as a voice."""
        self._quiet_ms = math.inf

    def hear(self, probability: float, level_db: float, *, voice_from_db: float = math.inf) -> Sound:
        """The next window. `voice_from_db`: how loud a sound must be to begin like a voice, whatever the network says
        of it: the hiss of "seven" comes 200 ms before what it takes for speech."""
        self._follow_noise(probability, level_db)
        speech = self._begins_like_a_voice(level_db, voice_from_db) or self._is_speech(probability, level_db)
        self.row_ms = self.row_ms + WINDOW_MS if speech else 0.0
        sure = probability >= self._settings.again_probability
        self._weak_ms = 0.0 if sure else self._weak_ms + WINDOW_MS
        if speech and not self._speaking:
            enough = WINDOW_MS if self._goes_on() else self._settings.onset_ms
            self._speaking = self.row_ms >= enough
            if self._speaking and self._quiet_ms > _RECENT_MS:
                self.loudest_db = level_db
        elif not speech:
            self._speaking = False
        self._quiet_ms = 0.0 if self._speaking else self._quiet_ms + WINDOW_MS
        if self._speaking:
            self.loudest_db = max(level_db, self.loudest_db - _FADE_DB)
        return Sound(self._speaking, speech and not self._speaking, speech and probability >= _STRONG)

    def _begins_like_a_voice(self, level_db: float, voice_from_db: float) -> bool:
        """Whether it has just become as loud as a voice. What stays loud and is none is noise."""
        stands_out = level_db >= self.floor_db + self._settings.loud_above_noise_db
        self._loud_ms = self._loud_ms + WINDOW_MS if stands_out and level_db >= voice_from_db else 0.0
        return 0.0 < self._loud_ms <= self._settings.loud_onset_ms

    def _goes_on(self) -> bool:
        """Whether a dip was so short that one window is enough to take the speech up again."""
        return self._quiet_ms <= 2 * WINDOW_MS

    def _is_speech(self, probability: float, level_db: float) -> bool:
        settings = self._settings
        if level_db < self.floor_db + settings.above_noise_db:
            return False
        if self._quiet_ms > _RECENT_MS:
            return probability >= settings.onset_probability
        if level_db < self.loudest_db - settings.below_loudest_db:
            return False
        if self._speaking and self._weak_ms <= settings.weak_ms:
            return probability >= settings.offset_probability
        return probability >= settings.again_probability

    def _follow_noise(self, probability: float, level_db: float) -> None:
        if level_db < self.floor_db:
            self.floor_db += _FALL * (level_db - self.floor_db)
        elif probability < self._settings.offset_probability:
            self.floor_db += min(_RISE_DB, level_db - self.floor_db)
        self.floor_db = min(max(self.floor_db, _LOWEST_FLOOR_DB), _HIGHEST_FLOOR_DB)
