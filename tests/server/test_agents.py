from pathlib import Path
from typing import Any

from tests.flows.driven import ask, flow_of
from tests.server.tower import ADMIN, SHOP, address, tower
from tollfree.protocol.role import Role

AGENTS = f"/api/v1/projects/{SHOP}/agents"
MAIN: dict[str, Any] = {"flow": "made", "routes": {"order": "fast"}, "listening": {"barge_gate_ms": 96}}
NEW = {"If-None-Match": "*"}


async def test_an_agent_is_added_changed_and_removed(tmp_path: Path) -> None:
    async with tower(tmp_path) as made, made.client(address(Role.EDITOR)) as client:
        await client.put(
            f"/api/v1/projects/{SHOP}/flows/made/draft", json={"document": flow_of({"code": ask("bye")})}, headers=NEW
        )
        first = await client.put(f"{AGENTS}/main", json=MAIN, headers=NEW)
        assert first.status_code == 200, first.text
        assert first.json()["flow"]["published"] is None and first.json()["open"]
        again = await client.put(f"{AGENTS}/main", json=MAIN, headers=NEW)
        assert (again.status_code, again.json()["current"]["flow"]) == (412, "made")
        changed = await client.put(
            f"{AGENTS}/main", json={**MAIN, "language": "en-GB"}, headers={"If-Match": first.headers["etag"]}
        )
        assert changed.json()["settings"]["language"] == "en-GB"
        shown = (await client.get(f"{AGENTS}/main")).json()
        assert shown["intents"] == [{"intent": "order", "route": "fast", "by_table": True}]
        assert [one["name"] for one in (await client.get(AGENTS)).json()] == ["main"]
        assert (await client.delete(f"/api/v1/projects/{SHOP}/flows/made")).json()["code"] == "flow_in_use"
        assert (await client.delete(f"{AGENTS}/main")).status_code == 204
        assert (await client.get(f"{AGENTS}/main")).status_code == 404


async def test_two_agents_are_changed_at_the_same_time_and_both_are_kept(tmp_path: Path) -> None:
    async with tower(tmp_path) as made, made.client(address(Role.EDITOR)) as client:
        tags = [(await client.put(f"{AGENTS}/{name}", json=MAIN, headers=NEW)).headers["etag"] for name in "ab"]
        for name, tag in zip("ab", tags, strict=True):
            answer = await client.put(f"{AGENTS}/{name}", json={**MAIN, "flow": name}, headers={"If-Match": tag})
            assert answer.status_code == 200
        flows = [one["settings"]["flow"] for one in (await client.get(AGENTS)).json()]
        assert flows == ["a", "b"]


async def test_an_editor_names_no_server_that_the_installation_does_not_ask(tmp_path: Path) -> None:
    foreign = {**MAIN, "voice": "served:ws://elsewhere.example:8802#kokoro:af_heart"}
    async with tower(tmp_path) as made:
        async with made.client(address(Role.EDITOR)) as client:
            for given in (foreign, {**MAIN, "hearing": ["openai:http://elsewhere.example/v1"]}):
                answer = await client.put(f"{AGENTS}/main", json=given, headers=NEW)
                assert (answer.status_code, answer.json()["code"]) == (422, "foreign_engine")
        async with made.client(ADMIN) as client:
            tag = (await client.put(f"{AGENTS}/main", json=foreign, headers=NEW)).headers["etag"]
        async with made.client(address(Role.EDITOR)) as client:
            kept = await client.put(f"{AGENTS}/main", json={**foreign, "speed": 1.1}, headers={"If-Match": tag})
            assert kept.status_code == 200


async def test_thresholds_come_with_their_explanations(tmp_path: Path) -> None:
    async with tower(tmp_path) as made, made.client(address(Role.VIEWER)) as client:
        schema = (await client.get(f"/api/v1/projects/{SHOP}/listening")).json()
        gate = schema["properties"]["barge_gate_ms"]
        assert gate["default"] == 64 and "pause the agent" in gate["description"]


async def test_settings_that_cannot_be_are_refused(tmp_path: Path) -> None:
    async with tower(tmp_path) as made, made.client(address(Role.EDITOR)) as client:
        for part in (
            {"listening": {"barge_gate_ms": 1}},
            {"listening": {"no_such": 1}},
            {"hours": {"week": {"monday": ["9-17"]}, "say": "Closed."}},
            {"hours": {"week": {}}},
            {"language": "../x"},
            {"web": {"domains": ["https://a.example/path"]}},
        ):
            answer = await client.put(f"{AGENTS}/main", json={**MAIN, **part}, headers=NEW)
            assert answer.status_code == 422, part
        assert (await client.put(f"{AGENTS}/..%2Fx", json=MAIN, headers=NEW)).status_code in (404, 405, 422)
