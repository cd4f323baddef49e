"""A project's folder has one name, one writer, and no way out of it."""

import asyncio
import os
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.knowledge.conftest import names
from tollfree.knowledge.errors import BadKnowledgeFolder, IndexUnusable, KnowledgeBusy, KnowledgeGone
from tollfree.knowledge.folder import (
    Live,
    index_folder,
    project_folder,
    read_live,
    stamp,
    write_live,
    writer_lock,
)
from tollfree.knowledge.removal import remove_folder

LIVE = Live(index=1, embedder="fake", dimensions=8)
BAD_NAMES = [
    "", ".", "..", "../bank", "a/b", "a\\b", "/etc", "shop/", "Shop", "SHOP", "shop ", " shop", "shop\n", "shop\0bank",
    "-shop", "sh.op", "sh_op", "~", "%2e%2e", "sho\u0440", "ｓｈｏｐ", "shop\u200b", "shop\u202e", "s\u0301hop", 
    "straße", "x" * 65, "１２", "\ud800",
    "a/../b", "caf\u00e9", "cafe\u0301", "\ufb01sh", "\u212aiosk", "\u017fhop", "shop.", "shop\u3000", "nul:", "c:shop",
]  # fmt: skip


@pytest.mark.parametrize("name", BAD_NAMES)
def test_a_name_that_no_project_may_have_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadKnowledgeFolder):
        project_folder(tmp_path, name)


@given(name=st.text(max_size=20))
def test_whatever_the_name_the_folder_lies_directly_in_the_home(name: str) -> None:
    home = Path("/nowhere/knowledge")
    try:
        folder = project_folder(home, name)
    except BadKnowledgeFolder:
        return
    assert folder.parent == home and os.path.normpath(folder) == str(folder)
    assert name.isascii() and name == name.lower()
    for form in ("NFC", "NFD", "NFKC", "NFKD"):  # so that no file system takes two names for one
        assert unicodedata.normalize(form, name.casefold()) == name


def test_a_link_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bank").mkdir()
    (tmp_path / "shop").symlink_to(tmp_path / "bank")
    with pytest.raises(BadKnowledgeFolder, match="symbolic link"):
        project_folder(tmp_path, "shop")


@pytest.mark.parametrize("inner", ["index", "index/1", "index/1/passages.lance", "index/1/passages.lance/data"])
def test_a_link_on_the_way_to_the_index_is_refused(tmp_path: Path, inner: str) -> None:
    (tmp_path / "bank" / inner).mkdir(parents=True)
    link = tmp_path / "shop" / inner
    link.parent.mkdir(parents=True)
    link.symlink_to(tmp_path / "bank" / inner)
    with pytest.raises(BadKnowledgeFolder, match="symbolic link"):
        index_folder(project_folder(tmp_path, "shop"), 1)


async def test_a_link_in_place_of_the_lock_is_refused(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "lock").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(BadKnowledgeFolder, match="symbolic link"):
        async with writer_lock(tmp_path / "shop", 0):
            pass
    assert not (tmp_path / "elsewhere").exists()


def test_removing_a_folder_leaves_what_its_links_lead_to(tmp_path: Path) -> None:
    kept = tmp_path / "kept" / "file"
    kept.parent.mkdir()
    kept.write_text("mine")
    folder = tmp_path / "shop"
    (folder / "deep").mkdir(parents=True)
    (folder / "deep" / "folder").symlink_to(kept.parent)
    (folder / "file").symlink_to(kept)
    remove_folder(folder)
    assert not folder.exists() and kept.read_text() == "mine"
    remove_folder(folder)


def test_the_note_of_the_live_index_is_read_as_it_was_written(tmp_path: Path) -> None:
    assert read_live(tmp_path) is None and stamp(tmp_path) is None
    write_live(tmp_path, LIVE)
    first = stamp(tmp_path)
    assert read_live(tmp_path) == LIVE and first is not None
    write_live(tmp_path, LIVE)
    assert stamp(tmp_path) != first
    assert [path.name for path in tmp_path.iterdir()] == ["live.json"]


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"index": "x"}', "\udcff"])
def test_a_damaged_note_is_said_to_be_so(tmp_path: Path, text: str) -> None:
    (tmp_path / "live.json").write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(IndexUnusable, match="live.json cannot be read"):
        read_live(tmp_path)


async def test_a_second_writer_is_told_who_has_it(tmp_path: Path) -> None:
    async with writer_lock(tmp_path / "shop", 0):
        with pytest.raises(KnowledgeBusy, match="the knowledge of shop"):
            async with writer_lock(tmp_path / "shop", 0.1):
                pass
    async with writer_lock(tmp_path / "shop", 0):
        pass


async def test_a_second_writer_waits_for_the_first(tmp_path: Path) -> None:
    order: list[str] = []
    first_has_it = asyncio.Event()

    async def first() -> None:
        async with writer_lock(tmp_path / "shop", 0):
            first_has_it.set()
            await asyncio.sleep(0.1)
            order.append("first")

    async def second() -> None:
        await first_has_it.wait()
        async with writer_lock(tmp_path / "shop", 10):
            order.append("second")

    await asyncio.gather(first(), second())
    assert order == ["first", "second"]


async def test_the_lock_of_a_process_that_is_killed_is_free(tmp_path: Path) -> None:
    code = (
        "import asyncio, os, signal, sys; from pathlib import Path\n"
        "from tollfree.knowledge.folder import writer_lock\n"
        "async def main():\n"
        "    async with writer_lock(Path(sys.argv[1]), 0):\n"
        "        print('held', flush=True); sys.stdin.read()\n"
        "asyncio.run(main())\n"
    )
    with subprocess.Popen(  # noqa: ASYNC220 - the test waits for it
        [sys.executable, "-c", code, str(tmp_path / "shop")], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None and other.stdout.readline() == b"held\n"
        with pytest.raises(KnowledgeBusy):
            async with writer_lock(tmp_path / "shop", 0):
                pass
        other.kill()
        other.wait()
    async with writer_lock(tmp_path / "shop", 10):
        pass


async def test_who_waits_while_the_project_is_deleted_is_told_and_makes_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "shop"

    async def wait() -> None:
        async with writer_lock(folder, 10):
            raise AssertionError("there is nothing to write to")

    async with writer_lock(folder, 0):
        waiting = asyncio.create_task(wait())
        await asyncio.sleep(0.1)
        remove_folder(folder)
    with pytest.raises(KnowledgeGone, match="The knowledge of shop was deleted"):
        await waiting
    assert names(tmp_path) == []
    with pytest.raises(KnowledgeGone):
        async with writer_lock(folder, 0, make=False):
            pass
    assert names(tmp_path) == []
