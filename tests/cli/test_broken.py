"""What the command says when its store cannot be used, in a process of its own where limits of the system count."""

import resource
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.conftest import Ran, Shell, flow, written


def apart(shell: Shell, *args: str | Path, stdin: str = "", limit: Callable[[], None] | None = None) -> Ran:
    """The command in its own process."""
    done = subprocess.run(
        [sys.executable, "-c", "from tollfree.cli.main import main; main()", *map(str, args)],
        input=stdin.encode("utf-8", "surrogateescape"),
        capture_output=True,
        timeout=60,
        preexec_fn=limit,
        env={
            "TOLLFREE_HOME": str(shell.home),
            "XDG_CACHE_HOME": str(shell.cache),
            "TOLLFREE_DATABASE_WAIT_MS": "100",
            "PATH": "/usr/bin:/bin",
            "PYTHONPATH": str(Path(__file__).parents[2]),
        },
    )
    return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())


def refused(ran: Ran, *words: str) -> None:
    """Exit code 1, and one plain sentence that has these words."""
    assert ran.code == 1
    assert ran.err.startswith("tollfree: "), ran.err
    assert ran.err.count("\n") == 1, ran.err
    for word in words:
        assert word in ran.err


def test_a_locked_database_is_told_and_the_draft_is_as_it_was(shop: Shell, tmp_path: Path) -> None:
    file = written(tmp_path, flow("Other words."))
    with closing(sqlite3.connect(shop.home / "tollfree.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        refused(apart(shop, "flow", "save", "shop", "made", file, "--replace"), "tollfree.db")
        other.execute("ROLLBACK")
    assert "Hello." in shop.ok("flow", "export", "shop", "made").out


@pytest.mark.parametrize("damage", [b"this is no database at all, " * 100, b"SQLite format 3\x00" + b"\xff" * 4000])
def test_a_damaged_database_file_is_told_and_left_alone(shop: Shell, damage: bytes) -> None:
    file = shop.home / "tollfree.db"
    for beside in (file.with_name("tollfree.db-wal"), file.with_name("tollfree.db-shm")):
        beside.unlink(missing_ok=True)
    file.write_bytes(damage)
    refused(apart(shop, "project", "list"), "tollfree.db")
    assert file.read_bytes() == damage


def test_a_home_folder_that_is_a_file_is_told(shell: Shell) -> None:
    shell.home.write_text("not a folder")
    ran = apart(shell, "project", "list")
    assert (ran.code, f"'{shell.home}' is a file" in ran.err) == (2, True)


def test_a_full_disk_is_told_and_nothing_is_lost(shop: Shell, tmp_path: Path) -> None:
    big = flow("Other words. " * 200)
    big["note"] = "x" * 3_000_000
    file = written(tmp_path, big)
    used = max(one.stat().st_size for one in shop.home.iterdir())

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (used + 200_000, used + 200_000))

    refused(apart(shop, "flow", "save", "shop", "made", file, "--replace", limit=limit), "tollfree.db")
    assert "Hello." in shop.ok("flow", "export", "shop", "made").out


def test_a_call_on_a_full_disk_says_nothing_it_cannot_record(shop: Shell) -> None:
    used = max(one.stat().st_size for one in shop.home.iterdir())

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (used, used))

    words = "".join(f"{'x' * 9000}\n" for _ in range(100))
    ran = apart(shop, "call", "shop", stdin=words, limit=limit)
    assert ran.code in (0, 1)
    if ran.code == 1:
        refused(ran, "tollfree.db")
    assert shop("calls", "list").code == 0


def test_a_caller_whose_words_are_no_text_is_a_plain_end_and_not_a_traceback(shop: Shell) -> None:
    ran = apart(shop, "call", "shop", stdin="\udcff\udcfe\n")
    assert "Traceback" not in ran.err
    assert ran.code == 0


def test_a_reader_who_goes_away_is_no_error(shop: Shell) -> None:
    done = subprocess.run(
        ["/bin/sh", "-c", f'"{sys.executable}" -c "from tollfree.cli.main import main; main()" schema flow | head -1'],
        capture_output=True,
        timeout=60,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert (done.stdout, done.stderr) == (b"{\n", b"")


def test_the_command_as_a_process_has_the_exit_codes_it_promises(shop: Shell, tmp_path: Path) -> None:
    assert apart(shop, "flow", "check", written(tmp_path, flow())).code == 0
    assert apart(shop, "flow", "check", written(tmp_path, {**flow(), "start": "nowhere"})).code == 1
    (tmp_path / "made.yaml").write_text("flow: [")
    assert apart(shop, "flow", "check", tmp_path / "made.yaml").code == 2
