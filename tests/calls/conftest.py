"""A store of its own for each test, and everything a flow needs to be published and called in it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.fakes.call import MovedClock
from tollfree.calls.store.store import Store


@pytest.fixture
async def kept(tmp_path: Path) -> AsyncIterator[Store]:
    """An empty store in a file."""
    async with await Store.open(f"sqlite:///{tmp_path / 'kept.db'}", clock=MovedClock()) as store:
        yield store
