"""Flows that are tried before they are published: checked, and ready to run, as whoever edits them has them now."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from tollfree.calls.bundle import make_bundle
from tollfree.calls.publishing import ProjectParts, project_parts
from tollfree.calls.store.versions import VersionInfo
from tollfree.flows.compile import Documents, compile_flow
from tollfree.flows.errors import FlowFaulty
from tollfree.flows.graph import Flow
from tollfree.flows.source import Document, refuse_newer
from tollfree.language.errors import LanguageError
from tollfree.language.understand.classifier import ChoiceModel
from tollfree.language.understand.training import dump, train
from tollfree.protocol.ids import FlowId, ProjectId
from tollfree.protocol.question import ChoiceSet
from tollfree.wiring.checking import DraftShelf
from tollfree.wiring.office import Office
from tollfree.wiring.versions import Loaded

MODELS_KEPT = 8
"""Flows whose classifiers are kept for the next trial."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tried:
    flow: Flow
    documents: Documents
    """It, and every draft it may run."""
    parts: ProjectParts
    models: Mapping[str, ChoiceModel]


class TriedFlows:
    """Belongs to the event loop it is used in."""

    def __init__(self, office: Office, drafts: DraftShelf | None = None) -> None:
        self._office = office
        self._drafts = drafts if drafts is not None else DraftShelf(office.store)
        self._models: dict[tuple[ChoiceSet, ...], Mapping[str, ChoiceModel]] = {}

    async def loaded(
        self, project: ProjectId, flow: FlowId, document: Document | None, version: int | None = None
    ) -> Loaded:
        """A document, a version, or the stored draft, to be run here.

        Raises `FlowFaulty` with every fault, and `UnknownProject`, `UnknownFlow`, `UnknownVersion`, `FlowTooNew`,
        `BadProject`, `BadCatalogue` or `BadVersion`.
        """
        if version is not None:
            return await self._office.versions.numbered(project, flow, version)
        tried = await self._tried(project, flow, document)
        return Loaded(0, tried.flow, tried.models, tried.parts.tools)

    async def frozen(
        self, project: ProjectId, flow: FlowId, document: Document | None = None, *, by: str = ""
    ) -> VersionInfo:
        """A document, or the stored draft, kept as it is now, so that a call in any process can run on it; the drafts
        that it runs are kept with it. What is published stays as it is. Raises as `loaded`."""
        tried = await self._tried(project, flow, document)
        embedder = self._office.embedder.name if tried.models else ""
        bundle = make_bundle(tried.flow, tried.documents, tried.parts.tools, embedder=embedder)
        classifier = await asyncio.to_thread(dump, tried.models)
        return await self._office.store.frozen_drafts.freeze(project, flow, bundle, classifier=classifier, by=by)

    async def _tried(self, project: ProjectId, flow: FlowId, document: Document | None) -> _Tried:
        store = self._office.store
        parts = await project_parts(store, project)
        drafts = await self._drafts.drafts(project)
        wanted = document if document is not None else dict((await store.drafts.get(project, flow)).document)
        refuse_newer(wanted, f"The draft of {flow}")
        documents = {**drafts, flow: wanted}

        def work() -> _Tried:
            compiled = compile_flow(wanted, parts.library, documents)
            if compiled.flow is None:
                raise FlowFaulty(f"The flow {flow} has errors, so it cannot be tried.", compiled.faults)
            models = self._trained(compiled.flow.choice_sets)
            return _Tried(flow=compiled.flow, documents=documents, parts=parts, models=models)

        return await asyncio.to_thread(work)

    def _trained(self, choice_sets: tuple[ChoiceSet, ...]) -> Mapping[str, ChoiceModel]:
        """The classifiers of a flow; kept, for whoever edits a flow tries it again and again."""
        if choice_sets not in self._models:
            try:
                self._models[choice_sets] = train(choice_sets, self._office.embedder)
            except LanguageError:  # then callers are understood by rules alone, as in calls
                return {}
        trained = self._models[choice_sets]
        while len(self._models) > MODELS_KEPT:
            self._models.pop(next(iter(self._models)), None)
        return trained
