"""The server of voices, put together."""

import asyncio
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from tollfree.protocol.audio import SPOKEN_RATE
from tollfree.protocol.values import Value
from tollfree.serving.admission import Admission
from tollfree.serving.frame import engine_app
from tollfree.serving.run import serve
from tollfree.serving.tts.desk import Desk
from tollfree.serving.tts.openai_speech import SpeechRoute
from tollfree.serving.tts.settings import TtsServerSettings
from tollfree.serving.tts.shelf import VoiceShelf
from tollfree.serving.tts.socket import Conversation
from tollfree.serving.tts.tts_metrics import TtsMetrics
from tollfree.speech.tts.base import Voice
from tollfree.speech.tts.registry import load_voice, voices_here
from tollfree.speech.tts.renderings import Renderings
from tollfree.speech.tts.wire import PATH

RENDERINGS = "served-renderings"
"""The folder in the cache where the server keeps what it rendered."""
MEGA = 1_000_000


class TtsServer:
    """Voices behind HTTP and WebSocket."""

    def __init__(
        self,
        settings: TtsServerSettings,
        cache: Path,
        voice: str,
        *,
        load: Callable[[str], Voice] | None = None,
        known: Callable[[], tuple[str, ...]] | None = None,
    ) -> None:
        """`cache` is where weights lie and renderings are kept; `voice` speaks where none is named. `load` and `known`
        take the place of the registry's voices."""
        self.settings = settings
        self.admission = Admission()
        self.metrics = TtsMetrics()
        renderings = Renderings(cache / RENDERINGS, limit_bytes=settings.cache_mb * MEGA) if settings.cache_mb else None
        self.desk = Desk(
            VoiceShelf(load or (lambda name: load_voice(_on(settings.device, name), cache, settings.threads))),
            renderings,
            self.metrics,
            default=voice,
            known=known or lru_cache(lambda: _served(settings.device, voices_here(cache))),
            memory_bytes=settings.memory_mb * MEGA,
            at_once=settings.at_once,
            queue_limit=settings.queue_limit,
            keep=settings.keep,
        )
        speech = SpeechRoute(self.desk, self.admission, self.metrics, longest_text=settings.longest_text)
        routes = [
            WebSocketRoute(PATH, self._speak),
            Route("/v1/audio/speech", speech.__call__, methods=["POST"]),
            Route("/v1/voices", self._voices),
            Route("/v1/voices/{name:path}", self._voice),
        ]
        self.app: Starlette = engine_app(
            routes, settings, self.admission, self.metrics, health=self._health, closing=self.desk.aclose
        )

    async def run(self, stop: asyncio.Event, ready: Callable[[str], None]) -> None:
        """Serve until `stop`. Raises as `serve`, and `Refusal` when the server's own voice is not to be had."""
        self.settings.check()
        await asyncio.to_thread(self.desk.known)  # weights are hashed the first time
        voice = await self.desk.voice(self.desk.named(""))
        await voice.warm_up()
        await serve(self.app, self.settings, self.admission, stop, ready)

    async def _speak(self, socket: WebSocket) -> None:
        longest = self.settings.longest_text
        await Conversation(socket, self.desk, self.admission, self.metrics, longest_text=longest).run()

    async def _voices(self, request: Request) -> Response:
        known = await asyncio.to_thread(self.desk.known)
        return JSONResponse({"object": "list", "default": self.desk.default, "data": [{"id": name} for name in known]})

    async def _voice(self, request: Request) -> Response:
        """One voice or blend, perhaps at a speed: what clips of it are bound to. It is loaded, if it was not."""
        voice = await self.desk.voice(self.desk.named(request.path_params["name"]))
        speaking = voice.speaking
        return JSONResponse(
            {
                "id": voice.name,
                "model": speaking.model,
                "languages": list(speaking.languages),
                "word_times": speaking.word_times,
                "rate": SPOKEN_RATE,
            }
        )

    def _health(self) -> Mapping[str, Value]:
        return {
            "engine": "tts",
            "voice": self.desk.default,
            "device": self.settings.device,
            "waiting": self.desk.waiting,
        }


def _on(device: str, name: str) -> str:
    """The engine that a name means on a device: clients need not know where Kokoro runs."""
    return f"kokoro-cuda:{name.removeprefix('kokoro:')}" if device == "cuda" and name.startswith("kokoro:") else name


def _served(device: str, here: tuple[str, ...]) -> tuple[str, ...]:
    """Voices as clients name them."""
    kokoro, hidden = ("kokoro-cuda:", "kokoro:") if device == "cuda" else ("kokoro:", "kokoro-cuda:")
    named = (name for name in here if not name.startswith(hidden))
    return tuple(f"kokoro:{name.removeprefix(kokoro)}" if name.startswith(kokoro) else name for name in named)
