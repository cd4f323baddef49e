from pathlib import Path
from typing import Any

import pytest

from tests.server.tower import SHOP, address, tower
from tollfree.calls.secrets import KEY_VARIABLE
from tollfree.protocol.role import Role

PROJECT = f"/api/v1/projects/{SHOP}"
NEW = {"If-None-Match": "*"}
TOOL: dict[str, Any] = {
    "name": "orders.find",
    "url": "https://shop.example/orders",
    "headers": {"Authorization": "Bearer {{ secret.TOKEN }}"},
}
MENU = "sku,name,price\nPZ-01,Margherita,9.50\n"


@pytest.fixture(autouse=True)
def own_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(KEY_VARIABLE, raising=False)


async def test_tools_are_saved_shown_and_deleted(tmp_path: Path) -> None:
    place = f"{PROJECT}/tools/orders.find"
    async with tower(tmp_path) as made, made.client(address(Role.EDITOR)) as client:
        first = await client.put(place, json=TOOL, headers=NEW)
        assert first.status_code == 200 and first.json()["missing_secrets"] == ["TOKEN"]
        changed = {**TOOL, "description": "Finds an order"}
        assert (await client.put(place, json=changed, headers=NEW)).status_code == 412
        saved = await client.put(place, json=changed, headers={"If-Match": first.headers["etag"]})
        stale = await client.put(place, json=TOOL, headers={"If-Match": first.headers["etag"]})
        assert saved.status_code == 200
        assert (stale.status_code, stale.json()["current"]["description"]) == (412, "Finds an order")
        assert [one["tool"]["name"] for one in (await client.get(f"{PROJECT}/tools")).json()] == ["orders.find"]
        assert (await client.get(place)).headers["etag"] == saved.headers["etag"]
        assert (await client.delete(place)).status_code == 204 and (await client.get(place)).status_code == 404


async def test_a_tool_that_cannot_be_is_refused(tmp_path: Path) -> None:
    async with tower(tmp_path) as made, made.client(address(Role.EDITOR)) as client:
        for part in ({"name": "other"}, {"url": "file:///etc/passwd"}, {"url": "https://{{ a }}/"}, {"x": 1}):
            answer = await client.put(f"{PROJECT}/tools/orders.find", json={**TOOL, **part}, headers=NEW)
            assert answer.status_code == 422, part
        assert (await client.get(f"{PROJECT}/tools/..%2f..%2fx")).status_code in (404, 422)


async def test_a_secret_is_set_and_never_shown(tmp_path: Path) -> None:
    async with tower(tmp_path) as made, made.client(address(Role.EDITOR)) as client:
        value = "planted-value-417"
        assert (await client.put(f"{PROJECT}/secrets/TOKEN", json={"value": value})).status_code == 204
        assert (await client.get(f"{PROJECT}/secrets")).json() == ["TOKEN"]
        assert (await (await made.office.vault()).open(SHOP)).values == {"TOKEN": value}
        short = await client.put(f"{PROJECT}/secrets/TOKEN", json={"value": "x"})
        assert short.status_code == 422 and short.json()["code"] == "bad_secret"
        trail = (await made.office.store.audit.list()).entries
        assert value not in str(trail) and trail[0].subject == "secret=TOKEN"
        assert (await client.delete(f"{PROJECT}/secrets/TOKEN")).status_code == 204
        assert (await client.delete(f"{PROJECT}/secrets/TOKEN")).status_code == 404
        async with made.client(address(Role.VIEWER)) as viewer:
            assert (await viewer.get(f"{PROJECT}/secrets")).status_code == 403


async def test_catalogues_are_read_before_they_are_kept(tmp_path: Path) -> None:
    place = f"{PROJECT}/catalogues/menu"
    async with tower(tmp_path) as made, made.client(address(Role.EDITOR)) as client:
        bad = await client.put(place, json={"text": "sku,name,price\nA,A,many\n"}, headers=NEW)
        assert bad.status_code == 422 and "price" in bad.json()["message"]
        saved = await client.put(place, json={"text": MENU}, headers=NEW)
        assert saved.status_code == 200 and saved.json()["items"] == 1
        shown = await client.get(place)
        assert (shown.json()["text"], shown.headers["etag"]) == (MENU, saved.headers["etag"])
        assert (await client.put(place, json={"text": MENU}, headers={"If-Match": '"old"'})).status_code == 412
        assert [one["characters"] for one in (await client.get(f"{PROJECT}/catalogues")).json()] == [len(MENU)]
        assert (await client.delete(place)).status_code == 204 and (await client.get(place)).status_code == 404
