from pathlib import Path
from typing import Any

from tests.flows.driven import ask, flow_of
from tests.server.tower import ADMIN, OTHER, SHOP, address, tower
from tollfree.protocol.role import Role

FLOWS = f"/api/v1/projects/{SHOP}/flows"
NEW = {"If-None-Match": "*"}


def document(**head: Any) -> dict[str, Any]:
    return flow_of({"code": {**ask("bye"), "at": [12.5, -40]}}, **head)


async def test_a_stale_save_is_refused_with_what_is_there(tmp_path: Path) -> None:
    async with tower(tmp_path) as made, made.client(address(Role.EDITOR)) as client:
        place = f"{FLOWS}/made/draft"
        assert (await client.put(place, json={"document": document()})).status_code == 428
        first = await client.put(place, json={"document": document()}, headers=NEW)
        assert (first.status_code, first.headers["etag"]) == (200, '"1"')
        second = await client.put(place, json={"document": document(title="Mine")}, headers={"If-Match": 'W/"1"'})
        assert second.json()["revision"] == 2
        stale = await client.put(place, json={"document": document(title="Theirs")}, headers={"If-Match": '"1"'})
        assert stale.status_code == 412
        assert stale.json()["current"]["revision"] == 2 and stale.json()["current"]["document"]["title"] == "Mine"
        assert stale.json()["current"]["saved_by"] == address(Role.EDITOR)
        assert (await client.put(place, json={"document": document()}, headers=NEW)).status_code == 412
        draft = await client.get(place)
        assert (draft.headers["etag"], draft.json()["document"]["nodes"]["code"]["at"]) == ('"2"', [12.5, -40])


async def test_a_document_is_of_its_flow_and_plain(tmp_path: Path) -> None:
    deep: Any = 1
    for _ in range(60):
        deep = [deep]
    async with tower(tmp_path) as made, made.client(address(Role.EDITOR)) as client:
        for given in (
            document(name="other"),
            {**document(), "schema": 99},
            {**document(), "note": deep},
            {**document(), "note": "a\0b"},
        ):
            for answer in (
                await client.put(f"{FLOWS}/made/draft", json={"document": given}, headers=NEW),
                await client.post(f"{FLOWS}/made/check", json={"document": given}),
            ):
                assert answer.status_code == 422 and answer.json()["message"]
        for name in ("../x", "%2e%2e", "Ü", "a" * 65, "a b"):
            assert (await client.get(f"{FLOWS}/{name}/draft")).status_code in (404, 422)
        for tag in ('"x"', "1", '"-1"', '"99999999999"'):
            answer = await client.put(f"{FLOWS}/made/draft", json={"document": document()}, headers={"If-Match": tag})
            assert answer.status_code == 422


async def test_a_check_tells_faults_at_their_nodes_and_every_exit(tmp_path: Path) -> None:
    given = document()
    given["nodes"]["code"]["exits"]["given"] = "nowhere"
    given["nodes"]["what"] = {"kind": "intent", "ask": "What?", "intents": {"order": {"examples": ["order"]}}}
    given["nodes"]["rest"] = {"kind": "run", "flow": "part", "exits": {}}
    part = {"flow": "part", "start": "done", "nodes": {"done": {"kind": "end", "outcome": "paid"}}}
    async with tower(tmp_path) as made, made.client(address(Role.VIEWER)) as client:
        async with made.client(address(Role.EDITOR)) as editor:
            await editor.put(f"{FLOWS}/part/draft", json={"document": part}, headers=NEW)
        found = (await client.post(f"{FLOWS}/made/check", json={"document": given})).json()
        assert {"code": "unknown_node", "node": "code"}.items() <= found["faults"][0].items()
        assert found["errors"] == sum(one["severity"] == "error" for one in found["faults"])
        assert found["exits"]["what"] == ["order", "unclear", "silent"] and found["exits"]["rest"] == ["paid"]
        assert (await client.get(f"{FLOWS}/made/draft")).status_code == 404  # a check saves nothing


async def test_a_check_sees_the_other_flows_as_they_are_now(tmp_path: Path) -> None:
    given = document()
    given["nodes"]["rest"] = {"kind": "run", "flow": "part", "exits": {}}
    part = {"flow": "part", "start": "done", "nodes": {"done": {"kind": "end", "outcome": "paid"}}}
    other = {"flow": "part", "start": "done", "nodes": {"done": {"kind": "end", "outcome": "owed"}}}
    async with tower(tmp_path) as made, made.client(address(Role.EDITOR)) as client:
        ends: list[Any] = []
        for body, headers in ((part, NEW), (other, {"If-Match": '"1"'})):
            await client.put(f"{FLOWS}/part/draft", json={"document": body}, headers=headers)
            found = await client.post(f"{FLOWS}/made/check", json={"document": given, "examples": False})
            ends.append(found.json()["exits"]["rest"])
        assert ends == [["paid"], ["owed"]]
        assert (await client.delete(f"{FLOWS}/part")).status_code == 204
        await client.put(f"{FLOWS}/part/draft", json={"document": part}, headers=NEW)
        found = await client.post(f"{FLOWS}/made/check", json={"document": given})
        assert found.json()["exits"]["rest"] == ["paid"]


async def test_a_flow_that_is_needed_is_not_deleted(tmp_path: Path) -> None:
    runs = document()
    runs["nodes"]["rest"] = {"kind": "run", "flow": "part", "exits": {}}
    async with tower(tmp_path) as made, made.client(address(Role.EDITOR)) as client:
        await client.post(f"{FLOWS}/part/draft")
        await client.put(f"{FLOWS}/made/draft", json={"document": runs}, headers=NEW)
        refused = await client.delete(f"{FLOWS}/part")
        assert (refused.status_code, refused.json()["code"]) == (409, "flow_in_use")
        assert (await client.delete(f"{FLOWS}/made")).status_code == 204
        assert (await client.delete(f"{FLOWS}/part")).status_code == 204
        assert (await client.get(FLOWS)).json() == []


async def test_the_palette_has_every_kind_and_each_starter_is_of_its_kind(tmp_path: Path) -> None:
    async with tower(tmp_path) as made, made.client(ADMIN) as client:
        kinds = (await client.get("/api/v1/flows/kinds")).json()
        schema = (await client.get("/api/v1/flows/schema")).json()
        assert {f"node_{one['kind']}" for one in kinds} == {n for n in schema["$defs"] if n.startswith("node_")}
        nodes = {one["kind"]: one["starter"] for one in kinds}
        checked = await client.post(
            f"{FLOWS}/made/check", json={"document": {"flow": "made", "start": "say", "nodes": nodes}}
        )
        fields = [one for one in checked.json()["faults"] if one["code"] in ("unknown_field", "unknown_kind")]
        assert fields == []


async def test_editors_see_one_another_and_themselves_elsewhere(tmp_path: Path) -> None:
    async with tower(tmp_path) as made, made.client(ADMIN) as ada, made.client(address(Role.EDITOR)) as ben:
        await ada.post(f"{FLOWS}/made/draft")
        place = f"{FLOWS}/made/presence"
        assert (await ada.post(place, json={"tab": "1", "node": "welcome"})).json() == []
        assert (await ben.post(place, json={})).json() == [{"name": ADMIN, "node": "welcome", "you": False}]
        others = (await ada.post(place, json={"tab": "2"})).json()
        assert [(one["name"], one["you"]) for one in others] == [(ADMIN, True), (address(Role.EDITOR), False)]
        await ben.post(place, json={"leaving": True})
        assert [one["you"] for one in (await ada.post(place, json={"tab": "2"})).json()] == [True]


async def test_another_projects_flows_are_not_there(tmp_path: Path) -> None:
    async with tower(tmp_path) as made, made.client(address(Role.ADMIN, OTHER)) as client:
        assert (await client.get(FLOWS)).status_code == 404
