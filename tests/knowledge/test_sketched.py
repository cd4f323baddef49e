"""Files of what is searched: written whole or not at all, opened by all, gone with what they are of."""

import os
import shutil
from collections.abc import Awaitable
from pathlib import Path

import numpy as np
import pytest

from tests.fakes.embedder import HashingEmbedder
from tests.knowledge.conftest import SHOP, names, passage
from tollfree.knowledge import residence, sketched
from tollfree.knowledge.base import Query, StoredPassage
from tollfree.knowledge.candidate import Searchable
from tollfree.knowledge.errors import IndexUnusable
from tollfree.knowledge.index import PassageIndex
from tollfree.knowledge.index_words import words_of
from tollfree.knowledge.shelf import KnowledgeShelf
from tollfree.knowledge.sketched import FOLDER, Sketched, open_searched, write_searched

EMBEDDER = HashingEmbedder()
TEXTS = ("apples are red", "pears are green", "we open at nine", "gift cards")
QUERY = Query(text="when do we open")


@pytest.fixture(autouse=True)
def small_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two passages are many, and memory follows at once."""
    monkeypatch.setattr(sketched, "SMALL", 1)
    monkeypatch.setattr(residence, "SMALL", 1)
    monkeypatch.setattr(residence, "REST", 0)


async def made(folder: Path, *passages: StoredPassage) -> PassageIndex:
    index = await PassageIndex.create(str(folder), EMBEDDER.dimensions, SHOP)
    await index.put(passages, EMBEDDER.encode([one.indexed_text for one in passages]))
    return index


async def shop(folder: Path) -> PassageIndex:
    return await made(folder, *(passage(str(n), text, tags=("a",) * (n % 2)) for n, text in enumerate(TEXTS)))


async def ids(searched: Searchable, leg: Awaitable[list[int]]) -> list[str]:
    return [one.passage.id for one in await searched.at(await leg)]


def within(folder: Path, name: str) -> list[Path]:
    return list(folder.rglob(name))


async def opened(index: PassageIndex) -> Sketched | None:
    return open_searched(index, await index.version())


async def test_what_was_written_is_found_by_vector_word_and_tag(tmp_path: Path) -> None:
    index = await shop(tmp_path / "index")
    assert await opened(index) is None
    await write_searched(index)
    memory = await opened(index)
    assert memory is not None
    for number, text in enumerate(TEXTS):
        assert await ids(memory, memory.nearest(EMBEDDER.encode([text])[0], 1)) == [str(number)]
    assert sorted(await ids(memory, memory.nearest(EMBEDDER.encode(["apples"])[0], 9))) == ["0", "1", "2", "3"]
    assert set(await ids(memory, memory.nearest(EMBEDDER.encode(["apples"])[0], 9, ["a"]))) == {"1", "3"}
    assert await memory.nearest(EMBEDDER.encode(["apples"])[0], 9, ["b"]) == []
    assert await ids(memory, memory.matching(words_of("nine"), 9)) == ["2"]
    assert await memory.matching(words_of("nine"), 9, ["a"]) == []


async def test_a_change_leaves_files_of_the_new_version_alone(tmp_path: Path) -> None:
    index = await shop(tmp_path / "index")
    await write_searched(index)
    (tmp_path / "index" / FOLDER / f"7.{os.getpid()}").mkdir()  # a writer was killed
    before = await opened(index)
    assert before is not None
    await index.delete(["0"])
    assert await opened(index) is None
    await write_searched(index)
    assert names(tmp_path / "index" / FOLDER) == [str(await index.version())]
    places = await before.nearest(EMBEDDER.encode(["apples"])[0], 9)
    with pytest.raises(IndexUnusable, match="moved"):
        await before.at(places)


async def test_files_that_are_not_whole_are_none(tmp_path: Path) -> None:
    index = await shop(tmp_path / "index")
    await write_searched(index)
    folder = tmp_path / "index" / FOLDER / str(await index.version())
    for file in sorted(folder.iterdir()):
        kept = file.read_bytes()
        file.write_bytes(kept[:100])
        assert await opened(index) is None, file.name
        file.unlink()
        assert await opened(index) is None, file.name
        file.write_bytes(kept)
    assert await opened(index) is not None


async def test_a_disk_that_refuses_them_keeps_nobody_from_writing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "save", full)
    shelf = KnowledgeShelf(tmp_path, lambda: EMBEDDER)
    async with shelf.writing(SHOP) as writer:
        await writer.put([passage(str(n), text) for n, text in enumerate(TEXTS)])
    assert [one.id for one in await shelf.retrieve(SHOP, QUERY, at_least=0.0)][0] == "2"
    assert within(tmp_path, "*.npy") == []


async def test_a_shelf_writes_them_and_searches_by_them_also_after_a_rebuild(tmp_path: Path) -> None:
    shelf, other = (KnowledgeShelf(tmp_path, lambda: EMBEDDER) for _ in range(2))
    async with other.writing(SHOP) as writer:
        await writer.put([passage(str(n), text) for n, text in enumerate(TEXTS)])
    for _ in range(2):
        await shelf.prepare(SHOP)
        [folder] = within(tmp_path, FOLDER)
        assert len(names(folder)) == 1
        assert [one.id for one in await shelf.retrieve(SHOP, QUERY, at_least=0.0)][0] == "2"
        await other.rebuild(SHOP)
    async with other.writing(SHOP) as writer:
        await writer.put([passage("9", "when do we open is a question")])
    assert [one.id for one in await shelf.retrieve(SHOP, QUERY, at_least=0.0)][0] == "9"
    await shelf.delete(SHOP)
    assert names(tmp_path) == []


async def test_without_them_the_index_is_searched(tmp_path: Path) -> None:
    shelf = KnowledgeShelf(tmp_path, lambda: EMBEDDER)
    async with shelf.writing(SHOP) as writer:
        await writer.put([passage(str(n), text) for n, text in enumerate(TEXTS)])
    [folder] = within(tmp_path, FOLDER)
    shutil.rmtree(folder)
    await shelf.prepare(SHOP)
    assert [one.id for one in await shelf.retrieve(SHOP, QUERY, at_least=0.0)][0] == "2"
