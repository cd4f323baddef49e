"""The recognisers there are, by name."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from tollfree.speech.stt.base import Recognizer, UnknownEngine
from tollfree.speech.stt.remote_settings import RemoteSettings
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


def _served(address: str, remote: RemoteSettings) -> Recognizer:
    # imports a WebSocket client, which a program that hears in process does not pay for
    from tollfree.speech.stt.remote import ServedRecognizer

    return ServedRecognizer(address, remote)


def _openai(address: str, remote: RemoteSettings) -> Recognizer:
    # imports an HTTP client and onnxruntime
    from tollfree.speech.stt.openai_server import OpenAIRecognizer
    from tollfree.speech.stt.voice_gate import VoiceGate
    from tollfree.speech.stt.whisper_settings import WhisperSettings

    url, _, model = address.partition("#")
    return OpenAIRecognizer(url, model or "whisper-1", VoiceGate(WhisperSettings()), remote)


RECOGNIZERS: Mapping[str, Loader] = {
    "whisper:tiny.en": _whisper("tiny.en"),
    "whisper:base": _whisper("base"),
}
SERVERS: Mapping[str, Callable[[str, RemoteSettings], Recognizer]] = {
    "served": _served,
    "openai": _openai,
}
"""What stands before an address: `served:ws://HOST:PORT`, `openai:http://HOST:PORT/v1#MODEL`."""


def load_recognizer(name: str, cache: Path, *, threads: int = 1, remote: RemoteSettings | None = None) -> Recognizer:
    """The recogniser of that name, its weights found in `cache` (about a second of work), or on a server, which is not
    asked yet. Raises `UnknownEngine`."""
    kind, _, address = name.partition(":")
    if kind in SERVERS:
        return SERVERS[kind](address, remote or RemoteSettings())
    try:
        loader = RECOGNIZERS[name]
    except KeyError:
        known = ", ".join((*sorted(RECOGNIZERS), "served:ws://HOST:PORT", "openai:http://HOST:PORT/v1#MODEL"))
        raise UnknownEngine(f"There is no recogniser {name!r}; there are {known}.") from None
    try:
        return loader(cache, threads)
    except WeightsError as error:
        raise UnknownEngine(f"The recogniser {name} cannot be loaded. {error.message}") from error
