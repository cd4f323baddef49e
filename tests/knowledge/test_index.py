"""One table holds passages, their vectors and their words; nothing that is put into it can reach out of a filter."""

from collections.abc import Awaitable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.fakes.embedder import HashingEmbedder
from tests.knowledge.conftest import SHOP, names, passage
from tollfree.knowledge import lance
from tollfree.knowledge.base import StoredPassage
from tollfree.knowledge.candidate import Candidate
from tollfree.knowledge.errors import IndexUnusable
from tollfree.knowledge.index import APPROXIMATE_FROM, TABLE, PassageIndex
from tollfree.knowledge.index_words import words_of

EMBEDDER = HashingEmbedder()
HOSTILE = [
    "a'b",
    'a"b',
    "a\\",
    "\\'",
    "'; DROP TABLE passages; --",
    "' OR '1'='1",
    "x\0y",
    "%",
    "\U0001f600",
    "ａ",
    "--",
    "",
]


def vectors(*passages: StoredPassage) -> NDArray[np.float32]:
    return EMBEDDER.encode([one.indexed_text for one in passages])


async def made(folder: Path, *passages: StoredPassage) -> PassageIndex:
    index = await PassageIndex.create(str(folder / "index"), EMBEDDER.dimensions, SHOP)
    await index.put(passages, vectors(*passages))
    return index


async def all_of(index: PassageIndex, source: str | None = None) -> list[StoredPassage]:
    return [one async for batch in index.batches(source) for one in batch]


def ids(found: list[Candidate]) -> list[str]:
    return [one.passage.id for one in found]


async def lying(index: PassageIndex, leg: Awaitable[list[int]]) -> list[str]:
    return ids(await index.at(await leg))


async def test_a_passage_comes_back_as_it_was_put(tmp_path: Path) -> None:
    whole = StoredPassage(
        id="1", source="s", text="We open at nine.\n\"Really\"", title="Handbook", section="A > B", place="page 3",
        url="https://x.example/a?b", tags=("x", "y z"), language="en", fetched_at="2026-11-30T00:00:00+00:00",
        content_hash="ab",
    )  # fmt: skip
    bare = passage("2", "Nothing else.")
    index = await made(tmp_path, whole, bare)
    assert await all_of(index) == [whole, bare]
    assert await index.get(["2", "nobody", "1", "2"]) == (bare, whole)
    assert await index.count() == 2


async def test_putting_again_replaces_by_id(tmp_path: Path) -> None:
    index = await made(tmp_path, passage("1", "old words"), passage("2", "other"))
    new = passage("1", "new words")
    await index.put([new], vectors(new))
    assert sorted(one.text for one in await all_of(index)) == ["new words", "other"]
    assert await lying(index, index.matching(["old"], 5)) == []
    assert await lying(index, index.matching(["new"], 5)) == ["1"]


async def test_what_is_deleted_is_found_no_more(tmp_path: Path) -> None:
    index = await made(tmp_path, passage("1", "apples"), passage("2", "pears"))
    await index.delete(["1", "unknown"])
    await index.delete([])
    await index.tidy()
    assert await lying(index, index.nearest(EMBEDDER.encode(["apples"])[0], 5)) == ["2"]
    assert await index.matching(["appl"], 5) == []


async def test_nothing_put_and_nothing_searched_is_no_fault(tmp_path: Path) -> None:
    index = await made(tmp_path)
    assert await index.nearest(EMBEDDER.encode(["a"])[0], 5) == []
    assert await index.matching(["a"], 5) == [] and await index.matching([], 5) == []
    assert await index.get([]) == () and await all_of(index) == [] and await index.sample_of_words(5) == []


async def test_rows_are_found_before_and_after_tidying(tmp_path: Path) -> None:
    index = await made(tmp_path, passage("1", "who is it"))
    for _ in range(2):
        assert await lying(index, index.matching(words_of("who is it"), 5)) == ["1"]
        await index.tidy()
    later = passage("2", "somebody else")
    await index.put([later], vectors(later))
    assert await lying(index, index.matching(["els"], 5)) == ["2"]


async def test_the_passages_of_a_source_are_listed(tmp_path: Path) -> None:
    index = await made(tmp_path, passage("1", "a"), passage("2", "b", source="it's"))
    assert [one.id for one in await all_of(index, "it's")] == ["2"]
    assert await all_of(index, "' OR '1'='1") == []


@pytest.mark.parametrize("tag", HOSTILE)
async def test_a_tag_is_compared_and_never_read_as_a_filter(tmp_path: Path, tag: str) -> None:
    index = await made(tmp_path, passage("1", "apples", tags=(tag,)), passage("2", "apples", tags=("other",)))
    vector = EMBEDDER.encode(["apples"])[0]
    assert await lying(index, index.nearest(vector, 5, [tag])) == ["1"]
    assert await lying(index, index.matching(["appl"], 5, [tag])) == ["1"]
    assert sorted(await lying(index, index.nearest(vector, 5, [tag, "other"]))) == ["1", "2"]
    assert await index.nearest(vector, 5, ["of nobody"]) == []


@pytest.mark.parametrize("name", HOSTILE)
async def test_an_id_is_compared_and_never_read_as_a_filter(tmp_path: Path, name: str) -> None:
    index = await made(tmp_path, passage(name, "apples"), passage("2", "pears"))
    assert [one.text for one in await index.get([name])] == ["apples"]
    await index.delete([name])
    assert [one.id for one in await all_of(index)] == ["2"]


async def test_text_without_a_utf8_form_is_kept_without_what_has_none(tmp_path: Path) -> None:
    index = await made(tmp_path, passage("1", "lone \ud800 surrogate"))
    assert [one.text for one in await all_of(index)] == ["lone ? surrogate"]


async def test_a_batch_with_a_vector_of_another_length_leaves_nothing_behind(tmp_path: Path) -> None:
    index = await made(tmp_path, passage("1", "apples"))
    with pytest.raises(IndexUnusable):
        await index.put([passage("2", "pears")], np.ones((1, 3), np.float32))
    assert [one.id for one in await all_of(index)] == ["1"]


async def test_damaged_files_are_said_to_be_so(tmp_path: Path) -> None:
    await made(tmp_path, passage("1", "apples"))
    for path in (tmp_path / "index").rglob("*.lance"):
        if path.is_file():
            path.write_bytes(b"damaged")
    index = await PassageIndex.open(str(tmp_path / "index"), SHOP)
    with pytest.raises(IndexUnusable, match="backup"):
        await all_of(index)


async def test_an_index_that_is_not_there_is_said_to_be_so(tmp_path: Path) -> None:
    with pytest.raises(IndexUnusable, match="cannot be read"):
        await PassageIndex.open(str(tmp_path / "none"), SHOP)


async def test_a_destroyed_index_is_gone(tmp_path: Path) -> None:
    await made(tmp_path, passage("1", "apples"))
    await PassageIndex.destroy(str(tmp_path / "index"))
    await PassageIndex.destroy(str(tmp_path / "index"))
    assert names(tmp_path) == []


async def test_many_rows_are_searched_by_partitions_and_still_found(tmp_path: Path) -> None:
    draw = np.random.default_rng(7)
    centres = draw.normal(size=(60, 32))
    rows = (centres[draw.integers(0, 60, APPROXIMATE_FROM)] + 0.5 * draw.normal(size=(APPROXIMATE_FROM, 32))).astype(
        np.float32
    )
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    index = await PassageIndex.create(str(tmp_path / "index"), 32, SHOP)
    await index.put([passage(str(n), f"passage {n}") for n in range(len(rows))], rows)
    await index.tidy()
    found = 0
    for row in range(0, 2000, 50):
        exact = np.argsort(-(rows @ rows[row]))[:10]
        found += len(set(await lying(index, index.nearest(rows[row], 10))) & {str(n) for n in exact})
    assert found >= 0.9 * 400
    assert len(await index.sample_of_words(100)) == 100


async def test_a_table_of_an_earlier_version_names_the_command_that_reads_the_documents_anew(tmp_path: Path) -> None:
    uri = str(tmp_path / "index")
    connection = await lance.connect_async(uri)
    await connection.create_table(TABLE, [{"id": "p1", "source": "a.txt", "text": "apples", "words": "appl"}])
    connection.close()
    with pytest.raises(IndexUnusable, match="earlier version.*tollfree knowledge rebuild shop"):
        await PassageIndex.open(uri, "shop")


async def test_passages_are_read_by_where_they_lie_and_one_that_left_is_said(tmp_path: Path) -> None:
    index = await made(tmp_path, passage("1", "apples"), passage("2", "pears", tags=("a", "b")), passage("3", "cards"))
    [(rows, read, words, tags)] = [one async for one in index.searched()]
    places = [int(row) for row in rows]
    assert ids(await index.at(places)) == ["1", "2", "3"] and ids(await index.at(places[::-1])) == ["3", "2", "1"]
    assert await index.at([]) == []
    assert read.shape == (3, EMBEDDER.dimensions) and words == ["appl", "pear", "card"] and tags == [[], ["a", "b"], []]
    await index.delete(["2"])
    assert ids(await index.at([places[0], places[2]])) == ["1", "3"]
    with pytest.raises(IndexUnusable, match="moved"):
        await index.at(places)


async def test_a_change_by_another_handle_is_another_version_at_once(tmp_path: Path) -> None:
    index = await made(tmp_path, passage("1", "apples"))
    other = await PassageIndex.open(str(tmp_path / "index"), SHOP)
    seen = [await index.version() for _ in range(3)]
    assert len(set(seen)) == 1
    for number in range(2, 6):  # close upon another, as two may bear the same time
        await other.put([passage(str(number), "pears")], vectors(passage(str(number), "pears")))
        seen.append(await index.version())
        assert await index.count() == number
    assert len(set(seen)) == 5
