"""Silero's voice activity, on the weights that faster-whisper's wheel carries."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol, cast

import numpy as np
from numpy.typing import NDArray

from tollfree.protocol.audio import Samples
from tollfree.speech.stt.base import UnknownEngine
from tollfree.speech.turns.base import WINDOW

WEIGHTS = "silero_vad_v6.onnx"
_CONTEXT = 64
"""Samples of the window before that the network sees again."""
_STATE = (1, 1, 128)
"""Shape of the LSTM's state, hidden and cell alike."""
_FULL_SCALE = np.float32(1 / 32768)


class _Options(Protocol):
    """The settings of onnxruntime's session that are used."""

    intra_op_num_threads: int
    inter_op_num_threads: int

    def add_session_config_entry(self, key: str, value: str) -> None: ...


class _Session(Protocol):
    """The one method of onnxruntime's session that is used; the library leaves it untyped."""

    def run(
        self, output_names: None, input_feed: Mapping[str, NDArray[np.float32]]
    ) -> Sequence[NDArray[np.float32]]: ...


class SileroActivity:
    """Voice activity of one call. The network is loaded once a process and shared; only its state belongs to a call.

    About 0.1 ms a window on one core.
    """

    def __init__(self, weights: Path | None = None) -> None:
        """`weights`: another file of the same network. Raises `UnknownEngine` when there is none."""
        self._session = _session(weights or _installed())
        self.reset()

    def probability(self, window: Samples) -> float:
        if window.shape != (WINDOW,):
            raise ValueError(f"A window has {WINDOW} samples, not {window.shape}.")
        self._input[0, :_CONTEXT] = self._input[0, -_CONTEXT:]
        np.multiply(window, _FULL_SCALE, out=self._input[0, _CONTEXT:])
        probabilities, self._hidden, self._cell = self._session.run(
            None, {"input": self._input, "h": self._hidden, "c": self._cell}
        )
        return float(probabilities.reshape(-1)[0])

    def reset(self) -> None:
        self._hidden = np.zeros(_STATE, np.float32)
        self._cell = np.zeros(_STATE, np.float32)
        self._input = np.zeros((1, _CONTEXT + WINDOW), np.float32)


def _installed() -> Path:
    """The weights in the installed wheel, found without importing it."""
    package = find_spec("faster_whisper")
    if package is None or package.origin is None:
        raise UnknownEngine("faster-whisper is not installed; its package carries the weights of voice activity.")
    return Path(package.origin).parent / "assets" / WEIGHTS


@lru_cache(maxsize=2)
def _session(weights: Path) -> _Session:
    import onnxruntime as ort  # pyright: ignore[reportMissingTypeStubs] - it has none; imported where it is needed

    if not weights.is_file():
        raise UnknownEngine(f"There are no weights of voice activity at {weights}.")
    options = cast(_Options, ort.SessionOptions())  # pyright: ignore[reportUnknownMemberType]
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return cast(_Session, ort.InferenceSession(weights, options, providers=["CPUExecutionProvider"]))
