from pathlib import Path
from typing import Any

import yaml

from tests.flows.driven import ask, flow_of
from tests.server.tower import SHOP, Tower, address, tower
from tollfree.calls.lines.script import ScriptLine, read_script
from tollfree.protocol.role import Role
from tollfree.wiring.office import Office
from tollfree.wiring.settings import Settings

FLOWS = f"/api/v1/projects/{SHOP}/flows"
NEW = {"If-None-Match": "*"}


def document(goodbye: str = "Bye.", **more: Any) -> dict[str, Any]:
    return flow_of({"code": ask("done"), "done": {"kind": "end", "say": goodbye}, **more})


async def published(client: Any, given: dict[str, Any], revision: int, **body: Any) -> dict[str, Any]:
    headers = {"If-Match": f'"{revision}"'} if revision else NEW
    assert (await client.put(f"{FLOWS}/made/draft", json={"document": given}, headers=headers)).status_code == 200
    answer = await client.post(f"{FLOWS}/made/publish", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def heard(office: Office) -> list[str]:
    told: list[str] = []
    line = ScriptLine(read_script("it", "one two three"), lambda who, text: told.append(text))
    await office.place_call(SHOP, line)
    return told


async def test_the_next_call_on_every_worker_has_what_was_published(tmp_path: Path) -> None:
    async with tower(tmp_path) as made, made.client(address(Role.EDITOR)) as client:
        async with await Office.open(Settings(home=tmp_path, cache=tmp_path / "cache")) as worker:
            worker.__dict__["embedder"] = made.office.embedder
            assert (await published(client, document("Old words."), 0))["version"] == 1
            assert "Old words." in await heard(worker)
            assert (await published(client, document("New words."), 1, note="Newer"))["version"] == 2
            assert "New words." in await heard(worker)
            back = await client.post(f"{FLOWS}/made/versions/1/rollback")
            assert back.json() == {"version": 1, "changed": True, "warnings": []}
            assert "Old words." in await heard(worker)
        listed = (await client.get(f"{FLOWS}/made/versions")).json()
        assert [(one["number"], one["published"], one["note"]) for one in listed["versions"]] == [
            (2, False, "Newer"),
            (1, True, ""),
        ]
        assert [one["version"] for one in listed["history"]] == [1, 2, 1]
        assert (await client.delete(f"{FLOWS}/made")).json()["code"] == "flow_in_use"  # its calls can still be read
        assert (await client.get(f"{FLOWS}/made")).json()["changed"]  # the draft is newer than what is in use


async def test_faults_forbid_publishing_and_so_does_a_draft_that_was_not_looked_at(tmp_path: Path) -> None:
    async with tower(tmp_path) as made, made.client(address(Role.EDITOR)) as client:
        given = document()
        given["nodes"]["code"]["exits"]["given"] = "nowhere"
        await client.put(f"{FLOWS}/made/draft", json={"document": given}, headers=NEW)
        refused = await client.post(f"{FLOWS}/made/publish", json={})
        assert (refused.status_code, refused.json()["code"]) == (422, "faulty_flow")
        assert refused.json()["faults"][0]["node"] == "code"
        await client.put(f"{FLOWS}/made/draft", json={"document": document()}, headers={"If-Match": '"1"'})
        stale = await client.post(f"{FLOWS}/made/publish", json={"revision": 1})
        assert (stale.status_code, stale.json()["code"]) == (412, "stale_publication")
        assert (await client.post(f"{FLOWS}/made/publish", json={"revision": 2})).json()["changed"]


async def test_a_diff_tells_nodes_and_edges(tmp_path: Path) -> None:
    async with tower(tmp_path) as made, made.client(address(Role.EDITOR)) as client:
        await published(client, document(), 0)
        given = document(extra={"kind": "end"})
        given["nodes"]["code"]["at"] = [1, 2]
        given["nodes"]["done"]["say"] = "Thanks."
        given["nodes"]["code"]["exits"]["refused"] = "extra"
        await client.put(f"{FLOWS}/made/draft", json={"document": given}, headers={"If-Match": '"1"'})
        found = (await client.get(f"{FLOWS}/made/diff")).json()
        assert found["nodes"] == {"extra": "added", "code": "changed", "done": "changed"}
        assert [(e["node"], e["exit"], e["after"]) for e in found["edges"]] == [("code", "refused", "extra")]
        same = (await client.get(f"{FLOWS}/made/diff", params={"before": 1, "after": 1})).json()
        assert same == {"nodes": {}, "edges": [], "changes": []}
        for number in (9, 0, 2**70):
            assert (await client.get(f"{FLOWS}/made/versions/{number}")).status_code in (404, 422)


async def test_a_file_keeps_places_on_the_canvas_and_nobodys_work_is_overwritten(tmp_path: Path) -> None:
    given = document()
    given["nodes"]["code"]["at"] = [12.5, -40]
    async with tower(tmp_path) as made, made.client(address(Role.EDITOR)) as client:
        first = await client.post(f"{FLOWS}/import", json={"text": yaml.safe_dump(given, sort_keys=False)})
        assert (first.status_code, first.json()["revision"]) == (201, 1)
        for form in ("yaml", "json"):
            file = await client.get(f"{FLOWS}/made/export", params={"format": form})
            assert file.headers["content-disposition"] == f'attachment; filename="made.{form}"'
            assert yaml.safe_load(file.text) == given
        assert (await client.post(f"{FLOWS}/import", json={"text": file.text})).status_code == 412
        again = await client.post(f"{FLOWS}/import", json={"text": file.text, "revision": 1})
        assert again.json()["revision"] == 2
        for text in ("[", "a: &a [*a]", "- 1", "{}", "flow: ../x\n", "flow: [1]\n", "[" * 3000):
            answer = await client.post(f"{FLOWS}/import", json={"text": text})
            assert answer.status_code == 422, text[:20]


async def test_many_large_flows_are_listed_without_reading_them(tmp_path: Path) -> None:
    async with tower(tmp_path) as made, made.client(address(Role.VIEWER)) as client:
        await _many(made, 20)
        made.office.store.drafts.get = None  # pyright: ignore[reportAttributeAccessIssue]  whoever reads one fails
        flows = (await client.get(FLOWS)).json()
        assert len(flows) == 20 and not any("document" in one for one in flows)
        assert len((await client.get(FLOWS, params={"q": "f1"})).json()) == 11


async def _many(made: Tower, flows: int) -> None:
    for number in range(flows):
        given = flow_of({"code": ask("bye")}, name=f"f{number}")
        await made.office.store.drafts.save(SHOP, given["flow"], given, expected_revision=0)


async def test_a_text_is_read_for_an_editor_and_nothing_is_saved(tmp_path: Path) -> None:
    async with tower(tmp_path) as made, made.client(address(Role.VIEWER)) as client:
        read = await client.post(f"{FLOWS}/read", json={"text": "bye: {kind: end, say: yes}"})
        assert read.json() == {"document": {"bye": {"kind": "end", "say": "yes"}}}
        torn = await client.post(f"{FLOWS}/read", json={"text": "bye: {kind: end"})
        assert (torn.status_code, torn.json()["code"]) == (422, "unreadable")
        assert "line 1" in torn.json()["message"]
        assert "bye" not in [one["name"] for one in (await client.get(FLOWS)).json()]
