"""Whisper on the turn's own length: its sound, a little silence, and more silence that was computed once at load.

Whisper learned on windows of 30 s, and its encoder's cost grows faster than the window: a turn of three seconds costs
a fifteenth of what thirty do. But a decoder that finds no silence behind the speech says things twice. So the cached
frames of silence behind a made sound (`calibration_sound`) are joined to the turn's own, at the places in the window
where silence would have been.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from tollfree.protocol.audio import HEARD_RATE
from tollfree.speech.stt.calibration_sound import Sound, calibration_sound
from tollfree.speech.stt.whisper_settings import WhisperSettings

Floats: TypeAlias = NDArray[np.float32]

WINDOW = 3000
"""Frames of 10 ms in Whisper's own window; the encoder makes one of 20 ms of every two."""
ENCODED_PER_S = 50
MARGIN = 50
"""Encoder frames left between the end of the made sound and the silence that is kept."""
SHORTEST = 0.1
"""Seconds; shorter sound is filled up, because the spectrum needs some frames."""
PROMPT_TOKENS = 120
"""Most tokens of hints: the model's prompt has room for 223, and each costs time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one look at a turn gave."""

    text: str
    log_probability: float
    """Average over the tokens."""
    tokens: int
    cut: bool
    """It came to its bound of tokens before it came to an end."""
    no_speech: float
    """Whisper's own probability that there is no speech."""


@dataclass(frozen=True, slots=True)
class Encoded:
    """A turn as the decoder sees it, with the seconds of sound in it."""

    frames: Floats
    seconds: float


class TurnWindow:
    """The model and its cached silence. Used by one thread at a time."""

    def __init__(self, engine: "Engine", settings: WhisperSettings, *, calibration: Sound | None = None) -> None:
        """`calibration` is the sound before the kept silence: by default, a made one without words."""
        self._engine = engine
        self._settings = settings
        sound = calibration_sound() if calibration is None else calibration
        self._silence = engine.encode(engine.spectrum(sound), WINDOW)
        self._silent_from = len(sound) * ENCODED_PER_S // HEARD_RATE + MARGIN

    def encode(self, sound: Sound, pad_s: float) -> Encoded:
        """A turn with so much silence computed behind it, and the cached silence behind that."""
        seconds = len(sound) / HEARD_RATE
        if seconds < SHORTEST:
            sound = np.pad(sound, (0, int(SHORTEST * HEARD_RATE) - len(sound)))
        frames = min(WINDOW, 2 * int((seconds + pad_s) * ENCODED_PER_S))
        encoded = self._engine.encode(self._engine.spectrum(sound), frames)
        if frames < WINDOW:
            start = max(frames // 2, self._silent_from)
            tail = self._silence[:, start : start + self._settings.tail_frames]
            encoded = np.concatenate([encoded, tail], axis=1)
        return Encoded(encoded, seconds)

    def read(self, encoded: Encoded, *, hints: Sequence[int] = (), beam: int = 1) -> tuple[Reading, ...]:
        """The readings of an encoded turn, best first; as many as the beam is wide. `hints` are `hint_tokens`."""
        allowed = self._settings.tokens_extra + int(self._settings.tokens_per_s * encoded.seconds)
        return self._engine.decode(encoded.frames, hints, allowed, beam)

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


class _Result(Protocol):
    sequences_ids: list[list[int]]
    scores: list[float]
    no_speech_prob: float


class _Storage(Protocol):
    """What is used of CTranslate2's arrays."""

    def from_array(self, array: Floats) -> object: ...


class _Model(Protocol):
    """What is used of CTranslate2's Whisper, which has no types."""

    is_multilingual: bool

    def encode(self, features: object) -> object: ...

    def generate(
        self,
        features: object,
        prompts: list[list[int]],
        *,
        beam_size: int,
        num_hypotheses: int,
        max_length: int,
        return_scores: bool,
        return_no_speech_prob: bool,
    ) -> list[_Result]: ...


class _Encoding(Protocol):
    ids: list[int]


class _Tokenizer(Protocol):
    """What is used of the model's tokenizer."""

    def encode(self, sequence: str, *, add_special_tokens: bool) -> _Encoding: ...

    def decode(self, ids: list[int]) -> str: ...

    def token_to_id(self, token: str) -> int | None: ...


class _Whisper(Protocol):
    """What is used of `faster_whisper.WhisperModel`."""

    model: _Model
    hf_tokenizer: _Tokenizer

    def feature_extractor(self, waveform: Floats) -> Floats: ...


class Engine:
    """faster-whisper's model, spectrum and tokenizer behind four plain functions."""

    def __init__(self, folder: Path, *, threads: int = 1) -> None:
        """`folder` holds a model that CTranslate2 reads. Takes half a second."""
        # heavy, and without types
        import ctranslate2  # pyright: ignore[reportMissingTypeStubs]
        import faster_whisper  # pyright: ignore[reportMissingTypeStubs]

        self._storage = cast(_Storage, ctranslate2.StorageView)  # pyright: ignore[reportUnknownMemberType]
        self._whisper = cast(
            _Whisper,
            faster_whisper.WhisperModel(
                str(folder), device="cpu", compute_type="int8", cpu_threads=threads, local_files_only=True
            ),
        )
        model = self._whisper.model
        names = ["<|startoftranscript|>", *(["<|en|>", "<|transcribe|>"] if model.is_multilingual else [])]
        self._start = [self._token(name) for name in (*names, "<|notimestamps|>")]
        self._before = self._token("<|startofprev|>")
        self._first_special = self._token("<|endoftext|>")

    def spectrum(self, sound: Sound) -> Floats:
        """Log-mel frames of 10 ms, (80, frames)."""
        return self._whisper.feature_extractor(sound)

    def encode(self, spectrum: Floats, frames: int) -> Floats:
        """Encoder frames, (1, frames / 2, width), of a spectrum filled up with zeros, as faster-whisper fills it."""
        window = np.zeros((1, spectrum.shape[0], frames), np.float32)
        window[0, :, : spectrum.shape[1]] = spectrum[:, :frames]
        encoded = self._whisper.model.encode(self._storage.from_array(window))
        return np.array(encoded, np.float32)

    def decode(self, encoded: Floats, hints: Sequence[int], allowed: int, beam: int) -> tuple[Reading, ...]:
        """Readings of at most so many tokens, best first."""
        prompt = [*([self._before, *hints] if hints else []), *self._start]
        # CTranslate2 stops at half of max_length, and at max_length less the prompt.
        (result,) = self._whisper.model.generate(
            self._storage.from_array(np.ascontiguousarray(encoded)),
            [prompt],
            beam_size=beam,
            num_hypotheses=beam,
            max_length=min(448, max(2 * allowed, allowed + len(prompt))),
            return_scores=True,
            return_no_speech_prob=True,
        )
        return tuple(
            Reading(
                text=self._text(ids),
                log_probability=score,
                tokens=len(ids),
                cut=len(ids) >= allowed,
                no_speech=result.no_speech_prob,
            )
            for ids, score in zip(result.sequences_ids, result.scores, strict=True)
        )

    def tokens(self, text: str) -> list[int]:
        """The text as the model spells it."""
        return self._whisper.hf_tokenizer.encode(text, add_special_tokens=False).ids

    def _text(self, ids: Sequence[int]) -> str:
        return self._whisper.hf_tokenizer.decode([i for i in ids if i < self._first_special]).strip()

    def _token(self, name: str) -> int:
        token = self._whisper.hf_tokenizer.token_to_id(name)
        if token is None:
            raise ValueError(f"The model's tokenizer has no {name}: it is no Whisper.")
        return token
