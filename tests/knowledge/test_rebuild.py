"""A rebuild happens beside the index in use: nobody notices, whatever becomes of it."""

import asyncio
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fakes.embedder import HashingEmbedder
from tests.knowledge.conftest import SHOP, OtherEmbedder, contents, fill, names, passage
from tollfree.knowledge.base import Query, StoredPassage
from tollfree.knowledge.errors import IndexDamaged, IndexUnusable
from tollfree.knowledge.folder import read_live
from tollfree.knowledge.index import BATCH, PassageIndex
from tollfree.knowledge.shelf import KnowledgeShelf

MANY = 3 * BATCH
KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
from tests.knowledge.conftest import SHOP, OtherEmbedder
from tollfree.knowledge.shelf import KnowledgeShelf

def kill(done):
    os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(KnowledgeShelf(Path(sys.argv[1]), OtherEmbedder).rebuild(SHOP, kill))
"""
FULL = """
import asyncio, sys
from pathlib import Path
from tests.fakes.embedder import HashingEmbedder
from tests.knowledge.conftest import SHOP, fill, passage
from tollfree.knowledge.errors import IndexDamaged, IndexUnusable
from tollfree.knowledge.shelf import KnowledgeShelf

shelf = KnowledgeShelf(Path(sys.argv[1]), HashingEmbedder)
try:
    asyncio.run(fill(shelf, SHOP, *(passage(str(n), f"pears {n} " * 50) for n in range(2000))))
except IndexUnusable as error:
    print(error.message)
"""


async def filled(shelf: KnowledgeShelf, count: int = MANY) -> None:
    await fill(shelf, SHOP, *(passage(str(n), f"apples in box {n}") for n in range(count)))


def indexes(home: Path) -> list[str]:
    return names(home / "shop" / "index")


async def test_a_rebuild_keeps_every_passage_and_removes_the_old_index(shelf: KnowledgeShelf, home: Path) -> None:
    await filled(shelf)
    before = await shelf.passages(SHOP)
    told: list[int] = []
    assert await KnowledgeShelf(home, OtherEmbedder).rebuild(SHOP, told.append) == MANY
    assert told[-1] == MANY and indexes(home) == ["2"]
    live = read_live(home / "shop")
    assert live is not None and (live.index, live.embedder) == (2, "fake-other")
    after = await KnowledgeShelf(home, OtherEmbedder).passages(SHOP)
    assert sorted(after, key=lambda one: one.id) == sorted(before, key=lambda one: one.id)


async def test_questions_are_answered_while_it_is_rebuilt_and_changed_over(shelf: KnowledgeShelf, home: Path) -> None:
    await filled(shelf)
    asking, answers = True, 0

    async def ask() -> None:
        nonlocal answers
        reader = KnowledgeShelf(home, HashingEmbedder)
        while asking:
            assert len(await reader.retrieve(SHOP, Query(text="apples"), at_least=0.0)) == 5
            answers += 1

    task = asyncio.create_task(ask())
    for _ in range(3):
        await shelf.rebuild(SHOP)
    asking = False
    await task
    assert answers > 5 and indexes(home) == ["4"]


async def test_a_rebuild_that_is_killed_leaves_the_old_index_in_use(shelf: KnowledgeShelf, home: Path) -> None:
    await filled(shelf)
    killed = await asyncio.to_thread(subprocess.run, [sys.executable, "-c", KILLED, str(home)], check=False)
    assert killed.returncode == -signal.SIGKILL and indexes(home) == ["1", "2"]
    assert len(await shelf.retrieve(SHOP, Query(text="apples"), at_least=0.0)) == 5
    await fill(shelf, SHOP, passage("new", "pears"))
    assert indexes(home) == ["1"]
    assert await KnowledgeShelf(home, OtherEmbedder).rebuild(SHOP) == MANY + 1


async def test_a_first_index_that_was_not_finished_is_begun_again(shelf: KnowledgeShelf, home: Path) -> None:
    (home / "shop" / "index" / "1" / "passages.lance").mkdir(parents=True)
    assert await shelf.passages(SHOP) == ()
    await fill(shelf, SHOP, passage("1", "apples"))
    assert await shelf.count(SHOP) == 1


async def test_a_full_disk_is_said_to_be_so_and_costs_nothing_that_was_there(shelf: KnowledgeShelf, home: Path) -> None:
    await filled(shelf, 3)

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))

    ran = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", FULL, str(home)],
        check=False,
        capture_output=True,
        text=True,
        preexec_fn=limit,
    )
    assert "If the disk is full, make room" in ran.stdout, ran.stderr
    assert await shelf.count(SHOP) == 3


@pytest.mark.parametrize("left", ["whole", "half"])
async def test_a_first_write_to_an_object_store_that_was_killed_is_begun_again(
    tmp_path: Path, home: Path, left: str
) -> None:
    store = tmp_path / "store"
    shelf = KnowledgeShelf(home, HashingEmbedder, object_store=f"file://{store}")
    if left == "whole":
        found = await PassageIndex.create(f"file://{store}/shop/1", 96, SHOP)
        await found.put([passage("old", "pears")], HashingEmbedder().encode(["pears"]))
    else:
        (store / "shop" / "1" / "passages.lance" / "data").mkdir(parents=True)
        (store / "shop" / "1" / "passages.lance" / "data" / "1.lance").write_bytes(b"half")
    assert await shelf.passages(SHOP) == ()
    await fill(shelf, SHOP, passage("1", "apples"))
    assert [one.id for one in await shelf.passages(SHOP)] == ["1"]


async def test_a_rebuild_in_an_object_store_that_was_killed_leaves_nothing(tmp_path: Path, home: Path) -> None:
    store = tmp_path / "store"
    shelf = KnowledgeShelf(home, HashingEmbedder, object_store=f"file://{store}")
    await filled(shelf)
    program = KILLED.replace("OtherEmbedder)", "OtherEmbedder, object_store=sys.argv[2])")
    command = [sys.executable, "-c", program, str(home), f"file://{store}"]
    killed = await asyncio.to_thread(subprocess.run, command, check=False)
    assert killed.returncode == -signal.SIGKILL and contents(store / "shop" / "2")
    assert len(await shelf.retrieve(SHOP, Query(text="apples"), at_least=0.0)) == 5
    await fill(shelf, SHOP, passage("new", "pears"))
    assert contents(store / "shop" / "2") == {} and await shelf.count(SHOP) == MANY + 1


async def test_who_opens_in_the_moment_of_a_change_over_finds_the_new_index(shelf: KnowledgeShelf, home: Path) -> None:
    await filled(shelf, 3)
    rebuilding = True

    async def ask() -> None:
        while rebuilding:
            reader = KnowledgeShelf(home, HashingEmbedder)
            assert await reader.count(SHOP) == 3
            reader.close()

    askers = [asyncio.create_task(ask()) for _ in range(4)]
    for _ in range(25):
        await shelf.rebuild(SHOP)
    rebuilding = False
    await asyncio.gather(*askers)


async def test_who_reads_while_versions_are_dropped_behind_it_finds_everything(
    shelf: KnowledgeShelf, home: Path
) -> None:
    await filled(shelf)
    writing, answers = True, 0

    async def ask() -> None:
        nonlocal answers
        reader = KnowledgeShelf(home, HashingEmbedder)
        while writing:
            assert len(await reader.passages(SHOP)) >= MANY
            assert len(await reader.retrieve(SHOP, Query(text="apples"), at_least=0.0)) == 5
            answers += 1

    asking = asyncio.create_task(ask())
    for number in range(40):
        await fill(shelf, SHOP, passage("changed", f"pears {number}"))
    writing = False
    await asking
    assert answers > 1


async def test_many_small_refreshes_do_not_make_the_folder_grow(shelf: KnowledgeShelf, home: Path) -> None:
    def document(number: int, revision: int) -> list[StoredPassage]:
        words = "and a few words more, " * 10
        return [
            passage(f"{number}-{part}-{revision}", f"Part {part} of {number}, revision {revision}. {words}")
            for part in range(10)
        ]

    await fill(shelf, SHOP, *(one for number in range(20) for one in document(number, 0)))
    at_first = sum(map(len, contents(home).values()))
    for revision in range(1, 51):
        async with shelf.writing(SHOP) as writer:
            await writer.put(document(3, revision))
            await writer.delete([one.id for one in document(3, revision - 1)])
    assert await shelf.count(SHOP) == 200
    assert sum(map(len, contents(home).values())) < 3 * at_first


async def test_a_damaged_index_fails_aloud_and_can_be_written_anew_or_deleted(
    shelf: KnowledgeShelf, home: Path
) -> None:
    await filled(shelf, 3)
    shelf.close()
    for path in (home / "shop" / "index").rglob("*"):
        if path.is_file():
            path.write_bytes(b"damaged")
    remedy = rf"knowledge of shop in {home}/shop/index/1 .*`tollfree knowledge rebuild shop`"
    with pytest.raises(IndexUnusable, match=remedy):
        await shelf.retrieve(SHOP, Query(text="apples"))
    with pytest.raises(IndexDamaged, match=remedy):
        await shelf.rebuild(SHOP)
    async with shelf.replacing(SHOP) as writer:
        await writer.put([passage("1", "apples")])
    assert await shelf.count(SHOP) == 1 and len(indexes(home)) == 1
    await shelf.delete(SHOP)
    await filled(shelf, 3)
    assert await shelf.count(SHOP) == 3


async def test_a_replacement_that_fails_leaves_what_was_there(shelf: KnowledgeShelf, home: Path) -> None:
    await filled(shelf, 3)
    with pytest.raises(ValueError, match="no more"):
        async with shelf.replacing(SHOP) as writer:
            await writer.put([passage("1", "pears")])
            raise ValueError("no more")
    assert await shelf.count(SHOP) == 3


async def test_a_full_disk_is_no_damage_that_a_rebuild_would_answer_by_reading_anew(
    shelf: KnowledgeShelf, home: Path
) -> None:
    await filled(shelf)
    program = """
import asyncio, sys
from pathlib import Path
from tests.fakes.embedder import HashingEmbedder
from tests.knowledge.conftest import SHOP
from tollfree.knowledge.errors import IndexDamaged, IndexUnusable
from tollfree.knowledge.shelf import KnowledgeShelf

try:
    asyncio.run(KnowledgeShelf(Path(sys.argv[1]), HashingEmbedder).rebuild(SHOP))
except IndexUnusable as error:
    print(error.code)
"""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))

    command = [sys.executable, "-c", program, str(home)]
    ran = await asyncio.to_thread(
        subprocess.run, command, check=False, capture_output=True, text=True, preexec_fn=limit
    )
    assert ran.stdout == "index_unusable\n", ran.stderr
    assert await shelf.count(SHOP) == MANY
