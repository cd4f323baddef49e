"""`tollfree knowledge add | list | show | refresh | remove`."""

from pathlib import Path

import pytest

from tests.cli.conftest import Shell
from tests.knowledge.ingest import papers


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    papers.handbook(folder / "handbook.docx")
    (folder / "hours.txt").write_text("We are open from nine to five.")
    return folder


def test_documents_are_added_listed_shown_found_refreshed_and_removed(shell: Shell, docs: Path) -> None:
    shell.ok("project", "new", "shop")
    assert "nothing is known yet" in shell.ok("knowledge", "list", "shop").out
    added = shell.ok("knowledge", "add", "shop", docs, "--tag", "staff", "--refresh-every", "1d", "--json").json
    assert (added["added"], added["failed"], added["faults"]) == (2, 0, [])
    [one] = shell.ok("knowledge", "list", "shop", "--json").json
    assert (one["source"], one["kind"], one["documents"], one["tags"]) == (str(docs), "folder", 2, ["staff"])
    assert one["passages"] == added["passages"] and one["refresh_every_s"] == 86_400
    assert "2 documents" in shell.ok("knowledge", "list", "shop").out
    shown = shell.ok("knowledge", "show", "shop", docs).out
    assert "Goods may be returned within thirty days." in shown and "Returns" in shown
    [hours] = shell.ok("knowledge", "show", "shop", "hours.txt", "--json").json
    assert [passage["text"] for passage in hours["passages"]] == ["We are open from nine to five."]
    found = shell.ok("knowledge", "search", "shop", "when are you open", "--json").json
    assert found[0]["text"] == "We are open from nine to five."
    assert "nothing to do" in shell.ok("knowledge", "refresh", "shop", "--due").out
    (docs / "hours.txt").write_text("We are open from ten to six.")
    assert "1 changed, 1 unchanged" in shell.ok("knowledge", "refresh", "shop").out
    assert "ten to six" in shell.ok("knowledge", "search", "shop", "when are you open").out
    assert "2 removed" in shell.ok("knowledge", "remove", "shop", docs).out
    assert shell.ok("knowledge", "list", "shop", "--json").json == []
    assert shell.ok("knowledge", "search", "shop", "when are you open", "--json").json == []


def test_a_bad_file_is_told_with_its_remedy_and_exit_code_1(shell: Shell, docs: Path) -> None:
    shell.ok("project", "new", "shop")
    (docs / "bad.pdf").write_bytes(b"%PDF-1.4\n\x00")
    ran = shell("knowledge", "add", "shop", docs)
    assert ran.code == 1 and "2 added, 1 failed" in ran.out
    assert "bad.pdf: It is damaged: no page of it can be read. Save or fetch it again." in ran.out
    assert ", 1 fault  " in shell.ok("knowledge", "list", "shop").out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("add", "nobody", "."), "nobody"),
        (("add", "shop", "/nowhere/at/all"), "There is no /nowhere/at/all"),
        (("add", "shop", ".", "--crawl", "5"), "no URL"),
        (("show", "shop", "nothing"), "no source"),
        (("remove", "shop", "nothing"), "no source"),
    ],
)
def test_what_cannot_be_is_one_plain_sentence(shell: Shell, words: tuple[str, ...], said: str) -> None:
    shell.ok("project", "new", "shop")
    ran = shell("knowledge", *words)
    assert ran.code == 1 and said in ran.err


def test_a_page_inside_is_reached_only_when_the_owner_lists_it(shell: Shell) -> None:
    shell.ok("project", "new", "shop")
    ran = shell("knowledge", "add", "shop", "http://127.0.0.1:9/")
    assert ran.code == 1 and "allowed_hosts in project.yaml" in ran.out


def test_nothing_in_a_document_reaches_the_terminal_as_a_command(shell: Shell, tmp_path: Path) -> None:
    shell.ok("project", "new", "shop")
    evil = "\x1b]52;c;aGk=\x07\x9b31m\u202e"
    docs = tmp_path / f"docs{evil}"
    docs.mkdir()
    (docs / f"open{evil}.md").write_text(f"# When {evil}\n\nWe are open {evil} from nine to five.")
    (docs / f"bad{evil}.pdf").write_bytes(b"%PDF-1.4\n\x00")
    added = shell("knowledge", "add", "shop", docs)
    shown = [
        added.out,
        added.err,
        shell.ok("knowledge", "list", "shop").out,
        shell.ok("knowledge", "show", "shop", docs).out,
        shell.ok("knowledge", "search", "shop", "when are you open", "--unsure").out,
        shell("knowledge", "refresh", "shop").out,
        shell("knowledge", "show", "shop", f"no{evil}").err,
        *(shell.ok("knowledge", *words, "--json").out for words in (("list", "shop"), ("show", "shop", str(docs)))),
        shell.ok("knowledge", "remove", "shop", docs).out,
    ]
    assert "from nine to five" in shown[3] and "from nine to five" in shown[4]
    assert not [text for text in shown if set(text) & set("\x1b\x07\x9b\u202e")]
