"""From a draft to the version new calls use, and what a call then runs on."""

from typing import Any

import pytest

from tests.fakes.embedder import HashingEmbedder
from tests.flows.driven import ask, flow_of
from tollfree.calls.bundle import load_bundle, make_bundle, tools_of
from tollfree.calls.errors import BadProject, BadVersion
from tollfree.calls.project import ProjectSettings
from tollfree.calls.publishing import is_stale, publish, run_first
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
from tollfree.protocol.values import ValueType

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
    bundle = make_bundle(compiled, {"made": document}, {}, embedder="x")
    again = load_bundle(bundle)
    assert make_bundle(again, {"made": document}, tools_of(bundle), embedder="x") == bundle
    assert again.main.nodes.keys() == compiled.main.nodes.keys()


class Renamed(HashingEmbedder):
    """Another embedder."""

    name = "fake-renamed"


async def test_another_embedder_makes_another_version(kept: Store) -> None:
    await project(kept, made=flow())
    await publish(kept, SHOP, MAIN, EMBEDDER)
    assert not await is_stale(kept, SHOP, MAIN, EMBEDDER)
    assert await is_stale(kept, SHOP, MAIN, Renamed())
    again, _ = await publish(kept, SHOP, MAIN, Renamed())
    assert (again.changed, again.info.number) == (True, 2)
    models = load((await kept.versions.published(SHOP, MAIN)).classifier)
    assert {model.embedder for model in models.values()} == {"fake-renamed"}


async def test_a_published_sub_flow_is_taken_as_published_and_its_changes_are_told(kept: Store) -> None:
    await project(kept, **with_part("The old words."))
    await publish(kept, SHOP, PART, EMBEDDER)
    half_edited = with_part("{{ nobody")["part"]
    await kept.drafts.save(SHOP, PART, half_edited, expected_revision=1)
    published, warnings = await publish(kept, SHOP, MAIN, EMBEDDER)
    assert published.changed
    assert [(one.code, one.severity) for one in warnings] == [("unpublished_changes", Severity.WARNING)]
    assert "`part`" in warnings[0].message and "version 1" in warnings[0].message
    assert greeting((await kept.versions.published(SHOP, MAIN)).bundle) == "The old words."


async def test_a_rolled_back_sub_flow_is_taken_as_it_was(kept: Store) -> None:
    await project(kept, **with_part("The old words."))
    await publish(kept, SHOP, PART, EMBEDDER)
    await kept.drafts.save(SHOP, PART, with_part("The new words.")["part"], expected_revision=1)
    await publish(kept, SHOP, PART, EMBEDDER)
    await kept.versions.rollback(SHOP, PART, 1)
    await publish(kept, SHOP, MAIN, EMBEDDER)
    assert greeting((await kept.versions.published(SHOP, MAIN)).bundle) == "The old words."


TOOL = {"name": "find", "url": "https://old.example/{{ code }}", "headers": {"Authorization": "{{ secret.token }}"}}
TOOL |= {"arguments": {"code": {"type": "text"}}, "result": {"name": "title"}}


async def test_a_version_keeps_its_tools_whole_and_rolling_back_brings_them_back(kept: Store) -> None:
    await project(kept, made=flow())
    await kept.tools.save(SHOP, "find", TOOL)
    await publish(kept, SHOP, MAIN, EMBEDDER)
    await kept.tools.save(SHOP, "find", {**TOOL, "url": "https://new.example/{{ code }}"})
    version = await kept.versions.published(SHOP, MAIN)
    assert tools_of(version.bundle)["find"].url == "https://old.example/{{ code }}"
    assert tools_of(version.bundle)["find"].secrets == ("token",)
    await publish(kept, SHOP, MAIN, EMBEDDER)
    assert tools_of((await kept.versions.published(SHOP, MAIN)).bundle)["find"].url.startswith("https://new")
    await kept.versions.rollback(SHOP, MAIN, 1)
    assert tools_of((await kept.versions.published(SHOP, MAIN)).bundle)["find"].url.startswith("https://old")


async def test_what_a_tool_answers_keeps_its_type_in_a_version(kept: Store) -> None:
    await project(kept, made=flow())
    await kept.tools.save(SHOP, "find", TOOL)
    await publish(kept, SHOP, MAIN, EMBEDDER)
    flow_kept = load_bundle((await kept.versions.published(SHOP, MAIN)).bundle)
    assert flow_kept.library.tools["find"].result is ValueType.RECORD


async def test_a_stored_tool_that_is_none_any_more_is_told_with_its_name(kept: Store) -> None:
    await project(kept, made=flow())
    await kept.tools.save(SHOP, "find", {"name": "find", "url": "ftp://x"})
    with pytest.raises(BadProject, match="The tool `find` of project shop cannot be used: .*http"):
        await publish(kept, SHOP, MAIN, EMBEDDER)


def test_a_version_of_another_program_is_refused_in_plain_words() -> None:
    with pytest.raises(BadVersion, match="flow made was published by another tollfree .*publish the flow again"):
        load_bundle({"schema": 1, "flow": "made", "flows": {}, "tools": {}, "catalogues": {}, "project": {}})


def test_a_version_is_not_held_to_checks_made_since() -> None:
    document = {"flow": "made", "start": "a", "nodes": {"a": ask("a")}}
    sound = compile_or_raise({**document, "nodes": {"a": ask("b"), "b": {"kind": "end"}}}, Library(), checked=False)
    bundle = {**make_bundle(sound, {"made": document}, {}, embedder="x")}
    assert load_bundle(bundle).main.id == "made"


def test_flows_are_put_after_those_they_run_and_circles_are_left_to_the_checks() -> None:
    flows = {**with_part("x"), "alone": flow()}
    assert run_first(flows) == ("part", "made", "alone")
    flows["part"]["nodes"]["again"] = {"kind": "run", "flow": "made"}
    assert set(run_first(flows)) == {"part", "made", "alone"}
