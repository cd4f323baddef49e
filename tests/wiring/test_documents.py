"""Documents that lie in a project's folder are taken in with it."""

from pathlib import Path

from tests.examples.conftest import SHOP
from tollfree.protocol.ids import ProjectId
from tollfree.wiring.documents import documents_in, take_in_documents
from tollfree.wiring.office import Office
from tollfree.wiring.settings import Settings


def test_documents_are_found_by_what_they_are_and_nothing_else_is(tmp_path: Path) -> None:
    for name in ("a.pdf", "site/b.html", "site/robots.txt", "site/sitemap.xml", "make.py", ".hidden/c.md", "D.DOCX"):
        file = tmp_path / "knowledge" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    assert [file.name for file in documents_in(tmp_path)] == ["D.DOCX", "a.pdf", "b.html"]


def test_a_link_that_leads_out_of_the_folder_is_no_document(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("the keys")
    (tmp_path / "shop" / "knowledge").mkdir(parents=True)
    (tmp_path / "shop" / "knowledge" / "faq.txt").symlink_to(tmp_path / "secret.txt")
    assert documents_in(tmp_path / "shop") == ()


def test_a_folder_without_documents_has_none(tmp_path: Path) -> None:
    assert documents_in(tmp_path) == ()


def test_the_corner_shop_has_a_document_of_every_kind() -> None:
    assert {file.suffix for file in documents_in(SHOP)} == {".pdf", ".docx", ".xlsx", ".csv", ".html"}


async def test_they_are_taken_in_for_the_project_they_belong_to_and_once(tmp_path: Path) -> None:
    async with await Office.open(Settings(home=tmp_path)) as office:
        for name in ("shop", "bakery"):
            await office.store.projects.new(ProjectId(name), name=name, settings={"name": name})
        first = await take_in_documents(office, ProjectId("shop"), SHOP)
        count = await office.knowledge.count(ProjectId("shop"))
        assert first == await take_in_documents(office, ProjectId("shop"), SHOP) == (len(documents_in(SHOP)), ())
        assert await office.knowledge.count(ProjectId("shop")) == count > 30
        assert await office.knowledge.count(ProjectId("bakery")) == 0
