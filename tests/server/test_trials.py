from pathlib import Path
from typing import Any

import pytest

from tests.flows.driven import CODE, ask, flow_of
from tests.server.tower import ADMIN, SHOP, address, tower
from tollfree.protocol.ids import FlowId
from tollfree.protocol.role import Role
from tollfree.wiring.trials import MOST_EACH, Trials, UnknownTrial

TRIALS = f"/api/v1/projects/{SHOP}/trials"
TOOL: dict[str, Any] = {
    "name": "orders.find",
    "url": "https://shop.example/orders",
    "arguments": {"code": {"type": "text"}},
    "query": {"code": "{{ code }}"},
    "result": {"state": "status"},
}


def document() -> dict[str, Any]:
    find = {"kind": "lookup", "tool": "orders.find", "with": {"code": "{{ code }}"}, "save": "order"}
    find["exits"] = {"found": "tell", "missing": "sorry", "failed": "person"}
    asked = ask("find", slots={"code": CODE})
    asked["exits"] = {**dict.fromkeys(asked["exits"], "person"), "given": "find"}
    nodes = {
        "code": asked,
        "find": find,
        "tell": {"kind": "say", "say": "It is {{ order.state }}.", "exits": {"said": "bye"}},
        "sorry": {"kind": "say", "say": "There is no such order.", "exits": {"said": "person"}},
    }
    return flow_of(nodes, variables={"order": "record"})


async def tried(client: Any, *turns: dict[str, Any], tool: dict[str, Any] = TOOL) -> list[dict[str, Any]]:
    place = f"/api/v1/projects/{SHOP}/tools/orders.find"
    answer = await client.put(place, json=tool, headers={"If-None-Match": "*"})
    assert answer.status_code == 200, answer.text
    began = await client.post(TRIALS, json={"flow": "made", "document": document()})
    assert began.status_code == 201, began.text
    told = [began.json()]
    for turn in turns:
        told.append((await client.post(f"{TRIALS}/{told[0]['id']}/said", json=turn)).json())
    return told


async def test_what_is_on_the_canvas_is_talked_to_and_no_call_is_kept(tmp_path: Path) -> None:
    async with tower(tmp_path) as made, made.client(address(Role.EDITOR)) as client:
        began, after = await tried(client, {"text": "four one seven"})
        assert began["said"] == ["Which code?"] and began["places"][-1]["node"] == "code" and not began["ended"]
        assert [f"{one['node']}.{one['exit']}" for one in after["tokens"]][:3] == [
            "code.given",
            "find.missing",
            "sorry.said",
        ]
        assert after["tokens"][0]["slots"] == {"code": "417"} and after["tokens"][0]["decided_by"] == "rules"
        assert after["tools"] == [{"tool": "orders.find", "arguments": {"code": "417"}, "answered_by": "missing"}]
        assert "There is no such order." in after["said"]
        assert after["ended"] and after["outcome"] == "bye"  # a person always takes it
        assert (await made.office.store.calls.list(project=SHOP)).calls == ()


async def test_a_tool_answers_with_its_example(tmp_path: Path) -> None:
    async with tower(tmp_path) as made, made.client(address(Role.EDITOR)) as client:
        _, after = await tried(client, {"text": "four one seven"}, tool={**TOOL, "example": {"status": "shipped"}})
        assert after["tools"][0]["answered_by"] == "example" and "It is shipped." in after["said"]


async def test_silence_and_keys_are_turns_too(tmp_path: Path) -> None:
    async with tower(tmp_path) as made, made.client(address(Role.EDITOR)) as client:
        began, silent, keys = await tried(client, {"silence": True}, {"keys": "417#"})
        assert silent["tokens"] == [] and "Which code?" in silent["said"][0]
        assert keys["tokens"][0]["decided_by"] == "keypad"
        for turn in ({}, {"text": "a", "silence": True}, {"keys": "x"}, {"text": "x" * 3000}):
            assert (await client.post(f"{TRIALS}/{began['id']}/said", json=turn)).status_code == 422


async def test_a_trial_is_its_owners_alone_and_over_when_it_is_ended(tmp_path: Path) -> None:
    async with tower(tmp_path) as made, made.client(address(Role.EDITOR)) as client, made.client(ADMIN) as other:
        (began,) = await tried(client)
        place = f"{TRIALS}/{began['id']}"
        assert (await other.post(f"{place}/said", json={"text": "hi"})).json()["code"] == "unknown_trial"
        assert (await other.delete(place)).status_code == 404
        assert (await client.delete(place)).status_code == 204
        assert (await client.post(f"{place}/said", json={"text": "hi"})).status_code == 404


async def test_a_faulty_flow_is_not_tried_and_says_why(tmp_path: Path) -> None:
    async with tower(tmp_path) as made, made.client(address(Role.EDITOR)) as client:
        answer = await client.post(TRIALS, json={"flow": "made", "document": {"flow": "made"}})
        assert answer.status_code == 422 and answer.json()["faults"]
        assert (await client.post(TRIALS, json={"flow": "none"})).status_code == 404
        assert (await client.post(TRIALS, json={"flow": "made", "version": 3})).status_code == 404


async def test_a_person_has_a_few_and_the_oldest_goes(tmp_path: Path) -> None:
    async with tower(tmp_path) as made:
        trials = Trials(made.office)
        given = flow_of({"code": ask("bye")})
        names = [(await trials.begin(SHOP, FlowId("made"), "ada", document=given))[0] for _ in range(MOST_EACH + 1)]
        assert trials.over(names[0]) and not any(trials.over(name) for name in names[1:])
        await trials.aclose()
        assert all(trials.over(name) for name in names)


async def test_a_trial_that_nobody_goes_on_with_is_ended(tmp_path: Path) -> None:
    async with tower(tmp_path) as made:
        trials = Trials(made.office, idle_s=0)
        name, _ = await trials.begin(SHOP, FlowId("made"), "ada", document=flow_of({"code": ask("bye")}))
        with pytest.raises(UnknownTrial):
            await trials.end(SHOP, "ada", name)
        await trials.tidy()
        assert trials.over(name)
        await trials.aclose()
