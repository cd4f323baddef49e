"""What projects know, opened from the settings, and deleted with the project."""

import importlib
from collections.abc import Callable
from pathlib import Path

from tollfree.calls.store.store import Store
from tollfree.knowledge.base import Embeds
from tollfree.knowledge.folder import LIVE
from tollfree.knowledge.rerank import load_reranker
from tollfree.knowledge.shelf import KnowledgeShelf
from tollfree.protocol.ids import ProjectId
from tollfree.wiring.settings import Settings

KNOWLEDGE = "knowledge"
"""The folder in the home folder that holds a folder a project."""


def shelf_of(settings: Settings, embedder: Callable[[], Embeds]) -> KnowledgeShelf:
    """The shelf of an installation; `embedder` loads the configured one. Raises `UnknownReranker`."""
    return shelf_in(settings.home / KNOWLEDGE, settings, embedder, object_store=settings.knowledge_store)


def shelf_in(
    home: Path, settings: Settings, embedder: Callable[[], Embeds], *, object_store: str = ""
) -> KnowledgeShelf:
    """A shelf in another folder. Raises `UnknownReranker`."""
    reranker = load_reranker(settings.reranker, settings.cache)
    return KnowledgeShelf(home, embedder, reranker=reranker, object_store=object_store)


def warm_knowledge(settings: Settings) -> None:
    """Import what searching needs, which takes one to two seconds and 60 MB: only where any project has documents."""
    if any((settings.home / KNOWLEDGE).glob(f"*/{LIVE}")):
        importlib.import_module("tollfree.knowledge.retrieve")


async def delete_project(store: Store, shelf: KnowledgeShelf, project: ProjectId) -> None:
    """Remove a project with all that it knows. Its record goes when nothing of it is found any more, and while nobody
    can write to it, so that what fails can be done again and nobody writes for a project that is gone.
    Raises `UnknownProject`, `StoreError` or `KnowledgeError`."""
    await store.projects.get(project)
    async with shelf.deleting(project):
        await store.projects.delete(project)
