"""Written English to the sounds it stands for, by espeak-ng: what Kokoro and Piper were trained to read."""

import re
from functools import lru_cache
from threading import Lock
from typing import Protocol, cast

MARKS = frozenset(';:,.!?¡¿—…"«»“”(){}[]')
"""Signs that pass through, and divide what is between them."""
_LETTER_A = re.compile(
    r"(?<=\b[B-Z] )A\b|\bA(?= (?:[A-Z]|zero|one|two|three|four|five|six|seven|eight|nine|dash|dot)\b)|\bA(?=[,.;?!]|$)"
)
"""An A that is spelled, beside other letters and figures; elsewhere it is the article."""
_lock = Lock()
"""espeak-ng keeps its state for the whole process: two texts at once come out mixed."""


class _Backend(Protocol):
    """The one method of phonemizer's backend that is used; the library is untyped."""

    def phonemize(self, text: list[str], *, strip: bool) -> list[str]: ...


def phonemes(text: str, language: str) -> str:
    """The sounds of a text (`en-us`, `en-gb`): words by spaces, stress marked, punctuation where it stood."""
    spelled = _LETTER_A.sub("A-", text)
    with _lock:
        said = _backend(language).phonemize([spelled], strip=True)
    return " ".join(said[0].split()) if said else ""


@lru_cache
def _backend(language: str) -> _Backend:
    import espeakng_loader  # pyright: ignore[reportMissingTypeStubs] - it has none
    from phonemizer.backend import EspeakBackend  # pyright: ignore[reportMissingTypeStubs]
    from phonemizer.backend.espeak.wrapper import EspeakWrapper  # pyright: ignore[reportMissingTypeStubs]

    EspeakWrapper.set_library(espeakng_loader.get_library_path())
    EspeakWrapper.set_data_path(espeakng_loader.get_data_path())
    backend = EspeakBackend(language, preserve_punctuation=True, with_stress=True, language_switch="remove-flags")  # pyright: ignore[reportUnknownVariableType]
    return cast(_Backend, backend)
