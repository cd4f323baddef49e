"""An open installation: its store and engines, and the calls placed with them."""

import os
from collections import OrderedDict
from collections.abc import Callable, Mapping
from functools import cached_property
from types import TracebackType
from typing import Self
from zoneinfo import ZoneInfo

from tollfree.calls.bundle import load_bundle
from tollfree.calls.call_id import new_call_id
from tollfree.calls.errors import NotPublished
from tollfree.calls.line import Line
from tollfree.calls.performers import ProjectTools
from tollfree.calls.project import DEFAULT_AGENT
from tollfree.calls.publishing import ProjectParts, project_parts
from tollfree.calls.secrets import Vault, load_key
from tollfree.calls.session import CallSummary, Performers, Session, in_zone
from tollfree.calls.snapshot import snapshot
from tollfree.calls.store.calls import Call
from tollfree.calls.store.record import LogEntry
from tollfree.calls.store.store import Store, default_url
from tollfree.calls.store.versions import Version
from tollfree.calls.tools.client import ToolClient
from tollfree.calls.tools.guard import Guard
from tollfree.flows.graph import Flow
from tollfree.flows.slots.reader import FlowSlotReader
from tollfree.language.embed.base import Embedder
from tollfree.language.embed.registry import load_embedder
from tollfree.language.understand.cascade import Understander
from tollfree.language.understand.classifier import ChoiceModel
from tollfree.language.understand.training import load
from tollfree.protocol.clock import Clock, SystemClock
from tollfree.protocol.facts import CallFacts
from tollfree.protocol.ids import FlowId, ProjectId
from tollfree.wiring.settings import Settings

VERSIONS_KEPT = 32
"""Loaded versions that are kept for the next call."""

Loaded = tuple[Flow, Mapping[str, ChoiceModel]]


class Office:
    """Opens what the settings name, when it is first needed, and closes it again."""

    def __init__(self, settings: Settings, store: Store, clock: Clock) -> None:
        """Use `open`."""
        self.settings = settings
        self.store = store
        self.clock = clock
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

        Raises `UnknownProject`, `BadProject`, `NotPublished`, or `StoreError`.
        """
        parts = await project_parts(self.store, project)
        flow_id = FlowId(flow) if flow else await self._flow_of(project, parts, agent)
        version = await self._published(project, flow_id)
        compiled, models = self._load(version)
        started, timezone = self.clock.now(), ZoneInfo(parts.settings.timezone)
        facts = CallFacts(
            started_at=in_zone(started, timezone),
            language=parts.settings.language,
            region=parts.settings.region,
            currency=parts.settings.currency,
            caller=caller,
            line="text",
        )
        call = Call(
            id=new_call_id(started),
            project=project,
            agent=agent,
            flow=flow_id,
            version=version.info.number,
            line=facts.line,
            started_at=started,
        )
        await self.store.calls.begin(call)
        client = ToolClient(Guard(parts.settings.allowed_hosts), clock=self.clock)
        try:
            performers = Performers(
                understands=self._understander(compiled, models, facts),
                tools=ProjectTools(client, parts.tools, await self._secrets_of(project, parts)),
            )
            session = Session(
                call.id, compiled, line, self.store.log, performers, self.clock, timezone=timezone, observe=observe
            )
            summary = await session.run(facts)
        finally:
            await client.aclose()
        await self.store.calls.end(
            call.id, ended_at=self.clock.now(), outcome=summary.outcome, state=snapshot(summary.state)
        )
        return summary

    async def _flow_of(self, project: ProjectId, parts: ProjectParts, agent: str) -> FlowId:
        """The agent's flow. A project that names no agents yet answers with its only flow."""
        flows = await self.store.flows.list(project) if not parts.settings.agents else ()
        if len(flows) == 1 and agent == DEFAULT_AGENT:
            return flows[0].name
        return FlowId(parts.settings.agent(agent).flow)

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
            self._loaded[key] = load_bundle(version.bundle), load(version.classifier)
        self._loaded.move_to_end(key)
        if len(self._loaded) > VERSIONS_KEPT:
            self._loaded.popitem(last=False)
        return self._loaded[key]

    def _understander(self, flow: Flow, models: Mapping[str, ChoiceModel], facts: CallFacts) -> Understander:
        slots = {
            (graph.id, slot.name): (slot.type, slot.cues)
            for graph in flow.graphs.values()
            for slot in graph.slots.values()
        }
        return Understander(
            reader=FlowSlotReader(slots),
            facts=facts,
            models=models,
            options={choice_set.key: choice_set for choice_set in flow.choice_sets},
            embedder=self.embedder if models else None,
        )

    async def _secrets_of(self, project: ProjectId, parts: ProjectParts) -> Mapping[str, str]:
        """The secrets the project's tools name; none are opened when none are needed."""
        if not any(tool.secrets for tool in parts.tools.values()):
            return {}
        return (await (await self.vault()).open(project)).values
