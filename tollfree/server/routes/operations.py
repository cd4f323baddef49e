"""For whoever keeps the installation running: whether it lives, whether it can work, and what it counts."""

from fastapi import Response
from pydantic import BaseModel, ConfigDict

from tollfree.server.access import anyone, guarded, operators
from tollfree.server.desk import TheDesk
from tollfree.server.metrics import CONTENT_TYPE

router = guarded("operations", prefix="")


class Health(BaseModel):
    """The server answers."""

    model_config = ConfigDict(frozen=True)

    status: str = "live"


class Readiness(BaseModel):
    """The server can work: its store is reachable."""

    model_config = ConfigDict(frozen=True)

    status: str = "ready"


@router.get("/health", dependencies=[anyone()])
async def show_health() -> Health:
    """Whether the server lives."""
    return Health()


@router.get("/ready", dependencies=[anyone()])
async def show_readiness(desk: TheDesk) -> Readiness:
    """Whether it can work; 503 where the store cannot be reached."""
    await desk.store.users.exist()
    return Readiness()


@router.get(
    "/metrics",
    dependencies=[operators()],
    response_class=Response,
    responses={
        200: {
            "content": {
                "text/plain": {
                    "schema": {"type": "string"},
                    "example": 'tollfree_calls_running{project="bakery"} 3.0\n',
                }
            }
        }
    },
)
async def show_metrics(desk: TheDesk) -> Response:
    """For Prometheus: from this machine, from elsewhere with the key of TOLLFREE_SERVER_METRICS_KEY, or by an admin of
    the installation."""
    store = desk.store
    page = desk.metrics.page(
        await store.calls.running_by_project(), await store.hours.totals(), await store.outbox.count()
    )
    return Response(page, headers={"Content-Type": CONTENT_TYPE})
