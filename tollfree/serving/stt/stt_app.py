"""The server that hears, put together."""

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path

from prometheus_client import Gauge
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from tollfree.protocol.values import Value
from tollfree.serving.admission import Admission
from tollfree.serving.frame import engine_app
from tollfree.serving.run import serve
from tollfree.serving.stt.engine import HANGS_AFTER_S, SharedRecognizer
from tollfree.serving.stt.hear_socket import HearSocket
from tollfree.serving.stt.hearing import Hearings
from tollfree.serving.stt.settings import SttServerSettings
from tollfree.serving.stt.stt_metrics import SttMetrics
from tollfree.serving.stt.transcriptions import PATH as TRANSCRIPTIONS
from tollfree.serving.stt.transcriptions import models, transcribe
from tollfree.speech.stt.base import UnknownEngine
from tollfree.speech.stt.batched_whisper import BatchedWhisper
from tollfree.speech.stt.wire import PATH
from tollfree.weights.errors import WeightsError
from tollfree.weights.find import find


class SttServer:
    """Speech to text for many calls."""

    def __init__(self, settings: SttServerSettings, engine: SharedRecognizer) -> None:
        self._settings = settings
        self._engine = engine
        self._metrics = SttMetrics()
        self.admission = Admission()
        self._hearings = Hearings(engine, self.admission, self._metrics, use_hints=settings.use_hints)
        waiting = Gauge("tollfree_stt_waiting", "Turns that wait.", registry=self._metrics.registry)
        waiting.set_function(lambda: float(engine.waiting))

    def app(self) -> Starlette:
        """What is served."""
        return engine_app(
            [
                WebSocketRoute(PATH, self._hear),
                Route(TRANSCRIPTIONS, self._transcribe, methods=["POST"]),
                Route("/v1/models", self._models),
            ],
            self._settings,
            self.admission,
            self._metrics,
            health=self._health,
            failing=self._failing,
            closing=self._engine.aclose,
        )

    async def run(self, stop: asyncio.Event, ready: Callable[[str], None]) -> None:
        """Serve until told to stop; `ready` is told the address. Raises `ServingError`."""
        self._settings.check()
        await self._engine.warm_up()
        await serve(self.app(), self._settings, self.admission, stop, ready)

    async def _hear(self, socket: WebSocket) -> None:
        await HearSocket(socket, self._hearings, self._metrics, most=self._settings.per_call).run()

    async def _transcribe(self, request: Request) -> Response:
        return await transcribe(request, self._hearings)

    async def _models(self, request: Request) -> Response:
        return models(self._hearings)

    def _health(self) -> Mapping[str, Value]:
        return {"engine": self._engine.name, "device": self._settings.device, "waiting": self._engine.waiting}

    def _failing(self) -> bool:
        return self._engine.looking_s > HANGS_AFTER_S


def loaded(settings: SttServerSettings, cache: Path) -> BatchedWhisper:
    """The engine that the settings name; its weights are found in `cache`, or in a folder. Raises `SpeechError`."""
    folder = Path(settings.model).expanduser()
    if not folder.is_dir():
        try:
            folder = find(settings.model, cache).folder
        except WeightsError as error:
            raise UnknownEngine(f"The model {settings.model} cannot be loaded. {error.message}") from error
    return BatchedWhisper.load(
        folder.name if folder == Path(settings.model).expanduser() else settings.model,
        folder,
        runtime=settings.runtime,
        language=settings.language,
        batches=settings.batches,
    )
