"""A project that is searched in memory finds there what its index finds."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fakes.embedder import HashingEmbedder
from tests.knowledge.conftest import SHOP, passage
from tollfree.knowledge.base import Query, StoredPassage
from tollfree.knowledge.candidate import Searchable
from tollfree.knowledge.index import PassageIndex
from tollfree.knowledge.index_words import words_of
from tollfree.knowledge.resident import Resident
from tollfree.knowledge.shelf import KnowledgeShelf
from tollfree.knowledge.sketched import Sketched, arrays_of

EMBEDDER = HashingEmbedder()
WORDS = ("apples", "pears", "return", "opening", "hours", "on", "sunday", "refund", "card", "gift")
TEXTS = st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map(" ".join), min_size=1, max_size=12)
TAGS = st.lists(st.sampled_from(("a", "b", "it's")), max_size=2, unique=True)


async def made(folder: Path, *passages: StoredPassage) -> PassageIndex:
    index = await PassageIndex.create(str(folder), EMBEDDER.dimensions, SHOP)
    await index.put(passages, EMBEDDER.encode([one.indexed_text for one in passages]))
    return index


async def small(index: PassageIndex) -> Searchable:
    return Resident(await index.everything(100))


async def large(index: PassageIndex) -> Searchable:
    return Sketched(index, await arrays_of(index))


async def ids(searched: Searchable, leg: Awaitable[list[int]]) -> list[str]:
    return [one.passage.id for one in await searched.at(await leg)]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TEXTS, st.lists(TAGS, min_size=12, max_size=12), TAGS, st.lists(st.sampled_from(WORDS), max_size=3))
async def test_memory_finds_what_the_index_finds(
    tmp_path_factory: pytest.TempPathFactory,
    texts: list[str],
    tags: list[list[str]],
    wanted: list[str],
    asked: list[str],
) -> None:
    passages = [
        StoredPassage(id=str(n), source="s", text=text, tags=tuple(tag))
        for n, (text, tag) in enumerate(zip(texts, tags, strict=False))
    ]
    index = await made(tmp_path_factory.mktemp("index") / "index", *passages)
    words = words_of(" ".join(asked))
    everything = len(passages)
    vector = EMBEDDER.encode([" ".join(asked) or "nothing"])[0]
    for memory in (await small(index), await large(index)):
        for one in ([], wanted):
            nearest = await ids(memory, memory.nearest(vector, everything, one))
            assert set(nearest) == set(await ids(index, index.nearest(vector, everything, one)))
            matching = await ids(memory, memory.matching(words, everything, one))
            assert set(matching) == set(await ids(index, index.matching(words, everything, one)))
        cosines = [float(one.vector @ vector) for one in await memory.at(await memory.nearest(vector, 3))]
        assert cosines == pytest.approx(sorted(cosines, reverse=True), abs=0.02)
        assert len(await memory.matching(words, 1)) <= 1


@pytest.mark.parametrize("memory_of", [small, large])
async def test_the_best_match_comes_first(
    tmp_path: Path, memory_of: Callable[[PassageIndex], Awaitable[Searchable]]
) -> None:
    passages = (passage("1", "apples and pears"), passage("2", "apples apples"), passage("3", "cards"))
    memory = await memory_of(await made(tmp_path / "index", *passages))
    assert await ids(memory, memory.matching(words_of("apples"), 5)) == ["2", "1"]
    assert await ids(memory, memory.matching(words_of("apples"), 1)) == ["2"]
    assert await memory.matching(words_of("melons"), 5) == []


async def test_a_prepared_shelf_answers_from_memory_and_sees_what_another_process_writes(tmp_path: Path) -> None:
    shelf, other = (KnowledgeShelf(tmp_path, lambda: EMBEDDER) for _ in range(2))
    async with other.writing(SHOP) as writer:
        await writer.put([passage("1", "apples are sold here")])
    await shelf.prepare(SHOP)
    query = Query(text="apples")
    assert [one.id for one in await shelf.retrieve(SHOP, query, at_least=0.0)] == ["1"]
    async with other.writing(SHOP) as writer:
        await writer.put([passage("2", "apples are red")])
        await writer.delete(["1"])
    await shelf.count(SHOP)  # looks for what others have written, as a second later every handle does
    assert [one.id for one in await shelf.retrieve(SHOP, query, at_least=0.0)] == ["2"]
    await shelf.prepare(SHOP)
    assert [one.id for one in await shelf.retrieve(SHOP, query, at_least=0.0)] == ["2"]
