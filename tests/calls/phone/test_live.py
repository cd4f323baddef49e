"""Callers handed to people in rooms of a real LiveKit server. No telephone line is used: who is dialled is played by
a participant that joins as livekit-sip's would."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from livekit import api

from tests.calls.phone.connection import Reader
from tests.calls.phone.participant import Participant
from tests.calls.store.shop import MAIN
from tests.fakes.livekit import livekit_fixture
from tests.fakes.livekit_api import FakeLiveKit, SipStatus
from tests.fakes.patience import PATIENCE_S
from tests.fakes.voice import HummingVoice
from tollfree.calls.lines.livekit import LiveKitMedia
from tollfree.calls.lines.switchboard import LiveKitSwitchboard
from tollfree.calls.phone.desk import Desk
from tollfree.calls.phone.people import our_token, person_token
from tollfree.calls.phone.server import LiveKitServer
from tollfree.calls.phone.settings import PhoneSettings
from tollfree.calls.phone.side_rooms import SideRooms, end_side_rooms, side_room
from tollfree.calls.playout import Playout
from tollfree.calls.store.calls import Call
from tollfree.calls.store.store import Store
from tollfree.protocol.clock import SystemClock
from tollfree.protocol.effects import Transfer
from tollfree.protocol.ids import CallId, EffectId, ProjectId
from tollfree.speech.tts.base import Clip
from tollfree.worker.office_desk import HeldMedia

pytestmark = pytest.mark.livekit
__all__ = ["livekit_fixture"]

ROOM, CALL, SHOP = "call_live", CallId("0001"), ProjectId("shop")


class Hum(Reader):
    """Reads aloud by humming, so that the person hears something."""

    async def stream(self, text: str, *, ahead: bool = False) -> AsyncIterator[Clip]:
        self.said.append(text)
        yield await HummingVoice().render("This is the shop, with a call.")


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    """A store in which a call was begun, on the machine's own clock."""
    async with await Store.open(f"sqlite:///{tmp_path / 'kept.db'}") as kept:
        await kept.projects.new(SHOP)
        await kept.drafts.save(SHOP, MAIN, {"flow": "main"}, expected_revision=0)
        await kept.versions.publish(SHOP, MAIN, {"flow": "main"}, classifier=b"")
        began = (await kept.projects.get(SHOP)).created_at
        await kept.calls.begin(
            Call(id=CALL, project=SHOP, agent="main", flow=MAIN, version=1, line="livekit", started_at=began)
        )
        yield kept


def desk(server: LiveKitServer, store: Store, speaker: Reader, **settings: Any) -> Desk:
    return Desk(
        server=server,
        settings=PhoneSettings(**settings),
        waiting=store.waiting_calls,
        clock=SystemClock(),
        connect=LiveKitMedia.dialled,
        speaker=speaker,
        project="The Shop",
        caller="+12125550199",
    )


async def test_a_person_joins_a_caller_from_a_browser_and_the_agent_leaves_them_to_each_other(
    livekit: LiveKitServer, store: Store
) -> None:
    agent = LiveKitMedia.dialled(livekit.url, our_token(livekit, ROOM, "agent"))
    held = HeldMedia(agent)
    async with Participant(livekit, callers_token(livekit)) as caller:
        await held.start(Playout())
        board = LiveKitSwitchboard(ROOM, agent.caller_identity, desk(livekit, store, Reader()))
        effect = Transfer(id=EffectId("t"), to="staff", mode="warm", summary="A question about order 41755.")
        transferring = asyncio.ensure_future(board.transfer(effect, CALL))
        while not (waiting := await store.waiting_calls.list()):
            assert not transferring.done()
        token = person_token(livekit, waiting[0].room, "Ann")
        async with Participant(livekit, token) as person:
            assert await asyncio.wait_for(transferring, PATIENCE_S) and board.talk is not None
            await held.close()
            person.hum()
            assert await caller.hears(person.identity)
            caller.hum()
            assert await person.hears(caller.identity)
            await asyncio.wait_for(person.sent.wait(), PATIENCE_S)
            [(topic, data)] = person.data
            assert (topic, json.loads(data)["summary"]) == ("tollfree.summary", "A question about order 41755.")
            over = asyncio.ensure_future(board.talk.over())
        assert await asyncio.wait_for(over, PATIENCE_S) == "person_left"
        assert agent.room.isconnected(), "the process of a call ends with its connection"
        await agent.close()
    assert await store.waiting_calls.list() == ()


class Telephone:
    """Is rung by the API, and picks up as livekit-sip would: a SIP participant in the room it is called into."""

    def __init__(self, server: LiveKitServer, stack: AsyncExitStack, *, key: str) -> None:
        self._server = server
        self._stack = stack
        self._key = key
        self.person: Participant | None = None
        self.told = asyncio.Event()
        self._pressing: asyncio.Task[None] | None = None

    async def picked_up(self, asked: api.CreateSIPParticipantRequest) -> None:
        token = api.AccessToken(self._server.key, self._server.secret).with_identity(asked.participant_identity)
        token = token.with_kind("sip").with_attributes(dict(asked.participant_attributes))
        token = token.with_grants(api.VideoGrants(room_join=True, room=asked.room_name))
        joining = Participant(self._server, token.to_jwt())
        self.person = await self._stack.enter_async_context(joining)
        self._pressing = asyncio.ensure_future(self._listen(joining))

    async def _listen(self, person: Participant) -> None:
        await person.hears("tollfree")
        self.told.set()
        await person.press(self._key)


async def test_a_person_who_was_dialled_is_told_takes_the_call_and_talks_to_the_caller(
    livekit: LiveKitServer, store: Store
) -> None:
    async with AsyncExitStack() as stack:
        network = await stack.enter_async_context(FakeLiveKit(behind=livekit))
        telephone = Telephone(livekit, stack, key="1")
        network.dialled.append(telephone.picked_up)
        given = desk(network.server, store, Hum(), sip_outbound_trunk="ST_out", transfer_stay_s=60)
        given = Desk(**{**fields(given), "connect": lambda _, token: LiveKitMedia.dialled(livekit.url, token)})
        board = LiveKitSwitchboard(ROOM, "caller", given)
        caller = await stack.enter_async_context(Participant(livekit, callers_token(livekit)))
        effect = Transfer(id=EffectId("t"), to="+12125550142", mode="warm", summary="A question.")
        assert await asyncio.wait_for(board.transfer(effect, CALL), PATIENCE_S)
        assert telephone.told.is_set() and telephone.person is not None and board.talk is not None
        person = telephone.person
        person.hum()
        bridge = await caller.hears_anybody()
        assert bridge.startswith("person-"), "the person is heard through their bridge"
        person.forget()
        caller.hum()
        assert await person.hears("tollfree"), "the caller is heard through the same connection that told them"
        over = asyncio.ensure_future(board.talk.over())
        await caller.leave()
        assert await asyncio.wait_for(over, PATIENCE_S) == "caller_left"
        await asyncio.wait_for(person.gone.wait(), PATIENCE_S)


async def test_a_person_who_leaves_the_call_is_nobody_and_is_hung_up(livekit: LiveKitServer, store: Store) -> None:
    async with AsyncExitStack() as stack:
        network = await stack.enter_async_context(FakeLiveKit(behind=livekit))
        telephone = Telephone(livekit, stack, key="2")
        network.dialled.extend([SipStatus(486, "Busy Here"), telephone.picked_up])
        given = desk(network.server, store, Hum(), sip_outbound_trunk="ST_out", transfer_stay_s=60)
        queues = {"staff": ("+12125550141", "+12125550142")}
        changed = {"connect": lambda _, token: LiveKitMedia.dialled(livekit.url, token), "queues": queues}
        board = LiveKitSwitchboard(ROOM, "caller", Desk(**{**fields(given), **changed}))
        await stack.enter_async_context(Participant(livekit, callers_token(livekit)))
        effect = Transfer(id=EffectId("t"), to="staff", mode="warm", summary="A question.")
        assert not await asyncio.wait_for(board.transfer(effect, CALL), PATIENCE_S)
        assert telephone.person is not None
        await asyncio.wait_for(telephone.person.gone.wait(), PATIENCE_S)
        assert board.talk is None


@pytest.mark.parametrize("how", ["taken up", "looked after"])
async def test_a_person_whose_calls_process_died_is_hung_up(livekit: LiveKitServer, how: str) -> None:
    async with AsyncExitStack() as stack:
        telephone, name = Telephone(livekit, stack, key="1"), side_room(ROOM)
        await telephone.picked_up(api.CreateSIPParticipantRequest(participant_identity="person", room_name=name))
        rooms = SideRooms(livekit)
        if how == "taken up":
            assert await end_side_rooms(livekit, ROOM) == (name,)
        else:
            assert [await rooms.end_left(), await rooms.end_left()] == [(), (name,)]
        assert telephone.person is not None
        await asyncio.wait_for(telephone.person.gone.wait(), PATIENCE_S)


async def test_a_person_with_an_agent_in_their_room_is_left_there(livekit: LiveKitServer) -> None:
    async with AsyncExitStack() as stack:
        name = side_room(ROOM)
        agent = LiveKitMedia.dialled(livekit.url, our_token(livekit, name, "tollfree"))
        stack.push_async_callback(agent.close)
        await agent.join()
        telephone = Telephone(livekit, stack, key="1")
        await telephone.picked_up(api.CreateSIPParticipantRequest(participant_identity="person", room_name=name))
        rooms = SideRooms(livekit)
        assert [await rooms.end_left() for _ in range(3)] == [(), (), ()]


def callers_token(server: LiveKitServer) -> str:
    grants = api.VideoGrants(room_join=True, room=ROOM)
    return api.AccessToken(server.key, server.secret).with_identity("caller").with_grants(grants).to_jwt()


def fields(given: Desk) -> dict[str, Any]:
    return {name: getattr(given, name) for name in Desk.__slots__}
