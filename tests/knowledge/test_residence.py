"""How much of an index is in memory, and that a search finds what there is now whatever memory holds."""

import asyncio
from collections.abc import Awaitable
from pathlib import Path

import pytest

from tests.fakes.embedder import HashingEmbedder
from tests.knowledge.conftest import SHOP, passage
from tollfree.knowledge import residence as module
from tollfree.knowledge import sketched
from tollfree.knowledge.base import StoredPassage
from tollfree.knowledge.candidate import Searchable
from tollfree.knowledge.index import PassageIndex
from tollfree.knowledge.index_words import words_of
from tollfree.knowledge.residence import Residence
from tollfree.knowledge.resident import Resident
from tollfree.knowledge.sketched import Sketched, write_searched

EMBEDDER = HashingEmbedder()


@pytest.fixture(autouse=True)
def restless(monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory is brought up to date whenever something is asked."""
    monkeypatch.setattr(module, "REST", 0)


async def made(folder: Path, *passages: StoredPassage) -> PassageIndex:
    index = await PassageIndex.create(str(folder), EMBEDDER.dimensions, SHOP)
    await put(index, *passages)
    return index


async def put(index: PassageIndex, *passages: StoredPassage) -> None:
    await index.put(passages, EMBEDDER.encode([one.indexed_text for one in passages]))


async def ids(searched: Searchable, leg: Awaitable[list[int]]) -> list[str]:
    return [one.passage.id for one in await searched.at(await leg)]


async def test_what_is_written_is_found_at_once_and_moves_into_memory(tmp_path: Path) -> None:
    index = await made(tmp_path / "index", passage("1", "apples"))
    residence = Residence()
    assert residence.searched(index, await index.version(), 1) is index
    await residence.settled()
    assert isinstance(residence.searched(index, await index.version(), 1), Resident)
    await put(index, passage("2", "pears"))
    assert residence.searched(index, await index.version(), 2) is index
    await residence.settled()
    memory = residence.searched(index, await index.version(), 2)
    assert isinstance(memory, Resident)
    assert await ids(memory, memory.matching(words_of("pears"), 5)) == ["2"]


async def test_of_a_large_project_the_files_are_opened_that_its_writer_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SMALL", 2)
    monkeypatch.setattr(sketched, "SMALL", 2)
    index = await made(tmp_path / "index", *(passage(str(n), f"apples {n}") for n in range(4)))
    residence = Residence()
    for _ in range(2):  # its writer is not done
        assert residence.searched(index, await index.version(), 4) is index
        await residence.settled()
    await write_searched(index)
    residence.searched(index, await index.version(), 4)
    await residence.settled()
    assert isinstance(residence.searched(index, await index.version(), 4), Sketched)


async def test_the_largest_stay_on_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for one in (module, sketched):
        monkeypatch.setattr(one, "SMALL", 1)
        monkeypatch.setattr(one, "LARGE", 2)
    index = await made(tmp_path / "index", *(passage(str(n), f"apples {n}") for n in range(3)))
    await write_searched(index)
    residence = Residence()
    for count in (3, 2):  # also where the count was out of date
        assert residence.searched(index, await index.version(), count) is index
        await residence.settled()
    assert residence.searched(index, await index.version(), 2) is index


async def test_who_stops_waiting_stops_nobody_elses_reading(tmp_path: Path) -> None:
    index = await made(tmp_path / "index", passage("1", "apples"))
    residence = Residence()
    residence.searched(index, await index.version(), 1)
    impatient = asyncio.create_task(residence.settled())
    await asyncio.sleep(0)
    impatient.cancel()
    await residence.settled()
    assert isinstance(residence.searched(index, await index.version(), 1), Resident)


async def test_who_writes_all_the_time_does_not_keep_readers_reading(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "REST", 1e9)
    index = await made(tmp_path / "index", passage("1", "apples"))
    residence = Residence()
    residence.searched(index, await index.version(), 1)
    await residence.settled()
    await put(index, passage("2", "pears"))
    residence.searched(index, await index.version(), 2)
    await residence.settled()
    found = residence.searched(index, await index.version(), 2)
    assert found is index
    assert sorted(await ids(found, found.nearest(EMBEDDER.encode(["pears"])[0], 2))) == ["1", "2"]
