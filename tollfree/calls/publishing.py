"""From a draft to the version new calls use: check everything, train the classifier, keep both with all they need."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

from tollfree.calls.bundle import make_bundle
from tollfree.calls.project import ProjectSettings, library_of, settings_of, stored_tool
from tollfree.calls.store.document import digest
from tollfree.calls.store.errors import StalePublication
from tollfree.calls.store.store import Store
from tollfree.calls.store.versions import Published, Version
from tollfree.calls.tools.definition import Tool
from tollfree.flows.checks import check_examples
from tollfree.flows.compile import Compiled, Documents, compile_flow, runs_of
from tollfree.flows.errors import Fault, FlowFaulty, Severity
from tollfree.flows.graph import Flow
from tollfree.flows.library import Library
from tollfree.flows.source import Document, refuse_newer
from tollfree.language.embed.base import Embedder
from tollfree.language.understand.collisions import collisions
from tollfree.language.understand.training import dump, train
from tollfree.protocol.ids import FlowId, ProjectId
from tollfree.protocol.values import Values


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectParts:
    """A project as its store has it."""

    settings: ProjectSettings
    tools: Mapping[str, Tool]
    library: Library


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A flow as it would be published now."""

    flow: Flow
    bundle: Values
    warnings: tuple[Fault, ...]


async def project_settings(store: Store, project: ProjectId) -> ProjectSettings:
    """A project's settings. Raises `UnknownProject` or `BadProject`."""
    return settings_of((await store.projects.get(project)).settings, f"project {project}")


async def project_parts(store: Store, project: ProjectId) -> ProjectParts:
    """Read a project's settings, tools and catalogues. Raises `UnknownProject`, `BadProject` or `BadCatalogue`."""
    settings = await project_settings(store, project)
    documents = await store.tools.all(project)
    tools = {name: stored_tool(name, document, f"project {project}") for name, document in documents.items()}
    catalogues = {name: one.text for name, one in (await store.catalogues.all(project)).items()}
    return ProjectParts(settings=settings, tools=tools, library=library_of(settings, tuple(tools.values()), catalogues))


async def drafts_of(store: Store, project: ProjectId) -> dict[str, Document]:
    """Every draft of a project, by flow."""
    flows = await store.flows.list(project)
    return {flow.name: dict((await store.drafts.get(project, flow.name)).document) for flow in flows}


def check(document: Values, library: Library, others: Documents, embedder: Embedder | None) -> Compiled:
    """Everything that is wrong with a flow. Examples are compared when there is an embedder."""
    compiled = compile_flow(document, library, others)
    if embedder is None:
        return compiled
    warnings = check_examples(compiled, partial(collisions, embedder=embedder))
    return replace(compiled, faults=(*compiled.faults, *warnings))


async def prepare(
    store: Store,
    project: ProjectId,
    flow: FlowId,
    embedder: Embedder,
    *,
    examples: bool = True,
    revision: int | None = None,
) -> Prepared:
    """A flow's draft, with the flows it runs as they are published; those that never were, as they are drafted.
    Examples are compared unless that is switched off. `revision`: only this one of the draft.

    Raises `FlowFaulty` with every fault, `StalePublication` for another revision, and `UnknownProject`, `UnknownFlow`,
    `FlowTooNew`, `BadProject` or `BadCatalogue`.
    """
    draft = await store.drafts.get(project, flow)
    if revision is not None and draft.revision != revision:
        raise StalePublication(flow, revision, draft.revision)
    refuse_newer(draft.document, f"The draft of {flow}")
    parts = await project_parts(store, project)
    drafts = {**await drafts_of(store, project), flow: dict(draft.document)}
    documents, changed = await _as_published(store, project, flow, drafts)
    compared = embedder if examples else None
    compiled = await asyncio.to_thread(check, draft.document, parts.library, documents, compared)
    faults = (*compiled.faults, *changed)
    if compiled.flow is None:
        raise FlowFaulty(f"The flow {flow} has errors and cannot be published.", faults)
    bundle = make_bundle(compiled.flow, documents, parts.tools, embedder=embedder.name)
    return Prepared(flow=compiled.flow, bundle=bundle, warnings=faults)


async def publish(
    store: Store,
    project: ProjectId,
    flow: FlowId,
    embedder: Embedder,
    *,
    note: str = "",
    by: str = "",
    revision: int | None = None,
) -> tuple[Published, tuple[Fault, ...]]:
    """Publish a flow's draft: new calls use it from now on. Returns the version and the warnings. Compiling and
    training go on in a thread, beside the loop's other work.

    Raises what `prepare` raises; then nothing is changed.
    """
    made = await prepare(store, project, flow, embedder, revision=revision)
    classifier = await asyncio.to_thread(lambda: dump(train(made.flow.choice_sets, embedder)))
    published = await store.versions.publish(project, flow, made.bundle, classifier=classifier, note=note, by=by)
    return published, made.warnings


async def is_stale(store: Store, project: ProjectId, flow: FlowId, embedder: Embedder) -> bool:
    """Whether publishing the flow's draft would make another version than the one in use. Raises as `prepare` does."""
    if await store.versions.published_number(project, flow) is None:
        return True
    made = await prepare(store, project, flow, embedder, examples=False)
    return digest(made.bundle) != (await store.versions.published(project, flow)).info.sha256


def run_first(flows: Documents) -> tuple[FlowId, ...]:
    """The flows in an order in which each comes after those it runs."""
    done: dict[str, None] = {}

    def visit(name: str, above: tuple[str, ...]) -> None:
        if name in done or name in above:  # a circle is told when it is compiled
            return
        for other in sorted(runs_of(flows[name]) & flows.keys()):
            visit(other, (*above, name))
        done[name] = None

    for name in flows:
        visit(name, ())
    return tuple(FlowId(name) for name in done)


async def _as_published(
    store: Store, project: ProjectId, flow: FlowId, drafts: Mapping[str, Document]
) -> tuple[dict[str, Document], list[Fault]]:
    """The drafts, with the published documents of the flows that this one runs in the place of theirs; and a warning
    for each that has changes since."""
    documents = dict(drafts)
    warnings: list[Fault] = []
    seen: set[str] = {flow}
    waiting = _run_by(documents[flow])
    while waiting:
        name = waiting.pop(0)
        if name in seen or name not in drafts:
            continue
        seen.add(name)
        number = await store.versions.published_number(project, FlowId(name))
        if number is not None:
            bundle = (await store.versions.get(project, FlowId(name), number)).bundle
            documents[name] = _document(bundle, name)
            if digest(documents[name]) != digest(drafts[name]):
                message = (
                    f"The flow `{name}` has changes that are not published; its version {number} is used. "
                    f"Publish it first to take them."
                )
                warnings.append(Fault(code="unpublished_changes", message=message, severity=Severity.WARNING))
        waiting += _run_by(documents[name])
    return documents, warnings


def _run_by(document: Document) -> list[str]:
    return sorted(runs_of(document))


def document_of(version: Version) -> Document:
    """The flow that a version is of."""
    return _document(version.bundle, version.info.flow)


def _document(bundle: Values, name: str) -> Document:
    """The flow that a version is of, within its bundle."""
    flows = bundle["flows"]
    document = flows.get(name) if isinstance(flows, Mapping) else None
    assert isinstance(document, Mapping), "a version holds its own flow"
    return dict(document)
