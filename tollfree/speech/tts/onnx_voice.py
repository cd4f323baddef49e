"""A voice whose engine is a network on onnxruntime: text in, one finished clip out, on a thread of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import file_digest, sha256
from importlib import import_module
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryFile
from threading import Lock
from typing import Protocol, cast
from weakref import WeakValueDictionary

import numpy as np
from numpy.typing import NDArray

from tollfree.protocol.audio import Samples
from tollfree.speech.tts.base import LONGEST_CLAUSE, Clip, Haste, RenderingFailed, Speaking, Urgency, WordTime
from tollfree.speech.tts.normalise import NORMALISER, English, normalise
from tollfree.speech.tts.phonemes import MARKS
from tollfree.speech.tts.render_thread import RenderThread, Stop
from tollfree.speech.tts.sound import gap_ms, shape
from tollfree.speech.tts.timing import Sound, spoken_word_ends, word_times

SOUND_VERSION = "1"
"""Counts up whenever the same model comes to sound differently by what is done around it."""


@dataclass(frozen=True, slots=True)
class Take:
    """What an engine made of a spoken text."""

    audio: NDArray[np.float32]
    """Full scale ±1."""
    rate: int
    """Samples a second."""
    sounds: tuple[Sound, ...]
    """Every phoneme with its time in `audio`."""


class SpeechModel(Protocol):
    """One engine's own part. Called on one thread only."""

    @property
    def fingerprint(self) -> str:
        """Hash of its weights."""
        ...

    def take(self, spoken: str, stop: Stop) -> Take:
        """Speak a normalised text that has at least one word. Raises `RenderingFailed`."""
        ...


class OnnxVoice:
    """A `Voice` of a `SpeechModel`."""

    def __init__(self, name: str, model: SpeechModel, *, languages: tuple[str, ...]) -> None:
        """`name` as the registry knows it; the first of `languages` decides how figures and dates are said."""
        self._name = name
        self._model = model
        self._english = English.GB if languages[0] == "en-GB" else English.US
        shaping = f"{model.fingerprint}/{NORMALISER}/{SOUND_VERSION}"
        fingerprint = sha256(shaping.encode()).hexdigest()[:16]
        self._speaking = Speaking(languages=languages, word_times=True, model=fingerprint)
        self._thread = RenderThread[Clip](name)

    @property
    def name(self) -> str:
        return self._name

    @property
    def speaking(self) -> Speaking:
        return self._speaking

    async def render(self, clause: str, haste: Haste | None = None) -> Clip:
        """See `Voice`."""
        if len(clause) > LONGEST_CLAUSE:
            raise RenderingFailed(
                f"A clause of {len(clause)} characters is too long to be spoken at once; {LONGEST_CLAUSE} is the most.",
                retryable=False,
            )
        urgency = haste.urgency if haste is not None else Urgency.FIRST
        return await self._thread.run(lambda stop: self._clip(clause, stop), urgency)

    async def warm_up(self) -> None:
        await self.render("Hello.")

    async def aclose(self) -> None:
        await self._thread.aclose()

    def _clip(self, clause: str, stop: Stop) -> Clip:
        spoken = normalise(clause, self._english)
        if not spoken.text:
            return silent(clause)
        take = self._model.take(spoken.text, stop)
        shaped = shape(take.audio, take.rate, gap_ms(clause))
        ends = spoken_word_ends(spoken.text.split(), take.sounds)
        words = word_times(spoken, ends, shaped.cut_ms, shaped.sound_ms)
        return Clip(text=clause, samples=shaped.samples, words=words)


def silent(clause: str) -> Clip:
    """The clip of a text that has nothing to say."""
    words = (WordTime(end=len(clause), end_ms=0.0),) if clause else ()
    nothing: Samples = np.zeros(0, np.int16)
    return Clip(text=clause, samples=nothing, words=words)


def cut_phonemes(phonemes: str, longest: int) -> list[str]:
    """Phonemes in parts an engine can take at once, cut at signs, else between words, else anywhere."""
    parts: list[str] = []
    rest = phonemes
    while len(rest) > longest:
        window = rest[:longest]
        cut = max((window.rfind(mark) for mark in ".!?,;:"), default=-1) + 1
        if cut < longest // 2:
            cut = window.rfind(" ") + 1 or longest
        parts.append(rest[:cut].strip())
        rest = rest[cut:]
    parts.append(rest.strip())
    return [part for part in parts if any(not symbol.isspace() and symbol not in MARKS for symbol in part)]


class _Options(Protocol):
    """The settings of onnxruntime's session that are used."""

    intra_op_num_threads: int
    inter_op_num_threads: int
    log_severity_level: int

    def add_session_config_entry(self, key: str, value: str) -> None: ...


class _RunOptions(Protocol):
    """What can be said of one run."""

    terminate: bool

    def add_run_config_entry(self, key: str, value: str) -> None: ...


class _Session(Protocol):
    """The one method of onnxruntime's session that is used; the library leaves it untyped."""

    def run(
        self, output_names: None, input_feed: Mapping[str, NDArray[np.generic]], run_options: _RunOptions
    ) -> Sequence[NDArray[np.float32]]: ...


class Network:
    """A network with one more output: how long each phoneme takes. The published graphs compute it and keep it to
    themselves."""

    def __init__(self, path: Path, durations: str, threads: int) -> None:
        """`durations` names the inner tensor. One thread by default suits many calls on few cores."""
        # Imported here: they are large, and only a process that renders needs them.
        import onnxruntime as ort  # pyright: ignore[reportMissingTypeStubs] - it has none
        from onnx import GraphProto, ModelProto, TensorProto, helper

        # Messages of protobuf merge by being put one behind the other: the graph gains an output, and nothing of
        # its 60 to 90 MB is parsed twice.
        output = helper.make_tensor_value_info(durations, TensorProto.FLOAT, None)
        more = ModelProto(graph=GraphProto(output=[output])).SerializeToString()
        options = cast(_Options, ort.SessionOptions())  # pyright: ignore[reportUnknownMemberType]
        options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
        options.log_severity_level = 3
        # Idle threads that spin would take the cores from the recogniser.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        with path.open("rb") as published, TemporaryFile() as extended:
            self.sha256 = file_digest(published, "sha256").hexdigest()
            published.seek(0)
            copyfileobj(published, extended, 1 << 20)
            extended.write(more)
            extended.flush()
            extended.seek(0)
            # Read from a file that has no name: bytes given to onnxruntime are kept beside what it makes of them.
            graph = f"/dev/fd/{extended.fileno()}"
            self._session = cast(_Session, ort.InferenceSession(graph, options, providers=["CPUExecutionProvider"]))
        self._run_options = cast("type[_RunOptions]", ort.RunOptions)  # pyright: ignore[reportUnknownMemberType]
        self._failures = _failures()

    def run(
        self, feeds: Mapping[str, NDArray[np.generic]], stop: Stop
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Samples, and the duration of each phoneme id in the model's frames. Raises `RenderingFailed`."""
        options = self._run_options()
        # Gives working memory back after each clause: 150 MB a process for Kokoro, at no cost in time that is measured.
        options.add_run_config_entry("memory.enable_memory_arena_shrinkage", "cpu:0")

        def end() -> None:
            options.terminate = True

        stop.then(end)
        try:
            audio, durations = self._session.run(None, feeds, options)
        except self._failures as error:
            why = "nobody waits for it any more" if stop.wanted else str(error)[:200]
            raise RenderingFailed(f"The network gave no sound: {why}") from error
        return audio.ravel(), durations.ravel()


_networks: WeakValueDictionary[tuple[Path, str, int], Network] = WeakValueDictionary()
_loading = Lock()


def shared_network(path: Path, durations: str, threads: int) -> Network:
    """All voices of a process speak with one network, as long as any of them is there: it takes most of the memory.
    May be run by several threads at once."""
    with _loading:
        network = _networks.get((path, durations, threads))
        if network is None:
            network = _networks[path, durations, threads] = Network(path, durations, threads)
        return network


def _failures() -> tuple[type[Exception], ...]:
    """What onnxruntime raises; its errors have no common ancestor of their own, and no types."""
    state = vars(import_module("onnxruntime.capi.onnxruntime_pybind11_state"))
    names = ("Fail", "InvalidArgument", "RuntimeException", "EPFail", "NotImplemented", "EngineError")
    found = (cast(object, state.get(name)) for name in names)
    return (*(one for one in found if isinstance(one, type) and issubclass(one, Exception)), ValueError, RuntimeError)
