"""`tollfree flow`: from the first draft to the published version and back."""

from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Shell, flow, written
from tollfree.flows.source import read, to_json

FAULTY = {"flow": "made", "start": "a", "nodes": {"a": {"kind": "say", "say": "{{ x", "exits": {}}}}


# check


def test_a_clean_flow_checks_with_exit_code_0_and_an_empty_list(shell: Shell, tmp_path: Path) -> None:
    file = written(tmp_path, flow())
    ran = shell("flow", "check", file, "--json")
    assert (ran.code, ran.json) == (0, [])
    assert shell("flow", "check", file).out == "no faults\n"


def test_a_faulty_flow_checks_with_exit_code_1_and_every_fault(shell: Shell, tmp_path: Path) -> None:
    ran = shell("flow", "check", written(tmp_path, FAULTY), "--json")
    assert ran.code == 1
    assert {"bad_template", "unwired_exit", "no_way_to_end"} <= {fault["code"] for fault in ran.json}
    assert all(set(fault) == {"code", "severity", "node", "message"} for fault in ran.json)
    plain = shell("flow", "check", tmp_path / "made.yaml")
    assert plain.code == 1
    assert plain.out.splitlines()[-1].endswith("errors, 0 warnings")


def test_warnings_alone_leave_exit_code_0(shell: Shell, tmp_path: Path) -> None:
    document = flow()
    document["nodes"]["code"] = {
        "kind": "intent",
        "ask": "What?",
        "intents": {"a": {"examples": ["where is my order"]}, "b": {"examples": ["where is my order?"]}},
        "exits": dict.fromkeys(("a", "b", "unclear", "silent"), "bye"),
    }
    ran = shell("flow", "check", written(tmp_path, document), "--json")
    assert ran.code == 0
    assert [(fault["code"], fault["severity"], fault["node"]) for fault in ran.json] == [
        ("colliding_examples", "warning", "code")
    ]
    assert shell("flow", "check", tmp_path / "made.yaml", "--json", "--no-examples").json == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"flow: [\n", "unreadable"),
        (b"", "unreadable"),
        (b"\xff\xfe", "unreadable"),
        (b"flow: a\x00", "unreadable"),
        (b"schema: 99\nflow: a\n", "newer_schema"),
        (b"[" * 100_000, "unreadable"),
    ],
)
def test_what_is_no_flow_checks_with_exit_code_2_and_its_place(
    shell: Shell, tmp_path: Path, text: bytes, code: str
) -> None:
    file = tmp_path / "bad.yaml"
    file.write_bytes(text)
    ran = shell("flow", "check", file, "--json")
    assert (ran.code, [fault["code"] for fault in ran.json]) == (2, [code])
    assert "bad.yaml" in ran.json[0]["message"]


def test_a_file_that_is_not_there_or_a_folder_checks_with_exit_code_2(shell: Shell, tmp_path: Path) -> None:
    for file, why in ((tmp_path / "nothing.yaml", "it does not exist."), (tmp_path, "it is a folder.")):
        ran = shell("flow", "check", file, "--json")
        assert (ran.code, ran.json[0]["message"]) == (2, f"{file} cannot be read: {why}")


def test_a_file_inside_a_project_folder_is_checked_against_that_project(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "flows").mkdir()
    (tmp_path / "project.yaml").write_text("name: x\n")
    run = {"kind": "run", "flow": "part", "exits": {"done": "bye"}}
    whole = {**flow(), "start": "go", "nodes": {"go": run, **{n: flow()["nodes"][n] for n in ("person", "bye")}}}
    file = written(tmp_path / "flows", whole)
    assert {fault["code"] for fault in shell("flow", "check", file, "--json").json} == {"unknown_flow"}
    part = {"flow": "part", "start": "a", "nodes": {"a": {"kind": "say", "say": "x", "exits": {"said": "done"}}}}
    part["nodes"]["done"] = {"kind": "end"}
    written(tmp_path / "flows", part, "part.yaml")
    assert shell("flow", "check", file, "--json").json == []


def test_a_project_that_cannot_be_read_around_a_file_checks_with_exit_code_2(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "project.yaml").write_text("nmae: x\n")
    ran = shell("flow", "check", written(tmp_path, flow()), "--json")
    assert (ran.code, ran.json[0]["code"]) == (2, "bad_project")
    assert "project.yaml" in ran.json[0]["message"]


def test_a_draft_is_checked_by_its_name(shop: Shell) -> None:
    assert shop("flow", "check", "shop", "made", "--json").json == []
    assert shop("flow", "check", "shop", "made", "--project", "shop").code == 0


# new, save, import, export, show, list


def test_a_new_flow_passes_the_checks_and_can_be_published(shop: Shell) -> None:
    shop.ok("flow", "new", "shop", "second")
    assert shop("flow", "check", "shop", "second", "--json").json == []
    assert "version 1 is published" in shop.ok("flow", "publish", "shop", "second").out


@pytest.mark.parametrize("name", ["Bad Name", "", "9lives", "x" * 80, "../x"])
def test_a_name_that_no_flow_may_have_is_refused(shop: Shell, name: str) -> None:
    ran = shop("flow", "new", "shop", name)
    assert ran.code == 1
    assert ran.err.startswith("tollfree: ")


def test_flows_are_listed_with_where_they_stand(shop: Shell) -> None:
    shop.ok("flow", "new", "shop", "second")
    assert shop("flow", "list", "shop", "--json").json == [
        {"flow": "made", "revision": 1, "published": 1},
        {"flow": "second", "revision": 1, "published": None},
    ]
    assert "made  revision 1, version 1 is published" in shop("flow", "list", "shop").out


@pytest.mark.parametrize("form", ["yaml", "json"])
def test_what_is_exported_is_what_was_imported(shop: Shell, tmp_path: Path, form: str) -> None:
    text = shop.ok("flow", "export", "shop", "made", "--format", form).out
    assert read(text, "it") == flow()
    output = tmp_path / f"out.{form}"
    shop.ok("flow", "export", "shop", "made", "-o", output)
    assert output.read_text() == text


def test_an_export_that_cannot_be_written_is_told(shop: Shell, tmp_path: Path) -> None:
    ran = shop("flow", "export", "shop", "made", "-o", tmp_path / "nothing" / "out.yaml")
    assert ran.code == 1
    assert "out.yaml cannot be written" in ran.err


def test_a_flow_is_imported_once_unless_it_may_replace(shop: Shell, tmp_path: Path) -> None:
    file = written(tmp_path, flow("Other words."))
    ran = shop("flow", "import", "shop", file)
    assert ran.code == 1
    assert "made" in ran.err
    shop.ok("flow", "import", "shop", file, "--replace")
    assert "Other words." in shop("flow", "show", "shop", "made").out


def test_of_two_people_saving_the_second_is_told_and_nothing_is_overwritten(shop: Shell, tmp_path: Path) -> None:
    mine, yours = written(tmp_path, flow("Mine."), "mine.yaml"), written(tmp_path, flow("Yours."), "yours.yaml")
    assert "revision 2" in shop.ok("flow", "save", "shop", "made", mine, "--revision", "1").out
    ran = shop("flow", "save", "shop", "made", yours, "--revision", "1")
    assert ran.code == 1
    assert "revision" in ran.err
    assert "Mine." in shop("flow", "export", "shop", "made").out


def test_a_draft_that_somebody_else_saved_last_is_replaced_only_knowingly(shop: Shell, tmp_path: Path) -> None:
    mine, yours = written(tmp_path, flow("Mine."), "mine.yaml"), written(tmp_path, flow("Yours."), "yours.yaml")
    me, you = {"TOLLFREE_USER": "first"}, {"TOLLFREE_USER": "second"}
    assert shop("flow", "save", "shop", "made", mine, "--replace", env=me).code == 0
    assert shop("flow", "save", "shop", "made", mine, env=me).code == 0
    ran = shop("flow", "save", "shop", "made", yours, env=you)
    assert (ran.code, "first saved the draft of made last, as revision 3" in ran.err) == (2, True)
    assert "Mine." in shop("flow", "show", "shop", "made").out
    assert shop("flow", "save", "shop", "made", yours, "--revision", "3", env=you).code == 0
    assert "Yours." in shop("flow", "show", "shop", "made").out


def test_saving_a_flow_that_is_not_there_yet_begins_it(shop: Shell, tmp_path: Path) -> None:
    fresh = written(tmp_path, {**flow("Fresh."), "flow": "fresh"})
    assert "revision 1" in shop.ok("flow", "save", "shop", "fresh", fresh).out


def test_a_file_that_cannot_be_read_is_told_only_where_its_flow_is_run(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "flows").mkdir()
    (tmp_path / "project.yaml").write_text("name: x\n")
    (tmp_path / "flows" / "part.yaml").write_text("flow: [\n")
    file = written(tmp_path / "flows", flow())
    assert shell("flow", "check", file, "--json").json == []
    run = {"kind": "run", "flow": "part", "exits": {"done": "bye"}}
    written(tmp_path / "flows", {**flow(), "nodes": {**flow()["nodes"], "hello": run}})
    ran = shell("flow", "check", file, "--json")
    assert ran.code == 1
    assert ("faulty_flow", "hello") in {(fault["code"], fault["node"]) for fault in ran.json}


def test_without_the_embedder_a_check_warns_and_goes_on(shell: Shell, tmp_path: Path) -> None:
    intent = {"kind": "intent", "ask": "What?", "intents": {"a": {"examples": ["apples"]}}}
    intent["exits"] = dict.fromkeys(("a", "unclear", "silent"), "bye")
    document = {**flow(), "nodes": {**flow()["nodes"], "code": intent}}
    ran = shell("flow", "check", written(tmp_path, document), "--json", env={"TOLLFREE_EMBEDDER": "nothing"})
    assert (ran.code, [(f["code"], f["severity"]) for f in ran.json]) == (0, [("unknown_embedder", "warning")])


def test_a_faulty_flow_can_be_saved_and_not_published(shop: Shell, tmp_path: Path) -> None:
    shop.ok("flow", "save", "shop", "made", written(tmp_path, FAULTY), "--replace")
    ran = shop("flow", "publish", "shop", "made")
    assert ran.code == 1
    assert "bad_template" in ran.out and "unwired_exit" in ran.out
    assert shop("flow", "list", "shop", "--json").json[0] == {"flow": "made", "revision": 2, "published": 1}


def test_a_file_of_another_flow_is_not_saved_under_this_name(shop: Shell, tmp_path: Path) -> None:
    ran = shop("flow", "save", "shop", "made", written(tmp_path, {**flow(), "flow": "other"}))
    assert (ran.code, "holds the flow `other`" in ran.err) == (1, True)


# publish, rollback, diff


def test_publishing_twice_makes_no_second_version(shop: Shell) -> None:
    assert "published already" in shop.ok("flow", "publish", "shop", "made").out


def test_versions_are_published_shown_and_rolled_back(shop: Shell, tmp_path: Path) -> None:
    shop.ok("flow", "save", "shop", "made", written(tmp_path, flow("Second.")), "--replace")
    shop.ok("flow", "publish", "shop", "made", "--note", "a new greeting")
    shown = shop.ok("flow", "show", "shop", "made").out
    assert "# version 2 (published): " in shown and "a new greeting" in shown
    shop.ok("flow", "rollback", "shop", "made", "1")
    assert shop("flow", "list", "shop", "--json").json[0]["published"] == 1
    assert "Hello." in shop.ok("flow", "show", "shop", "made", "--version", "1").out
    ran = shop("flow", "rollback", "shop", "made", "7")
    assert (ran.code, "7" in ran.err) == (1, True)


def test_differences_are_told_between_the_published_version_and_the_draft(shop: Shell, tmp_path: Path) -> None:
    assert shop.ok("flow", "diff", "shop", "made").out == "no differences\n"
    shop.ok("flow", "save", "shop", "made", written(tmp_path, flow("Second.")), "--replace")
    assert shop.ok("flow", "diff", "shop", "made").out == "~ nodes.hello.say: 'Hello.' → 'Second.'\n"
    assert shop.ok("flow", "diff", "shop", "made", "--json").json == [
        {
            "kind": "changed",
            "place": ["nodes", "hello", "say"],
            "node": "hello",
            "before": "Hello.",
            "after": "Second.",
        }
    ]
    shop.ok("flow", "publish", "shop", "made")
    assert shop("flow", "diff", "shop", "made", "2", "1", "--json").json[0]["after"] == "Hello."


# What is not there


@pytest.mark.parametrize(
    "words",
    [
        ("flow", "list", "nothing"),
        ("flow", "show", "nothing", "made"),
        ("flow", "show", "shop", "nothing"),
        ("flow", "show", "shop", "made", "--version", "9"),
        ("flow", "export", "shop", "nothing"),
        ("flow", "publish", "shop", "nothing"),
        ("flow", "publish", "nothing", "made"),
        ("flow", "diff", "shop", "made", "8", "9"),
        ("flow", "new", "nothing", "made"),
        ("flow", "new", "shop", "made"),
        ("flow", "check", "nothing", "made"),
        ("flow", "check", "shop", "nothing"),
        ("calls", "list", "nothing"),
        ("calls", "show", "nothing"),
        ("calls", "replay", "nothing"),
        ("call", "nothing"),
        ("call", "shop", "--flow", "nothing"),
        ("call", "shop", "--agent", "nothing"),
        ("project", "delete", "nothing", "--yes"),
        ("secret", "list", "nothing"),
    ],
)
def test_what_is_not_there_is_named_in_one_plain_sentence(shop: Shell, words: Any) -> None:
    ran = shop(*words)
    assert ran.code == 1
    assert ran.err.startswith("tollfree: ")
    assert ran.err.count("\n") == 1
    assert any(word in ran.err for word in words[1:])


def test_a_file_that_is_no_flow_is_not_imported(shop: Shell, tmp_path: Path) -> None:
    file = tmp_path / "bad.yaml"
    for text, words in [("flow: [\n", "line 2"), ("schema: 9\nflow: a\n", "schema 9"), ("start: a\n", "no name")]:
        file.write_text(text)
        ran = shop("flow", "import", "shop", file)
        assert (ran.code, words in ran.err, "bad.yaml" in ran.err) == (1, True, True)


def test_json_flows_are_read_too(shop: Shell, tmp_path: Path) -> None:
    file = tmp_path / "made.json"
    file.write_text(to_json(flow("From JSON.")))
    shop.ok("flow", "save", "shop", "made", file, "--replace")
    assert "From JSON." in shop("flow", "show", "shop", "made").out
