"""Calls that people make: from their browser, and to a telephone."""

import asyncio
import json
from pathlib import Path
from typing import Any

from livekit import api
from livekit.api.access_token import Claims

from tests.fakes.livekit_api import KEY, SECRET, FakeLiveKit, SipStatus
from tests.server.shop_calls import open_shop
from tests.server.tower import SHOP, address, tower
from tollfree.calls.phone.server import LiveKitServer
from tollfree.calls.phone.settings import PhoneSettings
from tollfree.protocol.role import Role
from tollfree.server.settings import ServerSettings

CALLS = f"/api/v1/projects/{SHOP}/calls"
LIVEKIT = LiveKitServer(url="ws://inside:7880", key=KEY, secret=SECRET)
TRUNK = PhoneSettings(sip_outbound_trunk="ST_out")
SUPERVISOR = address(Role.SUPERVISOR)


def claims(token: str) -> Claims:
    return api.TokenVerifier(KEY, SECRET).verify(token)


async def test_a_web_call_comes_with_a_token_for_one_room_that_asks_for_the_agent(tmp_path: Path) -> None:
    settings = ServerSettings(livekit_url="wss://outside")
    async with tower(tmp_path, settings, livekit=LIVEKIT) as made, made.client(SUPERVISOR) as client:
        await open_shop(made)
        answer = await client.post(CALLS, json={"kind": "web", "caller": "202 555 0143"})
        assert answer.status_code == 201, answer.text
        join = answer.json()["join"]
        grants = claims(join["token"])
        assert join["url"] == "wss://outside" and grants.video is not None and grants.video.room == join["room"]
        assert grants.room_config is not None
        wanted = json.loads(grants.room_config.agents[0].metadata)
        assert wanted == {"project": SHOP, "caller": "+12025550143"}


async def test_a_request_sent_again_makes_no_second_call(tmp_path: Path) -> None:
    async with tower(tmp_path, livekit=LIVEKIT) as made, made.client(SUPERVISOR) as client:
        await open_shop(made)

        async def post(key: str, **given: Any) -> tuple[int, Any]:
            answer = await client.post(CALLS, json={"kind": "web", **given}, headers={"Idempotency-Key": key})
            return answer.status_code, answer.json()

        first, second = await asyncio.gather(post("one-and-the-same"), post("one-and-the-same"))
        assert first == second and first[0] == 201
        assert await post("one-and-the-same") == first
        assert (await post("another-of-them"))[1] != first[1]
        status, problem = await post("one-and-the-same", caller="+12025550143")
        assert (status, problem["code"]) == (409, "key_reused")
        assert (await post("short"))[0] == 422


async def test_what_failed_may_be_tried_again_with_the_same_key(tmp_path: Path) -> None:
    async with tower(tmp_path, livekit=LIVEKIT) as made, made.client(SUPERVISOR) as client:
        headers = {"Idempotency-Key": "the same key"}
        assert (await client.post(CALLS, json={"kind": "web"}, headers=headers)).status_code >= 400
        await open_shop(made)
        assert (await client.post(CALLS, json={"kind": "web"}, headers=headers)).status_code == 201


async def test_a_telephone_is_rung_and_the_agent_comes_when_it_is_picked_up(tmp_path: Path) -> None:
    async with FakeLiveKit() as fake, tower(tmp_path, livekit=fake.server, phone=TRUNK) as made:
        await open_shop(made)
        async with made.client(SUPERVISOR) as client:
            answer = await client.post(CALLS, json={"kind": "phone", "to": "202 555 0143"})
        assert answer.status_code == 201, answer.text
        assert fake.methods("dial", "dispatch") == ["dial", "dispatch"]
        dialled, sent = fake.requests("dial")[0], fake.requests("dispatch")[0]
        assert (dialled.sip_call_to, dialled.sip_trunk_id) == ("+12025550143", "ST_out")
        assert dialled.room_name == sent.room == answer.json()["room"]
        assert json.loads(sent.metadata) == {"project": SHOP, "caller": "+12025550143"}


async def test_a_telephone_that_is_not_picked_up_gets_no_agent(tmp_path: Path) -> None:
    async with FakeLiveKit() as fake, tower(tmp_path, livekit=fake.server, phone=TRUNK) as made:
        await open_shop(made)
        fake.dialled.append(SipStatus(486, "Busy Here"))
        async with made.client(SUPERVISOR) as client:
            answer = await client.post(CALLS, json={"kind": "phone", "to": "+12025550143"})
        assert (answer.status_code, answer.json()["code"]) == (409, "not_picked_up")
        assert fake.methods("dispatch", "delete_room") == ["delete_room"]


async def test_where_no_telephone_can_be_rung_it_is_said_what_is_missing(tmp_path: Path) -> None:
    async with tower(tmp_path, livekit=LIVEKIT, phone=PhoneSettings()) as made, made.client(SUPERVISOR) as client:
        await open_shop(made)
        answer = await client.post(CALLS, json={"kind": "phone", "to": "+12025550143"})
        assert answer.status_code == 409 and "TOLLFREE_SIP_OUTBOUND_TRUNK" in answer.json()["message"]
        bad = await client.post(CALLS, json={"kind": "phone", "to": "the moon"})
        assert (bad.status_code, bad.json()["code"]) == (422, "bad_number")
        assert (await client.post(CALLS, json={"kind": "phone"})).status_code == 422


async def test_only_supervisors_make_calls_and_only_where_there_is_livekit(tmp_path: Path) -> None:
    async with tower(tmp_path) as made:
        await open_shop(made)
        async with made.client(address(Role.VIEWER)) as client:
            assert (await client.post(CALLS, json={"kind": "web"})).status_code == 403
        async with made.client(SUPERVISOR) as client:
            answer = await client.post(CALLS, json={"kind": "web"})
            assert (answer.status_code, answer.json()["code"]) == (409, "no_livekit")
