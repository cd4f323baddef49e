"""Calls from the buttons on web sites: every refusal, and what a token lets in."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import jwt
import pytest

from tests.server.tower import SHOP, Tower, tower
from tollfree.calls.phone.dispatch import Dispatch
from tollfree.calls.phone.server import LiveKitServer
from tollfree.protocol.ids import ProjectId
from tollfree.server.app import create_app
from tollfree.server.routes.web import BY_ADDRESS
from tollfree.server.settings import ServerSettings

SITE = "https://www.example.com"
BUTTON = f"/api/v1/web/{SHOP}/main"
SECRET = "s" * 32


@asynccontextmanager
async def shop(
    home: Path, *, livekit: bool = True, settings: ServerSettings | None = None, **web: object
) -> AsyncGenerator[tuple[Tower, httpx.AsyncClient]]:
    """A shop with a button, and a browser of a visitor's."""
    async with tower(home, settings) as made:
        button = {"enabled": True, "domains": ["www.example.com"], "consent": "A machine answers.", **web}
        agents = {"main": {"flow": "made", "web": button}, "quiet": {"flow": "made"}}
        await made.office.store.projects.save_settings(ProjectId(SHOP), {"name": "Shop", "agents": agents})
        server = LiveKitServer(url="ws://127.0.0.1:7880", key="key", secret=SECRET) if livekit else None
        desk = replace(made.desk, livekit=server)
        made = Tower(create_app(desk), desk)
        async with made.client() as client:
            yield made, client


async def test_a_visitor_of_an_allowed_site_learns_the_texts_and_is_let_into_one_room(tmp_path: Path) -> None:
    async with shop(tmp_path, title="Ring the shop") as (_, client):
        texts = await client.get(BUTTON, headers={"Origin": SITE})
        assert texts.json() == {
            "title": "Ring the shop",
            "consent": "A machine answers.",
            "captions": True,
            "language": "en",
        }
        calls = [await client.post(f"{BUTTON}/calls", headers={"Origin": SITE}) for _ in range(2)]
        for answer in (texts, *calls):
            assert answer.headers["access-control-allow-origin"] == SITE and answer.headers["vary"] == "Origin"
            assert "access-control-allow-credentials" not in answer.headers and "set-cookie" not in answer.headers
        assert set(calls[0].json()) == {"url", "token", "consent"} and calls[0].status_code == 201
        claims = [jwt.decode(one.json()["token"], SECRET, algorithms=["HS256"]) for one in calls]
        assert claims[0]["video"]["room"] != claims[1]["video"]["room"]
        assert claims[0]["video"]["roomJoin"] and not claims[0]["video"].get("roomAdmin")
        assert claims[0]["video"]["canPublishSources"] == ["microphone"]
        assert claims[0]["exp"] - claims[0]["nbf"] == 300
        [agent] = claims[0]["roomConfig"]["agents"]
        assert agent["metadata"] == Dispatch(project=SHOP, agent="main").text()


@pytest.mark.parametrize(
    "origin", ["https://evil.test", "http://www.example.com", "null", "https://www.example.com.evil.test"]
)
async def test_another_site_is_refused_and_its_page_can_say_why(tmp_path: Path, origin: str) -> None:
    async with shop(tmp_path) as (_, client):
        for method, path in (("GET", BUTTON), ("POST", f"{BUTTON}/calls")):
            answer = await client.request(method, path, headers={"Origin": origin})
            assert (answer.status_code, answer.json()["code"]) == (403, "foreign_site")
            assert answer.headers["access-control-allow-origin"] == "*"
        asked = await client.options(f"{BUTTON}/calls", headers={"Origin": origin})
        assert asked.status_code == 403 and "access-control-allow-origin" not in asked.headers


async def test_whoever_does_not_say_where_they_are_from_gets_no_call(tmp_path: Path) -> None:
    async with shop(tmp_path) as (_, client):
        assert (await client.get(BUTTON)).status_code == 200
        assert (await client.post(f"{BUTTON}/calls")).json()["code"] == "foreign_site"


async def test_no_site_may_call_where_none_is_listed(tmp_path: Path) -> None:
    async with shop(tmp_path, domains=[]) as (_, client):
        assert (await client.post(f"{BUTTON}/calls", headers={"Origin": SITE})).status_code == 403


async def test_a_browser_may_ask_before_it_asks(tmp_path: Path) -> None:
    async with shop(tmp_path) as (_, client):
        for path in (BUTTON, f"{BUTTON}/calls"):
            answer = await client.options(path, headers={"Origin": SITE, "Access-Control-Request-Method": "POST"})
            assert answer.status_code == 204 and answer.headers["access-control-allow-origin"] == SITE


async def test_what_is_switched_off_and_what_was_never_there_answer_alike(tmp_path: Path) -> None:
    async with shop(tmp_path) as (_, client):
        paths = (
            f"/api/v1/web/{SHOP}/quiet",
            f"/api/v1/web/{SHOP}/nobody",
            "/api/v1/web/none/main",
            "/api/v1/web/other/main",
        )
        said = [(await client.post(f"{path}/calls", headers={"Origin": SITE})) for path in paths]
        assert {one.status_code for one in said} == {404} and len({one.text for one in said}) == 1
        assert {one.headers["access-control-allow-origin"] for one in said} == {"*"}


async def test_calls_are_no_more_than_the_agent_takes(tmp_path: Path) -> None:
    async with shop(tmp_path, calls_per_minute=2) as (_, client):
        codes = [(await client.post(f"{BUTTON}/calls", headers={"Origin": SITE})) for _ in range(3)]
        assert [one.status_code for one in codes] == [201, 201, 429]
        assert codes[2].json()["code"] == "too_many_calls" and int(codes[2].headers["retry-after"]) >= 1
        assert codes[2].headers["access-control-allow-origin"] == "*"


async def test_one_address_gets_no_more_than_its_share(tmp_path: Path) -> None:
    settings = ServerSettings(trusted_proxies=1)
    async with shop(tmp_path, settings=settings, calls_per_minute=100) as (_, client):
        for address, number in (("192.0.2.1", BY_ADDRESS), ("192.0.2.2", 1)):
            headers = {"Origin": SITE, "X-Forwarded-For": address}
            for _ in range(number):
                assert (await client.post(f"{BUTTON}/calls", headers=headers)).status_code == 201
        headers = {"Origin": SITE, "X-Forwarded-For": "192.0.2.1"}
        assert (await client.post(f"{BUTTON}/calls", headers=headers)).status_code == 429


async def test_without_livekit_a_visitor_is_told_plainly(tmp_path: Path) -> None:
    async with shop(tmp_path, livekit=False) as (_, client):
        answer = await client.post(f"{BUTTON}/calls", headers={"Origin": SITE})
        assert (answer.status_code, answer.json()["code"]) == (503, "no_web_calls")


async def test_pages_of_other_sites_may_load_the_button_and_nothing_else(tmp_path: Path) -> None:
    built = tmp_path / "built"
    (built / "button").mkdir(parents=True)
    (built / "button.js").write_text("1")
    (built / "button" / "livekit-x_1.js").write_text("2")
    (built / ".sources").write_text("secret")
    settings = ServerSettings(web_button=built, dashboard=tmp_path / "none")
    async with shop(tmp_path / "home", settings=settings) as (_, client):
        for path in ("/button.js", "/button/livekit-x_1.js"):
            answer = await client.get(path)
            assert answer.status_code == 200 and answer.headers["content-type"].startswith("text/javascript")
            assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
            assert answer.headers["access-control-allow-origin"] == "*"
        for path in ("/button/none.js", "/button/..%2fbutton.js", "/button/.sources"):
            answer = await client.get(path)
            assert answer.status_code in (404, 503) and "access-control-allow-origin" not in answer.headers
        assert (await client.get("/api/v1/openapi.json")).headers["cross-origin-resource-policy"] == "same-origin"
