"""Callers who wait for a person are shown, and taken by one."""

from pathlib import Path

from livekit import api

from tests.fakes.livekit_api import KEY, SECRET
from tests.server.shop_calls import open_shop, running
from tests.server.tower import ADMIN, OTHER, SHOP, address, tower
from tollfree.calls.phone.server import LiveKitServer
from tollfree.protocol.role import Role

LIVEKIT = LiveKitServer(url="ws://127.0.0.1:1", key=KEY, secret=SECRET)
WAITING = f"/api/v1/projects/{SHOP}/people/waiting"


async def test_a_waiting_caller_is_shown_and_taken_once(tmp_path: Path) -> None:
    async with tower(tmp_path, livekit=LIVEKIT) as made:
        await open_shop(made)
        await open_shop(made, OTHER)
        call, theirs = await running(made), await running(made, project=OTHER)
        for one in (call, theirs):
            await made.office.store.waiting_calls.wait(
                one, queue="sales", room="call_9", server="", caller="+12025550143", summary="Wants 417", wait_s=60
            )
        async with made.client(address(Role.VIEWER)) as client:
            (shown,) = (await client.get(WAITING)).json()
            assert (shown["call"], shown["caller"], shown["summary"]) == (call, "•••", "•••")
            assert (await client.post(f"{WAITING}/{call}/take")).status_code == 403
        async with made.client(address(Role.SUPERVISOR)) as client:
            taken = (await client.post(f"{WAITING}/{call}/take")).json()
            assert taken["waiting"]["summary"] == "Wants 417" and taken["join"]["room"] == "call_9"
            grants = api.TokenVerifier(KEY, SECRET).verify(taken["join"]["token"]).video
            assert grants is not None and grants.room == "call_9" and grants.can_publish
            assert (await client.post(f"{WAITING}/{theirs}/take")).json()["code"] == "unknown_call"
        async with made.client(ADMIN) as client:
            second = await client.post(f"{WAITING}/{call}/take")
            assert (second.status_code, second.json()["code"]) == (409, "already_taken")
            nobody = await client.post(f"{WAITING}/{await running(made)}/take")
            assert (nobody.status_code, nobody.json()["code"]) == (409, "not_waiting")
