"""An index stays open while it is the one in use, and is closed when nobody reads any more."""

from pathlib import Path

import pytest

from tests.fakes.embedder import HashingEmbedder
from tests.knowledge.conftest import BANK, SHOP, fill, passage
from tollfree.knowledge.errors import IndexUnusable
from tollfree.knowledge.indexes import Indexes
from tollfree.knowledge.opened import Opened, OpenedIndexes
from tollfree.knowledge.shelf import KnowledgeShelf


async def count(found: Opened, _version: int) -> int:
    return await found.index.count()


async def test_it_is_opened_once_until_it_is_changed_over(shelf: KnowledgeShelf, home: Path) -> None:
    await fill(shelf, SHOP, passage("1", "apples"))
    opened = OpenedIndexes(Indexes(home, ""))
    first = await opened.open(SHOP)
    assert first is not None and first is await opened.open(SHOP)
    await shelf.rebuild(SHOP)
    again = await opened.open(SHOP)
    assert again is not None and again is not first and again.live.index == 2
    assert await opened.open(BANK) is None and await opened.read(BANK, count, -1) == -1


async def test_what_is_read_of_an_index_that_is_changed_over_meanwhile_is_read_again(
    shelf: KnowledgeShelf, home: Path
) -> None:
    await fill(shelf, SHOP, passage("1", "apples"))
    read: list[int] = []

    async def reading(found: Opened, _version: int) -> int:
        read.append(found.live.index)
        if found.live.index == 1:
            await shelf.rebuild(SHOP)
        return await found.index.count()

    assert await OpenedIndexes(Indexes(home, "")).read(SHOP, reading, 0) == 1
    assert read == [1, 2]


async def test_what_is_read_of_an_index_that_is_deleted_meanwhile_is_nothing(shelf: KnowledgeShelf, home: Path) -> None:
    await fill(shelf, SHOP, passage("1", "apples"))

    async def reading(found: Opened, _version: int) -> int:
        await shelf.delete(SHOP)
        return 1

    assert await OpenedIndexes(Indexes(home, "")).read(SHOP, reading, 0) == 0


async def test_a_fault_that_stays_is_told_however_often_the_table_was_written(
    shelf: KnowledgeShelf, home: Path
) -> None:
    await fill(shelf, SHOP, passage("1", "apples"))
    tries: list[int] = []

    async def reading(found: Opened, _version: int) -> int:
        tries.append(1)
        if len(tries) < 3:
            await fill(shelf, SHOP, passage("1", f"apples {len(tries)}"))
        raise IndexUnusable("broken")

    with pytest.raises(IndexUnusable, match="broken"):
        await OpenedIndexes(Indexes(home, "")).read(SHOP, reading, 0)
    assert len(tries) == 3


async def test_closing_lets_the_files_go_and_the_next_reading_opens_them(home: Path) -> None:
    await fill(KnowledgeShelf(home, HashingEmbedder), SHOP, passage("1", "apples"))
    opened = OpenedIndexes(Indexes(home, ""))
    found = await opened.open(SHOP)
    assert found is not None and await count(found, 0) == 1
    opened.close()
    with pytest.raises(IndexUnusable):
        await count(found, 0)
    assert await opened.read(SHOP, count, 0) == 1
