"""People, their links, members, keys, the audit trail and settings, over HTTP."""

from pathlib import Path

import httpx
import pytest

from tests.server.tower import ADMIN, OTHER, PASSWORD, SHOP, Tower, address, tower
from tollfree.protocol.role import Role
from tollfree.server.shown_settings import MASK, shown_settings
from tollfree.wiring.settings import Settings

NEW = "a quiet heron at noon"


async def token_of(client: httpx.AsyncClient, email: str) -> tuple[str, str]:
    """A person who was added: their id, and the token of their link."""
    answer = await client.post("/api/v1/users", json={"email": email, "name": "Grace"})
    assert answer.status_code == 201, answer.text
    return answer.json()["user"]["id"], answer.json()["password"]["link"].rpartition("=")[2]


async def test_a_person_sets_their_password_by_a_link_once(tmp_path: Path) -> None:
    async with tower(tmp_path) as made, made.client(ADMIN) as admin, made.client() as grace:
        _, token = await token_of(admin, "grace@example.com")
        weak = await grace.post("/api/v1/set-password", json={"token": token, "password": "grace"})
        assert weak.json()["code"] == "weak_password", "and the link still works"
        answer = await grace.post("/api/v1/set-password", json={"token": token, "password": NEW})
        assert answer.status_code == 200 and answer.json()["user"]["email"] == "grace@example.com"
        assert (await grace.get("/api/v1/session")).status_code == 200
        again = await grace.post("/api/v1/set-password", json={"token": token, "password": NEW})
        assert (again.status_code, again.json()["code"]) == (410, "stale_link")


@pytest.mark.parametrize("password", ["", "nobody's password", NEW])
async def test_whoever_has_no_password_yet_cannot_sign_in(tmp_path: Path, password: str) -> None:
    async with tower(tmp_path) as made, made.client(ADMIN) as admin, made.client() as other:
        await token_of(admin, "grace@example.com")
        answer = await other.post("/api/v1/session", json={"email": "grace@example.com", "password": password})
        assert answer.status_code in (401, 422)


async def test_a_new_password_ends_every_other_sign_in(tmp_path: Path) -> None:
    viewer = address(Role.VIEWER)
    async with tower(tmp_path) as made, made.client(viewer) as here, made.client(viewer) as there:
        wrong = await here.post("/api/v1/account/password", json={"old": "wrong", "new": NEW})
        assert (wrong.status_code, wrong.json()["code"]) == (401, "wrong_password")
        right = await here.post("/api/v1/account/password", json={"old": PASSWORD, "new": NEW})
        assert right.status_code == 200
        assert (await there.get("/api/v1/session")).status_code == 401
        here.headers["X-CSRF-Token"] = right.json()["csrf"]
        assert (await here.patch("/api/v1/account", json={"name": "Vera"})).json()["name"] == "Vera"


async def test_whoever_is_disabled_is_out_at_once(tmp_path: Path) -> None:
    async with tower(tmp_path) as made, made.client(ADMIN) as admin, made.client(address(Role.EDITOR)) as editor:
        id = (await editor.get("/api/v1/session")).json()["user"]["id"]
        tag = {"If-Match": (await admin.get(f"/api/v1/users/{id}")).headers["etag"]}
        assert (await admin.patch(f"/api/v1/users/{id}", json={"disabled": True}, headers=tag)).json()["disabled"]
        assert (await editor.get("/api/v1/session")).status_code == 401
        assert (await admin.delete(f"/api/v1/users/{id}")).status_code == 204
        assert (await admin.get(f"/api/v1/users/{id}")).status_code == 404


async def test_the_last_admin_stays(tmp_path: Path) -> None:
    async with tower(tmp_path) as made, made.client(ADMIN) as admin:
        id = (await admin.get("/api/v1/session")).json()["user"]["id"]
        tag = {"If-Match": (await admin.get(f"/api/v1/users/{id}")).headers["etag"]}
        for change in ({"everywhere": False}, {"disabled": True}):
            answer = await admin.patch(f"/api/v1/users/{id}", json=change, headers=tag)
            assert (answer.status_code, answer.json()["code"]) == (409, "last_admin")


async def test_an_admin_of_a_project_gives_parts_in_it_alone(tmp_path: Path) -> None:
    async with tower(tmp_path) as made, made.client(address(Role.ADMIN)) as admin:
        stranger = address(Role.VIEWER, OTHER)
        given = {"email": stranger, "role": "editor"}
        added = await admin.post(f"/api/v1/projects/{SHOP}/members", json=given)
        assert added.status_code == 201
        assert (await admin.post(f"/api/v1/projects/{OTHER}/members", json=given)).status_code == 404
        unknown = await admin.post(f"/api/v1/projects/{SHOP}/members", json={**given, "email": "no@example.com"})
        assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown_user")
        path = f"/api/v1/projects/{SHOP}/members/{added.json()['id']}"
        tag = {"If-Match": added.json()["etag"]}
        assert (await admin.put(path, json={"role": "viewer"}, headers=tag)).json()["role"] == "viewer"
        assert (await admin.delete(path)).status_code == 204
        assert stranger not in (await admin.get(f"/api/v1/projects/{SHOP}/members")).text


async def test_whoever_has_a_part_is_not_given_another_by_being_added(tmp_path: Path) -> None:
    async with tower(tmp_path) as made, made.client(address(Role.ADMIN)) as admin:
        members = f"/api/v1/projects/{SHOP}/members"
        before = (await admin.get(members)).json()
        again = await admin.post(members, json={"email": address(Role.EDITOR), "role": "viewer"})
        assert (again.status_code, again.json()["code"]) == (409, "already_member")
        told = f"{address(Role.EDITOR)} is a member already, as editor. Change their role instead."
        assert again.json()["message"] == told and (await admin.get(members)).json() == before


def stored(home: Path) -> bytes:
    """All that the store has on disk."""
    return b"".join(file.read_bytes() for file in home.glob("tollfree.db*"))


async def key_of(client: httpx.AsyncClient, **given: object) -> httpx.Response:
    return await client.post(f"/api/v1/projects/{SHOP}/keys", json={"name": "CRM", **given})


async def test_a_key_is_shown_once_and_kept_as_a_hash(tmp_path: Path) -> None:
    async with tower(tmp_path) as made, made.client(address(Role.ADMIN)) as admin, made.client() as program:
        key = (await key_of(admin, role="editor")).json()["key"]
        assert key not in (await admin.get(f"/api/v1/projects/{SHOP}/keys")).text
        assert key.encode() not in stored(tmp_path)
        program.headers["Authorization"] = f"Bearer {key}"
        assert (await program.get(f"/api/v1/projects/{SHOP}")).json()["role"] == "editor"
        facts = (await admin.get(f"/api/v1/projects/{SHOP}/keys")).json()[0]
        assert facts["used_at"] is not None
        assert (await admin.delete(f"/api/v1/projects/{SHOP}/keys/{facts['id']}")).status_code == 204
        assert (await program.get(f"/api/v1/projects/{SHOP}")).status_code == 401


async def test_a_key_that_would_never_work_is_not_made(tmp_path: Path) -> None:
    async with tower(tmp_path) as made, made.client(address(Role.ADMIN)) as admin:
        for until in ("2020-01-01T00:00:00Z", "2027-01-01T00:00:00", "9999-12-31T23:59:59-23:00"):
            assert (await key_of(admin, until=until)).status_code == 422, until


async def test_a_key_of_an_admin_makes_no_keys_and_no_members(tmp_path: Path) -> None:
    async with tower(tmp_path) as made, made.client(address(Role.ADMIN)) as admin, made.client() as program:
        program.headers["Authorization"] = f"Bearer {(await key_of(admin, role='admin')).json()['key']}"
        assert (await key_of(program)).status_code == 403
        given = {"email": address(Role.VIEWER, OTHER), "role": "admin"}
        assert (await program.post(f"/api/v1/projects/{SHOP}/members", json=given)).status_code == 403
        assert (await program.get(f"/api/v1/projects/{SHOP}/webhooks")).status_code == 200


@pytest.mark.parametrize("given", ["Bearer tf_nothing", "Bearer", "Basic YTpi", "tf_x", "Bearer sk_x", "\xff"])
async def test_a_key_that_is_none_is_refused_even_beside_a_cookie(tmp_path: Path, given: str) -> None:
    async with tower(tmp_path) as made, made.client(ADMIN) as client:
        headers = {"Authorization": given.encode("latin-1")}
        assert (await client.get("/api/v1/session", headers=headers)).status_code == 401  # pyright: ignore[reportArgumentType]


async def test_a_stolen_cookie_of_a_viewer_changes_nothing(tmp_path: Path) -> None:
    async with tower(tmp_path) as made, made.client(address(Role.VIEWER)) as viewer, made.client() as thief:
        thief.cookies = viewer.cookies
        assert (await thief.delete(f"/api/v1/projects/{SHOP}")).json()["code"] == "csrf"
        thief.headers["X-CSRF-Token"] = (await thief.get("/api/v1/session")).json()["csrf"]
        assert (await thief.delete(f"/api/v1/projects/{SHOP}")).json()["code"] == "not_allowed"


async def test_the_trail_is_read_by_project_and_in_pages(tmp_path: Path) -> None:
    async with tower(tmp_path) as made, made.client(address(Role.ADMIN)) as admin:
        for n in range(3):
            await key_of(admin, name=f"key {n}")
        seen, cursor = [], ""
        while cursor is not None:
            params = {"limit": 2, "cursor": cursor}
            page = (await admin.get(f"/api/v1/projects/{SHOP}/audit", params=params)).json()
            seen += [one["details"]["name"] for one in page["items"]]
            cursor = page["next"]
        assert seen == ["key 2", "key 1", "key 0"]
        assert (await admin.get("/api/v1/audit")).status_code == 403
        bad = await admin.get(f"/api/v1/projects/{SHOP}/audit", params={"cursor": "nonsense"})
        assert (bad.status_code, bad.json()["code"]) == (422, "bad_cursor")


async def test_a_webhook_is_made_for_what_is_public_and_its_secret_shown_once(tmp_path: Path) -> None:
    async with tower(tmp_path) as made, made.client(address(Role.ADMIN)) as admin:
        path, events = f"/api/v1/projects/{SHOP}/webhooks", ["call.ended"]
        inside = await admin.post(path, json={"url": "http://127.0.0.1:8780/x", "events": events})
        assert (inside.status_code, inside.json()["code"]) == (422, "forbidden_host")
        answer = await admin.post(path, json={"url": "https://crm.example.com/x", "events": events})
        secret, id = answer.json()["secret"], answer.json()["webhook"]["id"]
        assert secret.startswith("whsec_") and secret not in (await admin.get(path)).text
        assert secret.encode() not in stored(tmp_path)
        assert (await admin.post(f"{path}/{id}/test")).status_code == 202
        (delivery,) = (await admin.get(f"{path}/{id}/deliveries")).json()["items"]
        assert (delivery["event"], delivery["state"]) == ("test", "waiting")
        again = await admin.post(f"{path}/{id}/deliveries/{delivery['id']}/redeliver")
        assert again.status_code == 202
        tag = {"If-Match": (await admin.get(f"{path}/{id}")).headers["etag"]}
        assert (await admin.patch(f"{path}/{id}", json={"enabled": False}, headers=tag)).json()["enabled"] is False
        assert (await admin.delete(f"{path}/{id}")).status_code == 204


async def metrics(made: Tower, client_address: str, **headers: str) -> httpx.Response:
    transport = httpx.ASGITransport(made.app, client=(client_address, 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://tower.test") as client:
        return await client.get("/metrics", headers=headers)


async def test_metrics_are_for_this_machine_and_for_admins(tmp_path: Path) -> None:
    async with tower(tmp_path) as made, made.client(ADMIN) as admin:
        await admin.get("/api/v1/session")
        page = await metrics(made, "127.0.0.1")
        assert page.status_code == 200 and 'route="show_session"' in page.text
        assert (await metrics(made, "10.0.0.9")).status_code == 401
        assert (await metrics(made, "127.0.0.1", **{"X-Forwarded-For": "10.0.0.9"})).status_code == 401
        assert (await admin.get("/health")).json() == {"status": "live"}
        assert (await admin.get("/ready")).json() == {"status": "ready"}


async def test_a_store_that_is_gone_is_not_ready(tmp_path: Path) -> None:
    async with tower(tmp_path) as made, made.client() as client:
        await made.office.store.close()
        assert (await client.get("/health")).status_code == 200
        answer = await client.get("/ready")
        assert (answer.status_code, answer.json()["code"]) == (503, "store_unavailable")


def test_settings_are_shown_without_what_would_let_somebody_in() -> None:
    url = "postgresql://tollfree:hunter2@db.example/tollfree?password=hunter3"
    shown = {one.name: one for one in shown_settings(Settings(database_url=url, stt="served:ws://u:hunter4@h:1#x"))}
    assert "hunter" not in str(shown.values())
    assert shown["TOLLFREE_DATABASE_URL"].value.startswith(f"postgresql://tollfree:{MASK}@db.example")
    assert shown["TOLLFREE_DATABASE_URL"].is_set and not shown["TOLLFREE_RECORDING"].is_set
    assert "TOLLFREE_LISTENING__BARGE_GATE_MS" in shown and shown["TOLLFREE_CALL_LIMIT_S"].description
