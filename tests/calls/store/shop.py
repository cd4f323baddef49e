"""What the store's tests keep in it."""

from datetime import UTC, datetime, timedelta

from tollfree.calls.store.calls import Call
from tollfree.calls.store.record import LogRecord
from tollfree.calls.store.store import Store
from tollfree.protocol.clock import SystemClock
from tollfree.protocol.ids import CallId, FlowId, ProjectId

SHOP = ProjectId("shop")
MAIN = FlowId("main")
NOW = datetime(2026, 11, 22, 14, 5, tzinfo=UTC)


class MovedClock(SystemClock):
    """A clock that moves a second at every look, so that no two moments are the same."""

    def __init__(self) -> None:
        self.at = NOW

    def now(self) -> datetime:
        self.at += timedelta(seconds=1)
        return self.at

    def elapsed_ms(self) -> float:
        return (self.at - NOW).total_seconds() * 1000


async def furnish(store: Store, project: ProjectId) -> None:
    """Begins a project with one published flow."""
    await store.projects.new(project)
    await store.drafts.save(project, MAIN, {"flow": "main"}, expected_revision=0)
    await store.versions.publish(project, MAIN, {"flow": "main"}, classifier=b"")


def make_call(id: str, *, project: ProjectId = SHOP, flow: FlowId = MAIN, version: int = 1) -> Call:
    """A call that began at NOW."""
    return Call(
        id=CallId(id), project=project, agent="front desk", flow=flow, version=version, line="text", started_at=NOW
    )


def records(count: int, *, text: str = "hello") -> list[LogRecord]:
    """Some events."""
    at = NOW.isoformat()
    return [LogRecord(at=at, kind="event", type="caller_spoke", data={"text": text, "n": n}) for n in range(count)]
