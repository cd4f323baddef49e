"""Flows that are tried by text beside the canvas: at most a few a person, and gone when nobody goes on with them."""

import asyncio
import secrets
from contextlib import AsyncExitStack
from dataclasses import dataclass

from tollfree.calls.call_id import new_call_id
from tollfree.calls.line import CallerEvent
from tollfree.calls.lines.trial import TrialLine
from tollfree.calls.metering import Metering
from tollfree.calls.project import DEFAULT_AGENT
from tollfree.calls.publishing import project_settings
from tollfree.calls.session import Session
from tollfree.calls.store.calls import Call
from tollfree.calls.trial import Forgetful, Reply, Trial, TriedSwitchboard, TriedTools
from tollfree.flows.source import Document
from tollfree.protocol.errors import TollfreeError
from tollfree.protocol.ids import FlowId, ProjectId
from tollfree.wiring.office import Office
from tollfree.wiring.performers import performers_of
from tollfree.wiring.placing import Placed, Wanted, facts_of
from tollfree.wiring.tried_flows import TriedFlows
from tollfree.wiring.versions import Loaded

MOST_EACH = 5
"""Trials of one person at once: another one ends the one that was longest not gone on with."""
MOST = 100
"""Of all people."""
IDLE_S = 600.0
"""Seconds without a turn after which a trial is ended."""


class UnknownTrial(TollfreeError):
    """There is no such trial, or it was ended."""

    code = "unknown_trial"

    def __init__(self) -> None:
        super().__init__("There is no such trial: it may have been idle for too long. Begin another.")


@dataclass(slots=True)
class _Going:
    trial: Trial
    project: ProjectId
    owner: str
    stack: AsyncExitStack
    used_ms: float


class Trials:
    """Belongs to the event loop it is used in."""

    def __init__(self, office: Office, flows: TriedFlows | None = None, *, idle_s: float = IDLE_S) -> None:
        self._office = office
        self._idle_s = idle_s
        self._going: dict[str, _Going] = {}
        self._flows = flows if flows is not None else TriedFlows(office)
        self._closing: set[asyncio.Task[None]] = set()

    async def begin(
        self,
        project: ProjectId,
        flow: FlowId,
        owner: str,
        *,
        document: Document | None = None,
        version: int | None = None,
        agent: str = DEFAULT_AGENT,
        caller: str = "",
        tools: bool = False,
    ) -> tuple[str, Reply]:
        """Begin a call on a document, a version, or the stored draft; the trial's id, and what the agent says first.
        `owner`: who alone may go on with it. `tools`: they are really called.

        Raises `FlowFaulty` with every fault, and `UnknownProject`, `UnknownFlow`, `UnknownVersion`, `BadProject`,
        `BadCatalogue` or `BadVersion`.
        """
        await self._make_room(owner)
        loaded = await self._flows.loaded(project, flow, document, version)
        placed = await self._placed(project, flow, agent, caller, loaded)
        line = TrialLine()
        async with AsyncExitStack() as stack:
            tried: list[TriedTools] = []

            def stand_in(real: object) -> TriedTools:
                tried.append(TriedTools(dict(loaded.tools), real if tools else None))  # pyright: ignore[reportArgumentType]
                return tried[0]

            performers = await stack.enter_async_context(
                performers_of(self._office, placed, metering=Metering(), switchboard=TriedSwitchboard(), tools=stand_in)
            )
            trial = Trial(loaded.flow, line, tried[0])
            stack.push_async_callback(trial.aclose)
            session = Session(
                placed.call.id,
                loaded.flow,
                line,
                Forgetful(),
                performers,
                self._office.clock,
                timezone=placed.timezone,
                observe=trial.observe,
                call_limit_s=self._office.settings.call_limit_s,
            )
            name = secrets.token_urlsafe(16)
            going = _Going(trial, project, owner, stack.pop_all(), self._now())
            self._going[name] = going
        reply = await trial.begin(session, placed.facts, lambda: None)
        self._look_again()
        return name, reply

    async def said(self, project: ProjectId, owner: str, name: str, event: CallerEvent) -> Reply:
        """The caller's turn, and what comes of it. Raises `UnknownTrial`."""
        going = self._find(project, owner, name)
        reply = await going.trial.said(event)
        going.used_ms = self._now()
        return reply

    def over(self, name: str) -> bool:
        """Whether its call has ended."""
        going = self._going.get(name)
        return going is None or going.trial.over

    async def end(self, project: ProjectId, owner: str, name: str) -> None:
        """Nobody goes on with it. Raises `UnknownTrial`."""
        self._find(project, owner, name)
        await self._close(name)

    async def tidy(self) -> None:
        """End those that nobody has gone on with for too long."""
        now = self._now()
        for name, going in tuple(self._going.items()):
            if now - going.used_ms >= self._idle_s * 1000:
                await self._close(name)

    async def aclose(self) -> None:
        """End all of them."""
        for name in tuple(self._going):
            await self._close(name)
        for task in tuple(self._closing):
            task.cancel()

    def _find(self, project: ProjectId, owner: str, name: str) -> _Going:
        going = self._going.get(name)
        if going is None or (going.project, going.owner) != (project, owner):
            raise UnknownTrial
        if self._now() - going.used_ms >= self._idle_s * 1000:
            raise UnknownTrial
        return going

    async def _make_room(self, owner: str) -> None:
        await self.tidy()
        mine = [name for name, going in self._going.items() if going.owner == owner]
        for name in sorted(mine, key=lambda one: self._going[one].used_ms)[: max(0, len(mine) - MOST_EACH + 1)]:
            await self._close(name)
        while len(self._going) >= MOST:
            await self._close(min(self._going, key=lambda one: self._going[one].used_ms))

    async def _close(self, name: str) -> None:
        going = self._going.pop(name, None)
        if going is not None:
            await going.stack.aclose()

    def _look_again(self) -> None:
        """Tidy up when this trial may have been left alone, though nobody asks for another."""

        async def later() -> None:
            await asyncio.sleep(self._idle_s + 1)
            await self.tidy()

        task = asyncio.create_task(later())
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    async def _placed(self, project: ProjectId, flow: FlowId, agent: str, caller: str, loaded: Loaded) -> Placed:
        office = self._office
        settings = await project_settings(office.store, project)
        started = office.clock.now()
        call = Call(
            id=new_call_id(started),
            project=project,
            agent=agent,
            flow=flow,
            version=loaded.number,
            line=TrialLine.name,
            started_at=started,
        )
        await office.routes.look()
        facts = facts_of(settings, call, caller, models=bool(office.routes.routes.routes))
        wanted = Wanted(project=project, agent=agent, flow=flow, caller=caller)
        return Placed(wanted=wanted, call=call, facts=facts, version=loaded, settings=settings)

    def _now(self) -> float:
        return self._office.clock.elapsed_ms()
