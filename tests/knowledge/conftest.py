"""A shelf in a folder of the test's own, with an embedder that knows spelling, and one with the real weights."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.fakes.embedder import HashingEmbedder
from tollfree.knowledge.base import Embeds, StoredPassage
from tollfree.knowledge.shelf import KnowledgeShelf
from tollfree.language.embed.registry import load_embedder
from tollfree.protocol.ids import ProjectId

SHOP, BANK = ProjectId("shop"), ProjectId("bank")


class OtherEmbedder(HashingEmbedder):
    """One whose vectors must not be compared with the other's."""

    name = "fake-other"
    dimensions = 96

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return -super().encode(texts)


def passage(id: str, text: str, **more: str | tuple[str, ...]) -> StoredPassage:
    """A passage of a file."""
    return StoredPassage(**{"id": id, "source": "handbook.pdf", "text": text, **more})


async def fill(shelf: KnowledgeShelf, project: ProjectId, *passages: StoredPassage) -> None:
    """Put passages on a shelf."""
    async with shelf.writing(project) as writer:
        await writer.put(passages)


def names(folder: Path) -> list[str]:
    """What lies in a folder; nothing when there is none."""
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def contents(folder: Path) -> dict[Path, bytes]:
    """Every file in and under a folder."""
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Where shelves keep projects."""
    return tmp_path / "knowledge"


@pytest.fixture
def shelf(home: Path) -> KnowledgeShelf:
    """An empty shelf."""
    return KnowledgeShelf(home, HashingEmbedder)


@pytest.fixture(scope="session")
def minilm(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Embeds]:
    """Loads the embedder of the default tier, once."""
    embedder = load_embedder("all-MiniLM-L6-v2", tmp_path_factory.mktemp("models"))
    return lambda: embedder
