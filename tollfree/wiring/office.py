"""An open installation: its store and engines, and the calls placed with them."""

import asyncio
import logging
import os
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, suppress
from datetime import timedelta
from functools import cached_property
from types import TracebackType
from typing import Self

from tollfree.calls.call_id import new_call_id
from tollfree.calls.closing import close_call
from tollfree.calls.delivery import deliver_or_raise
from tollfree.calls.interrupted import Interrupted
from tollfree.calls.line import Line
from tollfree.calls.metering import Metered, Metering
from tollfree.calls.performers import Composer, Switchboard
from tollfree.calls.project import DEFAULT_AGENT, ProjectSettings
from tollfree.calls.publishing import project_settings
from tollfree.calls.recording_retention import PRUNE_EVERY_S, RECORDINGS, Pruned, prune_recordings
from tollfree.calls.recovery import Reason, Recovered, end_lost_call, recover_calls
from tollfree.calls.resuming import fold, taken_up
from tollfree.calls.retention import prune_projects
from tollfree.calls.running import RunningCalls
from tollfree.calls.secrets import Vault, load_key
from tollfree.calls.session import CallSummary, Session
from tollfree.calls.snapshot import snapshot
from tollfree.calls.spool import Spool
from tollfree.calls.store.calls import Call
from tollfree.calls.store.errors import CallClosed, UnknownCall
from tollfree.calls.store.record import LogEntry
from tollfree.calls.store.store import Store, default_url
from tollfree.calls.supervising import SUPERVISED_LINES, CommandFeed
from tollfree.calls.usage import summed
from tollfree.flows.graph import Flow
from tollfree.knowledge.rerank import load_reranker
from tollfree.knowledge.shelf import KnowledgeShelf
from tollfree.language.embed.base import Embedder
from tollfree.language.embed.registry import load_embedder
from tollfree.language.llm.route_book import RouteBook
from tollfree.protocol.clock import Clock, SystemClock
from tollfree.protocol.errors import TollfreeError
from tollfree.protocol.events import CallResumed
from tollfree.protocol.facts import CallFacts
from tollfree.protocol.ids import CallId, FlowId, ProjectId
from tollfree.wiring.claims import Claims
from tollfree.wiring.knowing import ProjectKnowledge
from tollfree.wiring.knowledge import shelf_of
from tollfree.wiring.performers import performers_of
from tollfree.wiring.placing import Placed, Wanted, facts_of, out_of_hours
from tollfree.wiring.settings import Settings
from tollfree.wiring.versions import Loaded, Versions

_log = logging.getLogger(__name__)

Observer = Callable[[LogEntry], None]


class Office:
    """Opens what the settings name, when it is first needed, and closes it again."""

    def __init__(
        self, settings: Settings, store: Store, clock: Clock, warm: Mapping[str, Loaded] | None = None
    ) -> None:
        """Use `open`."""
        self.settings = settings
        self.store = store
        self.clock = clock
        self.running = RunningCalls(settings.home)
        self.routes = RouteBook(settings.routes_path, clock=clock)
        """Language models, as the routes file says."""
        self.versions = Versions(store, lambda: self.embedder, warm)
        self._commands = CommandFeed(store.commands, clock)
        self._claims = Claims(self.running)
        self._pruned_ms: float | None = None
        self._late: set[asyncio.Task[None]] = set()
        """Usage of calls that are over, on its way to the store."""

    @classmethod
    async def open(
        cls, settings: Settings, clock: Clock | None = None, *, warm: Mapping[str, Loaded] | None = None
    ) -> "Office":
        """Open the store. `warm`: versions that are loaded already, see `warming`. Raises `StoreError` or
        `UnknownReranker`."""
        with suppress(OSError):  # the store tells it better
            settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)  # calls' ids and recordings are nobody else's
        load_reranker(settings.reranker, settings.cache)  # a name that is none is told now, not in a call
        url = settings.database_url or default_url(settings.home)
        store = await Store.open(url, clock=clock, wait_ms=settings.database_wait_ms)
        return cls(settings, store, clock if clock is not None else SystemClock(), warm)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._commands.close()
        if self._late:
            await asyncio.wait(self._late)
        if "knowledge" in self.__dict__:  # else it was not opened
            self.knowledge.close()
        await self.routes.aclose()
        await self.store.close()

    @cached_property
    def embedder(self) -> Embedder:
        """The embedder, loaded on first use. Raises `LanguageError`."""
        return load_embedder(self.settings.embedder, self.settings.cache)

    @cached_property
    def knowledge(self) -> KnowledgeShelf:
        """What projects know; nothing is read before it is asked for. Raises `UnknownReranker`."""
        return shelf_of(self.settings, lambda: self.embedder)

    async def vault(self) -> Vault:
        """The projects' secrets. Their key is read, or made, when this is first called. Raises `BadSecretKey`."""
        return Vault(self.store.sealed_secrets, await load_key(self.settings.home, os.environ))

    async def place_call(
        self,
        project: ProjectId,
        line: Line,
        *,
        agent: str = DEFAULT_AGENT,
        flow: str = "",
        caller: str = "",
        observe: Observer | None = None,
    ) -> CallSummary:
        """Run a whole call on a line: of the agent's flow, or of the one named.

        Raises `UnknownProject`, `BadProject`, `NotPublished`, `BadVersion`, or `StoreError`.
        """
        wanted = Wanted(project=project, agent=agent, flow=flow, caller=caller)
        placed = await self.place(wanted, line.name)
        await self.recover()
        return await self.carry(placed, line, observe=observe)

    async def recover(self) -> tuple[Recovered, ...]:
        """End the calls of this machine whose process is gone: see `tollfree.calls.running`. A folder listing when
        there are none; every call does it before it begins, so nothing else has to run. Every hour, recordings and
        words that are too old are deleted as well."""
        within_s = self.settings.resume_within_s
        recovered = await recover_calls(self.store, self.running, self.clock, resume_within_s=within_s)
        now = self.clock.elapsed_ms()
        if self._pruned_ms is None or now - self._pruned_ms >= PRUNE_EVERY_S * 1000:
            self._pruned_ms = now
            if days := self.settings.keep_recordings_days:
                await self.prune_recordings(days)
            await prune_projects(self.store, self.clock, self.settings.home)
        return recovered

    async def prune_recordings(self, days: int) -> Pruned:
        """Delete the recordings in the home folder that were last written to more than so many days ago."""
        before = self.clock.now() - timedelta(days=days)
        return await asyncio.to_thread(prune_recordings, self.settings.home / RECORDINGS, before)

    async def place(self, wanted: Wanted, line: str) -> Placed:
        """A call that can begin, on a line of that name. Raises as `place_call`."""
        settings = await project_settings(self.store, wanted.project)
        started = self.clock.now()
        other, closed = out_of_hours(settings, wanted, started)
        named = wanted.flow or other
        flow = FlowId(named) if named else await self.flow_of(wanted.project, settings, wanted.agent)
        if wanted.draft:
            version = await self.versions.numbered(wanted.project, flow, wanted.draft)
        else:
            version = await self.versions.published(wanted.project, flow)
        call = Call(
            id=new_call_id(started),
            project=wanted.project,
            agent="" if wanted.flow and not wanted.draft else wanted.agent,
            flow=flow,
            version=wanted.draft or version.number,
            line=line,
            started_at=started,
            caller=wanted.caller,
        )
        await self.routes.look()
        models = bool(self.routes.routes.routes)
        facts = facts_of(settings, call, wanted.caller, models=models, closed=closed)
        return Placed(wanted=wanted, call=call, facts=facts, version=version, settings=settings)

    async def carry(
        self,
        placed: Placed,
        line: Line,
        *,
        switchboard: Switchboard | None = None,
        composer: Composer | None = None,
        observe: Observer | None = None,
        interrupted: Interrupted | None = None,
        metering: Metering | None = None,
    ) -> CallSummary:
        """Begin a call, run it and end it. Whatever breaks it off, it is ended where its log stops, at once if the
        store allows, else by the next `recover`. `composer`: in place of the installation's language models.
        `metering`: is told what engines do for it, see `metering`."""
        call, version, facts = placed.call, placed.version, placed.facts
        metering = metering if metering is not None else self.metering(call.id)
        async with performers_of(
            self, placed, metering=metering, switchboard=switchboard, composer=composer
        ) as performers:
            session = Session(
                call.id,
                version.flow,
                line,
                self.store.log,
                performers,
                self.clock,
                timezone=placed.timezone,
                observe=observe,
                transfer_again_s=self.settings.transfer_again_s,
                call_limit_s=self.settings.call_limit_s,
                pause=self.clock.sleep,
                interrupted=interrupted,
                spool=Spool(self.settings.home, call.id),
                metering=metering,
                feed=self._commands if line.name in SUPERVISED_LINES else None,
            )
            return await self._run(call, version.flow, session, facts, begin=interrupted is None)

    def metering(self, call: CallId) -> Metering:
        """The accounts of a call: kept in its log while it lasts. What comes later is added to its usage alone."""
        return Metering(lambda metered: self._keep_late(call, metered))

    async def take_up(self, call: CallId, room: str = "") -> tuple[Placed, Interrupted]:
        """A call whose process is gone, to be gone on with by `carry`; both within `claimed`, so that nobody
        writes its log in between. Raises `UnknownCall`, `CallClosed`, `BadVersion`, `CallError` or `StoreError`."""
        await deliver_or_raise(self.store, self.settings.home, call)
        stored = await self.store.calls.get(call)
        version = await self.versions.numbered(stored.project, stored.flow, stored.version)
        found = await fold(self.store, call, flow=version.flow)
        if found.ended or found.facts is None:
            raise CallClosed(call)
        settings = await project_settings(self.store, stored.project)
        wanted = Wanted(
            project=stored.project, agent=stored.agent or DEFAULT_AGENT, caller=found.facts.caller, room=room
        )
        perform, failed = taken_up(found.pending, version.tools)
        interrupted = Interrupted(
            state=found.state,
            next_seq=found.next_seq,
            tokens=found.tokens,
            resumed=CallResumed(),
            perform=perform,
            failed=failed,
            age_ms=(self.clock.now() - found.began_at).total_seconds() * 1000,
            turns=found.turns,
            commands=found.commands,
        )
        placed = Placed(wanted=wanted, call=stored, facts=found.facts, version=version, settings=settings)
        return placed, interrupted

    def claimed(self, call: CallId) -> AbstractContextManager[None]:
        """A call whose process is gone is ours to go on with while this lasts: see `Claims`."""
        return self._claims.claimed(call)

    async def _run(self, call: Call, flow: Flow, session: Session, facts: CallFacts, *, begin: bool) -> CallSummary:
        summary: CallSummary | None = None
        try:
            with self.running.holding(call.id) if begin else self.claimed(call.id):
                try:
                    if begin:
                        with self.clock.working():
                            await self.store.calls.begin(call)
                    summary = await session.run(facts)
                    with self.clock.working():
                        await self._end(call, flow, summary)
                except BaseException as error:
                    await self._break_off(call.id, "error" if isinstance(error, Exception) else "line_lost")
                    raise
        except TollfreeError as error:
            if summary is None:
                raise
            # It was served to its end, and its log is kept: what its record lacks the next `recover` adds.
            _log.error("a call's end is not kept yet: %s", error.message, extra={"call_id": call.id})
        return summary

    async def _end(self, call: Call, flow: Flow, summary: CallSummary) -> None:
        await close_call(self.store, call, flow, self.clock.now(), summary.outcome, snapshot(summary.state))

    def _keep_late(self, call: CallId, metered: Metered) -> None:
        task = asyncio.get_running_loop().create_task(self._add_usage(call, metered))
        self._late.add(task)
        task.add_done_callback(self._late.discard)

    async def _add_usage(self, call: CallId, metered: Metered) -> None:
        try:
            with self.clock.working():
                await self.store.usage.add(call, summed((metered,)))
        except TollfreeError as error:
            _log.warning("usage of a call that is over is lost", extra={"call_id": call, "code": error.code})

    async def _break_off(self, call: CallId, reason: Reason) -> None:
        try:
            await end_lost_call(self.store, call, self.clock, reason, home=self.settings.home)
        except (UnknownCall, CallClosed):
            pass  # it never began, or its end was kept and only the answer was lost
        except TollfreeError as error:
            _log.info("call left to be recovered", extra={"call_id": call, "code": error.code})
            return
        self.running.forget(call)

    async def flow_of(self, project: ProjectId, settings: ProjectSettings, agent: str) -> FlowId:
        """The agent's flow. A project that names no agents yet answers with its only flow."""
        flows = await self.store.flows.list(project) if not settings.agents else ()
        if len(flows) == 1 and agent == DEFAULT_AGENT:
            return flows[0].name
        return FlowId(settings.agent(agent).flow)

    def knowledge_of(self, project: ProjectId) -> ProjectKnowledge:
        """What a project's calls may know: its own documents."""
        return ProjectKnowledge(self.knowledge, project, self.clock)
