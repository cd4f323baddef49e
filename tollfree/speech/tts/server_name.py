"""Names of voices on servers.

`served:ws://speech:8802#kokoro:af_heart` is a voice of a server of ours (`tollfree engines tts`), by WebSocket;
`openai:https://host/v1#kokoro/af_heart` is one of any server that speaks OpenAI's `/v1/audio/speech`: behind `#` stand
the model and the voice. Either may end in a speed, such as `@1.1`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Self, cast
from urllib.parse import urlsplit

from tollfree.speech.stt.base import UnknownEngine
from tollfree.speech.tts.voice_name import at_speed, split_speed

Kind = Literal["served", "openai"]
EXAMPLES: Mapping[Kind, str] = {
    "served": "served:ws://127.0.0.1:8802#kokoro:af_heart",
    "openai": "openai:https://host.example/v1#kokoro/af_heart",
}
SCHEMES: Mapping[Kind, tuple[str, str]] = {"served": ("ws", "wss"), "openai": ("http", "https")}
DEADLINE_MS = 1500
"""Milliseconds that a server has for a clause that somebody waits for: with what a spare voice needs then, a caller
hears nothing for less than two and a half seconds."""


def on_server(name: str) -> bool:
    """Whether a voice's name is of this kind."""
    return name.partition(":")[0] in EXAMPLES


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerName:
    """A name, read."""

    kind: Kind
    url: str
    """Without a slash at its end. Of ours the root, of OpenAI's kind up to and with the version."""
    model: str
    """Of OpenAI's kind: what the server calls its model; empty for ours."""
    voice: str
    """As the server calls it, without a speed."""
    speed: float

    @classmethod
    def read(cls, name: str) -> Self:
        """Raises `UnknownEngine`."""
        kind, _, rest = name.partition(":")
        if kind not in EXAMPLES:
            raise UnknownEngine(f"{name[:100]!r} names no voice on a server.")
        kind = cast(Kind, kind)
        url, _, voice_at = rest.partition("#")
        if "@" in url:
            raise UnknownEngine("A voice's name holds no password: put the key into TOLLFREE_VOICE_API_KEY.")
        behind, speed = split_speed(voice_at)
        try:
            parts = urlsplit(url)
            sound = parts.scheme in SCHEMES[kind] and parts.hostname and parts.port != 0 and not parts.query
        except ValueError:
            sound = False
        if not sound or not behind:
            raise UnknownEngine(f"A voice on a server is written like {EXAMPLES[kind]}.")
        model, slash, voice = behind.rpartition("/") if kind == "openai" else ("", "/", behind)
        if not slash or not voice or (kind == "openai" and not model):
            raise UnknownEngine(f"A voice on a server is written like {EXAMPLES[kind]}.")
        return cls(kind=kind, url=url.rstrip("/"), model=model, voice=voice, speed=speed)

    @property
    def http(self) -> str:
        """The address for plain requests."""
        return f"http{self.url.removeprefix('ws')}" if self.kind == "served" else self.url

    def __str__(self) -> str:
        behind = f"{self.model}/{self.voice}" if self.kind == "openai" else self.voice
        return at_speed(f"{self.kind}:{self.url}#{behind}", self.speed)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerAccess:
    """How a server is asked."""

    api_key: str = ""
    """Sent as `Authorization: Bearer KEY`; empty: nothing is."""
    key_variable: str = "TOLLFREE_VOICE_API_KEY"
    """The environment variable that holds it, for people who have to set it."""
    deadline_ms: int = DEADLINE_MS
    """For a clause that somebody waits for; a later one has twice as long."""

    def __post_init__(self) -> None:
        if not self.api_key.isascii() or not self.api_key.isprintable():
            raise UnknownEngine(f"The key in {self.key_variable} has characters that no key has.")

    @property
    def headers(self) -> dict[str, str]:
        """Of every request."""
        return {"Authorization": f"Bearer {self.api_key}"} if self.api_key else {}

    def __repr__(self) -> str:
        return f"ServerAccess(deadline_ms={self.deadline_ms})"
