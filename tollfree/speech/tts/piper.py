"""Piper voices on onnxruntime, with phonemes from espeak-ng: a tenth of Kokoro's work, and plainer."""

import json
import unicodedata
from collections.abc import Mapping
from itertools import accumulate
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from tollfree.speech.tts.onnx_voice import OnnxVoice, Take, cut_phonemes, shared_network
from tollfree.speech.tts.phonemes import phonemes
from tollfree.speech.tts.render_thread import Stop
from tollfree.speech.tts.timing import Sound
from tollfree.speech.tts.voice_name import VoiceName

HOP = 256
"""Samples of one frame of a duration."""
DURATIONS = "/Ceil_output_0"
"""The rounded durations inside graphs exported from VITS."""
LONGEST = 400
"""Phonemes at once: the network's attention grows with their square."""
PAD, BEGIN, END = "_", "^", "$"
_LANGUAGES: Mapping[str, tuple[str, str]] = {"en-us": ("en-US", "en-us"), "en-gb-x-rp": ("en-GB", "en-gb")}
"""By espeak's name in the configuration: BCP 47 tag, and the accent asked of espeak."""


class _Audio(BaseModel):
    model_config = ConfigDict(frozen=True)
    sample_rate: int


class _Espeak(BaseModel):
    model_config = ConfigDict(frozen=True)
    voice: str


class _Inference(BaseModel):
    model_config = ConfigDict(frozen=True)
    noise_scale: float = 0.667
    length_scale: float = 1.0
    noise_w: float = 0.8


class Config(BaseModel):
    """The file beside a voice, as far as it is used."""

    model_config = ConfigDict(frozen=True)
    audio: _Audio
    espeak: _Espeak
    inference: _Inference = Field(default_factory=_Inference)
    phoneme_id_map: Mapping[str, tuple[int, ...]]


class Piper:
    """One voice."""

    def __init__(self, network: Path, threads: int = 1, speed: float = 1.0) -> None:
        """`network` is the voice's ONNX file, with its configuration `….onnx.json` beside it."""
        self.config = Config.model_validate(json.loads(Path(f"{network}.json").read_text("utf-8")))
        self.tag, self._language = _LANGUAGES.get(self.config.espeak.voice, ("en-US", "en-us"))
        self._network = shared_network(network, DURATIONS, threads)
        self._speed = speed
        tuning = self.config.inference
        self._scales = np.array([tuning.noise_scale, tuning.length_scale / speed, tuning.noise_w], np.float32)

    @property
    def fingerprint(self) -> str:
        return self._network.sha256 + ("" if self._speed == 1.0 else f"@{self._speed:g}")

    def take(self, spoken: str, stop: Stop) -> Take:
        rate = self.config.audio.sample_rate
        parts: list[np.ndarray[tuple[int], np.dtype[np.float32]]] = []
        sounds: list[Sound] = []
        offset = 0.0
        for part in cut_phonemes(unicodedata.normalize("NFD", phonemes(spoken, self._language)), LONGEST):
            known = [symbol for symbol in part if symbol in self.config.phoneme_id_map]
            ids = self._ids(known)
            feeds = {
                "input": np.array([ids], np.int64),
                "input_lengths": np.array([len(ids)], np.int64),
                "scales": self._scales,
            }
            audio, durations = self._network.run(feeds, stop)
            ends = list(accumulate(float(frames) * HOP * 1000 / rate for frames in durations))
            place = 1
            for symbol in known:
                # the symbol's own ids and the pad behind them
                place += len(self.config.phoneme_id_map[symbol]) + 1
                sounds.append(Sound(symbol, offset + ends[min(place, len(ends) - 1)]))
            offset += len(audio) * 1000 / rate
            sounds.append(Sound(" ", offset))
            parts.append(audio)
        return Take(np.concatenate(parts) if parts else np.zeros(0, np.float32), rate, tuple(sounds))

    def _ids(self, symbols: list[str]) -> list[int]:
        """As voices are trained: begin, every symbol with a pad behind it, end."""
        table = self.config.phoneme_id_map
        middle = [number for symbol in symbols for number in (*table[symbol], *table[PAD])]
        return [*table[BEGIN], *table[PAD], *middle, *table[END]]


def load(network: Path, name: VoiceName, threads: int = 1) -> OnnxVoice:
    """The voice of an ONNX file."""
    model = Piper(network, threads, name.speed)
    return OnnxVoice(str(name), model, languages=(model.tag,))
