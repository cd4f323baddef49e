"""How much of an index is in memory, and that a search finds what there is now whatever memory holds."""

from collections.abc import Awaitable
from pathlib import Path

import pytest

from tests.fakes.embedder import HashingEmbedder
from tests.knowledge.conftest import SHOP, passage
from tollfree.knowledge import residence as module
from tollfree.knowledge.base import StoredPassage
from tollfree.knowledge.candidate import Searchable
from tollfree.knowledge.errors import IndexUnusable
from tollfree.knowledge.index import PassageIndex
from tollfree.knowledge.index_words import words_of
from tollfree.knowledge.residence import Residence
from tollfree.knowledge.resident import Resident, Sketched

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


async def test_of_a_large_project_what_is_searched_is_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "RESIDENT", 2)
    texts = ("apples are red", "pears are green", "we open at nine", "gift cards")
    index = await made(
        tmp_path / "index", *(passage(str(n), text, tags=("a",) * (n % 2)) for n, text in enumerate(texts))
    )
    residence = Residence()
    residence.searched(index, await index.version(), 4)
    await residence.settled()
    memory = residence.searched(index, await index.version(), 4)
    assert isinstance(memory, Sketched)
    for number, text in enumerate(texts):
        assert str(number) in await ids(memory, memory.nearest(EMBEDDER.encode([text])[0], 1))
    assert sorted(await ids(memory, memory.nearest(EMBEDDER.encode(["apples"])[0], 9))) == ["0", "1", "2", "3"]
    assert await ids(memory, memory.nearest(EMBEDDER.encode(["apples"])[0], 9, ["a"])) != []
    assert set(await ids(memory, memory.nearest(EMBEDDER.encode(["apples"])[0], 9, ["a"]))) == {"1", "3"}
    assert await ids(memory, memory.matching(words_of("nine"), 9)) == ["2"]


async def test_the_largest_stay_on_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RESIDENT", 1)
    monkeypatch.setattr(module, "SKETCHED", 2)
    index = await made(tmp_path / "index", *(passage(str(n), f"apples {n}") for n in range(3)))
    residence = Residence()
    for count in (3, 2):  # also where the count was out of date
        assert residence.searched(index, await index.version(), count) is index
        await residence.settled()
    assert residence.searched(index, await index.version(), 2) is index


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


async def test_what_was_moved_between_two_steps_of_a_search_is_said(tmp_path: Path) -> None:
    index = await made(tmp_path / "index", passage("1", "apples"), passage("2", "pears"))
    memory = Sketched(index)
    async for found in index.searched():
        memory.add(*found)
    memory.whole()
    places = await memory.nearest(EMBEDDER.encode(["plums"])[0], 5)
    await index.delete(["1"])
    with pytest.raises(IndexUnusable, match="moved"):
        await memory.at(places)
