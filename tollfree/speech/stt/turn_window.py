"""Whisper on the turn's own length: its sound, a little silence, and more silence that was computed once at load.

Whisper learned on windows of 30 s, and its encoder's cost grows faster than the window: a turn of three seconds costs
a fifteenth of what thirty do. But a decoder that finds no silence behind the speech says things twice. So the cached
frames of silence behind a made sound (`calibration_sound`) are joined to the turn's own, at the places in the window
where silence would have been.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from tollfree.protocol.audio import HEARD_RATE
from tollfree.speech.stt.calibration_sound import Sound, calibration_sound
from tollfree.speech.stt.whisper_engine import WINDOW, Engine, Floats, Reading
from tollfree.speech.stt.whisper_settings import WhisperSettings

ENCODED_PER_S = 50
MARGIN = 50
"""Encoder frames left between the end of the made sound and the silence that is kept."""
SHORTEST = 0.1
"""Seconds; shorter sound is filled up, because the spectrum needs some frames."""
PROMPT_TOKENS = 120
"""Most tokens of hints: the model's prompt has room for 223, and each costs time."""


class Shape(NamedTuple):
    """What turns must have in common to be read together."""

    frames: int
    """Of 20 ms, that the decoder sees."""
    allowed: int
    """Most tokens of a reading."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A turn before it is encoded."""

    spectrum: Floats
    seconds: float
    """That its window counts."""
    allowed: int
    """Most tokens of a reading of it."""


@dataclass(frozen=True, slots=True)
class Encoded:
    """A turn as the decoder sees it."""

    frames: Floats
    """(1, frames, width)."""
    allowed: int
    """Most tokens of a reading."""


class TurnWindow:
    """The model and its cached silence. Nothing in it changes, so any thread may use it."""

    def __init__(self, engine: Engine, settings: WhisperSettings, *, calibration: Sound | None = None) -> None:
        """`calibration` is the sound before the kept silence: by default, a made one without words."""
        self._engine = engine
        self._settings = settings
        sound = calibration_sound() if calibration is None else calibration
        self._silence = engine.encode([engine.spectrum(sound)], WINDOW)
        self._silent_from = len(sound) * ENCODED_PER_S // HEARD_RATE + MARGIN

    def prepare(self, sound: Sound) -> Prepared:
        """What every look at a turn begins with."""
        seconds = len(sound) / HEARD_RATE
        if seconds < SHORTEST:
            sound = np.pad(sound, (0, int(SHORTEST * HEARD_RATE) - len(sound)))
        settings = self._settings
        allowed = settings.tokens_extra + int(settings.tokens_per_s * _stepped(seconds, settings.tokens_step_s))
        return Prepared(self._engine.spectrum(sound), _stepped(seconds, settings.window_step_s), allowed)

    def computed(self, turn: Prepared, pad_s: float) -> int:
        """Frames of 10 ms that the encoder computes for a turn with so much silence behind it."""
        return min(WINDOW, 2 * int((turn.seconds + pad_s) * ENCODED_PER_S))

    def shape(self, turn: Prepared, pad_s: float) -> Shape:
        """What the decoder sees of it."""
        half = self.computed(turn, pad_s) // 2
        return Shape(half + self._tail(half).shape[1], turn.allowed)

    def encode(self, turn: Prepared, pad_s: float) -> Encoded:
        """A turn with so much silence computed behind it, and the cached silence behind that."""
        return self.encode_all([turn], pad_s)[0]

    def encode_all(self, turns: Sequence[Prepared], pad_s: float) -> list[Encoded]:
        """Several turns; those whose window is the same, in one go."""
        windows = [self.computed(turn, pad_s) for turn in turns]
        encoded: dict[int, Encoded] = {}
        for frames in dict.fromkeys(windows):
            places = [at for at, window in enumerate(windows) if window == frames]
            rows = self._engine.encode([turns[at].spectrum for at in places], frames)
            for at, row in zip(places, rows, strict=True):
                joined = np.concatenate([row[None], self._tail(frames // 2)], axis=1)
                encoded[at] = Encoded(joined, turns[at].allowed)
        return [encoded[at] for at in range(len(turns))]

    def _tail(self, half: int) -> Floats:
        """The cached silence behind so many encoder frames; none behind Whisper's whole window, where it ends."""
        settings = self._settings
        start = max(half, self._silent_from)
        count = max(0, settings.whole_frames - half) if settings.whole_frames else settings.tail_frames
        return self._silence[:, start : start + count]

    def read(self, encoded: Encoded, *, hints: Sequence[int] = (), beam: int = 1) -> tuple[Reading, ...]:
        """The readings of an encoded turn, best first; as many as the beam is wide. `hints` are `hint_tokens`."""
        return self.read_all([encoded], [hints], ["en"], beam)[0]

    def read_all(
        self, turns: Sequence[Encoded], hints: Sequence[Sequence[int]], languages: Sequence[str], beam: int
    ) -> list[tuple[Reading, ...]]:
        """The readings of several turns of one shape whose hints have one length, in one go."""
        prompts = [self._engine.prompt(*asked) for asked in zip(hints, languages, strict=True)]
        frames = np.concatenate([turn.frames for turn in turns])
        return self._engine.decode(frames, prompts, turns[0].allowed, beam)

    def languages(self, turns: Sequence[Encoded]) -> list[str]:
        """The likeliest language of each of several turns of one shape."""
        return self._engine.languages(np.concatenate([turn.frames for turn in turns]))

    def hint_tokens(self, vocabulary: Sequence[str]) -> tuple[int, ...]:
        """The words as the decoder takes them: a sentence said before, with its full stop, because the decoder writes
        on in the style it finds. As many as there is room for."""
        kept: list[int] = []
        for word in filter(None, map(str.strip, vocabulary)):
            tokens = self._engine.tokens(f", {word}" if kept else f" {word[0].upper()}{word[1:]}")
            if len(kept) + len(tokens) > PROMPT_TOKENS:
                break
            kept += tokens
        return (*kept, *self._engine.tokens(".")) if kept else ()


def _stepped(seconds: float, step_s: float) -> float:
    return math.ceil(seconds / step_s) * step_s if step_s else seconds
