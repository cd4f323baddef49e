"""The voices by name. Only the chosen engine's libraries are imported."""

from collections.abc import Callable
from pathlib import Path

from tollfree.speech.stt.base import UnknownEngine
from tollfree.speech.tts.base import Voice
from tollfree.weights.errors import MissingModel
from tollfree.weights.find import find
from tollfree.weights.manifest import the_manifest

KOKORO_FILE = "kokoro-v1.0.int8.onnx"
"""As the manifest of weights calls it."""


def _kokoro(voice: str, cache: Path, threads: int) -> Voice:
    from tollfree.speech.tts import kokoro

    network = find("kokoro", cache).path(KOKORO_FILE)
    return kokoro.load(network, find("kokoro-voices", cache).folder, voice, threads)


def _piper(voice: str, cache: Path, threads: int) -> Voice:
    from tollfree.speech.tts import piper

    folder = find("piper", cache)
    if f"{voice}.onnx" not in folder.files:
        raise UnknownEngine(f"Piper has no voice {voice!r}; there are {', '.join(_piper_voices())}.")
    return piper.load(folder.path(f"{voice}.onnx"), threads)


LOADERS: dict[str, Callable[[str, Path, int], Voice]] = {"kokoro": _kokoro, "piper": _piper}
"""Engine → loader of one of its voices; a loader takes the voice's name, the cache of weights, and how many threads
one render may use."""


def load_voice(name: str, cache: Path, threads: int = 1) -> Voice:
    """The voice of that name, such as `kokoro:af_heart` or `piper:en_US-joe-medium`; `cache` is where weights lie.
    Reads them, which takes a second: not for the loop. Raises `UnknownEngine`."""
    engine, _, voice = name.partition(":")
    if engine not in LOADERS:
        raise UnknownEngine(f"There is no engine {engine!r} for voices. Choose one of: {', '.join(sorted(LOADERS))}.")
    if name not in voices():
        raise UnknownEngine(f"There is no voice {name!r}. Choose one of: {', '.join(voices())}.")
    try:
        return LOADERS[engine](voice, cache, threads)
    except MissingModel as missing:
        raise UnknownEngine(missing.message) from missing


def voices() -> tuple[str, ...]:
    """Names of every voice there is, whether or not its weights are on this machine."""
    return (*(f"kokoro:{voice}" for voice in _kokoro_voices()), *(f"piper:{voice}" for voice in _piper_voices()))


def _kokoro_voices() -> tuple[str, ...]:
    """Those that speak English: `af_…` and `am_…` American, `bf_…` and `bm_…` British."""
    files = the_manifest().model("kokoro-voices").files
    stems = (name.removesuffix(".bin") for name in files if name.endswith(".bin"))
    return tuple(sorted(stem for stem in stems if stem[:1] in "ab" and stem[1:3] in ("f_", "m_")))


def _piper_voices() -> tuple[str, ...]:
    files = the_manifest().model("piper").files
    return tuple(sorted(name.removesuffix(".onnx") for name in files if name.endswith(".onnx")))
