"""People tell running calls what to do, hear them, and take them over."""

from pathlib import Path
from typing import Any

import pytest
from livekit import api

from tests.fakes.livekit_api import KEY, SECRET
from tests.server.shop_calls import open_shop, place, running
from tests.server.tower import SHOP, Tower, address, tower
from tollfree.calls.phone.server import LiveKitServer
from tollfree.protocol.role import Role

LIVEKIT = LiveKitServer(url="ws://127.0.0.1:1", key=KEY, secret=SECRET)
SUPERVISOR = address(Role.SUPERVISOR)
ROOM = ("room", {"room": "call_7", "project": SHOP, "agent": "main"})


@pytest.fixture
async def shop(tmp_path: Path) -> Any:
    async with tower(tmp_path, livekit=LIVEKIT) as made:
        await open_shop(made)
        yield made


def path(call: str, more: str) -> str:
    return f"/api/v1/projects/{SHOP}/calls/{call}/{more}"


def grants(token: str) -> api.VideoGrants:
    found = api.TokenVerifier(KEY, SECRET).verify(token).video
    assert found is not None
    return found


async def test_a_command_waits_for_the_calls_process_and_is_written_down(shop: Tower) -> None:
    call = await running(shop, ROOM)
    async with shop.client(SUPERVISOR) as client:
        given = {"action": "set_slot", "name": "code", "value": "418"}
        answer = await client.post(path(call, "supervision"), json=given)
        assert answer.status_code == 202, answer.text
    (command,) = await shop.office.store.commands.since(call, 0)
    assert (command.id, command.action, command.name, command.value) == (answer.json()["id"], "set_slot", "code", "418")
    assert command.by == SUPERVISOR
    (entry,) = (await shop.office.store.audit.list(action="supervise_call")).entries
    assert entry.details == {"action": "set_slot", "name": "code"}


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"action": "dance"},
        {"action": "renew"},
        {"action": "set_slot", "value": 1},
        {"action": "choose_exit"},
        {"action": "say"},
        {"action": "say", "value": 7},
        {"action": "say", "value": "   "},
        {"action": "say", "value": "x", "by": "somebody else"},
        [],
    ],
)
async def test_what_cannot_be_done_is_refused(shop: Tower, given: Any) -> None:
    call = await running(shop, ROOM)
    async with shop.client(SUPERVISOR) as client:
        assert (await client.post(path(call, "supervision"), json=given)).status_code == 422
    assert await shop.office.store.commands.since(call, 0) == ()


async def test_who_listens_in_hears_and_who_takes_over_speaks(shop: Tower) -> None:
    call = await running(shop, ROOM)
    async with shop.client(SUPERVISOR) as client:
        heard = (await client.post(path(call, "listen"))).json()
        taken = (await client.post(path(call, "take-over"))).json()
        renewed = await client.post(path(call, "renew"))
    listens, talks = grants(heard["token"]), grants(taken["join"]["token"])
    assert listens.room == talks.room == heard["room"] == "call_7"
    assert listens.hidden and not listens.can_publish and talks.can_publish
    shown = [api.TokenVerifier(KEY, SECRET).verify(one).name for one in (heard["token"], taken["join"]["token"])]
    assert shown == [Role.SUPERVISOR, Role.SUPERVISOR], "a person's own name, and not their address"
    actions = [one.action for one in await shop.office.store.commands.since(call, 0)]
    assert actions == ["take_over", "renew"] and renewed.status_code == 202


async def test_a_call_that_is_over_or_in_no_room_cannot_be_joined(shop: Tower) -> None:
    over, written = await place(shop, "one two three"), await running(shop)
    async with shop.client(SUPERVISOR) as client:
        for more in ("listen", "take-over"):
            assert (await client.post(path(over, more))).json()["code"] == "call_closed"
            answer = await client.post(path(written, more))
            assert (answer.status_code, answer.json()["code"]) == (409, "not_in_room")
        told = await client.post(path(over, "supervision"), json={"action": "hang_up"})
        assert told.status_code == 409


async def test_a_viewer_changes_and_hears_nothing(shop: Tower) -> None:
    call = await running(shop, ROOM)
    async with shop.client(address(Role.VIEWER)) as client:
        for more in ("listen", "take-over", "renew"):
            assert (await client.post(path(call, more))).status_code == 403
        assert (await client.post(path(call, "supervision"), json={"action": "hang_up"})).status_code == 403
