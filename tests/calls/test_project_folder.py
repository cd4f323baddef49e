"""A project's folder: what is wrong with it is told with its place."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tollfree.calls.errors import BadProject
from tollfree.calls.project import ProjectSettings, folder_of, read_folder, settings_of
from tollfree.flows.catalogue_file import BadCatalogue
from tollfree.flows.errors import FlowTooNew, FlowUnreadable
from tollfree.protocol.errors import TollfreeError

SOUND = {
    "project.yaml": "name: The Shop\ncatalogues: {menu: menu.csv}\nallowed_hosts: [shop.example]\n",
    "tools.yaml": "tools:\n- {name: find, url: 'https://shop.example/x'}\n",
    "menu.csv": "sku,name,price\nA,apple,1.00\n",
    "flows/main.yaml": "flow: main\nstart: bye\nnodes: {bye: {kind: end}}\n",
    "flows/other.json": '{"flow": "other", "start": "bye", "nodes": {"bye": {"kind": "end"}}}',
    "flows/readme.md": "not a flow",
}


def folder(tmp_path: Path, files: Mapping[str, str | bytes | None]) -> Path:
    """A project's folder; None leaves a file out."""
    for name, text in {**SOUND, **files}.items():
        path = tmp_path / "shop" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if text is not None:
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return tmp_path / "shop"


def test_a_whole_folder_is_read(tmp_path: Path) -> None:
    found = read_folder(folder(tmp_path, {}))
    assert found.settings.name == "The Shop"
    assert [tool.name for tool in found.tools] == ["find"]
    assert set(found.flows) == {"main", "other"}
    assert found.library.catalogues["menu"].items[0].name == "apple"
    assert found.library.project["name"] == "The Shop"
    assert "shop.example" in found.settings.allowed_hosts


def test_a_project_needs_nothing_but_a_name(tmp_path: Path) -> None:
    (tmp_path / "project.yaml").write_text("name: Bare\n")
    found = read_folder(tmp_path)
    assert (found.tools, found.catalogues, found.flows) == ((), {}, {})


@pytest.mark.parametrize(
    ("files", "error", "message"),
    [
        ({"project.yaml": None}, BadProject, "project.yaml does not exist"),
        ({"project.yaml": ""}, BadProject, "project.yaml should be a mapping that begins with `name`"),
        ({"project.yaml": "- a\n"}, BadProject, "should be a mapping"),
        ({"project.yaml": "name: [\n"}, BadProject, "project.yaml is not readable as YAML.*line"),
        ({"project.yaml": b"name: \xff\n"}, BadProject, "project.yaml cannot be read"),
        ({"project.yaml": "nmae: x\n"}, BadProject, "project.yaml: .*name: Field required.*nmae: "),
        ({"project.yaml": "name: x\ntimezone: Mars/Olympus\n"}, BadProject, "Mars/Olympus is no time zone; write"),
        ({"project.yaml": "name: x\nregion: Moon\n"}, BadProject, "Moon is no region"),
        ({"project.yaml": "name: x\ncurrency: gold\n"}, BadProject, "gold is no currency"),
        ({"project.yaml": "name: x\ncatalogues: {menu: none.csv}\n"}, BadProject, "none.csv does not exist"),
        ({"project.yaml": "name: x\ncatalogues: {menu: ../../etc/passwd}\n"}, BadProject, "lies outside the project"),
        ({"flows/main.yaml": "flow: [\n"}, FlowUnreadable, "main.yaml, line 2"),
        ({"flows/main.yaml": "schema: 9\nflow: main\n"}, FlowTooNew, "main.yaml is written in flow schema 9"),
        ({"flows/main.yaml": "start: bye\n"}, BadProject, "main.yaml: the flow has no name; write `flow: NAME`"),
        ({"flows/other.json": '{"flow": "main"}'}, BadProject, "other.json: the flow `main` is in main.yaml already"),
        ({"flows/main.yaml": b"\xff\xfe"}, BadProject, "main.yaml cannot be read"),
        ({"tools.yaml": "tools: {find: {}}\n"}, TollfreeError, "tools.yaml"),
        ({"tools.yaml": "tools: [\n"}, TollfreeError, "tools.yaml"),
        ({"menu.csv": b"sku,name,price\nA,\xff,1\n"}, BadProject, "menu.csv cannot be read"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_place(
    tmp_path: Path, files: dict[str, str | bytes | None], error: type[TollfreeError], message: str
) -> None:
    with pytest.raises(error, match=f"(?s){message}"):
        read_folder(folder(tmp_path, files))


def test_a_catalogue_with_faults_is_told_when_the_library_is_made(tmp_path: Path) -> None:
    found = read_folder(folder(tmp_path, {"menu.csv": "sku,name\nA,apple\n"}))
    with pytest.raises(BadCatalogue, match="menu"):
        assert found.library


def test_several_faults_of_the_settings_are_told_at_once() -> None:
    with pytest.raises(BadProject) as refused:
        settings_of({"name": "", "region": "Moon", "currency": "gold"}, "project x")
    assert all(word in refused.value.message for word in ("project x", "name", "Moon", "gold"))


def test_an_agent_that_is_not_there_is_told_with_those_that_are() -> None:
    settings = ProjectSettings.model_validate({"name": "x", "agents": {"desk": {"flow": "main"}}})
    with pytest.raises(BadProject, match="no agent `main`; it has desk"):
        settings.agent("main")


def test_a_file_belongs_to_the_nearest_project_above_it(tmp_path: Path) -> None:
    root = folder(tmp_path, {"flows/inner/project.yaml": "name: Inner\n", "flows/inner/flows/a.yaml": "flow: a\n"})
    assert folder_of(root / "flows" / "main.yaml") == root
    assert folder_of(root / "flows" / "inner" / "flows" / "a.yaml") == root / "flows" / "inner"
    assert folder_of(tmp_path / "elsewhere.yaml") is None
