"""How a turn is heard: gate, one quick look, and more looks at what is suspicious."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from tollfree.protocol.audio import HEARD_RATE, Samples
from tollfree.protocol.transcript import Transcript
from tollfree.speech.stt.base import Hints, Urgency
from tollfree.speech.stt.calibration_sound import Sound
from tollfree.speech.stt.confidence import confidence
from tollfree.speech.stt.stock_phrases import plain
from tollfree.speech.stt.suspicion import Suspicion, invented, suspicion
from tollfree.speech.stt.turn_looks import Looks, Turn, Wanted, look
from tollfree.speech.stt.turn_window import TurnWindow
from tollfree.speech.stt.voice_gate import Voiced, VoiceGate
from tollfree.speech.stt.whisper_engine import Reading
from tollfree.speech.stt.whisper_settings import WhisperSettings

NOTHING = Transcript(text="", confidence=1.0, looks=0)
"""No voice was in the sound."""
DOUBT = 0.5
"""Confidence that nothing was said, where there was a voice and no words to be believed."""
ALTERNATIVES = 3
"""Other readings that are told."""


@dataclass(frozen=True, slots=True)
class _Look:
    reading: Reading
    why: Suspicion | None
    others: tuple[str, ...] = ()
    """Further readings of the same look."""


class TurnHearing:
    """Turns sound into a transcript with as little work as can be trusted."""

    def __init__(self, window: TurnWindow, gate: VoiceGate, settings: WhisperSettings) -> None:
        self._window = window
        self._gate = gate
        self._settings = settings

    def begin(self, samples: Samples, hints: Hints | None, urgency: Urgency, *, language: str = "en") -> Turn:
        """A turn up to its first look, with the language it is in; empty: detected. Any thread may begin turns."""
        looks = self._looks(samples, hints, patient=urgency != Urgency.INTERIM)
        return Turn(looks, self._window, language)

    def look(self, turns: Sequence[Turn]) -> None:
        """Take the next look at several turns of one kind."""
        look(self._window, turns)

    def hear(self, samples: Samples, hints: Hints | None, urgency: Urgency, *, language: str = "en") -> Transcript:
        """The words of a turn, alone."""
        turn = self.begin(samples, hints, urgency, language=language)
        while turn.transcript is None:
            self.look([turn])
        return replace(turn.transcript, took_ms=turn.took_ms)

    def rehearse(self, sound: Sound) -> Transcript:
        """Do what a turn needs, short of the full window, on a sound without words."""
        self._gate.find(sound)
        prepared = self._window.prepare(sound)
        for pad_s in (self._settings.pad_s, self._settings.second_pad_s):
            self._window.read(self._window.encode(prepared, pad_s), beam=self._settings.beam)
        return NOTHING

    def _looks(self, samples: Samples, hints: Hints | None, *, patient: bool) -> Looks:
        """Asks for the looks that are needed, in order. An interim turn is looked at once, whatever it looks like."""
        settings = self._settings
        sound = samples[-int(settings.longest_s * HEARD_RATE) :].astype(np.float32) / np.float32(32_768)
        voiced = self._gate.find(sound)
        if voiced is None:
            return NOTHING
        turn = self._window.prepare(leveled(voiced.sound, settings))
        beam = settings.beam if patient else settings.interim_beam
        tokens = self._hint_tokens(hints)
        short = Wanted(turn=turn, pad_s=settings.pad_s, beam=beam)
        looks = [self._look((yield replace(short, hints=tokens)), voiced)]
        if looks[-1].why is not None and tokens:  # they may be what misled it
            looks = [self._look((yield short), voiced)]
        if looks[-1].why is not None and patient:
            looks.append(self._look((yield replace(short, pad_s=settings.second_pad_s)), voiced))
            if not _settled(looks):
                # one reading alone: several side by side find sentences in a "mm-hm"
                looks.append(self._look((yield replace(short, pad_s=settings.third_pad_s, beam=1)), voiced))
        return self._told(looks, voiced)

    def _look(self, readings: tuple[Reading, ...], voiced: Voiced) -> _Look:
        reading, *others = readings
        why = suspicion(reading, voiced.speech_s, self._settings)
        return _Look(reading, why, tuple(other.text for other in others))

    def _told(self, looks: Sequence[_Look], voiced: Voiced) -> Transcript:
        """The most credible look as a transcript, the rest as alternatives."""
        agreed = _agreed(looks)
        best = max(looks[-2:], key=_credit) if agreed else _believed(looks)
        if invented(best.reading, voiced.windows, self._settings, agreed=agreed):
            return Transcript(text="", confidence=DOUBT, looks=len(looks))
        others = [look.reading.text for look in reversed(looks)] + [text for look in looks for text in look.others]
        distinct = {plain(text): text for text in reversed(others) if plain(text) not in ("", plain(best.reading.text))}
        return Transcript(
            text=best.reading.text,
            confidence=confidence(best.reading.log_probability, best.reading.tokens, looks=len(looks), agreed=agreed),
            alternatives=tuple(reversed(distinct.values()))[:ALTERNATIVES],
            looks=len(looks),
        )

    def _hint_tokens(self, hints: Hints | None) -> tuple[int, ...]:
        return self._window.hint_tokens(hints.vocabulary) if hints is not None else ()


def leveled(sound: Sound, settings: WhisperSettings) -> Sound:
    """A quiet turn brought to the level of most speech, short of clipping; any other as it is."""
    frame = HEARD_RATE // 50
    count = len(sound) // frame
    if not count:
        return sound
    power = np.sort(np.square(sound[: count * frame].reshape(count, frame)).mean(axis=1))
    loud_db = 10 * np.log10(float(power[-max(1, count // 4) :].mean()) + 1e-12)
    if loud_db > settings.quiet_db:
        return sound
    gain = min(10 ** ((settings.level_db - loud_db) / 20), 0.95 / (float(np.abs(sound).max()) + 1e-9))
    return (sound * np.float32(gain)).astype(np.float32)


def _settled(looks: Sequence[_Look]) -> bool:
    """Whether the last look is beyond doubt, or says what the one before said."""
    return looks[-1].why is None or _agreed(looks)


def _agreed(looks: Sequence[_Look]) -> bool:
    """Whether the last two looks say the same, and neither repeats itself nor breaks off."""
    if len(looks) < 2 or any(look.why in _BROKEN for look in looks[-2:]):
        return False
    one, other = (plain(look.reading.text) for look in looks[-2:])
    return one == other


def _believed(looks: Sequence[_Look]) -> _Look:
    """Of looks that differ, the last and most careful, unless it is broken and another is not."""
    return looks[-1] if looks[-1].why not in _BROKEN else max(looks, key=_credit)


def _credit(look: _Look) -> tuple[bool, float]:
    return look.why not in _BROKEN, look.reading.log_probability


_BROKEN = frozenset({Suspicion.LOOPS, Suspicion.CUT, Suspicion.TOO_MANY, Suspicion.EMPTY})
