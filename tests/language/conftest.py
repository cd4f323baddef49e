"""Real weights, built once for all tests of this room."""

import pytest

from tollfree.language.embed.base import Embedder
from tollfree.language.embed.registry import load_embedder


@pytest.fixture(scope="session")
def minilm(tmp_path_factory: pytest.TempPathFactory) -> Embedder:
    """The embedder of the default tier."""
    return load_embedder("all-MiniLM-L6-v2", tmp_path_factory.mktemp("models"))
