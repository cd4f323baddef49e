"""What is too large is refused however it is sent, and what fails tells nothing of itself."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.server.tower import ADMIN, tower
from tollfree.server.access import anyone, guarded
from tollfree.server.settings import ServerSettings

SMALL = ServerSettings(max_body_mb=1, max_upload_mb=2)
MIB = 2**20


async def chunks(size: int) -> AsyncIterator[bytes]:
    """A JSON string that comes in pieces, without a length said before."""
    yield b'{"email": "'
    for _ in range(size // 65_536):
        yield b"a" * 65_536
    yield b'"}'


@pytest.mark.parametrize("chunked", [False, True])
async def test_a_body_that_is_too_large_is_refused(tmp_path: Path, chunked: bool) -> None:
    async with tower(tmp_path, SMALL) as made, made.client(ADMIN) as client:
        content = chunks(2 * MIB) if chunked else b"".join([one async for one in chunks(2 * MIB)])
        answer = await client.post("/api/v1/users", content=content, headers={"Content-Type": "application/json"})
        assert (answer.status_code, answer.json()["code"]) == (413, "too_large"), answer.text


async def test_a_body_within_bounds_is_read(tmp_path: Path) -> None:
    async with tower(tmp_path, SMALL) as made, made.client(ADMIN) as client:
        headers = {"Content-Type": "application/json"}
        answer = await client.post("/api/v1/users", content=chunks(MIB // 2), headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")


async def test_nobody_without_a_part_is_read_at_all(tmp_path: Path) -> None:
    async with tower(tmp_path, SMALL) as made, made.client() as client:
        read = 0

        async def counted() -> AsyncIterator[bytes]:
            nonlocal read
            async for one in chunks(MIB // 2):
                read += 1
                yield one

        assert (await client.post("/api/v1/users", content=counted())).status_code == 401
        assert read < 3


async def test_an_error_that_nobody_expected_tells_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def broken() -> None:
        raise RuntimeError("the caller said: my card is 4111")

    async with tower(tmp_path) as made, made.client() as client:
        router = guarded("broken")
        router.add_api_route("/broken", broken, dependencies=[anyone()])
        made.app.include_router(router)
        made.app.router.routes.insert(0, made.app.router.routes.pop())  # before the pages
        answer = await client.get("/api/v1/broken")
        assert (answer.status_code, answer.json()["code"]) == (500, "failed")
        assert "4111" not in answer.text and "4111" not in caplog.text
