"""faster-whisper's model, spectrum and tokenizer behind plain functions, for any number of turns at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from tollfree.speech.stt.calibration_sound import Sound

Floats: TypeAlias = NDArray[np.float32]

WINDOW = 3000
"""Frames of 10 ms in Whisper's own window; the encoder makes one of 20 ms of every two."""
MOST_TOKENS = 448
"""Whisper's bound for prompt and text together."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    """Where and how CTranslate2 computes."""

    device: str = "cpu"
    """`cpu` or `cuda`."""
    compute_type: str = "int8"
    """`int8` on a CPU; `float16` or `int8_float16` on a GPU."""
    threads: int = 1
    """Threads of one batch on a CPU. Whisper's small models gain nothing from a second one: two batches side by side
    do."""
    workers: int = 1
    """Batches computed side by side, with the weights in memory once."""


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
    n_mels: int

    def encode(self, features: object, *, to_cpu: bool) -> object: ...

    def detect_language(self, features: object) -> list[list[tuple[str, float]]]: ...

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
    """A model and what it needs. Any number of threads may use it; so many as it has workers compute at once."""

    def __init__(self, folder: Path, *, threads: int = 1, runtime: Runtime | None = None) -> None:
        """`folder` holds a model that CTranslate2 reads. Takes half a second. Raises `ValueError` and `RuntimeError`
        for what is no Whisper, or a device that is not there."""
        # heavy, and without types
        import ctranslate2  # pyright: ignore[reportMissingTypeStubs]
        import faster_whisper  # pyright: ignore[reportMissingTypeStubs]

        runtime = runtime or Runtime(threads=threads)
        self._storage = cast(_Storage, ctranslate2.StorageView)  # pyright: ignore[reportUnknownMemberType]
        self._whisper = cast(
            _Whisper,
            faster_whisper.WhisperModel(
                str(folder),
                device=runtime.device,
                compute_type=runtime.compute_type,
                cpu_threads=runtime.threads,
                num_workers=runtime.workers,
                local_files_only=True,
            ),
        )
        bands = self.spectrum(np.zeros(1600, np.float32)).shape[0]
        if bands != self._whisper.model.n_mels:
            raise ValueError(
                f"The model takes {self._whisper.model.n_mels} bands and its folder says {bands}: "
                f"preprocessor_config.json is missing in {folder}."
            )
        self._before = self._token("<|startofprev|>")
        self._begin = self._token("<|startoftranscript|>")
        self._transcribe = self._token("<|transcribe|>") if self.multilingual else 0
        self._no_times = self._token("<|notimestamps|>")
        self._first_special = self._token("<|endoftext|>")

    @property
    def multilingual(self) -> bool:
        """Whether it knows more than English."""
        return self._whisper.model.is_multilingual

    def knows(self, language: str) -> bool:
        """Whether a language, such as `en` or `de`, is among the model's."""
        if not self.multilingual:
            return language == "en"
        return self._whisper.hf_tokenizer.token_to_id(f"<|{language}|>") is not None

    def spectrum(self, sound: Sound) -> Floats:
        """Log-mel frames of 10 ms, (bands, frames)."""
        return self._whisper.feature_extractor(sound)

    def encode(self, spectra: Sequence[Floats], frames: int) -> Floats:
        """Encoder frames, (turns, frames / 2, width), of spectra filled up with zeros, as faster-whisper fills
        them."""
        window = np.zeros((len(spectra), spectra[0].shape[0], frames), np.float32)
        for row, spectrum in zip(window, spectra, strict=True):
            row[:, : spectrum.shape[1]] = spectrum[:, :frames]
        encoded = self._whisper.model.encode(self._storage.from_array(window), to_cpu=True)
        return np.array(encoded, np.float32)

    def languages(self, encoded: Floats) -> list[str]:
        """The likeliest language of each turn."""
        found = self._whisper.model.detect_language(self._storage.from_array(np.ascontiguousarray(encoded)))
        return [best[0][0].strip("<|>") for best in found]

    def prompt(self, hints: Sequence[int], language: str) -> list[int]:
        """What the decoder reads before it writes."""
        spoken = [self._token(f"<|{language}|>"), self._transcribe] if self.multilingual else []
        return [*([self._before, *hints] if hints else []), self._begin, *spoken, self._no_times]

    def decode(
        self, encoded: Floats, prompts: Sequence[Sequence[int]], allowed: int, beam: int
    ) -> list[tuple[Reading, ...]]:
        """For each turn, readings of at most so many tokens, best first. Prompts have one length."""
        # CTranslate2 stops at half of max_length, and at max_length less the prompt.
        results = self._whisper.model.generate(
            self._storage.from_array(np.ascontiguousarray(encoded)),
            [list(prompt) for prompt in prompts],
            beam_size=beam,
            num_hypotheses=beam,
            max_length=min(MOST_TOKENS, max(2 * allowed, allowed + len(prompts[0]))),
            return_scores=True,
            return_no_speech_prob=True,
        )
        return [
            tuple(
                Reading(
                    text=self._text(ids),
                    log_probability=score,
                    tokens=len(ids),
                    cut=len(ids) >= allowed,
                    no_speech=result.no_speech_prob,
                )
                for ids, score in zip(result.sequences_ids, result.scores, strict=True)
            )
            for result in results
        ]

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
