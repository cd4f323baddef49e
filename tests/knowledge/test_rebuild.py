"""A rebuild happens beside the index in use: nobody notices, whatever becomes of it."""

import asyncio
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fakes.embedder import HashingEmbedder
from tests.knowledge.conftest import SHOP, OtherEmbedder, fill, names, passage
from tollfree.knowledge.base import Query
from tollfree.knowledge.errors import IndexUnusable
from tollfree.knowledge.folder import read_live
from tollfree.knowledge.index import BATCH
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
from tollfree.knowledge.errors import IndexUnusable
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


async def test_a_damaged_index_fails_aloud_and_can_be_deleted(shelf: KnowledgeShelf, home: Path) -> None:
    await filled(shelf, 3)
    shelf.close()
    for path in (home / "shop" / "index").rglob("*"):
        if path.is_file():
            path.write_bytes(b"damaged")
    with pytest.raises(IndexUnusable):
        await shelf.retrieve(SHOP, Query(text="apples"))
    with pytest.raises(IndexUnusable):
        await shelf.rebuild(SHOP)
    await shelf.delete(SHOP)
    await filled(shelf, 3)
    assert await shelf.count(SHOP) == 3
