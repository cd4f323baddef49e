"""A project's folder, brought into its store: checked whole before anything is written."""

from dataclasses import dataclass
from enum import StrEnum

from tollfree.calls.project import ProjectFolder
from tollfree.calls.publishing import drafts_of
from tollfree.calls.store.document import digest
from tollfree.calls.store.drafts import NEW, Draft
from tollfree.calls.store.errors import UnknownFlow
from tollfree.calls.store.store import Store
from tollfree.flows.compile import Documents, compile_flow
from tollfree.flows.errors import Fault, FlowFaulty
from tollfree.protocol.ids import FlowId, ProjectId


class Loading(StrEnum):
    """What became of a draft."""

    NEW = "new"
    REPLACED = "replaced"
    SAME = "same"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedFlow:
    """One flow of a folder, in the store."""

    draft: Draft
    """As it is now."""
    loading: Loading
    replaced: Draft | None = None
    """As it was, when it was replaced."""


def check_folder(folder: ProjectFolder, others: Documents) -> None:
    """Compile every flow of a folder with the folder's own tools and catalogues, and the project's `others`.

    Raises `FlowFaulty` with the errors of all flows, or `BadCatalogue`.
    """
    library, flows = folder.library, {**others, **folder.flows}
    faults: list[Fault] = []
    faulty: list[str] = []
    for name, document in folder.flows.items():
        errors = compile_flow(document, library, flows).errors
        if errors:
            faulty.append(name)
            faults += (Fault(code=one.code, node=one.node, message=f"flow {name}: {one.message}") for one in errors)
    if faults:
        flows_have = f"The flow {faulty[0]} has" if len(faulty) == 1 else f"The flows {', '.join(faulty)} have"
        raise FlowFaulty(f"{flows_have} errors; nothing was changed.", faults)


async def new_project(
    store: Store, project: ProjectId, folder: ProjectFolder, *, checked: bool = True
) -> tuple[LoadedFlow, ...]:
    """Begin a project from a folder; unless `checked`, flows may have errors: drafts may.

    Raises `FlowFaulty`, `BadCatalogue`, `InvalidName` or `ProjectExists`; then there is no project.
    """
    _check(folder, {}, checked)
    await store.projects.new(project, name=folder.settings.name, settings=folder.settings.model_dump(mode="json"))
    return await load_folder(store, project, folder)


async def load_project(
    store: Store, project: ProjectId, folder: ProjectFolder, *, checked: bool = True
) -> tuple[LoadedFlow, ...]:
    """Bring a project up to date with its folder, settings and all; unless `checked`, flows may have errors.

    Raises `FlowFaulty`, `BadCatalogue` or `UnknownProject`, before anything is changed; `StaleDraft` as `load_folder`.
    """
    _check(folder, await drafts_of(store, project), checked)
    await store.projects.save_settings(project, folder.settings.model_dump(mode="json"))
    return await load_folder(store, project, folder)


def _check(folder: ProjectFolder, others: Documents, checked: bool) -> None:
    if checked:
        check_folder(folder, others)
    else:
        _ = folder.library  # its catalogues must be readable in any case


async def load_folder(store: Store, project: ProjectId, folder: ProjectFolder) -> tuple[LoadedFlow, ...]:
    """Bring a project's tools, catalogues and drafts up to date with its folder. Tools and catalogues that the folder
    has no more are deleted; drafts are not. A draft that is the same already is left alone.

    Raises `UnknownProject`, or `StaleDraft` when somebody saves a draft meanwhile.
    """
    for name in set(await store.tools.all(project)) - {tool.name for tool in folder.tools}:
        await store.tools.delete(project, name)
    for tool in folder.tools:
        await store.tools.save(project, tool.name, tool.model_dump(mode="json", exclude_unset=True))
    for name in set(await store.catalogues.all(project)) - set(folder.catalogues):
        await store.catalogues.delete(project, name)
    for name, text in folder.catalogues.items():
        await store.catalogues.save(project, name, text, format="csv")
    return tuple([await _load_flow(store, project, FlowId(name), folder) for name in folder.flows])


async def _load_flow(store: Store, project: ProjectId, flow: FlowId, folder: ProjectFolder) -> LoadedFlow:
    document = folder.flows[flow]
    try:
        stored = await store.drafts.get(project, flow)
    except UnknownFlow:
        saved = await store.drafts.save(project, flow, document, expected_revision=NEW)
        return LoadedFlow(draft=saved, loading=Loading.NEW)
    if digest(stored.document) == digest(document):
        return LoadedFlow(draft=stored, loading=Loading.SAME)
    saved = await store.drafts.save(project, flow, document, expected_revision=stored.revision)
    return LoadedFlow(draft=saved, loading=Loading.REPLACED, replaced=stored)
