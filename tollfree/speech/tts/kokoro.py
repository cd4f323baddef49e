"""Kokoro-82M, int8, on onnxruntime; what it has in common with Kokoro on other runtimes.

The model and its voices are by hexgrad (Apache-2.0); the int8 export is that of kokoro-onnx, whose table of symbols is
used. Phonemes come from espeak-ng and are turned into those that Kokoro was trained on.
"""

import hashlib
from collections.abc import Mapping, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from tollfree.speech.stt.base import UnknownEngine
from tollfree.speech.tts.onnx_voice import Network, OnnxVoice, Take, cut_phonemes, shared_network
from tollfree.speech.tts.phonemes import phonemes
from tollfree.speech.tts.render_thread import Stop
from tollfree.speech.tts.timing import Sound
from tollfree.speech.tts.voice_name import VoiceName

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


class KokoroNetwork(Protocol):
    """Kokoro's network on some runtime. Called on one thread at a time for each voice."""

    @property
    def fingerprint(self) -> str:
        """Hash of its weights, and of what else shapes its sound."""
        ...

    def speak(
        self, ids: Sequence[int], style: NDArray[np.float32], speed: float, stop: Stop
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Samples at `RATE` and frames of each id, for symbols by their ids (pads at both ends included) and a style
        of shape (1, 256). Raises `RenderingFailed`."""
        ...


class OnnxKokoro:
    """The int8 export, on the CPU."""

    def __init__(self, network: Network) -> None:
        self._network = network

    @property
    def fingerprint(self) -> str:
        return self._network.sha256

    def speak(
        self, ids: Sequence[int], style: NDArray[np.float32], speed: float, stop: Stop
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """See `KokoroNetwork`."""
        feeds = {"tokens": np.array([ids], np.int64), "style": style, "speed": np.array([speed], np.float32)}
        return self._network.run(feeds, stop)


class Kokoro:
    """One voice of Kokoro, or a blend of several."""

    def __init__(self, network: KokoroNetwork, styles: "Styles", language: str, speed: float = 1.0) -> None:
        """`language` is espeak's name of the accent."""
        from kokoro_onnx.config import DEFAULT_VOCAB  # pyright: ignore[reportMissingTypeStubs] - it has none

        self._vocabulary: Mapping[str, int] = DEFAULT_VOCAB
        self._language = language
        self._network = network
        self._styles = styles.vectors
        self._speed = speed
        at = "" if speed == 1.0 else f"@{speed:g}"
        self._fingerprint = f"{network.fingerprint}/{styles.fingerprint}{at}"

    @property
    def fingerprint(self) -> str:
        return self._fingerprint

    def take(self, spoken: str, stop: Stop) -> Take:
        """See `SpeechModel`."""
        symbols = "".join(
            symbol for symbol in trained(phonemes(spoken, self._language), self._language) if symbol in self._vocabulary
        )
        parts: list[NDArray[np.float32]] = []
        sounds: list[Sound] = []
        offset = 0.0
        for part in cut_phonemes(symbols, LONGEST):
            ids = [self._vocabulary[symbol] for symbol in part]
            audio, durations = self._network.speak([0, *ids, 0], self._styles[len(ids) - 1], self._speed, stop)
            # The first and the last are the pads around the phonemes.
            ends = list(accumulate(float(frames) * FRAME_MS for frames in durations))
            sounds += [Sound(symbol, offset + end) for symbol, end in zip(part, ends[1:-1], strict=True)]
            sounds.append(Sound(" ", offset + ends[-1]))
            offset += len(audio) * 1000 / RATE
            parts.append(audio)
        return Take(np.concatenate(parts) if parts else np.zeros(0, np.float32), RATE, tuple(sounds))


class Styles:
    """The style vectors of a voice, or of a blend: each voice's, by its share."""

    def __init__(self, voices: Path, name: VoiceName) -> None:
        """`voices` is the folder of the voices' files. Raises `UnknownEngine`."""
        vectors: NDArray[np.float32] = np.zeros(STYLE, np.float32)
        hashes: list[str] = []
        for voice, share in name.parts:
            file = voices / f"{voice}.bin"
            if voice[:1] not in _LANGUAGES or not file.is_file():
                there = ", ".join(english_voices(voices))
                raise UnknownEngine(f"Kokoro has no English voice {voice!r}; there are {there}.")
            data = file.read_bytes()
            vectors = vectors + np.float32(share) * np.frombuffer(data, "<f4").reshape(STYLE)
            hashes.append(hashlib.sha256(data).hexdigest() + (f"*{share:.4g}" if name.blend else ""))
        self.vectors = vectors
        self.fingerprint = "+".join(hashes)


def trained(sounds: str, language: str) -> str:
    """espeak's phonemes as the network was taught to read them."""
    local = _TRAINED_GB if language == "en-gb" else _TRAINED_US
    for espeak, misaki in (*_TRAINED, *local):
        sounds = sounds.replace(espeak, misaki)
    return sounds


def load(network: Path, voices: Path, name: VoiceName, threads: int = 1) -> OnnxVoice:
    """A voice or a blend, on the CPU: the files of voices lie in `voices`. Raises `UnknownEngine`."""
    shared = shared_network(network, DURATIONS, threads)
    return voice_of(OnnxKokoro(shared), voices, name)


def voice_of(network: KokoroNetwork, voices: Path, name: VoiceName) -> OnnxVoice:
    """A voice or a blend on a network; the largest share decides the accent. Raises `UnknownEngine`."""
    styles = Styles(voices, name)
    tag, language = _LANGUAGES[name.voice[0]]
    return OnnxVoice(str(name), Kokoro(network, styles, language, name.speed), languages=(tag,))


def english_voices(voices: Path) -> tuple[str, ...]:
    """Names of the voices in a folder that speak English: `af_…`, `am_…` American, `bf_…`, `bm_…` British."""
    return tuple(sorted(file.stem for file in voices.glob("[ab][fm]_*.bin")))
