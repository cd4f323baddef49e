"""An open installation: its store and engines, and the calls placed with them."""

import logging
import os
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import TracebackType
from typing import Self
from zoneinfo import ZoneInfo

from tollfree.calls.bundle import load_bundle, tools_of
from tollfree.calls.call_id import new_call_id
from tollfree.calls.errors import NotPublished
from tollfree.calls.line import Line
from tollfree.calls.performers import ProjectTools
from tollfree.calls.project import DEFAULT_AGENT, ProjectSettings
from tollfree.calls.publishing import project_settings
from tollfree.calls.recovery import Reason, Recovered, end_lost_call, recover_calls
from tollfree.calls.running import RunningCalls
from tollfree.calls.secrets import Vault, load_key
from tollfree.calls.performing import Performers
from tollfree.calls.session import CallSummary, Session, in_zone
from tollfree.calls.snapshot import snapshot
from tollfree.calls.store.calls import Call
from tollfree.calls.store.errors import CallClosed, UnknownCall
from tollfree.calls.store.record import LogEntry
from tollfree.calls.store.store import Store, default_url
from tollfree.calls.store.versions import Version
from tollfree.calls.tools.client import ToolClient
from tollfree.calls.tools.definition import Tool
from tollfree.calls.tools.guard import Guard
from tollfree.flows.graph import Flow
from tollfree.flows.slots.reader import FlowSlotReader
from tollfree.language.embed.base import Embedder
from tollfree.language.embed.registry import load_embedder
from tollfree.language.errors import LanguageError
from tollfree.language.understand.cascade import Understander
from tollfree.language.understand.classifier import ChoiceModel
from tollfree.language.understand.training import load
from tollfree.protocol.clock import Clock, SystemClock
from tollfree.protocol.errors import TollfreeError
from tollfree.protocol.facts import CallFacts
from tollfree.protocol.ids import CallId, FlowId, ProjectId
from tollfree.wiring.settings import Settings

VERSIONS_KEPT = 32
"""Loaded versions that are kept for the next call."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Loaded:
    """A version, ready to run."""

    flow: Flow
    models: Mapping[str, ChoiceModel]
    """Its classifier, by choice set."""
    tools: Mapping[str, Tool]
    """Its tools, as they were when it was published."""


class Office:
    """Opens what the settings name, when it is first needed, and closes it again."""

    def __init__(self, settings: Settings, store: Store, clock: Clock) -> None:
        """Use `open`."""
        self.settings = settings
        self.store = store
        self.clock = clock
        self._running = RunningCalls(settings.home)
        self._loaded: OrderedDict[str, Loaded] = OrderedDict()

    @classmethod
    async def open(cls, settings: Settings, clock: Clock | None = None) -> "Office":
        """Open the store. Raises `StoreError`."""
        url = settings.database_url or default_url(settings.home)
        store = await Store.open(url, clock=clock, wait_ms=settings.database_wait_ms)
        return cls(settings, store, clock if clock is not None else SystemClock())

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.store.close()

    @cached_property
    def embedder(self) -> Embedder:
        """The embedder, loaded on first use. Raises `LanguageError`."""
        return load_embedder(self.settings.embedder, self.settings.cache)

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
        observe: Callable[[LogEntry], None] | None = None,
    ) -> CallSummary:
        """Run a whole call on a line: of the agent's flow, or of the one named.

        Raises `UnknownProject`, `BadProject`, `NotPublished`, `BadVersion`, or `StoreError`.
        """
        settings = await project_settings(self.store, project)
        flow_id = FlowId(flow) if flow else await self._flow_of(project, settings, agent)
        version = await self._published(project, flow_id)
        loaded = self._load(version)
        started, timezone = self.clock.now(), ZoneInfo(settings.timezone)
        facts = CallFacts(
            started_at=in_zone(started, timezone),
            language=settings.language,
            region=settings.region,
            currency=settings.currency,
            caller=caller,
            line=line.name,
        )
        call = Call(
            id=new_call_id(started),
            project=project,
            agent="" if flow else agent,
            flow=flow_id,
            version=version.info.number,
            line=facts.line,
            started_at=started,
        )
        client = ToolClient(Guard(settings.allowed_hosts), clock=self.clock)
        try:
            performers = Performers(
                understands=self._understander(loaded, facts),
                tools=ProjectTools(client, loaded.tools, await self._secrets_of(project, loaded.tools)),
            )
            session = Session(
                call.id,
                loaded.flow,
                line,
                self.store.log,
                performers,
                self.clock,
                timezone=timezone,
                observe=observe,
                call_limit_s=self.settings.call_limit_s,
            )
            await self.recover()
            return await self._carry(call, session, facts)
        finally:
            await client.aclose()

    async def recover(self) -> tuple[Recovered, ...]:
        """End the calls of this machine whose process is gone: see `tollfree.calls.running`. A folder listing when
        there are none; every call does it before it begins, so nothing else has to run."""
        return await recover_calls(self.store, self._running, self.clock)

    async def _carry(self, call: Call, session: Session, facts: CallFacts) -> CallSummary:
        """Begin a call, run it and end it. Whatever breaks it off, it is ended where its log stops, at once if the
        store allows, else by the next `recover`."""
        with self._running.holding(call.id):
            try:
                await self.store.calls.begin(call)
                summary = await session.run(facts)
                await self.store.calls.end(
                    call.id, ended_at=self.clock.now(), outcome=summary.outcome, state=snapshot(summary.state)
                )
            except BaseException as error:
                await self._break_off(call.id, "error" if isinstance(error, Exception) else "line_lost")
                raise
            return summary

    async def _break_off(self, call: CallId, reason: Reason) -> None:
        try:
            await end_lost_call(self.store, call, self.clock, reason)
        except (UnknownCall, CallClosed):
            pass  # it never began, or its end was kept and only the answer was lost
        except TollfreeError as error:
            _log.info("call left to be recovered", extra={"call_id": call, "code": error.code})
            return
        self._running.forget(call)

    async def _flow_of(self, project: ProjectId, settings: ProjectSettings, agent: str) -> FlowId:
        """The agent's flow. A project that names no agents yet answers with its only flow."""
        flows = await self.store.flows.list(project) if not settings.agents else ()
        if len(flows) == 1 and agent == DEFAULT_AGENT:
            return flows[0].name
        return FlowId(settings.agent(agent).flow)

    async def _published(self, project: ProjectId, flow: FlowId) -> Version:
        if await self.store.versions.published_number(project, flow) is None:
            raise NotPublished(
                f"The flow {flow} of project {project} has no published version; "
                f"run `tollfree flow publish {project} {flow}`."
            )
        return await self.store.versions.published(project, flow)

    def _load(self, version: Version) -> Loaded:
        """A version ready to run. The latest few are kept: they never change."""
        key = version.info.sha256
        if key not in self._loaded:
            flow, tools = load_bundle(version.bundle), tools_of(version.bundle)
            self._loaded[key] = Loaded(flow, load(version.classifier), tools)
        self._loaded.move_to_end(key)
        if len(self._loaded) > VERSIONS_KEPT:
            self._loaded.popitem(last=False)
        return self._loaded[key]

    def _understander(self, loaded: Loaded, facts: CallFacts) -> Understander:
        """Understands with the version's classifier; where that cannot be used, with rules alone, and says so."""
        try:
            return _understander(loaded, facts, self.embedder if loaded.models else None)
        except LanguageError as error:
            _log.warning(
                "the classifier cannot be used, so callers are understood by rules alone",
                extra={"code": error.code, "reason": error.message},
            )
            return _understander(loaded, facts, None)

    async def _secrets_of(self, project: ProjectId, tools: Mapping[str, Tool]) -> Mapping[str, str]:
        """The project's secrets; none are opened when its tools name none."""
        if not any(tool.secrets for tool in tools.values()):
            return {}
        return (await (await self.vault()).open(project)).values


def _understander(loaded: Loaded, facts: CallFacts, embedder: Embedder | None) -> Understander:
    flow = loaded.flow
    slots = {
        (graph, name): (slot.type, slot.cues) for graph in flow.graphs for name, slot in flow.slots_heard(graph).items()
    }
    return Understander(
        reader=FlowSlotReader(slots),
        facts=facts,
        models=loaded.models,
        options={choice_set.key: choice_set for choice_set in flow.choice_sets},
        embedder=embedder,
    )
