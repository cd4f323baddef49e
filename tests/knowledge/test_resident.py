"""A small project is searched in memory, and finds there what its index finds."""

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fakes.embedder import HashingEmbedder
from tests.knowledge.conftest import SHOP, passage
from tollfree.knowledge import resident
from tollfree.knowledge.base import Query, StoredPassage
from tollfree.knowledge.candidate import Candidate
from tollfree.knowledge.index import PassageIndex
from tollfree.knowledge.index_words import words_of
from tollfree.knowledge.resident import Residence, Resident
from tollfree.knowledge.shelf import KnowledgeShelf

EMBEDDER = HashingEmbedder()
WORDS = ("apples", "pears", "return", "opening", "hours", "on", "sunday", "refund", "card", "gift")
TEXTS = st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map(" ".join), min_size=1, max_size=12)
TAGS = st.lists(st.sampled_from(("a", "b", "it's")), max_size=2, unique=True)


async def made(folder: Path, *passages: StoredPassage) -> PassageIndex:
    index = await PassageIndex.create(str(folder), EMBEDDER.dimensions, SHOP)
    await index.put(passages, EMBEDDER.encode([one.indexed_text for one in passages]))
    return index


def ids(found: list[Candidate]) -> set[str]:
    return {one.passage.id for one in found}


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TEXTS, st.lists(TAGS, min_size=12, max_size=12), TAGS, st.lists(st.sampled_from(WORDS), max_size=3))
async def test_memory_finds_what_the_index_finds(
    tmp_path_factory, texts: list[str], tags: list[list[str]], wanted: list[str], asked: list[str]
):
    passages = [
        StoredPassage(id=str(n), source="s", text=text, tags=tuple(tag))
        for n, (text, tag) in enumerate(zip(texts, tags, strict=False))
    ]
    index = await made(tmp_path_factory.mktemp("index") / "index", *passages)
    memory = Resident(await index.everything(100), 1)
    words = words_of(" ".join(asked))
    everything = len(passages)
    vector = EMBEDDER.encode([" ".join(asked) or "nothing"])[0]
    for one in ([], wanted):
        nearest = await memory.nearest(vector, everything, one)
        assert ids(nearest) == ids(await index.nearest(vector, everything, one))
        matching = await memory.matching(words, everything, one)
        assert ids(matching) == ids(await index.matching(words, everything, one))
    cosines = [float(one.vector @ vector) for one in await memory.nearest(vector, 3)]
    assert cosines == sorted(cosines, reverse=True)
    assert len(await memory.matching(words, 1)) <= 1


async def test_the_best_match_comes_first(tmp_path: Path):
    passages = (passage("1", "apples and pears"), passage("2", "apples apples"), passage("3", "cards"))
    memory = Resident(await (await made(tmp_path / "index", *passages)).everything(9), 1)
    best = await memory.matching(words_of("apples"), 5)
    assert [one.passage.id for one in best] == ["2", "1"]


async def test_what_is_written_is_found_at_once_and_moves_into_memory(tmp_path: Path):
    index = await made(tmp_path / "index", passage("1", "apples"))
    residence = Residence()
    assert residence.searched(index, await index.version(), 1) is index
    await residence.settled()
    version = await index.version()
    assert isinstance(residence.searched(index, version, 1), Resident)
    new = passage("2", "pears")
    await index.put([new], EMBEDDER.encode([new.indexed_text]))
    assert residence.searched(index, await index.version(), 2) is index
    await residence.settled()
    memory = residence.searched(index, await index.version(), 2)
    assert isinstance(memory, Resident)
    assert ids(await memory.matching(words_of("pears"), 5)) == {"2"}


async def test_a_large_project_stays_on_disk(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(resident, "RESIDENT", 2)
    index = await made(tmp_path / "index", *(passage(str(n), f"apples {n}") for n in range(3)))
    residence = Residence()
    for count in (3, 2):  # also where the count was out of date
        assert residence.searched(index, await index.version(), count) is index
        await residence.settled()
    assert residence.searched(index, await index.version(), 2) is index


async def test_a_prepared_shelf_answers_from_memory_and_sees_what_another_process_writes(tmp_path: Path):
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
