"""The voices by name. Only the chosen engine's libraries are imported."""

from collections.abc import Callable, Mapping
from pathlib import Path

from tollfree.speech.stt.base import UnknownEngine
from tollfree.speech.tts.base import Voice
from tollfree.speech.tts.server_name import EXAMPLES, ServerAccess, ServerName, on_server
from tollfree.speech.tts.voice_name import VoiceName
from tollfree.weights.errors import MissingModel, UnknownModel, WeightsError
from tollfree.weights.find import find
from tollfree.weights.manifest import the_manifest

KOKORO_FILE = "kokoro-v1.0.int8.onnx"
"""As the manifest of weights calls it."""
NEEDS: Mapping[str, tuple[str, ...]] = {
    "kokoro": ("kokoro", "kokoro-voices"),
    "kokoro-cuda": ("kokoro-cuda", "kokoro-voices"),
    "piper": ("piper",),
}
"""Engine → the models of the manifest that it speaks with."""


def _kokoro(name: VoiceName, cache: Path, threads: int) -> Voice:
    from tollfree.speech.tts import kokoro

    network = find("kokoro", cache).path(KOKORO_FILE)
    return kokoro.load(network, find("kokoro-voices", cache).folder, name, threads)


def _kokoro_cuda(name: VoiceName, cache: Path, threads: int) -> Voice:
    from tollfree.speech.tts import kokoro_cuda

    return kokoro_cuda.load(find("kokoro-cuda", cache).folder, find("kokoro-voices", cache).folder, name)


def _piper(name: VoiceName, cache: Path, threads: int) -> Voice:
    from tollfree.speech.tts import piper

    if name.blend:
        raise UnknownEngine(f"Piper's voices cannot be blended; name one of {', '.join(_piper_voices())}.")
    return piper.load(find("piper", cache).path(f"{name.voice}.onnx"), name, threads)


LOADERS: dict[str, Callable[[VoiceName, Path, int], Voice]] = {
    "kokoro": _kokoro,
    "kokoro-cuda": _kokoro_cuda,
    "piper": _piper,
}
"""Engine → loader of one of its voices; a loader takes the voice's name, the cache of weights, and how many threads
one render may use."""


def _of_server(name: str, cache: Path, access: ServerAccess) -> Voice:
    server = ServerName.read(name)
    if server.kind == "served":
        from tollfree.speech.tts import remote

        return remote.load(server, cache, access)
    from tollfree.speech.tts.openai_voice import OpenAIVoice

    return OpenAIVoice(server, access)


def load_voice(name: str, cache: Path, threads: int = 1, access: ServerAccess | None = None) -> Voice:
    """The voice of that name, such as `kokoro:af_heart`, `kokoro:af_heart+af_bella@1.1` or `piper:en_US-joe-medium`,
    or one of a server (see `server_name`), which is asked by `access`; `cache` is where weights lie. Reads them, which
    takes a second: not for the loop. Raises `UnknownEngine`."""
    if on_server(name):
        return _of_server(name, cache, access or ServerAccess())
    engine = name.partition(":")[0]
    if engine not in LOADERS:
        raise UnknownEngine(
            f"There is no engine {engine[:40]!r} for voices. Choose one of: {', '.join(sorted((*LOADERS, *EXAMPLES)))}."
        )
    try:
        read = VoiceName.read(name)
    except UnknownEngine as error:
        raise UnknownEngine(f"{error.message} Choose one of: {', '.join(voices())}.") from error
    for voice, _ in read.parts:
        if f"{engine}:{voice}" not in voices():
            raise UnknownEngine(f"There is no voice {name[:100]!r}. Choose one of: {', '.join(voices())}.")
    try:
        return LOADERS[engine](read, cache, threads)
    except (MissingModel, UnknownModel) as missing:
        raise UnknownEngine(missing.message) from missing


def voices_here(cache: Path) -> tuple[str, ...]:
    """Names of the voices whose weights are on this machine."""
    here: dict[str, bool] = {}
    for engine, models in NEEDS.items():
        try:
            here[engine] = all(find(model, cache) for model in models)
        except WeightsError:
            here[engine] = False
    return tuple(name for name in voices() if here[name.partition(":")[0]])


def voices() -> tuple[str, ...]:
    """Names of every voice there is, whether or not its weights are on this machine."""
    return (
        *(f"kokoro:{voice}" for voice in _kokoro_voices()),
        *(f"kokoro-cuda:{voice}" for voice in _kokoro_voices()),
        *(f"piper:{voice}" for voice in _piper_voices()),
    )


def _kokoro_voices() -> tuple[str, ...]:
    """Those that speak English: `af_…` and `am_…` American, `bf_…` and `bm_…` British."""
    files = the_manifest().model("kokoro-voices").files
    stems = (name.removesuffix(".bin") for name in files if name.endswith(".bin"))
    return tuple(sorted(stem for stem in stems if stem[:1] in "ab" and stem[1:3] in ("f_", "m_")))


def _piper_voices() -> tuple[str, ...]:
    files = the_manifest().model("piper").files
    return tuple(sorted(name.removesuffix(".onnx") for name in files if name.endswith(".onnx")))
