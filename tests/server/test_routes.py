from pathlib import Path
from typing import Any

from tests.server.tower import ADMIN, address, tower
from tollfree.protocol.role import Role

ROUTES: dict[str, Any] = {
    "routes": {"fast": {"base_url": "http://127.0.0.1:9/v1", "model": "qwen3", "api_key_env": "NO_SUCH_KEY"}},
    "chains": {"default": ["fast"]},
}


async def test_routes_are_written_by_admins_and_read_by_all(tmp_path: Path) -> None:
    async with tower(tmp_path) as made, made.client(ADMIN) as admin, made.client(address(Role.ADMIN)) as other:
        seen = await admin.get("/api/v1/routes/file")
        assert seen.json() == {"routes": {}, "chains": {}}
        saved = await admin.put("/api/v1/routes/file", json=ROUTES, headers={"If-Match": seen.headers["etag"]})
        assert saved.status_code == 200, saved.text
        stale = await admin.put("/api/v1/routes/file", json=ROUTES, headers={"If-Match": seen.headers["etag"]})
        assert (stale.status_code, stale.json()["code"]) == (412, "stale_routes")
        assert (await admin.get("/api/v1/routes/file")).headers["etag"] == saved.headers["etag"]
        shown = (await other.get("/api/v1/routes")).json()
        assert shown["chains"] == {"default": ["fast"], "fast": ["fast"]}
        fast = shown["routes"]["fast"]
        assert (fast["base_url"], fast["key"], fast["key_missing"]) == ("", False, True)
        for answer in (await other.get("/api/v1/routes/file"), await other.post("/api/v1/routes/fast/try")):
            assert answer.status_code == 403


async def test_a_route_is_tried(tmp_path: Path) -> None:
    async with tower(tmp_path) as made, made.client(ADMIN) as client:
        made.office.settings.routes_path.write_text(
            "routes: {fast: {base_url: 'http://127.0.0.1:9/v1', model: qwen3}}\n"
        )
        tried = (await client.post("/api/v1/routes/fast/try")).json()
        assert not tried["good"] and tried["fault"]
        assert (await client.post("/api/v1/routes/none/try")).status_code == 404


async def test_routes_that_cannot_be_are_refused(tmp_path: Path) -> None:
    async with tower(tmp_path) as made, made.client(ADMIN) as client:
        for bad in (
            {"chains": {"default": ["none"]}},
            {"routes": {"fast": {"base_url": "http://a:b@host/v1", "model": "m"}}},
            {"routes": {"fast": {"base_url": "http://host/v1", "model": "m", "api_key": "k"}}},
        ):
            answer = await client.put("/api/v1/routes/file", json=bad, headers={"If-Match": '"x"'})
            assert answer.status_code == 422
