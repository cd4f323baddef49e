"""The dashboard's files are served, and nothing else of the disk; every answer has its headers."""

from pathlib import Path

import httpx
import pytest

from tests.server.tower import Tower, tower
from tollfree.server.settings import ServerSettings

SECRET = "the key to everything"


@pytest.fixture
def dashboard(tmp_path: Path) -> Path:
    """A built dashboard, with a secret beside it."""
    folder = tmp_path / "build"
    (folder / "_app" / "immutable").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html>the page")
    (folder / "_app" / "immutable" / "a1.js").write_text("script")
    (folder / "robots.txt").write_text("robots")
    (tmp_path / "secret.key").write_text(SECRET)
    (folder / "link.txt").symlink_to(tmp_path / "secret.key")
    (folder / "linked").symlink_to(tmp_path)
    return folder


def settings(dashboard: Path) -> ServerSettings:
    return ServerSettings(dashboard=dashboard)


async def got(made: Tower, raw: str) -> httpx.Response:
    """The answer to a path as it stands, which no client has tidied."""
    path, _, query = raw.partition("?")
    transport = httpx.ASGITransport(made.app)
    async with httpx.AsyncClient(transport=transport) as client:
        request = client.build_request("GET", "http://tower.test/")
        request.url = request.url.copy_with(raw_path=(path + (f"?{query}" if query else "")).encode())
        return await client.send(request)


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.key",
        "/%2e%2e/secret.key",
        "/..%2fsecret.key",
        "/_app/../../secret.key",
        "/_app/immutable/%2e%2e/%2e%2e/%2e%2e/secret.key",
        "//etc/passwd",
        "/%2fetc%2fpasswd",
        "/link.txt",
        "/linked/secret.key",
        "/%00",
        "/secret.key%00.js",
        "/..\\secret.key",
        "/" + "a" * 5000,
        "/%ff%fe",
        "/index.html/x",
    ],
)
async def test_nothing_outside_the_folder_is_served(tmp_path: Path, dashboard: Path, path: str) -> None:
    async with tower(tmp_path / "home", settings(dashboard)) as made:
        answer = await got(made, path)
        assert answer.status_code in (200, 404)
        assert SECRET not in answer.text and "root:" not in answer.text


async def test_files_and_pages_are_served(tmp_path: Path, dashboard: Path) -> None:
    async with tower(tmp_path / "home", settings(dashboard)) as made, made.client() as client:
        script = await client.get("/_app/immutable/a1.js")
        assert script.text == "script" and "immutable" in script.headers["cache-control"]
        for path in ("/", "/p/shop/live", "/signin", "/assets"):
            page = await client.get(path)
            assert "the page" in page.text and page.headers["cache-control"] == "no-cache"
        for path, code in (
            ("/_app/immutable/old.js", "unknown_path"),
            ("/api/v1/nothing", "unknown_path"),
            ("/api", "unknown_path"),
        ):
            missing = await client.get(path)
            assert (missing.status_code, missing.json()["code"]) == (404, code)
        assert (await client.head("/")).status_code == 200
        assert (await client.post("/signin")).status_code == 405


async def test_without_a_build_it_says_so(tmp_path: Path) -> None:
    async with tower(tmp_path, settings(tmp_path / "nothing")) as made, made.client() as client:
        answer = await client.get("/")
        assert answer.status_code == 503 and "scripts/dashboard" in answer.text


@pytest.mark.parametrize("path", ["/", "/api/v1/session", "/api/v1/nothing", "/robots.txt", "/health"])
async def test_every_answer_has_the_headers(tmp_path: Path, dashboard: Path, path: str) -> None:
    async with tower(tmp_path / "home", settings(dashboard)) as made, made.client() as client:
        headers = (await client.get(path)).headers
        policy = headers["content-security-policy"]
        script = next(one for one in policy.split("; ") if one.startswith("script-src"))
        assert script == "script-src 'self'", "no inline script, and none from elsewhere"
        assert "frame-ancestors 'none'" in policy and "default-src 'none'" in policy and "base-uri 'none'" in policy
        assert headers["x-content-type-options"] == "nosniff" and headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "same-origin"
        assert "strict-transport-security" not in headers, "not where pages come without https"
        if path.startswith("/api/"):
            assert headers["cache-control"] == "no-store"


async def test_a_refusal_at_the_door_has_the_headers_too(tmp_path: Path) -> None:
    async with tower(tmp_path, ServerSettings(max_body_mb=1)) as made, made.client() as client:
        answer = await client.post("/api/v1/session", content=b"x" * 2**21)
        assert answer.status_code == 413 and "content-security-policy" in answer.headers
