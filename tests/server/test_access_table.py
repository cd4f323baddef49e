"""Every route × every kind of caller × a project of theirs, another's, and one that is not there. The table is made
from the routes themselves, so a new route is covered as soon as it exists."""

import re
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.server.tower import ADMIN, OTHER, SHOP, Tower, address, tower
from tollfree.protocol.role import Role
from tollfree.server.access import GuardedRoute
from tollfree.server.app import routes_of
from tollfree.server.doorkeeper import SAFE
from tollfree.server.principal import hashed

PROJECTS = ("nowhere", "other", "shop")
"""The caller's own last: what is deleted in it is not missed by the rows before."""
UNSAFE_EVERYWHERE = frozenset({"sign_out"})
"""Routes that would change who the caller is for the rows after them."""


@dataclass(frozen=True)
class Caller:
    """Somebody who asks, with the parts they have."""

    name: str
    client: httpx.AsyncClient
    role: Role | None = None
    """In the shop; they have no part in the other project."""
    everywhere: bool = False
    key: bool = False

    def expected(self, route: GuardedRoute, project: str) -> int | None:
        """The status that refuses them; None: they are let in."""
        access = route.access
        if access.scope in ("anyone", "operators"):
            return None  # the tests' requests come from this machine
        if self.name == "nobody":
            return 401
        if access.scope == "project":
            if project == "nowhere" or not (self.everywhere or (project == SHOP and self.role is not None)):
                return 404
            assert access.role is not None
            if not self.everywhere and (self.role is None or not self.role.covers(access.role)):
                return 403
        if (access.scope == "signed_in" or access.person) and self.key:
            return 403
        if access.scope == "everywhere" and not self.everywhere:
            return 403
        return None


@pytest.fixture
async def made(tmp_path: Path) -> AsyncGenerator[Tower]:
    async with tower(tmp_path) as opened:
        yield opened


async def keyed(made: Tower, client: httpx.AsyncClient, role: Role) -> None:
    """Have a client come with a key of this role."""
    secret = f"tf_{role.value}"
    await made.office.store.api_keys.add(
        SHOP, key_sha256=hashed(secret), name=role.value, role=role, created_by="", until=None
    )
    client.headers["Authorization"] = f"Bearer {secret}"


def paths(route: GuardedRoute) -> list[tuple[str, str]]:
    """The route's path in each project, or once."""
    filled = re.sub(r"\{(?!project)\w+(:\w+)?\}", "1", route.path)
    return [(one, filled.replace("{project}", one)) for one in PROJECTS] if "{project}" in filled else [("", filled)]


async def refusal(caller: Caller, method: str, path: str) -> tuple[int, str]:
    """How they are refused; 0: they are not. Their request is empty, so what a route makes of it is its own affair: it
    changes nothing that matters here, and whether it was let in shows in the code of its refusal."""
    answer = await caller.client.request(method, path, timeout=30)
    assert answer.status_code < 500, f"{caller.name} {method} {path}: {answer.text}"
    if method == "HEAD":  # an answer without a body: whose a 404 is, GET alone tells
        return (answer.status_code if answer.status_code in (401, 403) else 0), ""
    code = answer.json().get("code", "") if answer.status_code >= 400 else ""
    refused = (answer.status_code == 401 and code == "signed_out") or (answer.status_code == 403 and code != "")
    return (answer.status_code if refused or code == "unknown_project" else 0), code


async def check(caller: Caller, routes: tuple[GuardedRoute, ...]) -> int:
    """Hold every route against what it declares; how many rows there were."""
    rows = 0
    wrong: list[str] = []
    for route in routes:
        for method in sorted(route.methods):
            for project, path in paths(route):
                if streams(route) and caller.expected(route, project) is None:
                    continue  # it would never end
                got, code = await refusal(caller, method, path)
                expected = caller.expected(route, project) or 0
                expected = 0 if method == "HEAD" and expected == 404 else expected
                rows += 1
                if got != expected:
                    wrong.append(f"{caller.name}: {method} {path} ({route.name}): {got} {code}, not {expected}")
    assert not wrong, "\n".join(wrong)
    return rows


def streams(route: GuardedRoute) -> bool:
    """Whether it sends events for as long as somebody listens."""
    return route.path.endswith("/live")


def kept(routes: tuple[GuardedRoute, ...]) -> tuple[GuardedRoute, ...]:
    """Those whose success does not spoil the rows after them; deleting the project comes last."""
    calm = [one for one in routes if one.name not in UNSAFE_EVERYWHERE | {"remove_project"}]
    return (*calm, *(one for one in routes if one.name == "remove_project"))


async def test_nobody_comes_in_anywhere(made: Tower) -> None:
    async with made.client() as client:
        rows = await check(Caller("nobody", client), routes_of(made.app))
    assert rows > len(routes_of(made.app))


@pytest.mark.parametrize("role", list(Role))
async def test_each_role_may_what_it_says_and_in_its_own_project(made: Tower, role: Role) -> None:
    async with made.client(address(role)) as client:
        await check(Caller(role.value, client, role=role), kept(routes_of(made.app)))
        assert (await client.get("/api/v1/session")).status_code == 200


@pytest.mark.parametrize("role", list(Role))
async def test_each_key_may_what_its_role_says_and_is_no_person(made: Tower, role: Role) -> None:
    async with made.client() as client:
        await keyed(made, client, role)
        await check(Caller(f"key {role.value}", client, role=role, key=True), kept(routes_of(made.app)))


async def test_an_admin_of_the_installation_may_everything(made: Tower) -> None:
    async with made.client(ADMIN) as client:
        await check(Caller("everywhere", client, everywhere=True), kept(routes_of(made.app)))


async def test_no_change_is_made_by_a_cookie_alone(made: Tower) -> None:
    async with made.client(ADMIN) as client:
        del client.headers["X-CSRF-Token"]
        for route in routes_of(made.app):
            if route.access.scope in ("anyone", "operators"):
                continue
            for method in route.methods - SAFE:
                for _, path in paths(route):
                    answer = await client.request(method, path)
                    assert (answer.status_code, answer.json()["code"]) == (403, "csrf"), path


async def test_a_key_of_one_project_sees_nothing_of_another(made: Tower) -> None:
    async with made.client() as client:
        await keyed(made, client, Role.ADMIN)
        own, other = [(await client.get(f"/api/v1/projects/{one}")).status_code for one in (SHOP, OTHER)]
        assert (own, other) == (200, 404)
