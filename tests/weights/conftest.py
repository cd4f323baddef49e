"""Small published packages, and a manifest of models that they carry."""

import os
from pathlib import Path

import pytest

from tests.weights.published import Published
from tollfree.weights.clients import Clients


@pytest.fixture
def published(tmp_path: Path) -> Published:
    """A place where packages are published, and nothing beyond it is asked."""
    folder = tmp_path / "registry"
    folder.mkdir()
    return Published(folder)


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    """A cache folder that is not there yet."""
    return tmp_path / "cache"


@pytest.fixture
def environ(published: Published, cache: Path) -> dict[str, str]:
    """The environment of a machine that has uv and sees only the published packages."""
    uv = Clients(os.environ, cache).uv()
    if uv is None:
        pytest.skip("there is no uv here, on PATH or in the user's cache folder (scripts/setup brings one)")
    return {**published.environ, "UV": uv}
