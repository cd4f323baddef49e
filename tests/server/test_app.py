from pathlib import Path

import pytest
from fastapi import APIRouter

from tests.server.tower import tower
from tollfree.protocol.role import Role
from tollfree.server.access import anyone, guarded, may, signed_in
from tollfree.server.app import routes_of
from tollfree.server.errors import Unguarded


async def nothing() -> None: ...


async def test_every_operation_of_the_schema_is_a_guarded_route(tmp_path: Path) -> None:
    async with tower(tmp_path) as made:
        schema = made.app.openapi()
        shown = {one["operationId"] for path in schema["paths"].values() for one in path.values()}
        assert shown == {route.name for route in routes_of(made.app) if route.include_in_schema}
        assert len(shown) > 30


async def test_an_app_with_a_route_that_says_nothing_is_refused(tmp_path: Path) -> None:
    async with tower(tmp_path) as made:
        router = APIRouter()
        router.add_api_route("/api/v1/open", nothing)
        made.app.include_router(router)
        with pytest.raises(Unguarded):
            routes_of(made.app)


async def test_a_route_on_the_app_itself_is_refused(tmp_path: Path) -> None:
    async with tower(tmp_path) as made:
        made.app.get("/api/v1/open")(nothing)
        with pytest.raises(Unguarded):
            routes_of(made.app)


async def test_two_routes_of_one_name_are_refused(tmp_path: Path) -> None:
    async with tower(tmp_path) as made:
        router = guarded("twice")
        router.add_api_route("/one", nothing, dependencies=[anyone()])
        router.add_api_route("/two", nothing, dependencies=[anyone()])
        made.app.include_router(router)
        with pytest.raises(Unguarded, match="nothing"):
            routes_of(made.app)


@pytest.mark.parametrize(
    ("path", "dependencies"),
    [
        ("/things", []),
        ("/things", [signed_in(), anyone()]),
        ("/things", [may(Role.VIEWER)]),
        ("/projects/{project}/things", [signed_in()]),
    ],
    ids=["says nothing", "says two things", "a role in no project", "a project's, without a role"],
)
def test_a_route_must_say_one_thing_that_fits_its_path(path: str, dependencies: list) -> None:
    with pytest.raises(Unguarded):
        guarded("things").add_api_route(path, nothing, dependencies=dependencies)
