"""From a draft to the version new calls use, and what a call then runs on."""

from typing import Any

import pytest

from tests.fakes.embedder import HashingEmbedder
from tests.flows.driven import ask, flow_of
from tollfree.calls.bundle import load_bundle, make_bundle
from tollfree.calls.project import ProjectSettings
from tollfree.calls.publishing import publish
from tollfree.calls.store.drafts import NEW
from tollfree.calls.store.store import Store
from tollfree.flows.compile import compile_or_raise
from tollfree.flows.engine import START, step
from tollfree.flows.errors import FlowFaulty, FlowTooNew, Severity
from tollfree.flows.library import Library
from tollfree.language.understand.training import load
from tollfree.protocol.effects import Say
from tollfree.protocol.events import CallStarted
from tollfree.protocol.facts import CallFacts
from tollfree.protocol.ids import FlowId, ProjectId

SHOP, MAIN, PART = ProjectId("shop"), FlowId("made"), FlowId("part")
FACTS = CallFacts(started_at="2026-11-22T10:00:00+00:00")
EMBEDDER = HashingEmbedder()


def flow(say: str = "Hello.") -> dict[str, Any]:
    return flow_of({"hello": {"kind": "say", "say": say, "exits": {"said": "code"}}, "code": ask()})


async def project(store: Store, **documents: dict[str, Any]) -> Store:
    """A project with these drafts."""
    settings = ProjectSettings(name="The Shop").model_dump(mode="json")
    await store.projects.new(SHOP, name="The Shop", settings=settings)
    for name, document in documents.items():
        await store.drafts.save(SHOP, FlowId(name), document, expected_revision=NEW)
    return store


def greeting(bundle: Any) -> str:
    """What a call on a bundle begins with."""
    first = step(load_bundle(bundle), START, CallStarted(facts=FACTS)).effects[0]
    assert isinstance(first, Say)
    return first.text


async def test_what_is_published_is_what_new_calls_use(kept: Store) -> None:
    await project(kept, made=flow("Hello from {{ project.name }}."))
    published, warnings = await publish(kept, SHOP, MAIN, EMBEDDER)
    assert (published.info.number, published.changed, warnings) == (1, True, ())
    assert greeting((await kept.versions.published(SHOP, MAIN)).bundle) == "Hello from The Shop."


async def test_a_flow_with_errors_is_refused_with_all_of_them_and_nothing_changes(kept: Store) -> None:
    faulty = flow("{{ nobody")
    faulty["nodes"]["code"]["exits"]["given"] = "nowhere"
    await project(kept, made=flow())
    await publish(kept, SHOP, MAIN, EMBEDDER)
    await kept.drafts.save(SHOP, MAIN, faulty, expected_revision=1)
    with pytest.raises(FlowFaulty) as refused:
        await publish(kept, SHOP, MAIN, EMBEDDER)
    assert {"bad_template", "unknown_node"} <= {fault.code for fault in refused.value.faults}
    assert await kept.versions.published_number(SHOP, MAIN) == 1
    assert (await kept.drafts.get(SHOP, MAIN)).document == faulty


async def test_warnings_are_told_and_do_not_forbid(kept: Store) -> None:
    alike = {"kind": "intent", "ask": "What?", "exits": dict.fromkeys(("a", "b", "unclear", "silent"), "bye")}
    alike["intents"] = {"a": {"examples": ["buy apples now"]}, "b": {"examples": ["buy apples now!"]}}
    await project(kept, made=flow_of({"what": alike}))
    published, warnings = await publish(kept, SHOP, MAIN, EMBEDDER)
    assert published.changed
    assert {(one.code, one.severity, one.node) for one in warnings} == {
        ("colliding_examples", Severity.WARNING, "what")
    }


async def test_a_draft_identical_to_the_published_version_makes_no_version(kept: Store) -> None:
    await project(kept, made=flow())
    await publish(kept, SHOP, MAIN, EMBEDDER)
    again, _ = await publish(kept, SHOP, MAIN, EMBEDDER)
    assert (again.changed, again.info.number) == (False, 1)


async def test_a_draft_of_a_newer_schema_is_refused(kept: Store) -> None:
    await project(kept, made={**flow(), "schema": 99})
    with pytest.raises(FlowTooNew, match="flow schema 99"):
        await publish(kept, SHOP, MAIN, EMBEDDER)


async def test_the_classifier_is_stored_with_the_version(kept: Store) -> None:
    await project(kept, made=flow())
    await publish(kept, SHOP, MAIN, EMBEDDER)
    models = load((await kept.versions.published(SHOP, MAIN)).classifier)
    assert set(models) == {"made/code"}


# Pinned


def with_part(say: str) -> dict[str, dict[str, Any]]:
    run = {"kind": "run", "flow": "part", "exits": {"done": "bye"}}
    part = {
        "hello": {"kind": "say", "say": say, "exits": {"said": "code"}},
        "code": ask("done"),
        "done": {"kind": "end"},
    }
    return {"made": flow_of({"go": run}), "part": {"flow": "part", "start": "hello", "nodes": part}}


async def test_a_published_flow_keeps_the_sub_flow_it_was_published_with(kept: Store) -> None:
    await project(kept, **with_part("The old words."))
    await publish(kept, SHOP, MAIN, EMBEDDER)
    await kept.drafts.save(SHOP, PART, with_part("The new words.")["part"], expected_revision=1)
    assert greeting((await kept.versions.published(SHOP, MAIN)).bundle) == "The old words."
    again, _ = await publish(kept, SHOP, MAIN, EMBEDDER)
    assert (again.changed, again.info.number) == (True, 2)
    assert greeting((await kept.versions.get(SHOP, MAIN, 1)).bundle) == "The old words."
    assert greeting((await kept.versions.published(SHOP, MAIN)).bundle) == "The new words."


async def test_a_published_flow_keeps_the_catalogue_it_was_published_with(kept: Store) -> None:
    order = {"kind": "order", "catalogue": "menu", "ask": "What?"}
    order["exits"] = dict.fromkeys(("placed", "cancelled", "gave_up", "silent"), "bye")
    await project(kept, made=flow_of({"order": order}))
    await kept.catalogues.save(SHOP, "menu", "sku,name,price\nA,apple,1.00\n", format="csv")
    await publish(kept, SHOP, MAIN, EMBEDDER)
    await kept.catalogues.save(SHOP, "menu", "sku,name,price\nA,pear,1.00\n", format="csv")
    library = load_bundle((await kept.versions.published(SHOP, MAIN)).bundle).library
    assert [item.name for item in library.catalogues["menu"].items] == ["apple"]


async def test_a_bundle_survives_being_stored() -> None:
    document = flow()
    compiled = compile_or_raise(document, Library(project={"name": "x"}))
    bundle = make_bundle(compiled, {"made": document})
    again = load_bundle(bundle)
    assert make_bundle(again, {"made": document}) == bundle
    assert again.main.nodes.keys() == compiled.main.nodes.keys()
