from pathlib import Path

import httpx
import pytest

from tests.server.tower import ADMIN, PASSWORD, QUICK, SHOP, address, tower
from tollfree.protocol.role import Role
from tollfree.server.app import create_app
from tollfree.server.desk import Desk
from tollfree.server.doorkeeper import COOKIE, Doorkeeper
from tollfree.server.passwords import Passwords
from tollfree.server.settings import ServerSettings
from tollfree.wiring.office import Office
from tollfree.wiring.settings import Settings


async def test_who_signs_in_is_told_what_is_theirs(tmp_path: Path) -> None:
    async with tower(tmp_path) as made, made.client(address(Role.EDITOR)) as client:
        facts = (await client.get("/api/v1/session")).json()
        assert facts["user"]["email"] == address(Role.EDITOR)
        assert facts["projects"] == [{"id": SHOP, "name": "shop", "role": "editor"}]
        assert facts["csrf"] == client.headers["X-CSRF-Token"]


async def test_the_cookie_is_for_the_browser_alone(tmp_path: Path) -> None:
    async with tower(tmp_path, ServerSettings(url="https://calls.example.com")) as made, made.client() as client:
        answer = await client.post("/api/v1/session", json={"email": ADMIN, "password": PASSWORD})
        cookie = answer.headers["set-cookie"].lower()
        assert cookie.startswith(COOKIE) and all(word in cookie for word in ("httponly", "samesite=lax", "secure"))
        assert answer.headers["strict-transport-security"]


async def test_a_change_needs_the_pages_token(tmp_path: Path) -> None:
    async with tower(tmp_path) as made, made.client(ADMIN) as client:
        for token in ("", "0" * 64, "ü"):
            client.headers["X-CSRF-Token"] = token
            answer = await client.post("/api/v1/projects", json={"id": "new", "name": "New"})
            assert (answer.status_code, answer.json()["code"]) == (403, "csrf")
        assert (await client.get("/api/v1/projects")).status_code == 200


async def test_wrong_passwords_are_slowed_down_and_tell_nothing_of_who_is_known(tmp_path: Path) -> None:
    async with tower(tmp_path) as made, made.client() as client:
        said: list[httpx.Response] = []
        for email in (ADMIN, "nobody@example.com"):
            said.append(await client.post("/api/v1/session", json={"email": email, "password": "wrong"}))
        assert said[0].json() == said[1].json() and said[0].status_code == 401
        for _ in range(4):
            answer = await client.post("/api/v1/session", json={"email": ADMIN, "password": "wrong"})
        answer = await client.post("/api/v1/session", json={"email": ADMIN, "password": PASSWORD})
        assert (answer.status_code, answer.json()["code"]) == (429, "too_many_tries")
        assert int(answer.headers["retry-after"]) >= 1


async def test_signing_out_ends_it(tmp_path: Path) -> None:
    async with tower(tmp_path) as made, made.client(ADMIN) as client:
        token = client.cookies[COOKIE]
        assert (await client.delete("/api/v1/session")).status_code == 204
        client.cookies.set(COOKIE, token)
        assert (await client.get("/api/v1/session")).status_code == 401


@pytest.fixture
async def empty(tmp_path: Path):
    async with await Office.open(Settings(home=tmp_path, cache=tmp_path / "cache")) as office:
        settings = ServerSettings()
        doorkeeper = Doorkeeper(office.store, settings, office.clock, tmp_path, Passwords(QUICK))
        desk = Desk(office=office, settings=settings, doorkeeper=doorkeeper)
        transport = httpx.ASGITransport(create_app(desk))
        async with httpx.AsyncClient(transport=transport, base_url="http://tower.test") as client:
            yield desk, client


async def test_the_first_link_makes_one_admin_once(empty: tuple[Desk, httpx.AsyncClient]) -> None:
    desk, client = empty
    token = await desk.doorkeeper.first_link()
    assert token and token == await desk.doorkeeper.first_link()
    given = {"token": "x" * 43, "email": "Ada@Example.com", "name": "Ada", "password": PASSWORD}
    assert (await client.post("/api/v1/first-admin", json=given)).status_code == 410
    weak = await client.post("/api/v1/first-admin", json={**given, "token": token, "password": "ada"})
    assert weak.json()["code"] == "weak_password"
    made = await client.post("/api/v1/first-admin", json={**given, "token": token})
    assert made.status_code == 201 and made.json()["everywhere"] and made.json()["user"]["email"] == "ada@example.com"
    assert (await client.get("/api/v1/session")).status_code == 200
    assert (await client.post("/api/v1/first-admin", json={**given, "token": token})).status_code == 410
    assert await desk.doorkeeper.first_link() == ""
