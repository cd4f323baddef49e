"""From a draft to the version new calls use: check everything, train the classifier, keep both with all they need."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

from tollfree.calls.bundle import make_bundle
from tollfree.calls.project import ProjectFolder, ProjectSettings, library_of, settings_of
from tollfree.calls.store.drafts import NEW, Draft
from tollfree.calls.store.store import Store
from tollfree.calls.store.versions import Published
from tollfree.calls.tools.definition import Tool
from tollfree.flows.checks import check_examples
from tollfree.flows.compile import Compiled, compile_flow
from tollfree.flows.errors import Fault, FlowFaulty
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


async def project_parts(store: Store, project: ProjectId) -> ProjectParts:
    """Read a project's settings, tools and catalogues. Raises `UnknownProject`, `BadProject` or `BadCatalogue`."""
    settings = settings_of((await store.projects.get(project)).settings, f"project {project}")
    documents = await store.tools.all(project)
    tools = {name: Tool.model_validate(dict(document)) for name, document in documents.items()}
    catalogues = {name: one.text for name, one in (await store.catalogues.all(project)).items()}
    return ProjectParts(settings=settings, tools=tools, library=library_of(settings, tuple(tools.values()), catalogues))


async def drafts_of(store: Store, project: ProjectId) -> dict[str, Document]:
    """Every draft of a project, by flow."""
    flows = await store.flows.list(project)
    return {flow.name: dict((await store.drafts.get(project, flow.name)).document) for flow in flows}


async def load_folder(store: Store, project: ProjectId, folder: ProjectFolder) -> tuple[Draft, ...]:
    """Bring a project's tools, catalogues and drafts up to date with its folder. Returns the drafts."""
    for name in set(await store.tools.all(project)) - {tool.name for tool in folder.tools}:
        await store.tools.delete(project, name)
    for tool in folder.tools:
        await store.tools.save(project, tool.name, tool.model_dump(mode="json", exclude_unset=True))
    for name, text in folder.catalogues.items():
        await store.catalogues.save(project, name, text, format="csv")
    known = {flow.name for flow in await store.flows.list(project)}
    drafts: list[Draft] = []
    for name, document in folder.flows.items():
        flow = FlowId(name)
        revision = (await store.drafts.get(project, flow)).revision if flow in known else NEW
        drafts.append(await store.drafts.save(project, flow, document, expected_revision=revision))
    return tuple(drafts)


def check(document: Values, library: Library, others: Mapping[str, Values], embedder: Embedder | None) -> Compiled:
    """Everything that is wrong with a flow. Examples are compared when there is an embedder."""
    compiled = compile_flow(document, library, others)
    if embedder is None:
        return compiled
    warnings = check_examples(compiled, partial(collisions, embedder=embedder))
    return replace(compiled, faults=(*compiled.faults, *warnings))


async def publish(
    store: Store, project: ProjectId, flow: FlowId, embedder: Embedder, *, note: str = "", by: str = ""
) -> tuple[Published, tuple[Fault, ...]]:
    """Publish a flow's draft: new calls use it from now on. Returns the version and the warnings.

    Raises `FlowFaulty` with every error; then nothing is changed.
    """
    draft = await store.drafts.get(project, flow)
    refuse_newer(draft.document, f"The draft of {flow}")
    parts = await project_parts(store, project)
    drafts = await drafts_of(store, project)
    compiled = check(draft.document, parts.library, drafts, embedder)
    if compiled.flow is None:
        raise FlowFaulty(f"The flow {flow} has errors and cannot be published.", compiled.errors)
    classifier = dump(train(compiled.flow.choice_sets, embedder))
    published = await store.versions.publish(
        project, flow, make_bundle(compiled.flow, drafts), classifier=classifier, note=note, by=by
    )
    return published, compiled.faults
