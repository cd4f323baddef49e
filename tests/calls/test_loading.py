"""A project's folder, brought into a store."""

from typing import Any

import pytest

from tests.flows.driven import ask, flow_of
from tollfree.calls.loading import Loading, load_project, new_project
from tollfree.calls.project import ProjectFolder, ProjectSettings
from tollfree.calls.store.errors import UnknownProject
from tollfree.calls.store.store import Store
from tollfree.calls.tools.definition import Tool
from tollfree.flows.catalogue_file import BadCatalogue
from tollfree.flows.errors import FlowFaulty
from tollfree.protocol.ids import FlowId, ProjectId

SHOP, MAIN = ProjectId("shop"), FlowId("made")
TOOL = Tool.model_validate({"name": "find", "url": "https://shop.example/"})
MENU = "sku,name,price\nA,apple,1.00\n"


def flow(say: str = "Hello.") -> dict[str, Any]:
    return flow_of({"hello": {"kind": "say", "say": say, "exits": {"said": "code"}}, "code": ask()})


def folder(say: str = "Hello.", **parts: Any) -> ProjectFolder:
    whole = {"tools": (TOOL,), "catalogues": {"menu": MENU}, "flows": {"made": flow(say)}, **parts}
    return ProjectFolder(settings=ProjectSettings(name="The Shop"), **whole)


async def test_a_faulty_folder_leaves_no_project(kept: Store) -> None:
    with pytest.raises(FlowFaulty, match="The flow made has errors; nothing was changed") as refused:
        await new_project(kept, SHOP, folder("{{ nobody"))
    assert [fault.message.startswith("flow made: ") for fault in refused.value.faults] == [True]
    with pytest.raises(BadCatalogue):
        await new_project(kept, SHOP, folder(catalogues={"menu": "sku\n"}), checked=False)
    with pytest.raises(UnknownProject):
        await kept.projects.get(SHOP)


async def test_a_faulty_folder_changes_no_project(kept: Store) -> None:
    await new_project(kept, SHOP, folder())
    with pytest.raises(FlowFaulty):
        await load_project(kept, SHOP, folder("{{ nobody", tools=(), catalogues={}))
    assert (set(await kept.tools.all(SHOP)), set(await kept.catalogues.all(SHOP))) == ({"find"}, {"menu"})
    assert (await kept.drafts.get(SHOP, MAIN)).revision == 1


async def test_drafts_may_have_errors_when_they_are_not_published(kept: Store) -> None:
    await new_project(kept, SHOP, folder("{{ nobody"), checked=False)
    assert (await kept.drafts.get(SHOP, MAIN)).revision == 1


async def test_what_became_of_each_draft_is_told(kept: Store) -> None:
    (new,) = await new_project(kept, SHOP, folder())
    (same,) = await load_project(kept, SHOP, folder())
    (replaced,) = await load_project(kept, SHOP, folder("Other words."))
    assert [(one.loading, one.draft.revision) for one in (new, same, replaced)] == [
        (Loading.NEW, 1),
        (Loading.SAME, 1),
        (Loading.REPLACED, 2),
    ]
    assert replaced.replaced is not None and replaced.replaced.revision == 1


async def test_what_the_folder_has_no_more_is_deleted_but_for_drafts(kept: Store) -> None:
    await new_project(kept, SHOP, folder())
    await load_project(kept, SHOP, folder(tools=(), catalogues={}, flows={}))
    assert (await kept.tools.all(SHOP), await kept.catalogues.all(SHOP)) == ({}, {})
    assert (await kept.drafts.get(SHOP, MAIN)).document == flow()
