"""Two `tollfree knowledge` commands on one project at once, a process each: both end well, or say why not."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Shell
from tests.knowledge.conftest import contents, names

PROGRAM = "import sys; from tollfree.cli.main import main; main(sys.argv[1:])"


def at_once(shell: Shell, *commands: tuple[str | Path, ...]) -> list[tuple[int, str]]:
    """Exit code and words of each."""
    surroundings = {**os.environ, "XDG_CACHE_HOME": str(shell.cache), "TOLLFREE_HOME": str(shell.home)}
    running = [
        subprocess.Popen(
            [sys.executable, "-c", PROGRAM, *map(str, command)],
            env=surroundings, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )
        for command in commands
    ]  # fmt: skip
    ended = [(process.communicate()[0], process.returncode) for process in running]
    assert not any("Traceback" in words for words, _ in ended), ended
    return [(code, words) for words, code in ended]


def papers(folder: Path, name: str, count: int = 6) -> Path:
    own = folder / name
    own.mkdir()
    for number in range(count):
        (own / f"{number}.txt").write_text(f"Of {name} we have number {number}, which is in the cellar.")
    return own


def texts(shell: Shell, source: Path) -> list[str]:
    shown = shell.ok("knowledge", "show", "shop", source, "--json").json
    return sorted(passage["text"] for document in shown for passage in document["passages"])


def total(shell: Shell) -> int:
    return sum(one["passages"] for one in shell.ok("knowledge", "list", "shop", "--json").json)


@pytest.fixture
def shop(shell: Shell) -> Shell:
    shell.ok("project", "new", "shop")
    return shell


def test_two_that_add_take_turns_and_nothing_is_there_twice(shop: Shell, tmp_path: Path) -> None:
    apples, pears = papers(tmp_path, "apples"), papers(tmp_path, "pears")
    ran = at_once(shop, ("knowledge", "add", "shop", apples), ("knowledge", "add", "shop", apples, pears))
    assert [code for code, _ in ran] == [0, 0], ran
    assert len(texts(shop, apples)) == len(set(texts(shop, apples))) == len(texts(shop, pears)) == 6
    assert len(shop.ok("knowledge", "search", "shop", "cellar", "--json", "--unsure", "-k", "50").json) == 12


def test_one_adds_and_one_removes(shop: Shell, tmp_path: Path) -> None:
    apples, pears = papers(tmp_path, "apples"), papers(tmp_path, "pears")
    shop.ok("knowledge", "add", "shop", apples)
    ran = at_once(shop, ("knowledge", "add", "shop", pears), ("knowledge", "remove", "shop", apples))
    assert [code for code, _ in ran] == [0, 0], ran
    assert [one["source"] for one in shop.ok("knowledge", "list", "shop", "--json").json] == [str(pears)]
    assert len(shop.ok("knowledge", "search", "shop", "cellar", "--json", "--unsure", "-k", "50").json) == 6


def test_one_adds_and_one_rebuilds(shop: Shell, tmp_path: Path) -> None:
    apples, pears = papers(tmp_path, "apples"), papers(tmp_path, "pears")
    shop.ok("knowledge", "add", "shop", apples)
    ran = at_once(shop, ("knowledge", "add", "shop", pears), ("knowledge", "rebuild", "shop"))
    assert [code for code, _ in ran] == [0, 0], ran
    assert len(texts(shop, apples)) == len(texts(shop, pears)) == 6 and total(shop) == 12
    assert len(names(shop.home / "knowledge" / "shop" / "index")) == 1


def test_a_project_is_deleted_while_others_add_and_search(shop: Shell, tmp_path: Path) -> None:
    apples, pears = papers(tmp_path, "apples"), papers(tmp_path, "pears")
    shop.ok("knowledge", "add", "shop", apples)
    (deleted, _), *others = at_once(
        shop,
        ("project", "delete", "shop", "--yes"),
        ("knowledge", "search", "shop", "cellar", "--unsure"),
        ("knowledge", "add", "shop", pears),
        ("knowledge", "list", "shop"),
    )
    assert deleted == 0
    for code, words in others:
        assert code == 0 or "shop" in words, words
    assert contents(shop.home / "knowledge") == {} and names(shop.home / "knowledge") == []


def test_damaged_files_are_named_with_the_remedy_which_mends_them(shop: Shell, tmp_path: Path) -> None:
    apples = papers(tmp_path, "apples")
    shop.ok("knowledge", "add", "shop", apples, "--tag", "fruit")
    for round, inner in enumerate(("index", ".", "index")):
        before = texts(shop, apples)
        folder = shop.home / "knowledge" / "shop"
        for path in contents(folder / inner):
            if inner == "index" and (round == 0 or path.suffix == ".manifest") or path.name == "live.json":
                path.write_bytes(b"\0garbage")
        ran = shop("knowledge", "search", "shop", "cellar")
        assert ran.code == 1 and f"{folder}/" in ran.err and "tollfree knowledge rebuild shop" in ran.err
        mended = shop.ok("knowledge", "rebuild", "shop").out
        assert "read anew" in mended and "6 passages" in mended
        assert texts(shop, apples) == before
        assert len(shop.ok("knowledge", "search", "shop", "cellar", "--json", "--unsure", "--tag", "fruit").json) == 5
        assert "6 unchanged" in shop.ok("knowledge", "refresh", "shop").out


def test_an_index_that_is_gone_is_made_again_from_its_documents(shop: Shell, tmp_path: Path) -> None:
    apples = papers(tmp_path, "apples")
    shop.ok("knowledge", "add", "shop", apples)
    (shop.home / "knowledge" / "shop" / "live.json").unlink()
    assert "6 passages" in shop.ok("knowledge", "rebuild", "shop").out
    assert len(texts(shop, apples)) == 6


@pytest.mark.parametrize("name", ["a/../shop", "../shop", "SHOP", "sh\u006f\u0301p", "sh\u00f3p", "shop\u200b", "ſhop"])
def test_no_crafted_name_reaches_a_project(shop: Shell, tmp_path: Path, name: str) -> None:
    apples = papers(tmp_path, "apples", 1)
    shop.ok("knowledge", "add", "shop", apples)
    before = texts(shop, apples)
    for words in (
        ("search", name, "cellar"), ("list", name), ("show", name, apples), ("add", name, apples),
        ("remove", name, apples), ("refresh", name), ("rebuild", name),
    ):  # fmt: skip
        assert shop("knowledge", *words).code == 1
    assert shop("project", "new", name).code == 1 and shop("project", "delete", name, "--yes").code == 1
    assert texts(shop, apples) == before and names(shop.home / "knowledge") == ["shop"]
