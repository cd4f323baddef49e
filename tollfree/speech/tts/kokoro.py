"""Kokoro-82M, int8, on onnxruntime.

The model and its voices are by hexgrad (Apache-2.0); the int8 export is that of kokoro-onnx, whose table of symbols is
used. Phonemes come from espeak-ng and are turned into those that Kokoro was trained on.
"""

import hashlib
from collections.abc import Mapping
from itertools import accumulate
from pathlib import Path
from threading import Lock
from weakref import WeakValueDictionary

import numpy as np

from tollfree.speech.stt.base import UnknownEngine
from tollfree.speech.tts.onnx_voice import Network, OnnxVoice, Take, cut_phonemes
from tollfree.speech.tts.phonemes import phonemes
from tollfree.speech.tts.render_thread import Stop
from tollfree.speech.tts.timing import Sound

RATE = 24_000
FRAME_MS = 25.0
"""Of a duration: 600 samples."""
DURATIONS = "/encoder/Clip_output_0"
"""The rounded durations inside the published graph."""
LONGEST = 505
"""Phonemes at once: voices have 510 style vectors, one for each number of phonemes."""
STYLE = (510, 1, 256)
_LANGUAGES: Mapping[str, tuple[str, str]] = {"a": ("en-US", "en-us"), "b": ("en-GB", "en-gb")}
"""By the first letter of a voice's name: BCP 47 tag, and espeak's name of the language."""
_TRAINED: tuple[tuple[str, str], ...] = (
    ("eɪ", "A"),
    ("aɪ", "I"),
    ("aʊ", "W"),
    ("ɔɪ", "Y"),
    ("dʒ", "ʤ"),
    ("tʃ", "ʧ"),
    ("ɐ", "ə"),
    ("r", "ɹ"),
    ("əl ", "ᵊl "),
    ("ʔ", "t"),
    ("ɬ", "l"),
    ("x", "k"),
)
"""espeak-ng's phonemes → misaki's, which Kokoro was trained on (hexgrad/misaki, its fallback to espeak)."""
_TRAINED_US: tuple[tuple[str, str], ...] = (
    ("oʊ", "O"),
    ("ɜːɹ", "ɜɹ"),
    ("ɜː", "ɜɹ"),
    ("ɚ", "əɹ"),
    ("ɪə", "iə"),
    ("ː", ""),
    ("ɾ", "T"),
)
_TRAINED_GB: tuple[tuple[str, str], ...] = (("eə", "ɛː"), ("iə", "ɪə"), ("əʊ", "Q"), ("ɾ", "t"))


class Kokoro:
    """One voice of Kokoro."""

    def __init__(self, network: Path, voice: Path, language: str, threads: int = 1) -> None:
        """`network` is the int8 export, `voice` a file of style vectors, `language` espeak's name of the accent."""
        from kokoro_onnx.config import DEFAULT_VOCAB  # pyright: ignore[reportMissingTypeStubs] - it has none

        self._vocabulary: Mapping[str, int] = DEFAULT_VOCAB
        self._language = language
        self._network = _shared_network(network, threads)
        data = voice.read_bytes()
        self._styles = np.frombuffer(data, "<f4").reshape(STYLE)
        self._fingerprint = f"{self._network.sha256}/{hashlib.sha256(data).hexdigest()}"

    @property
    def fingerprint(self) -> str:
        return self._fingerprint

    def take(self, spoken: str, stop: Stop) -> Take:
        symbols = "".join(
            symbol for symbol in trained(phonemes(spoken, self._language), self._language) if symbol in self._vocabulary
        )
        parts: list[np.ndarray[tuple[int], np.dtype[np.float32]]] = []
        sounds: list[Sound] = []
        offset = 0.0
        for part in cut_phonemes(symbols, LONGEST):
            ids = [self._vocabulary[symbol] for symbol in part]
            feeds = {
                "tokens": np.array([[0, *ids, 0]], np.int64),
                "style": self._styles[len(ids) - 1],
                "speed": np.ones(1, np.float32),
            }
            audio, durations = self._network.run(feeds, stop)
            # The first and the last are the pads around the phonemes.
            ends = list(accumulate(float(frames) * FRAME_MS for frames in durations))
            sounds += [Sound(symbol, offset + end) for symbol, end in zip(part, ends[1:-1], strict=True)]
            sounds.append(Sound(" ", offset + ends[-1]))
            offset += len(audio) * 1000 / RATE
            parts.append(audio)
        return Take(np.concatenate(parts) if parts else np.zeros(0, np.float32), RATE, tuple(sounds))


_networks: WeakValueDictionary[tuple[Path, int], Network] = WeakValueDictionary()
_loading = Lock()


def _shared_network(path: Path, threads: int) -> Network:
    """All voices of a process speak with one network, as long as any of them is there: it takes most of the memory."""
    with _loading:
        network = _networks.get((path, threads))
        if network is None:
            network = _networks[path, threads] = Network(path, DURATIONS, threads)
        return network


def trained(sounds: str, language: str) -> str:
    """espeak's phonemes as the network was taught to read them."""
    local = _TRAINED_GB if language == "en-gb" else _TRAINED_US
    for espeak, misaki in (*_TRAINED, *local):
        sounds = sounds.replace(espeak, misaki)
    return sounds


def load(network: Path, voices: Path, voice: str, threads: int = 1) -> OnnxVoice:
    """A voice such as `af_heart`: its file lies in `voices`. Raises `UnknownEngine`."""
    file = voices / f"{voice}.bin"
    if voice[:1] not in _LANGUAGES or not file.is_file():
        raise UnknownEngine(f"Kokoro has no English voice {voice!r}; there are {', '.join(english_voices(voices))}.")
    tag, language = _LANGUAGES[voice[0]]
    return OnnxVoice(f"kokoro:{voice}", Kokoro(network, file, language, threads), languages=(tag,))


def english_voices(voices: Path) -> tuple[str, ...]:
    """Names of the voices in a folder that speak English: `af_…`, `am_…` American, `bf_…`, `bm_…` British."""
    return tuple(sorted(file.stem for file in voices.glob("[ab][fm]_*.bin")))
