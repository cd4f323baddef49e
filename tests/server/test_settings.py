from pathlib import Path

from tests.server.tower import ADMIN, SHOP, address, tower
from tollfree.protocol.role import Role

SETTINGS = f"/api/v1/projects/{SHOP}/settings"


async def test_settings_are_saved_by_who_saw_what_they_change(tmp_path: Path) -> None:
    async with tower(tmp_path) as made, made.client(address(Role.EDITOR)) as client:
        seen = await client.get(SETTINGS)
        given = {**seen.json(), "name": "The Corner Shop", "currency": "EUR"}
        assert (await client.put(SETTINGS, json=given)).status_code == 428
        saved = await client.put(SETTINGS, json=given, headers={"If-Match": seen.headers["etag"]})
        assert saved.status_code == 200 and saved.headers["etag"] != seen.headers["etag"]
        assert (await client.get(SETTINGS)).headers["etag"] == saved.headers["etag"]
        stale = await client.put(SETTINGS, json=given, headers={"If-Match": seen.headers["etag"]})
        assert (stale.status_code, stale.json()["code"]) == (412, "stale_settings")
        assert stale.json()["current"]["currency"] == "EUR"
        assert (await client.get("/api/v1/projects")).json()[0]["name"] == "The Corner Shop"
        last = (await made.office.store.audit.list()).entries[0]
        assert (last.action, last.details["fields"]) == ("save_settings", "name, currency")


async def test_faults_of_settings_are_told_together(tmp_path: Path) -> None:
    async with tower(tmp_path) as made, made.client(address(Role.EDITOR)) as client:
        answer = await client.put(SETTINGS, json={"name": "", "currency": "XXL"}, headers={"If-Match": '"x"'})
        assert answer.status_code == 422 and len(answer.json()["faults"]) == 2


async def test_only_an_admin_says_where_tools_reach(tmp_path: Path) -> None:
    async with tower(tmp_path) as made:
        for role, status in ((Role.EDITOR, 403), (Role.ADMIN, 200)):
            async with made.client(address(role)) as client:
                seen = await client.get(SETTINGS)
                given = {**seen.json(), "allowed_hosts": ["10.0.0.7"]}
                answer = await client.put(SETTINGS, json=given, headers={"If-Match": seen.headers["etag"]})
                assert answer.status_code == status


async def test_only_an_admin_says_how_long_things_are_kept(tmp_path: Path) -> None:
    async with tower(tmp_path) as made:
        for role, status in ((Role.EDITOR, 403), (Role.ADMIN, 200)):
            async with made.client(address(role)) as client:
                seen = await client.get(SETTINGS)
                given = {**seen.json(), "retention": {"audio_days": 1, "transcript_days": 1}}
                answer = await client.put(SETTINGS, json=given, headers={"If-Match": seen.headers["etag"]})
                assert answer.status_code == status


async def test_queues_are_added_and_removed_beside_other_changes(tmp_path: Path) -> None:
    async with tower(tmp_path) as made, made.client(address(Role.EDITOR)) as client:
        place = f"/api/v1/projects/{SHOP}/queues"
        new = {"If-None-Match": "*"}
        bad = await client.put(f"{place}/staff", json={"numbers": ["12"]}, headers=new)
        assert (bad.status_code, bad.json()["code"]) == (422, "bad_project")
        added = await client.put(f"{place}/staff", json={"numbers": ["+12125550100"]}, headers=new)
        assert added.status_code == 200 and added.headers["etag"] == added.json()["etag"]
        assert (await client.get(place)).json() == {"staff": added.json()}
        assert (await client.put(f"{place}/staff", json={"numbers": []}, headers=new)).status_code == 412
        assert (await client.delete(f"{place}/staff")).status_code == 204
        assert (await client.delete(f"{place}/staff")).status_code == 404


async def test_what_no_text_can_hold_is_refused_in_the_one_shape(tmp_path: Path) -> None:
    async with tower(tmp_path) as made, made.client(ADMIN) as client:
        headers = {"If-Match": '"x"', "Content-Type": "application/json"}
        for body in (
            rb'{"name": "\ud800"}',
            rb'{"\ud800": 1}',
            b"[" * 50_000,
            b'{"name": "a", "facts": {"x": NaN}}',
            b"\xff",
        ):
            answer = await client.put(SETTINGS, content=body, headers=headers)
            assert 400 <= answer.status_code < 500 and answer.json()["code"], body[:20]
