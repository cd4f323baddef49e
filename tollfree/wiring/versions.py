"""Published versions, ready to run."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from tollfree.calls.bundle import load_bundle, tools_of
from tollfree.calls.errors import NotPublished
from tollfree.calls.store.store import Store
from tollfree.calls.store.versions import Version
from tollfree.calls.tools.definition import Tool
from tollfree.flows.graph import Flow
from tollfree.flows.slots.reader import FlowSlotReader
from tollfree.language.embed.base import Embedder
from tollfree.language.errors import LanguageError
from tollfree.language.understand.base import Chooser
from tollfree.language.understand.cascade import Understander
from tollfree.language.understand.classifier import ChoiceModel
from tollfree.language.understand.training import load
from tollfree.protocol.facts import CallFacts
from tollfree.protocol.ids import FlowId, ProjectId
from tollfree.protocol.question import SlotReader

VERSIONS_KEPT = 32
"""Loaded versions that are kept for the next call."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Loaded:
    """A version, ready to run."""

    number: int
    flow: Flow
    models: Mapping[str, ChoiceModel]
    """Its classifier, by choice set."""
    tools: Mapping[str, Tool]
    """Its tools, as they were when it was published."""


class Versions:
    """Loads versions; the latest few are kept: they never change."""

    def __init__(
        self, store: Store, embedder: Callable[[], Embedder], warm: Mapping[str, Loaded] | None = None
    ) -> None:
        """`warm`: what was `loaded` by others in this process."""
        self._store = store
        self._embedder = embedder
        self._loaded: OrderedDict[str, Loaded] = OrderedDict(warm or {})

    @property
    def loaded(self) -> Mapping[str, Loaded]:
        """What is kept, by the digest of its bundle, with the number by which it was asked for first."""
        return dict(self._loaded)

    async def published(self, project: ProjectId, flow: FlowId) -> Loaded:
        """What new calls run. Raises `NotPublished` or `BadVersion`."""
        if await self._store.versions.published_number(project, flow) is None:
            raise NotPublished(
                f"The flow {flow} of project {project} has no published version; "
                f"run `tollfree flow publish {project} {flow}`."
            )
        return await self._load(await self._store.versions.published(project, flow))

    async def numbered(self, project: ProjectId, flow: FlowId, number: int) -> Loaded:
        """A version by its number. Raises `UnknownVersion` or `BadVersion`."""
        return await self._load(await self._store.versions.get(project, flow, number))

    def understander(
        self, loaded: Loaded, facts: CallFacts, chooser: Callable[[SlotReader], Chooser] | None = None
    ) -> Understander:
        """Understands with the version's classifier; where that cannot be used, with rules alone, and says so.
        `chooser` makes what is asked when these are unsure."""
        try:
            return _understander(loaded, facts, self._embedder() if loaded.models else None, chooser)
        except LanguageError as error:
            _log.warning(
                "the classifier cannot be used, so callers are understood by rules alone",
                extra={"code": error.code, "reason": error.message},
            )
            return _understander(loaded, facts, None, chooser)

    async def _load(self, version: Version) -> Loaded:
        key = version.info.sha256
        if key not in self._loaded:
            # In a thread: compiling takes a tenth of a second, in which the loop's other sound would stand still.
            self._loaded[key] = await asyncio.to_thread(_loaded, version)
        self._loaded.move_to_end(key)
        kept = self._loaded[key]
        if len(self._loaded) > VERSIONS_KEPT:
            self._loaded.popitem(last=False)
        # One bundle may have several numbers: what is published is frozen for a trial, or published again later.
        asked = version.info.number
        return kept if kept.number == asked else replace(kept, number=asked)


def _loaded(version: Version) -> Loaded:
    flow, tools = load_bundle(version.bundle), tools_of(version.bundle)
    return Loaded(version.info.number, flow, load(version.classifier), tools)


def _understander(
    loaded: Loaded, facts: CallFacts, embedder: Embedder | None, chooser: Callable[[SlotReader], Chooser] | None
) -> Understander:
    flow = loaded.flow
    slots = {
        (graph, name): (slot.type, slot.cues) for graph in flow.graphs for name, slot in flow.slots_heard(graph).items()
    }
    reader = FlowSlotReader(slots)
    return Understander(
        reader=reader,
        facts=facts,
        models=loaded.models,
        options={choice_set.key: choice_set for choice_set in flow.choice_sets},
        embedder=embedder,
        chooser=chooser(reader) if chooser is not None else None,
    )
