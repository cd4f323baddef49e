from pathlib import Path

from tests.server.tower import ADMIN, OTHER, SHOP, address, tower
from tollfree.protocol.role import Role


async def test_projects_are_made_shown_and_deleted_and_it_is_written_down(tmp_path: Path) -> None:
    async with tower(tmp_path) as made, made.client(ADMIN) as client:
        answer = await client.post("/api/v1/projects", json={"id": "bakery", "name": "The Bakery"})
        assert answer.status_code == 201 and answer.json()["name"] == "The Bakery"
        assert (await client.post("/api/v1/projects", json={"id": "bakery", "name": "Again"})).status_code == 409
        assert (await client.get("/api/v1/projects/bakery")).json()["role"] == "admin"
        assert (await client.delete("/api/v1/projects/bakery")).status_code == 204
        assert (await client.get("/api/v1/projects/bakery")).status_code == 404
        trail = (await made.office.store.audit.list()).entries
        assert [(one.who, one.action, one.project) for one in trail] == [
            (ADMIN, "remove_project", "bakery"),
            (ADMIN, "make_project", ""),
            (ADMIN, "sign_in", ""),
        ]


async def test_another_project_answers_as_one_that_is_not_there(tmp_path: Path) -> None:
    async with tower(tmp_path) as made, made.client(address(Role.ADMIN)) as client:
        assert [one["id"] for one in (await client.get("/api/v1/projects")).json()] == [SHOP]
        other, none = [await client.get(f"/api/v1/projects/{name}") for name in (OTHER, "none")]
        assert other.status_code == none.status_code == 404
        assert other.json()["message"].replace(OTHER, "none") == none.json()["message"]
