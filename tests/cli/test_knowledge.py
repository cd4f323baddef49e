"""`tollfree knowledge search` and `rebuild`, and what is left of knowledge when a project is deleted."""

import asyncio

from tests.cli.conftest import Shell
from tests.knowledge.conftest import passage
from tollfree.knowledge.base import Embeds
from tollfree.knowledge.folder import Live, read_live, write_live
from tollfree.language.embed.registry import load_embedder
from tollfree.protocol.ids import ProjectId
from tollfree.wiring.knowledge import shelf_of
from tollfree.wiring.settings import Settings


def furnish(shell: Shell, project: str) -> None:
    """A project that knows three things."""
    settings = Settings(home=shell.home, cache=shell.cache)

    def load() -> Embeds:
        return load_embedder(settings.embedder, shell.cache / "tollfree")

    async def work() -> None:
        async with shelf_of(settings, load).writing(ProjectId(project)) as writer:
            await writer.put(
                [
                    passage("hours", "We are open from nine to five.", title="Handbook", place="page 2"),
                    passage("returns", "Send goods back within thirty days for a refund.", tags=("policy",)),
                    passage("parking", "There is a free car park behind the building."),
                ]
            )

    asyncio.run(work())


def test_a_search_shows_what_was_found_and_where(shell: Shell) -> None:
    shell.ok("project", "new", "shop")
    furnish(shell, "shop")
    out = shell.ok("knowledge", "search", "shop", "when are you open").out
    assert "Handbook, page 2  [hours]" in out.splitlines()[0] and "We are open from nine" in out
    ran = shell.ok("knowledge", "search", "shop", "can I get a refund", "--json", "-k", "1", "--tag", "policy").json
    assert [row["id"] for row in ran] == ["returns"] and 0 < ran[0]["score"] <= 1
    assert set(ran[0]) == {"id", "score", "source", "place", "text"}


def test_what_nothing_answers_is_not_known(shell: Shell) -> None:
    shell.ok("project", "new", "shop")
    assert "no documents" in shell.ok("knowledge", "search", "shop", "when are you open").out
    empty = shell("knowledge", "search", "shop", " ")
    assert empty.code == 2 and "The question is empty." in empty.err
    furnish(shell, "shop")
    assert shell.ok("knowledge", "search", "shop", "who won the cup in 1998", "--json").json == []
    assert "I do not know" in shell.ok("knowledge", "search", "shop", "who won the cup in 1998").out
    assert len(shell.ok("knowledge", "search", "shop", "who won the cup in 1998", "--json", "--unsure").json) == 3


def test_a_project_that_there_is_not_is_refused(shell: Shell) -> None:
    for words in (("search", "nobody", "a"), ("rebuild", "nobody"), ("search", "../shop", "a")):
        ran = shell("knowledge", *words)
        assert ran.code == 1 and words[1] in ran.err


def test_an_index_of_another_embedder_is_rebuilt(shell: Shell) -> None:
    shell.ok("project", "new", "shop")
    assert "knows nothing yet" in shell.ok("knowledge", "rebuild", "shop").out
    furnish(shell, "shop")
    folder = shell.home / "knowledge" / "shop"
    live = read_live(folder)
    assert live is not None
    write_live(folder, Live(index=live.index, embedder="of-last-year", dimensions=live.dimensions))
    ran = shell("knowledge", "search", "shop", "when are you open")
    assert ran.code == 1 and "tollfree knowledge rebuild shop" in ran.err
    assert "3 passages embedded anew" in shell.ok("knowledge", "rebuild", "shop").out
    assert "[hours]" in shell.ok("knowledge", "search", "shop", "when are you open").out


def test_deleting_a_project_deletes_its_knowledge_and_no_others(shell: Shell) -> None:
    for project in ("shop", "bank"):
        shell.ok("project", "new", project)
        furnish(shell, project)
    shell.ok("project", "delete", "shop", "--yes")
    assert [path.name for path in (shell.home / "knowledge").iterdir()] == ["bank"]
    assert "[hours]" in shell.ok("knowledge", "search", "bank", "when are you open").out


def test_a_project_whose_knowledge_cannot_be_deleted_is_kept(shell: Shell) -> None:
    shell.ok("project", "new", "shop")
    elsewhere = shell.home / "elsewhere"
    elsewhere.mkdir()
    (shell.home / "knowledge").mkdir()
    (shell.home / "knowledge" / "shop").symlink_to(elsewhere)
    ran = shell("project", "delete", "shop", "--yes")
    assert ran.code == 1 and "symbolic link" in ran.err and elsewhere.exists()
    assert [one["project"] for one in shell("project", "list", "--json").json] == ["shop"]
