"""The frame of an engine server: what speech to text and text to speech have in common over HTTP."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute

from tollfree.protocol.values import Value
from tollfree.serving.admission import Admission
from tollfree.serving.answers import refused
from tollfree.serving.door import DoorSettings
from tollfree.serving.errors import Refusal
from tollfree.serving.guard import Guard
from tollfree.serving.metrics import ServerMetrics

METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"


async def _nothing() -> None:
    pass


def engine_app(
    routes: Sequence[Route | WebSocketRoute],
    door: DoorSettings,
    admission: Admission,
    metrics: ServerMetrics,
    *,
    health: Callable[[], Mapping[str, Value]],
    failing: Callable[[], bool] = lambda: False,
    closing: Callable[[], Awaitable[None]] = _nothing,
) -> Starlette:
    """An engine's own routes with `/health` and `/metrics`, behind the guard.

    A route raises `Refusal` for what it does not do, and does its work within `admission.work()`. `health` is what the
    engine says of itself, such as its name; `failing`, whether only a new start would help; `closing` lets the engine
    go when the server has stopped.
    """

    async def health_of(request: Request) -> Response:
        status = "stopping" if admission.closed else "failing" if failing() else "ready"
        return JSONResponse({"status": status, **health()}, 200 if status == "ready" else 503)

    async def metrics_of(request: Request) -> Response:
        return Response(metrics.text(), media_type=METRICS_TYPE)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncGenerator[None]:
        yield
        await closing()

    every = [*routes, Route("/health", health_of), Route("/metrics", metrics_of)]
    guard = Middleware(
        Guard,
        api_key=door.api_key.get_secret_value(),
        max_body_bytes=door.max_body_bytes,
        metrics=metrics,
        paths=frozenset(route.path for route in every),
    )
    return Starlette(
        routes=every, middleware=[guard], lifespan=lifespan, exception_handlers={HTTPException: _not_a_route}
    )


async def _not_a_route(request: Request, error: Exception) -> Response:
    """A path or a method that is not there."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    message = f"There is no {request.method} {request.url.path[:100]} here."
    return refused(Refusal(message, code="not_found", status=status), request.url.path)
