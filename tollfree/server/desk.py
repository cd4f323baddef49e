"""What handlers work with."""

from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request

from tollfree.calls.phone.server import LiveKitServer
from tollfree.calls.phone.settings import PhoneSettings
from tollfree.calls.store.store import Store
from tollfree.protocol.clock import Clock
from tollfree.protocol.ids import ProjectId
from tollfree.protocol.role import Role
from tollfree.server.doorkeeper import Doorkeeper
from tollfree.server.finding import Doctor, no_doctor
from tollfree.server.ingestion import Ingestion
from tollfree.server.live.feed import LiveFeed
from tollfree.server.metrics import Metrics
from tollfree.server.principal import Principal
from tollfree.server.rate import Rate
from tollfree.server.settings import ServerSettings
from tollfree.server.workbench import Workbench
from tollfree.wiring.flow_shelf import FlowShelf
from tollfree.wiring.livekit_settings import WorkerSettings
from tollfree.wiring.office import Office


@dataclass(frozen=True, slots=True)
class Desk:
    """One for the server."""

    office: Office
    """The installation, open."""
    settings: ServerSettings
    doorkeeper: Doorkeeper
    livekit: LiveKitServer | None = None
    """None: calls over WebRTC are not to be had."""
    worker: WorkerSettings | None = None
    """How this installation's calls are asked for in LiveKit."""
    ingestion: Ingestion | None = None
    """Has documents taken in; None: what is asked for waits for a server that does."""
    web_rate: Rate = field(default_factory=Rate)
    """Counts calls by buttons on web sites."""
    phone: PhoneSettings | None = None
    """How telephones are rung; None: they are not."""
    examine: Doctor = no_doctor
    """What `tollfree doctor` finds."""
    metrics: Metrics = field(default_factory=Metrics)
    """What is counted of requests."""
    flows: FlowShelf = field(init=False)
    """The flows that calls ran on."""
    feed: LiveFeed = field(init=False)
    """Calls as they go on."""
    workbench: Workbench = field(init=False)
    """What editors work with besides."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "flows", FlowShelf(self.store))
        object.__setattr__(self, "feed", LiveFeed(self.store, self.flows, self.clock))
        object.__setattr__(self, "workbench", Workbench(self.office))

    async def aclose(self) -> None:
        """End what goes on in the background."""
        await self.feed.close()
        await self.workbench.aclose()

    @property
    def store(self) -> Store:
        """The office's."""
        return self.office.store

    @property
    def clock(self) -> Clock:
        """The office's."""
        return self.office.clock


def _desk(request: Request) -> Desk:
    desk = request.app.state.desk
    assert isinstance(desk, Desk)
    return desk


def _who(request: Request) -> Principal:
    who = request.state.who
    assert isinstance(who, Principal)
    return who


def sees_personal(request: Request) -> bool:
    """Whether whoever asks may see personal data of the project that the path names."""
    return _who(request).may(ProjectId(request.path_params["project"]), Role.SUPERVISOR)


SeesPersonal = Annotated[bool, Depends(sees_personal)]
TheDesk = Annotated[Desk, Depends(_desk)]
Who = Annotated[Principal, Depends(_who)]
"""Whoever makes the request; the route's access was checked."""


def audit(request: Request, **details: str | int | bool | None) -> None:
    """Say more of what was done than the route and its path do."""
    known = dict(getattr(request.state, "audit", {}))
    request.state.audit = {**known, **details}
