"""`tollfree project`, `secret`, `schema`, `eval`, and how the command itself behaves."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Shell, flow, written
from tollfree.cli.main import COMMANDS


def folder(tmp_path: Path, **files: str) -> Path:
    """A project's folder."""
    path = tmp_path / "folder"
    (path / "flows").mkdir(parents=True)
    (path / "project.yaml").write_text(files.get("project", "name: The Folder\nagents: {main: {flow: made}}\n"))
    written(path / "flows", flow())
    return path


# Projects


def test_projects_are_made_listed_and_deleted(shell: Shell) -> None:
    assert "no projects yet" in shell("project", "list").out
    shell.ok("project", "new", "shop", "--title", "The Shop")
    [one] = shell("project", "list", "--json").json
    assert (one["project"], one["name"], set(one)) == ("shop", "The Shop", {"project", "name", "created_at"})
    shell.ok("project", "delete", "shop", "--yes")
    assert shell("project", "list", "--json").json == []


def test_a_project_is_deleted_only_after_a_yes(shell: Shell) -> None:
    shell.ok("project", "new", "shop")
    assert shell("project", "delete", "shop", stdin="n\n").code == 130
    assert shell("project", "delete", "shop", stdin="").code == 130
    assert len(shell("project", "list", "--json").json) == 1
    assert shell("project", "delete", "shop", stdin="y\n").code == 0


@pytest.mark.parametrize("name", ["Bad Name", "", "../x", "x" * 80, "süß"])
def test_a_name_that_no_project_may_have_is_refused(shell: Shell, name: str) -> None:
    ran = shell("project", "new", name)
    assert (ran.code, "cannot name a project" in ran.err) == (1, True)


def test_a_name_that_is_taken_is_refused(shell: Shell) -> None:
    shell.ok("project", "new", "shop")
    ran = shell("project", "new", "shop")
    assert (ran.code, "shop" in ran.err) == (1, True)


def test_a_project_is_made_and_published_from_its_folder(shell: Shell, tmp_path: Path) -> None:
    ran = shell.ok("project", "new", "shop", "--from", folder(tmp_path))
    assert "flow made: version 1 is published" in ran.out
    assert "[bye]" in shell("call", "shop", stdin="one two three\n").out


def test_a_project_is_brought_up_to_date_with_its_folder(shell: Shell, tmp_path: Path) -> None:
    path = folder(tmp_path)
    shell.ok("project", "new", "shop", "--from", path, "--no-publish")
    assert shell("flow", "list", "shop", "--json").json == [{"flow": "made", "revision": 1, "published": None}]
    written(path / "flows", flow("Other words."))
    shell.ok("project", "load", "shop", path)
    assert shell("flow", "list", "shop", "--json").json == [{"flow": "made", "revision": 2, "published": 1}]


def test_a_folder_with_a_fault_makes_no_project(shell: Shell, tmp_path: Path) -> None:
    ran = shell("project", "new", "shop", "--from", folder(tmp_path, project="name: x\nregion: Moon\n"))
    assert (ran.code, "project.yaml" in ran.err) == (1, True)
    assert shell("project", "list", "--json").json == []


def test_a_folder_with_a_faulty_flow_makes_no_project_unless_it_is_not_to_be_published(
    shell: Shell, tmp_path: Path
) -> None:
    path = folder(tmp_path)
    document = flow("{{ x")
    del document["nodes"]["code"]["exits"]["given"]
    written(path / "flows", document)
    ran = shell("project", "new", "shop", "--from", path)
    assert ran.code == 1
    assert "bad_template" in ran.out and "unwired_exit" in ran.out
    assert shell("project", "list", "--json").json == []
    shell.ok("project", "new", "shop", "--from", path, "--no-publish")
    assert shell("flow", "list", "shop", "--json").json[0]["published"] is None
    assert shell("project", "load", "shop", path).code == 1
    assert shell("flow", "list", "shop", "--json").json[0]["revision"] == 1
    written(path / "flows", flow())
    shell.ok("project", "load", "shop", path)


# Secrets


def test_secrets_are_set_listed_by_name_only_and_deleted(shop: Shell) -> None:
    shop.ok("secret", "set", "shop", "API_KEY", stdin="very secret\n")
    assert shop.ok("secret", "list", "shop").out == "API_KEY\n"
    assert not any(b"very secret" in file.read_bytes() for file in shop.home.iterdir() if file.is_file())
    shop.ok("secret", "delete", "shop", "API_KEY")
    assert shop.ok("secret", "list", "shop").out == ""
    assert shop("secret", "delete", "shop", "API_KEY").code == 1


# Schemas


@pytest.mark.parametrize("name", ["flow", "events"])
def test_a_schema_is_printed_and_compared_with_a_file(shell: Shell, tmp_path: Path, name: str) -> None:
    ran = shell.ok("schema", name)
    assert ran.json["$schema"].startswith("https://json-schema.org/")
    file = tmp_path / "schema.json"
    file.write_text(ran.out)
    assert shell("schema", name, "--check", file).code == 0
    file.write_text("{}")
    ran = shell("schema", name, "--check", file)
    assert (ran.code, "out of date" in ran.err) == (1, True)
    file.write_bytes(b"\xff\xfe")
    assert shell("schema", name, "--check", file).code == 1


# Evaluation


def test_slots_are_measured_on_a_file(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "slots.csv"
    rows = "digits,four one seven,417|money,twenty two fifty,22.50|yes_no,yeah,no|date,tomorrow,2026-11-23"
    file.write_text("\n".join(["type,said,value", *rows.split("|"), "digits,good morning,"]))
    report = shell.ok("eval", "slots", "--file", file, "--today", "2026-11-22", "--json").json
    assert (report["count"], report["correct"], report["accuracy"]) == (5, 4, 0.8)
    assert report["by_type"]["digits"]["accuracy"] == 1.0
    assert [miss["said"] for miss in report["misses"]] == ["yeah"]
    assert "80.0 %" in shell.ok("eval", "slots", "--file", file, "--today", "2026-11-22").out


def test_intents_are_measured_on_a_file_that_was_not_trained_on(shell: Shell, tmp_path: Path) -> None:
    train, test = tmp_path / "train.csv", tmp_path / "test.csv"
    said = {
        "order": ["I want to buy", "place an order", "I would like to order", "can I buy something", "take my order"],
        "hours": ["when do you open", "are you open", "opening hours", "what time do you close", "open on sunday"],
        "oos": ["what is love", "tell me a joke", "how tall is it", "sing a song", "who won the match"],
    }
    train.write_text("text,label\n" + "".join(f"{text},{label}\n" for label in said for text in said[label]))
    test.write_text("text,label\ncan I place an order,order\nwhen are you open,hours\nsing me a song,oos\n")
    report = shell.ok("eval", "intents", "--train", train, "--test", test, "--json").json
    wanted = "in_scope_accuracy in_scope_kept oos_recall oos_precision threshold confusions ms_p50 ms_p95"
    assert set(wanted.split()) <= set(report)
    assert report["in_scope_accuracy"] == 1.0
    assert "threshold" in shell.ok("eval", "intents", "--train", train, "--test", test).out


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"", "lacks the columns"),
        (b"text\nhello\n", "lacks the columns"),
        (b"\xff\xfe\n", "cannot be read"),
        (b"text,label,type,said,value\n", ""),
    ],
)
def test_an_evaluation_file_that_cannot_be_used_is_told(shell: Shell, tmp_path: Path, text: bytes, words: str) -> None:
    file = tmp_path / "bad.csv"
    file.write_bytes(text)
    for command in (("eval", "slots", "--file", file), ("eval", "intents", "--train", file, "--test", file)):
        ran = shell(*command)
        assert words in ran.err
        assert ran.code == 1 if words else ran.code in (0, 1)


@pytest.mark.parametrize(("option", "value"), [("--today", "soon"), ("--today", "2026-13-01"), ("--region", "Moon")])
def test_an_option_that_means_nothing_is_told(shell: Shell, tmp_path: Path, option: str, value: str) -> None:
    file = tmp_path / "slots.csv"
    file.write_text("type,said,value\nphone,212 555 0100,+12125550100\n")
    ran = shell("eval", "slots", "--file", file, option, value)
    assert (ran.code, value in ran.err) == (1, True)


def test_an_unknown_slot_type_in_a_file_is_told_with_its_line(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "slots.csv"
    file.write_text("type,said,value\ndigits,one,1\nshoe_size,nine,9\n")
    ran = shell("eval", "slots", "--file", file)
    assert (ran.code, "3" in ran.err, "shoe_size" in ran.err) == (1, True, True)


def test_files_that_are_not_there_are_told(shell: Shell, tmp_path: Path) -> None:
    ran = shell("eval", "slots", "--file", tmp_path / "nothing.csv")
    assert (ran.code, "nothing.csv" in ran.err) == (1, True)


# The command itself


def test_every_command_is_named_by_help_and_has_help_of_its_own(shell: Shell) -> None:
    text = shell.ok("--help").out
    for name in COMMANDS:
        assert name in text
        assert "Usage:" in shell.ok(name, "--help").out


def test_the_version_is_told(shell: Shell) -> None:
    assert shell.ok("--version").out.startswith("tollfree, version 0.")


@pytest.mark.parametrize("words", [("nothing",), ("flow", "nothing"), ("call",), ("call", "shop", "--nothing")])
def test_a_command_that_is_not_there_is_a_usage_error(shell: Shell, words: tuple[str, ...]) -> None:
    ran = shell(*words)
    assert (ran.code, "Usage:" in ran.err) == (2, True)


def test_the_home_folder_may_be_named_on_the_command_line(shell: Shell, tmp_path: Path) -> None:
    shell.ok("--home", tmp_path / "other", "project", "new", "shop")
    assert (tmp_path / "other" / "tollfree.db").is_file()
    assert shell("project", "list", "--json").json == []


def test_a_setting_that_cannot_be_used_is_told(shell: Shell) -> None:
    ran = shell("project", "list", env={"TOLLFREE_DATABASE_WAIT_MS": "soon"})
    assert (ran.code, "TOLLFREE_DATABASE_WAIT_MS" in ran.err) == (1, True)
    ran = shell("project", "list", env={"TOLLFREE_DATABASE_URL": "nonsense"})
    assert (ran.code, ran.err.startswith("tollfree: ")) == (1, True)


def test_json_output_is_unescaped_unicode(shell: Shell) -> None:
    shell.ok("project", "new", "shop", "--title", "Süße Läden 한국")
    ran = shell("project", "list", "--json")
    assert "Süße Läden 한국" in ran.out
    assert json.loads(ran.out)[0]["name"] == "Süße Läden 한국"
