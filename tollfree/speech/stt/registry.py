"""The recognisers there are, by name."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from tollfree.speech.stt.base import Recognizer, UnknownEngine
from tollfree.weights.errors import WeightsError
from tollfree.weights.find import find

Loader = Callable[[Path, int], Recognizer]
"""Makes a recogniser of a cache folder of weights and a number of threads."""


def _whisper(model: str) -> Loader:
    def load(cache: Path, threads: int) -> Recognizer:
        # imports CTranslate2 and onnxruntime, which a program that hears nothing does not pay for
        from tollfree.speech.stt.whisper import Whisper
        from tollfree.speech.stt.whisper_settings import WhisperSettings

        return Whisper.load(model, find(model, cache).folder, replace(WhisperSettings(), threads=threads))

    return load


RECOGNIZERS: Mapping[str, Loader] = {
    "whisper:tiny.en": _whisper("tiny.en"),
    "whisper:base": _whisper("base"),
}


def load_recognizer(name: str, cache: Path, *, threads: int = 1) -> Recognizer:
    """The recogniser of that name, its weights found in `cache`; about a second of work. Raises `UnknownEngine`."""
    try:
        loader = RECOGNIZERS[name]
    except KeyError:
        raise UnknownEngine(f"There is no recogniser {name!r}; there are {', '.join(sorted(RECOGNIZERS))}.") from None
    try:
        return loader(cache, threads)
    except WeightsError as error:
        raise UnknownEngine(f"The recogniser {name} cannot be loaded. {error.message}") from error
