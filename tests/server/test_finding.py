"""What the doctor finds is told, and found anew only after a while."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import httpx

from tests.server.tower import ADMIN, PASSWORD, address, tower
from tollfree.protocol.role import Role
from tollfree.server.app import create_app
from tollfree.server.finding import FRESH_MS, Remembering


@dataclass(frozen=True)
class Found:
    name: str
    state: str
    found: str
    remedy: str = ""


HEARING = Found("hearing", "bad", "served:ws://10.0.0.7:8101 does not answer", "Start the server.")
DISK = Found("disk", "good", "90 GB free")


class Clock:
    """Moved by hand."""

    ms = 0.0

    def elapsed_ms(self) -> float:
        return self.ms


def test_a_look_is_told_again_while_it_is_fresh() -> None:
    clock, looks = Clock(), 0

    def look() -> Iterable[Found]:
        nonlocal looks
        looks += 1
        yield HEARING

    doctor = Remembering(look, clock)  # pyright: ignore[reportArgumentType]
    assert list(doctor()) == list(doctor()) == [HEARING] and looks == 1
    clock.ms += FRESH_MS
    assert list(doctor()) == [HEARING] and looks == 2


async def test_engines_are_told_to_everybody_and_their_addresses_to_admins(tmp_path: Path) -> None:
    async with tower(tmp_path) as made:
        app = create_app(replace(made.desk, examine=lambda: (HEARING, DISK)))
        for email, found in ((ADMIN, HEARING.found), (address(Role.VIEWER), "")):
            transport = httpx.ASGITransport(app)
            async with httpx.AsyncClient(transport=transport, base_url="http://tower.test") as client:
                await client.post("/api/v1/session", json={"email": email, "password": PASSWORD})
                engines = (await client.get("/api/v1/engines")).json()
                assert engines["engines"] == [{"name": "hearing", "state": "bad", "found": found}]
                findings = await client.get("/api/v1/setup/findings")
                assert findings.status_code == (200 if email == ADMIN else 403)
                if email == ADMIN:
                    assert [one["name"] for one in findings.json()] == ["hearing", "disk"]
