from pathlib import Path

import pytest

from tests.server.tower import OTHER, SHOP, address, tower
from tollfree.protocol.role import Role

NUMBER = "+12125550100"


@pytest.fixture(autouse=True)
def no_livekit(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("URL", "API_KEY", "API_SECRET"):
        monkeypatch.delenv(f"TOLLFREE_LIVEKIT_{name}", raising=False)


def numbers(project: str = SHOP) -> str:
    return f"/api/v1/projects/{project}/numbers"


async def test_a_number_is_kept_though_livekit_is_away(tmp_path: Path) -> None:
    async with tower(tmp_path) as made, made.client(address(Role.EDITOR)) as client:
        added = await client.post(numbers(), json={"number": "(212) 555-0100", "addresses": ["203.0.113.7/32"]})
        assert added.status_code == 201 and added.json()["number"] == NUMBER
        assert "No LiveKit server" in added.json()["missing"] and not added.json()["reachable"]
        assert [one["number"] for one in (await client.get(numbers())).json()] == [NUMBER]
        for bad in ({"number": "12"}, {"number": NUMBER, "addresses": ["../x"]}, {"number": NUMBER, "agent": "desk"}):
            assert (await client.post(numbers(), json=bad)).status_code == 422
        assert (await client.delete(f"{numbers()}/{NUMBER}")).status_code == 204
        assert (await client.get(numbers())).json() == []


async def test_whose_a_number_is_is_nobody_elses_business(tmp_path: Path) -> None:
    async with tower(tmp_path) as made, made.client(address(Role.EDITOR)) as client:
        async with made.client(address(Role.EDITOR, OTHER)) as other:
            assert (await other.post(numbers(OTHER), json={"number": NUMBER, "by_sip": False})).status_code == 201
        taken = await client.post(numbers(), json={"number": NUMBER})
        assert (taken.status_code, taken.json()["code"]) == (409, "number_taken")
        assert OTHER not in taken.json()["message"].replace("another", "")
        assert (await client.delete(f"{numbers()}/{NUMBER}")).status_code == 404
