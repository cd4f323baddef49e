"""Each project's knowledge is its own: nothing reaches another's, and a deleted one leaves nothing."""

import asyncio
import shutil
from pathlib import Path

import pytest

from tests.fakes.embedder import HashingEmbedder
from tests.knowledge.conftest import BANK, SHOP, OtherEmbedder, contents, fill, names, passage
from tests.knowledge.test_folder import BAD_NAMES
from tests.knowledge.test_index import HOSTILE
from tollfree.knowledge.base import Query
from tollfree.knowledge.errors import BadKnowledgeFolder, IndexUnusable, KnowledgeBusy
from tollfree.knowledge.shelf import KnowledgeShelf
from tollfree.protocol.ids import ProjectId

SECRET = "the vault opens with seven blue herrings"


async def found(shelf: KnowledgeShelf, project: ProjectId, text: str, *tags: str) -> set[str]:
    """The texts of all that a question finds, sure or not."""
    return {one.text for one in await shelf.retrieve(project, Query(text=text, k=50, tags=tags), at_least=0.0)}


# What a shelf does


async def test_what_is_put_is_found_and_cited(shelf: KnowledgeShelf) -> None:
    await fill(shelf, SHOP, passage("1", "We open at nine.", title="Handbook", place="page 3"), passage("2", "Pears."))
    [best, *_] = await shelf.retrieve(SHOP, Query(text="when do you open"), at_least=0.0)
    assert (best.id, best.text, best.source, best.place) == ("1", "We open at nine.", "Handbook", "page 3")
    assert 0 <= best.score <= 1


async def test_a_project_without_knowledge_has_nothing_and_gets_no_folder(shelf: KnowledgeShelf, home: Path) -> None:
    assert await shelf.retrieve(SHOP, Query(text="anything")) == ()
    assert await shelf.passages(SHOP) == () and await shelf.get(SHOP, ["1"]) == () and await shelf.count(SHOP) == 0
    assert await shelf.rebuild(SHOP) == 0
    await shelf.delete(SHOP)
    assert names(home) == []


async def test_what_is_put_is_seen_at_once_also_by_another_shelf(shelf: KnowledgeShelf, home: Path) -> None:
    other = KnowledgeShelf(home, HashingEmbedder)
    await fill(shelf, SHOP, passage("1", "apples"))
    assert [one.id for one in await other.passages(SHOP)] == ["1"]
    async with shelf.writing(SHOP) as writer:
        await writer.put([passage("2", "pears"), passage("2", "ripe pears")])
        assert {one.text for one in await shelf.passages(SHOP)} == {"apples", "ripe pears"}
        assert "ripe pears" in await found(shelf, SHOP, "pears")
        await writer.delete(["1"])
    assert [one.id for one in await other.passages(SHOP)] == ["2"]
    assert await other.count(SHOP) == 1


async def test_a_writer_counts_what_there_is_of_each_source(shelf: KnowledgeShelf) -> None:
    await fill(shelf, SHOP, passage("1", "a"), passage("2", "b", source="prices.xlsx"), passage("3", "c"))
    async with shelf.writing(SHOP) as writer:
        assert await writer.counts() == {"handbook.pdf": 2, "prices.xlsx": 1}


async def test_an_index_that_somebody_deleted_is_begun_anew_by_the_next_writer(
    shelf: KnowledgeShelf, home: Path
) -> None:
    await fill(shelf, SHOP, passage("1", "apples"))
    shutil.rmtree(home / SHOP / "index")
    other = KnowledgeShelf(home, HashingEmbedder)
    async with other.writing(SHOP) as writer:
        assert await writer.counts() == {}
        await writer.put([passage("2", "pears")])
    assert [one.id for one in await shelf.passages(SHOP)] == ["2"]


async def test_the_passages_of_one_source_are_listed(shelf: KnowledgeShelf) -> None:
    await fill(shelf, SHOP, passage("1", "a"), passage("2", "b", source="prices.xlsx"))
    assert [one.id for one in await shelf.passages(SHOP, "prices.xlsx")] == ["2"]


async def test_two_writers_of_one_project_take_turns_and_two_projects_need_not(shelf: KnowledgeShelf) -> None:
    async with shelf.writing(SHOP) as writer:
        with pytest.raises(KnowledgeBusy):
            async with shelf.writing(SHOP, wait_s=0):
                pass
        with pytest.raises(KnowledgeBusy):
            await shelf.rebuild(SHOP, wait_s=0)
        async with shelf.writing(BANK) as other:
            await other.put([passage("1", "b")])
        await writer.put([passage("1", "a")])


async def test_a_batch_that_cannot_be_embedded_leaves_nothing(home: Path) -> None:
    class Failing(HashingEmbedder):
        def encode(self, texts):  # type: ignore[no-untyped-def]
            if "broken" in texts:
                raise ValueError("no")
            return super().encode(texts)

    shelf = KnowledgeShelf(home, Failing)
    with pytest.raises(ValueError, match="no"):
        await fill(shelf, SHOP, passage("1", "whole"), passage("2", "broken"))
    assert await shelf.passages(SHOP) == ()
    await fill(shelf, SHOP, passage("1", "whole"))
    assert await shelf.count(SHOP) == 1


async def test_preparing_loads_the_embedder_once(home: Path) -> None:
    loaded: list[int] = []

    def load() -> HashingEmbedder:
        loaded.append(1)
        return HashingEmbedder()

    await KnowledgeShelf(home, load).prepare(SHOP)
    assert loaded == [], "nothing is known there"
    for project in (SHOP, BANK):
        await fill(KnowledgeShelf(home, HashingEmbedder), project, passage("1", "apples"))
    shelf = KnowledgeShelf(home, load)
    await asyncio.gather(shelf.prepare(SHOP), shelf.prepare(BANK))
    assert loaded == [1]


async def test_an_index_with_vectors_of_another_embedder_names_the_remedy(shelf: KnowledgeShelf, home: Path) -> None:
    await fill(shelf, SHOP, passage("1", "apples"))
    other = KnowledgeShelf(home, OtherEmbedder)
    with pytest.raises(IndexUnusable, match="tollfree knowledge rebuild shop"):
        await other.retrieve(SHOP, Query(text="apples"))
    with pytest.raises(IndexUnusable, match="tollfree knowledge rebuild shop"):
        await fill(other, SHOP, passage("2", "pears"))
    assert await other.rebuild(SHOP) == 1
    assert await found(other, SHOP, "apples") == {"apples"}
    with pytest.raises(IndexUnusable, match="TOLLFREE_EMBEDDER=fake-other"):
        await shelf.retrieve(SHOP, Query(text="apples"))


async def test_an_index_may_lie_under_the_prefix_of_a_store(tmp_path: Path, home: Path) -> None:
    store = tmp_path / "store"
    shelf = KnowledgeShelf(home, HashingEmbedder, object_store=f"file://{store}")
    await fill(shelf, SHOP, passage("1", SECRET))
    await fill(shelf, BANK, passage("1", "pears"))
    assert await shelf.rebuild(SHOP) == 1
    assert await found(shelf, SHOP, "herrings") == {SECRET}
    assert not any(path.suffix == ".lance" for path in contents(home))
    assert any(path.suffix == ".lance" for path in contents(store / "shop"))
    await shelf.delete(SHOP)
    assert contents(store / "shop") == {}
    assert await found(shelf, BANK, "pears") == {"pears"}


# What it keeps apart


async def test_no_question_reaches_another_projects_passages(shelf: KnowledgeShelf) -> None:
    await fill(shelf, BANK, passage("secret", SECRET, tags=("vault",), source="bank.pdf"))
    await fill(shelf, SHOP, passage("1", "apples", tags=("fruit",)))
    for text in (SECRET, "vault", "seven blue herrings", *HOSTILE, "bank", "../bank"):
        assert SECRET not in await found(shelf, SHOP, text)
        for tag in ("vault", *HOSTILE):
            assert await found(shelf, SHOP, text, tag) == set()
    crafted = ["secret", "../bank", "bank/secret", "' OR '1'='1", "1') OR id IN ('secret", "secret\0", *HOSTILE]
    assert await shelf.get(SHOP, crafted) == ()
    for source in ("bank.pdf", *HOSTILE):
        assert await shelf.passages(SHOP, source) == ()
    async with shelf.writing(SHOP) as writer:
        await writer.delete(crafted)
    assert [one.id for one in await shelf.passages(BANK)] == ["secret"]
    assert [one.id for one in await shelf.passages(SHOP)] == ["1"]


@pytest.mark.parametrize("name", [*BAD_NAMES, "shop/../bank", "./bank", "bank\0", "BANK", "ba\u00adnk", "bank\u200d"])
async def test_no_crafted_name_opens_another_project(shelf: KnowledgeShelf, name: str) -> None:
    await fill(shelf, BANK, passage("1", SECRET))
    crafted = ProjectId(name)
    for attempt in (
        shelf.retrieve(crafted, Query(text=SECRET), at_least=0.0),
        shelf.passages(crafted),
        shelf.get(crafted, ["1"]),
        shelf.count(crafted),
        shelf.rebuild(crafted),
        shelf.delete(crafted),
        fill(shelf, crafted, passage("1", "mine")),
        shelf.prepare(crafted),
    ):
        with pytest.raises(BadKnowledgeFolder):
            await attempt
    assert await found(shelf, BANK, SECRET) == {SECRET}


@pytest.mark.parametrize("inner", ["", "index", "index/1", "index/1/passages.lance", "index/1/passages.lance/data"])
async def test_no_link_opens_another_project(shelf: KnowledgeShelf, home: Path, inner: str) -> None:
    await fill(shelf, BANK, passage("1", SECRET))
    await fill(shelf, SHOP, passage("1", "apples"))
    shelf.close()
    link = home / "shop" / inner
    shutil.rmtree(link)
    link.symlink_to(home / "bank" / inner)
    for attempt in (shelf.retrieve(SHOP, Query(text=SECRET), at_least=0.0), shelf.passages(SHOP), shelf.rebuild(SHOP)):
        with pytest.raises(BadKnowledgeFolder, match="symbolic link"):
            await attempt
    with pytest.raises(BadKnowledgeFolder):
        await fill(shelf, SHOP, passage("2", "mine"))
    assert [one.text for one in await shelf.passages(BANK)] == [SECRET]


async def test_a_link_among_the_leftovers_is_not_followed_when_they_are_removed(
    shelf: KnowledgeShelf, home: Path
) -> None:
    await fill(shelf, BANK, passage("1", SECRET))
    await fill(shelf, SHOP, passage("1", "apples"))
    (home / "shop" / "index" / "7").symlink_to(home / "bank" / "index" / "1")
    with pytest.raises(BadKnowledgeFolder, match="symbolic link"):
        await fill(shelf, SHOP, passage("2", "pears"))
    await shelf.delete(SHOP)
    assert await found(shelf, BANK, SECRET) == {SECRET}


async def test_two_projects_write_and_answer_at_once_and_stay_apart(shelf: KnowledgeShelf) -> None:
    words = {SHOP: "apples", BANK: "herrings"}

    async def write(project: ProjectId) -> None:
        for number in range(12):
            await fill(shelf, project, passage(str(number), f"{words[project]} number {number}"))

    async def ask(project: ProjectId) -> None:
        for _ in range(25):
            for text in words.values():
                assert all(words[project] in one for one in await found(shelf, project, text))
            await asyncio.sleep(0)

    await asyncio.gather(*(work(project) for work in (write, ask) for project in words))
    for project in words:
        assert {one.id for one in await shelf.passages(project)} == {str(number) for number in range(12)}


async def test_after_a_delete_no_byte_remains_and_the_others_are_whole(shelf: KnowledgeShelf, home: Path) -> None:
    await fill(shelf, SHOP, passage("1", SECRET))
    await fill(shelf, BANK, passage("1", "pears"))
    before = contents(home / "bank")
    await shelf.delete(SHOP)
    assert names(home) == ["bank"]
    assert not any(b"herrings" in kept for kept in contents(home).values())
    assert contents(home / "bank") == before
    assert await shelf.retrieve(SHOP, Query(text=SECRET), at_least=0.0) == ()
    await fill(shelf, SHOP, passage("2", "apples"))
    assert await found(shelf, SHOP, SECRET) == {"apples"}


async def test_a_shelf_notices_that_another_deleted_and_began_the_project_anew(
    shelf: KnowledgeShelf, home: Path
) -> None:
    other = KnowledgeShelf(home, HashingEmbedder)
    await fill(shelf, SHOP, passage("1", SECRET))
    assert await found(other, SHOP, SECRET) == {SECRET}
    await shelf.delete(SHOP)
    assert await found(other, SHOP, SECRET) == set()
    await fill(shelf, SHOP, passage("1", "apples"))
    assert await found(other, SHOP, SECRET) == {"apples"}
