"""Kokoro-82M as its author publishes it, by torch on a GPU. Needs the extra `tollfree[kokoro-cuda]`; imported only
when a voice of this engine is chosen."""

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tollfree.speech.stt.base import UnknownEngine
from tollfree.speech.tts.base import RenderingFailed
from tollfree.speech.tts.kokoro import voice_of
from tollfree.speech.tts.onnx_voice import OnnxVoice
from tollfree.speech.tts.render_thread import Stop
from tollfree.speech.tts.voice_name import VoiceName

WEIGHTS, CONFIG = "kokoro-v1_0.pth", "config.json"
"""As hexgrad/Kokoro-82M calls them."""
REPOSITORY = "hexgrad/Kokoro-82M"
"""What the library is told that the files are of; it fetches nothing, as both are given."""


class TorchKokoro:
    """Kokoro's network on a GPU. A render takes some milliseconds there, so one that runs is finished."""

    def __init__(self, folder: Path, device: str = "cuda") -> None:
        """`folder` has the weights and their configuration. Raises `UnknownEngine` where the extra, or the GPU, is
        not there."""
        try:
            self._torch: Any = import_module("torch")
            kokoro: Any = import_module("kokoro")
        except ImportError as error:
            raise UnknownEngine(
                f"Kokoro on a GPU needs the extra kokoro-cuda ({error.name} is not installed): "
                "install `tollfree[kokoro-cuda]`, or choose kokoro: for the CPU."
            ) from error
        if device.startswith("cuda") and not self._torch.cuda.is_available():
            raise UnknownEngine(
                "torch finds no CUDA device here. Choose kokoro: for the CPU, or see `tollfree doctor`."
            )
        weights = folder / WEIGHTS
        model = kokoro.KModel(repo_id=REPOSITORY, config=str(folder / CONFIG), model=str(weights))
        self._model: Any = model.to(device).eval()
        self._device = device
        with weights.open("rb") as file:
            self._fingerprint = f"torch/{hashlib.file_digest(file, 'sha256').hexdigest()}"
        self._one = Lock()
        """A stream of the GPU runs one network at a time, whichever voice asks."""

    @property
    def fingerprint(self) -> str:
        return self._fingerprint

    def speak(
        self, ids: Sequence[int], style: NDArray[np.float32], speed: float, stop: Stop
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """See `KokoroNetwork`."""
        torch = self._torch
        with self._one:
            if stop.wanted:
                raise RenderingFailed("The network gave no sound: nobody waits for it any more")
            try:
                tokens = torch.tensor([list(ids)], dtype=torch.long, device=self._device)
                vector = torch.tensor(style.reshape(1, -1), dtype=torch.float32, device=self._device)
                audio, durations = self._model.forward_with_tokens(tokens, vector, speed)
                return _array(audio), _array(durations)
            except RuntimeError as error:  # torch's own, out of memory among them
                raise RenderingFailed(f"The network gave no sound: {str(error)[:200]}") from error


def load(folder: Path, voices: Path, name: VoiceName) -> OnnxVoice:
    """A voice or a blend, on the first GPU: `folder` has the weights, `voices` the files of voices."""
    return voice_of(_network(folder), voices, name)


@lru_cache(maxsize=1)
def _network(folder: Path) -> TorchKokoro:
    """One network for all voices of a process."""
    return TorchKokoro(folder)


def _array(tensor: Any) -> NDArray[np.float32]:
    return np.asarray(tensor.detach().float().cpu().numpy(), np.float32).ravel()
