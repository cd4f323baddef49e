"""Deleting is one step for everybody else, and is ended by the next who comes when it was killed."""

import asyncio
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fakes.embedder import HashingEmbedder
from tests.knowledge.conftest import BANK, SHOP, contents, fill, names, passage
from tollfree.knowledge.base import Query
from tollfree.knowledge.errors import IndexUnusable, KnowledgeGone
from tollfree.knowledge.folder import writer_lock
from tollfree.knowledge.indexes import Indexes
from tollfree.knowledge.removal import mark_gone, put_away, remove_folder
from tollfree.knowledge.shelf import KnowledgeShelf

SECRET = "the vault opens with seven blue herrings"
KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
from tests.fakes.embedder import HashingEmbedder
from tests.knowledge.conftest import SHOP
from tollfree.knowledge.shelf import KnowledgeShelf

async def main():
    async with KnowledgeShelf(Path(sys.argv[1]), HashingEmbedder, object_store=sys.argv[2]).deleting(SHOP):
        os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""


async def kill_a_delete(home: Path, store: str = "") -> None:
    killed = await asyncio.to_thread(subprocess.run, [sys.executable, "-c", KILLED, str(home), store], check=False)
    assert killed.returncode == -signal.SIGKILL


async def test_a_writer_that_waits_while_the_project_is_deleted_is_told_and_writes_nothing(
    shelf: KnowledgeShelf, home: Path
) -> None:
    await fill(shelf, SHOP, passage("1", SECRET))
    other = KnowledgeShelf(home, HashingEmbedder)
    async with other.deleting(SHOP):
        waiting = [asyncio.create_task(fill(shelf, SHOP, passage(str(n), "pears"))) for n in range(3)]
        waiting.append(asyncio.create_task(shelf.delete(SHOP)))
        await asyncio.sleep(0.2)
        assert not any(task.done() for task in waiting)
        assert await shelf.retrieve(SHOP, Query(text=SECRET), at_least=0.0) == ()
    *writers, deleter = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(one) for one in writers] == [KnowledgeGone] * 3 and "was deleted meanwhile" in str(writers[0])
    assert deleter is None
    assert names(home) == []
    await fill(shelf, SHOP, passage("2", "apples"))
    assert await shelf.count(SHOP) == 1


async def test_a_rebuild_that_waits_while_the_project_is_deleted_makes_no_folder(
    shelf: KnowledgeShelf, home: Path
) -> None:
    await fill(shelf, SHOP, passage("1", SECRET))
    async with KnowledgeShelf(home, HashingEmbedder).deleting(SHOP):
        pass
    assert await shelf.rebuild(SHOP) == 0 and names(home) == []


@pytest.mark.parametrize("project", [SHOP, BANK])
@pytest.mark.parametrize("done", ["search", "write", "delete"])
async def test_a_delete_that_was_killed_is_ended_by_whoever_comes_next(
    shelf: KnowledgeShelf, home: Path, project: str, done: str
) -> None:
    await fill(shelf, SHOP, passage("1", SECRET))
    await fill(shelf, BANK, passage("1", "pears"))
    await kill_a_delete(home)
    assert names(home) == ["bank", "shop"] and names(home / "shop") == ["gone", "index", "lock"]
    shelf = KnowledgeShelf(home, HashingEmbedder)
    project = BANK if project == BANK else SHOP
    if done == "search":
        await shelf.retrieve(project, Query(text=SECRET), at_least=0.0)
    elif done == "write":
        await fill(shelf, project, passage("2", "apples"))
    else:
        await shelf.delete(project)
    assert not any(b"herrings" in kept for kept in contents(home).values())
    assert await shelf.count(SHOP) == (1 if (done, project) == ("write", SHOP) else 0)


async def test_what_was_put_away_and_not_removed_goes_with_the_next_delete(shelf: KnowledgeShelf, home: Path) -> None:
    await fill(shelf, SHOP, passage("1", SECRET))
    mark_gone(home / "shop")
    assert put_away(home / "shop").name.startswith(".deleted-shop.")
    assert await KnowledgeShelf(home, HashingEmbedder).count(SHOP) == 0
    assert names(home) == []


async def test_a_delete_that_is_going_on_is_left_to_the_one_who_does_it(shelf: KnowledgeShelf, home: Path) -> None:
    await fill(shelf, SHOP, passage("1", SECRET))
    await fill(shelf, BANK, passage("1", "pears"))
    other = KnowledgeShelf(home, HashingEmbedder)
    async with shelf.deleting(SHOP):
        assert await other.count(BANK) == 1
        await fill(other, BANK, passage("2", "plums"))
        assert "shop" in names(home)
    assert names(home) == ["bank"]


async def test_a_link_that_looks_like_a_leftover_is_not_followed(shelf: KnowledgeShelf, home: Path) -> None:
    await fill(shelf, BANK, passage("1", "pears"))
    (home / ".deleted-shop.00").symlink_to(home / "bank")
    (home / "shop").symlink_to(home / "bank")
    await KnowledgeShelf(home, HashingEmbedder).count(BANK)
    (home / "shop").unlink()
    await shelf.delete(SHOP)
    assert await shelf.count(BANK) == 1


async def test_a_fault_inside_leaves_the_rest_for_the_next_delete(shelf: KnowledgeShelf, home: Path) -> None:
    await fill(shelf, SHOP, passage("1", SECRET))
    with pytest.raises(ValueError, match="the store is away"):
        async with shelf.deleting(SHOP):
            raise ValueError("the store is away")
    assert await shelf.retrieve(SHOP, Query(text=SECRET), at_least=0.0) == ()
    await shelf.delete(SHOP)
    assert names(home) == []


async def test_a_delete_that_was_killed_is_ended_in_an_object_store_too(tmp_path: Path, home: Path) -> None:
    store = f"file://{tmp_path / 'store'}"
    await fill(KnowledgeShelf(home, HashingEmbedder, object_store=store), SHOP, passage("1", SECRET))
    mark_gone(home / "shop")  # killed as soon as it had begun
    shelf = KnowledgeShelf(home, HashingEmbedder, object_store=store)
    assert await shelf.count(SHOP) == 0
    assert names(home) == [] and contents(tmp_path / "store") == {}
    await fill(shelf, SHOP, passage("1", "apples"))
    assert await shelf.count(SHOP) == 1
    await kill_a_delete(home, store)
    assert contents(tmp_path / "store") == {}
    await shelf.delete(SHOP)
    assert names(home) == []


async def test_two_that_remove_the_same_folder_both_succeed(tmp_path: Path) -> None:
    folder = tmp_path / "much"
    for number in range(300):
        (folder / str(number)).mkdir(parents=True)
        (folder / str(number) / "file").touch()
    await asyncio.gather(*(asyncio.to_thread(remove_folder, folder) for _ in range(4)))
    assert names(tmp_path) == []


async def test_a_folder_that_cannot_be_put_away_is_said_to_be_so(tmp_path: Path) -> None:
    with pytest.raises(IndexUnusable, match="shop cannot be removed"):
        put_away(tmp_path / "shop")
    async with writer_lock(tmp_path / "shop", 0):
        assert names(tmp_path / "shop") == ["lock"]


async def test_to_open_an_index_that_was_removed_does_not_bring_its_folder_back(home: Path) -> None:
    indexes = Indexes(home, "")
    with pytest.raises(IndexUnusable):
        await indexes.open(SHOP, 1)
    assert names(home) == []
    (home / SHOP / "index" / "2").mkdir(parents=True)
    with pytest.raises(IndexUnusable):
        await indexes.open(SHOP, 1)
    assert names(home / SHOP / "index") == ["2"]
