"""`tollfree call`, `calls`, `rehearse`: calls placed, looked at, and placed again."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.conftest import Shell
from tollfree.calls.log import EFFECT, EVENT, TOKEN

PATH = ["hello.said", "code.given", "bye.ended"]


def script(folder: Path, text: str, name: str = "one.txt") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def call_id(shell: Shell) -> str:
    return str(shell("calls", "list", "--json").json[0]["call_id"])


# By keyboard


def test_a_caller_at_the_keyboard_is_served(shop: Shell) -> None:
    ran = shop("call", "shop", stdin="one two\n\none two three\n")
    assert ran.code == 0
    assert ran.out.splitlines()[:2] == ["agent: Hello.", "agent: Which code?"]
    assert "[bye] hello.said code.given bye.ended" in ran.out


def test_keys_may_be_pressed_at_the_keyboard(shop: Shell) -> None:
    assert "[bye]" in shop("call", "shop", stdin="[key 123#]\n").out


def test_the_end_of_input_hangs_up(shop: Shell) -> None:
    ran = shop("call", "shop", stdin="")
    assert (ran.code, "[caller_hung_up] hello.said code.left" in ran.out) == (0, True)


ODD = [
    "x" * 10_000,
    "x" * 100_000,
    "\x00\x1b[2J\x07",
    "привет, 한국어, שלום",
    "😀" * 50,
    "'; DROP TABLE calls;",
    "{{ 7*7 }}",
]


@pytest.mark.parametrize("odd", ODD)
def test_odd_words_are_survived_recorded_and_replayed(shop: Shell, odd: str) -> None:
    ran = shop("call", "shop", "--json", stdin=f"{odd}\none two three\n")
    assert ran.code == 0
    assert ran.lines[-1]["path"] == PATH
    assert "\x1b" not in ran.out and "\x00" not in ran.out
    assert shop("calls", "replay", call_id(shop)).code == 0


# As JSON


def test_each_line_is_an_entry_of_the_log_and_the_last_says_how_the_call_ended(shop: Shell, tmp_path: Path) -> None:
    ran = shop("call", "shop", "--script", script(tmp_path, "one two three\n"), "--json")
    assert ran.code == 0
    *entries, last = ran.lines
    assert [entry["seq"] for entry in entries] == list(range(len(entries)))
    assert (last["type"], last["outcome"], last["path"]) == ("call_ended", "bye", PATH)
    assert last["call_id"] == call_id(shop)
    for entry in entries:
        adapter = {"event": EVENT, "effect": EFFECT, "token": TOKEN}[entry["kind"]]
        skipped = ("seq", "kind") if entry["kind"] != "effect" else ("seq", "kind", "at")
        plain = {name: value for name, value in entry.items() if name not in skipped}
        if entry["kind"] == "token":
            del plain["type"]
        adapter.validate_python(plain)


def test_the_same_script_makes_the_same_log_twice_but_for_times(shop: Shell, tmp_path: Path) -> None:
    file = script(tmp_path, "what?\none two\n[silence]\nfour five six\n")
    first, second = (
        [{name: v for name, v in entry.items() if name not in ("at", "call_id", "facts")} for entry in ran.lines]
        for ran in (shop("call", "shop", "--script", file, "--json"), shop("call", "shop", "--script", file, "--json"))
    )
    assert first == second


def test_a_script_that_cannot_be_read_is_told_with_its_line(shop: Shell, tmp_path: Path) -> None:
    ran = shop("call", "shop", "--script", script(tmp_path, "hello\n[silense]\n"))
    assert (ran.code, "one.txt, line 2" in ran.err) == (1, True)
    bad = tmp_path / "bad.txt"
    bad.write_bytes(b"\xff\xfe\n")
    assert "bad.txt cannot be read: it is not text in UTF-8 (byte 0)." in shop("call", "shop", "--script", bad).err
    assert shop("call", "shop", "--script", tmp_path / "nothing.txt").code == 2


def test_a_flow_that_is_not_published_says_how_to_publish_it(shop: Shell) -> None:
    shop.ok("flow", "new", "shop", "second")
    ran = shop("call", "shop", "--flow", "second")
    assert (ran.code, "tollfree flow publish shop second" in ran.err) == (1, True)


# Kept


def test_calls_are_listed_shown_and_replayed(shop: Shell) -> None:
    assert shop("calls", "list").out == "no calls yet\n"
    shop.ok("call", "shop", stdin="one two three\n")
    shop.ok("call", "shop", stdin="")
    listed = shop("calls", "list", "shop", "--json").json
    assert [one["outcome"] for one in listed] == ["caller_hung_up", "bye"]
    assert set(listed[0]) == {
        "call_id", "project", "agent", "flow", "version", "started_at", "ended_at", "outcome"
    }  # fmt: skip
    assert [one["outcome"] for one in shop("calls", "list", "--outcome", "bye", "--json").json] == ["bye"]
    assert len(shop("calls", "list", "--limit", "1", "--json").json) == 1
    shown = shop.ok("calls", "show", listed[1]["call_id"]).out
    assert "caller: one two three" in shown and "→ code.given code='123'" in shown
    assert re.search(r"^began on \d{4}-\d\d-\d\d at \d\d:\d\d:\d\d, UTC[+-]\d{4}, as all times below$", shown, re.M)
    assert re.search(r"  \d{4}-\d\d-\d\d \d\d:\d\d UTC  shop  ", shop.ok("calls", "list").out)
    log = shop.ok("calls", "show", listed[1]["call_id"], "--json").lines
    assert [entry["seq"] for entry in log] == list(range(len(log)))
    replayed = shop("calls", "replay", listed[1]["call_id"], "--json")
    assert replayed.code == 0
    assert replayed.json == {
        "call_id": listed[1]["call_id"], "events": replayed.json["events"], "ended": True, "identical": True,
        "differences": [],
    }  # fmt: skip


def test_a_log_that_was_tampered_with_replays_with_exit_code_1_and_the_place(shop: Shell) -> None:
    shop.ok("call", "shop", stdin="one two three\n")
    with closing(sqlite3.connect(shop.home / "tollfree.db")) as connection, connection:
        for (trigger,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {trigger}")
        connection.execute("UPDATE call_events SET data = replace(data, 'Which code', 'What code') WHERE type = 'say'")
    ran = shop("calls", "replay", call_id(shop))
    assert (ran.code, "record " in ran.out) == (1, True)
    again = shop("calls", "replay", call_id(shop), "--json")
    assert (again.code, again.json["identical"]) == (1, False)


# Rehearsed


def test_rehearsed_callers_are_held_against_what_they_promise(shop: Shell, tmp_path: Path) -> None:
    good = f"#: path {' '.join(PATH)}\n#: outcome bye\none two three\n"
    script(tmp_path, good, "good.txt")
    ran = shop("rehearse", "shop", tmp_path)
    assert (ran.code, ran.out.splitlines()[-1]) == (0, "1 of 1 calls went as written")
    script(tmp_path, good.replace("given", "refused"), "path.txt")
    script(tmp_path, "#: outcome served\none two three\nmore words\n", "outcome.txt")
    ran = shop("rehearse", "shop", tmp_path, "--json")
    assert ran.code == 1
    problems = {one["script"]: one["problems"] for one in ran.json}
    assert problems["good"] == []
    assert problems["path"][0].startswith("the path should be hello.said code.refused")
    assert len(problems["outcome"]) == 2


def test_a_folder_without_scripts_is_told(shop: Shell, tmp_path: Path) -> None:
    ran = shop("rehearse", "shop", tmp_path / "home")
    assert (ran.code, "no scripts" in ran.err) == (1, True)
