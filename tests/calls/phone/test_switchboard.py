"""Callers handed to people, with the telephone network and the time in the test's hands."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from livekit import api
from pydantic import SecretStr

from tests.calls.phone.connection import Connection, Reader
from tests.calls.store.shop import MAIN
from tests.fakes.livekit_api import FakeLiveKit, JumpingClock, Refused, SipStatus, participant
from tollfree.calls.lines.switchboard import LiveKitSwitchboard
from tollfree.calls.phone.desk import Desk
from tollfree.calls.phone.errors import CallerGone, NoSipService, PhoneError, TransferFailed
from tollfree.calls.phone.settings import PhoneSettings
from tollfree.calls.store.calls import Call
from tollfree.calls.store.errors import AlreadyTaken, NotWaiting
from tollfree.calls.store.store import Store
from tollfree.protocol.effects import Transfer
from tollfree.protocol.ids import CallId, EffectId, ProjectId

ROOM, CALL, SHOP = "call_1", CallId("0001"), ProjectId("shop")
PERSON_NUMBER, SECOND_NUMBER = "+12125550142", "+12125550143"


@dataclass
class Stage:
    """A call in a room, and everything around it."""

    livekit: FakeLiveKit
    store: Store
    clock: JumpingClock = field(default_factory=JumpingClock)
    reader: Reader = field(default_factory=Reader)
    connections: list[Connection] = field(default_factory=list)
    trunk: str = "ST_out"
    stay_s: float = 6
    talk_limit_s: float = 14_400
    numbers: tuple[str, ...] = ()

    @property
    def desk(self) -> Desk:
        settings = PhoneSettings(
            sip_outbound_trunk=self.trunk, transfer_stay_s=self.stay_s, transfer_talk_limit_s=self.talk_limit_s
        )
        return Desk(
            server=self.livekit.server,
            settings=settings,
            waiting=self.store.waiting_calls,
            clock=self.clock,  # pyright: ignore[reportArgumentType]
            connect=self.connect,
            speaker=self.reader,
            project="The Shop",
            queues={"staff": self.numbers},
            caller="+12125550199",
        )

    def connect(self, url: str, token: str) -> Connection:
        self.connections.append(Connection(token))
        server = self.livekit.server
        claims = api.TokenVerifier(server.key, server.secret).verify(token)
        assert claims.video is not None
        ours = participant(claims.identity, agent=claims.kind == "agent", **(claims.attributes or {}))
        self.livekit.people.setdefault(claims.video.room, []).append(ours)
        return self.connections[-1]

    def board(self) -> LiveKitSwitchboard:
        return LiveKitSwitchboard(ROOM, "caller", self.desk)

    def caller(self, *, phone: bool = True) -> None:
        self.livekit.people[ROOM] = [participant("caller", sip=phone)]


@pytest.fixture
async def stage(kept: Store) -> AsyncIterator[Stage]:
    await kept.projects.new(SHOP)
    await kept.drafts.save(SHOP, MAIN, {"flow": "main"}, expected_revision=0)
    await kept.versions.publish(SHOP, MAIN, {"flow": "main"}, classifier=b"")
    began = (await kept.projects.get(SHOP)).created_at
    await kept.calls.begin(
        Call(id=CALL, project=SHOP, agent="main", flow=MAIN, version=1, line="livekit", started_at=began)
    )
    async with FakeLiveKit() as livekit:
        one = Stage(livekit, kept)
        one.caller()
        yield one


def effect(to: str = PERSON_NUMBER, mode: Any = "cold", summary: str = "A question about order 41755.") -> Transfer:
    return Transfer(id=EffectId("t"), to=to, mode=mode, summary=summary)


# Forwarded by the provider


async def test_a_cold_transfer_asks_the_callers_provider_to_connect_them(stage: Stage) -> None:
    board = stage.board()
    assert await board.transfer(effect(), CALL)
    [asked] = stage.livekit.requests("forward")
    assert (asked.participant_identity, asked.room_name) == ("caller", ROOM)
    assert asked.transfer_to == f"tel:{PERSON_NUMBER}"
    assert asked.ringing_timeout.seconds == 25
    assert board.talk is None, "the caller has left this house"


@pytest.mark.parametrize(
    "busy",
    [
        SipStatus(486, "Busy Here", "STR_REJECTED"),
        SipStatus(reason="STR_RINGING_TIMEOUT"),
        api.TransferSIPParticipantResponse(
            transfer_id="T",
            status=api.SIPTransferStatus.STS_TRANSFER_FAILED,
            reason=api.SIPTransferReason.STR_RINGING_TIMEOUT,
        ),
    ],
)
async def test_a_caller_whom_nobody_took_comes_back_to_the_flow(stage: Stage, busy: Any) -> None:
    stage.livekit.forwards.append(busy)
    assert not await stage.board().transfer(effect(), CALL)


async def test_a_provider_that_forwards_nobody_is_a_failure_with_its_reason(stage: Stage) -> None:
    stage.livekit.forwards.append(SipStatus(405, "Method Not Allowed", "STR_REJECTED"))
    with pytest.raises(TransferFailed, match="does not forward calls"):
        await stage.board().transfer(effect(), CALL)


async def test_a_warm_transfer_goes_cold_where_nobody_can_be_dialled(stage: Stage) -> None:
    stage.trunk = ""
    assert await stage.board().transfer(effect(mode="warm"), CALL)
    assert stage.livekit.methods("forward", "dial") == ["forward"]


async def test_the_numbers_of_a_queue_are_tried_in_order(stage: Stage) -> None:
    stage.numbers = (PERSON_NUMBER, SECOND_NUMBER)
    stage.livekit.forwards.append(SipStatus(486, "Busy Here", "STR_REJECTED"))
    assert await stage.board().transfer(effect("staff"), CALL)
    assert [one.transfer_to for one in stage.livekit.requests("forward")] == [
        f"tel:{PERSON_NUMBER}",
        f"tel:{SECOND_NUMBER}",
    ]


async def test_a_caller_who_has_gone_is_not_transferred(stage: Stage) -> None:
    stage.livekit.people[ROOM] = []
    with pytest.raises(CallerGone):
        await stage.board().transfer(effect(), CALL)
    assert not stage.livekit.methods("forward", "dial")


async def test_the_caller_who_is_heard_is_handed_over_and_not_who_has_been_in_the_room_for_longer(
    stage: Stage,
) -> None:
    second = participant("second", sip=True, joined_at=1)
    stage.livekit.people[ROOM] = [second, participant("caller", sip=True, joined_at=9)]
    assert await stage.board().transfer(effect(), CALL)
    [asked] = stage.livekit.requests("forward")
    assert asked.participant_identity == "caller"
    stage.livekit.people[ROOM] = [second]
    with pytest.raises(CallerGone):
        await stage.board().transfer(effect(), CALL)


# Dialled, told, and joined


def warm(stage: Stage, then: Any) -> None:
    """When the person picks up, something happens."""

    async def picked_up(asked: Any) -> None:
        then(asked)

    stage.livekit.dialled.append(picked_up)


async def test_a_warm_transfer_tells_the_person_before_they_are_joined(stage: Stage) -> None:
    warm(stage, lambda asked: stage.connections[0].press("1"))
    board = stage.board()
    assert await board.transfer(effect(mode="warm"), CALL)
    [dialled] = stage.livekit.requests("dial")
    assert (dialled.sip_trunk_id, dialled.sip_call_to) == ("ST_out", PERSON_NUMBER)
    assert dialled.wait_until_answered and dialled.room_name != ROOM
    assert json.loads(dialled.participant_metadata)["summary"] == "A question about order 41755."
    told, joined = stage.connections
    rooms = [claims_of(stage, one)[0] for one in (told, joined)]
    assert rooms == [dialled.room_name, ROOM]
    assert claims_of(stage, told)[1] == "agent"
    assert claims_of(stage, joined)[2] == {"tollfree.role": "person"}
    assert board.talk is not None
    await board.talk.end()
    assert told.closed and joined.closed


def claims_of(stage: Stage, connection: Connection) -> tuple[str, str, dict[str, str] | None]:
    server = stage.livekit.server
    claims = api.TokenVerifier(server.key, server.secret).verify(connection.token)
    assert claims.video is not None
    return claims.video.room, claims.kind, claims.attributes


async def test_an_agent_is_in_the_persons_room_before_their_telephone_rings(stage: Stage) -> None:
    there: list[tuple[bool, list[int]]] = []

    async def rings(asked: Any) -> None:
        kinds = [one.kind for one in stage.livekit.people[asked.room_name]]
        there.append((stage.connections[0].joined, kinds))

    stage.livekit.dialled.append(rings)
    assert await stage.board().transfer(effect(mode="warm"), CALL)
    assert there == [(True, [api.ParticipantInfo.Kind.AGENT])]


async def test_the_person_hears_the_project_the_summary_and_how_to_take_the_call(stage: Stage) -> None:
    assert await stage.board().transfer(effect(mode="warm"), CALL), "staying on takes the call"
    [said] = stage.reader.said
    assert said == (
        "Hello, this is The Shop. A caller is waiting for you. A question about order 41755. "
        "To take the call, press 1 or stay on the line. To leave it, press 2."
    )


@pytest.mark.parametrize("how", ["press", "leave"])
async def test_a_person_who_leaves_the_call_is_nobody_and_the_caller_comes_back(stage: Stage, how: str) -> None:
    declined = {"press": lambda _: stage.connections[0].press("2"), "leave": lambda _: stage.connections[0].leave()}
    warm(stage, declined[how])
    board = stage.board()
    assert not await board.transfer(effect(mode="warm"), CALL)
    assert board.talk is None
    [room] = {asked.room for asked in stage.livekit.requests("delete_room")}
    assert room.startswith(f"{ROOM}-person-")
    assert [one.closed for one in stage.connections] == [True]


async def test_where_only_the_key_counts_a_mailbox_gets_no_caller(stage: Stage) -> None:
    stage.stay_s = 0
    assert not await stage.board().transfer(effect(mode="warm"), CALL)
    assert len(stage.reader.said) > 2, "the person is reminded of the key"
    assert "press 1 now" in stage.reader.said[-1]


async def test_the_next_number_is_dialled_when_the_first_is_busy_or_leaves(stage: Stage) -> None:
    stage.numbers = (PERSON_NUMBER, SECOND_NUMBER, "+12125550144")
    stage.livekit.dialled.append(SipStatus(486, "Busy Here"))
    warm(stage, lambda _: stage.connections[-1].press("2"))
    assert await stage.board().transfer(effect("staff", "warm"), CALL)
    assert [one.sip_call_to for one in stage.livekit.requests("dial")] == list(stage.numbers)


async def test_nobody_is_told_apart_from_a_network_that_fails(stage: Stage) -> None:
    stage.livekit.dialled.append(SipStatus(480, "Temporarily Unavailable"))
    assert not await stage.board().transfer(effect(mode="warm"), CALL)
    stage.livekit.dialled.append(SipStatus(404, "Not Found"))
    with pytest.raises(TransferFailed, match="not in service"):
        await stage.board().transfer(effect(mode="warm"), CALL)
    stage.numbers = (PERSON_NUMBER, SECOND_NUMBER)
    stage.livekit.dialled.extend([SipStatus(404, "Not Found"), SipStatus(486, "Busy Here")])
    assert not await stage.board().transfer(effect("staff", "warm"), CALL), "one of them rang"
    stage.livekit.refuses = Refused(500, "internal", "sip not connected (redis required)")
    with pytest.raises(NoSipService):
        await stage.board().transfer(effect(mode="warm"), CALL)


async def test_a_voice_that_cannot_speak_leaves_the_caller_with_the_flow(stage: Stage) -> None:
    stage.reader = Reader(dumb=True)
    with pytest.raises(PhoneError, match="could not be told"):
        await stage.board().transfer(effect(mode="warm"), CALL)
    assert stage.livekit.requests("delete_room"), "the person is hung up"


async def test_a_caller_who_hangs_up_while_a_telephone_rings_ends_the_ringing(stage: Stage) -> None:
    async def rings_for_ever(asked: Any) -> None:
        stage.livekit.leave(ROOM, "caller")
        await asyncio.Event().wait()

    stage.livekit.dialled.append(rings_for_ever)
    with pytest.raises(CallerGone):
        await stage.board().transfer(effect(mode="warm"), CALL)
    [dialled], [deleted] = stage.livekit.requests("dial"), stage.livekit.requests("delete_room")
    assert deleted.room == dialled.room_name


async def test_a_person_is_dialled_straight_to_a_caller_in_a_browser_when_nothing_is_to_be_told(stage: Stage) -> None:
    stage.caller(phone=False)
    board = stage.board()
    assert await board.transfer(effect(), CALL)
    [dialled] = stage.livekit.requests("dial")
    assert dialled.room_name == ROOM
    assert dict(dialled.participant_attributes) == {"tollfree.role": "person"}
    assert board.talk is not None


# Awaited from a browser


async def test_a_call_waits_where_people_can_see_it_until_one_joins_who_can_be_heard(stage: Stage) -> None:
    stage.caller(phone=False)
    seen: list[Any] = []
    here = stage.livekit.people[ROOM]
    silent = participant("person-1", microphone=False, **{"tollfree.role": "person"})
    speaking = participant("person-1", **{"tollfree.role": "person"})
    stage.clock.happenings = {
        2: lambda: seen.append(asyncio.ensure_future(stage.store.waiting_calls.list())),
        3: lambda: here.append(silent),
        20: lambda: here.remove(silent) or here.append(speaking),
    }
    board = stage.board()
    assert await board.transfer(effect("staff", "warm"), CALL)
    assert 20_000 <= stage.clock.elapsed_ms() < 22_000
    [waiting] = await seen[0]
    assert (waiting.call, waiting.queue, waiting.room) == (CALL, "staff", ROOM)
    assert (waiting.caller, waiting.summary) == ("+12125550199", "A question about order 41755.")
    assert await stage.store.waiting_calls.list() == ()
    [sent] = stage.livekit.requests("send_data")
    assert (list(sent.destination_identities), sent.topic) == (["person-1"], "tollfree.summary")
    assert json.loads(sent.data)["summary"] == "A question about order 41755."


async def test_when_nobody_joins_in_time_it_is_nobody(stage: Stage) -> None:
    assert not await stage.board().transfer(effect("staff"), CALL)
    assert 45_000 <= stage.clock.elapsed_ms() < 47_000
    assert await stage.store.waiting_calls.list() == ()


async def test_a_caller_who_hangs_up_while_they_wait_waits_no_more(stage: Stage) -> None:
    stage.clock.happenings = {10: lambda: stage.livekit.leave(ROOM, "caller")}
    with pytest.raises(CallerGone):
        await stage.board().transfer(effect("staff"), CALL)
    assert stage.clock.elapsed_ms() < 20_000
    assert await stage.store.waiting_calls.list() == ()


async def test_a_server_that_does_not_answer_for_a_while_costs_nothing(stage: Stage) -> None:
    person = participant("person-1", **{"tollfree.role": "person"})
    stage.clock.happenings = {
        2: lambda: setattr(stage.livekit, "refuses", Refused(503, "unavailable", "restarting")),
        20: lambda: setattr(stage.livekit, "refuses", None),
        21: lambda: stage.livekit.people[ROOM].append(person),
    }
    assert await stage.board().transfer(effect("staff"), CALL)


async def test_one_person_at_a_time_takes_a_call(stage: Stage) -> None:
    waiting = stage.store.waiting_calls
    with pytest.raises(NotWaiting):
        await waiting.take(CALL, "Ann")
    await waiting.wait(CALL, queue="staff", room=ROOM, server="", caller="", summary="", wait_s=600)
    assert (await waiting.take(CALL, "Ann")).taken_by == "Ann"
    with pytest.raises(AlreadyTaken, match="Ann is taking"):
        await waiting.take(CALL, "Ben")
    assert await waiting.joining_s(CALL) > 0
    assert (await waiting.take(CALL, "Ann")).taken_by == "Ann", "again: her page was closed"
    for _ in range(40):  # each look at this store's clock is a second
        if await waiting.joining_s(CALL) == 0:
            break
    assert (await waiting.take(CALL, "Ben")).taken_by == "Ben", "she did not come"
    await waiting.over(CALL)
    await waiting.over(CALL)
    with pytest.raises(NotWaiting):
        await waiting.get(CALL)


# The talk, and the end of the call


async def test_a_person_whose_caller_hangs_up_is_hung_up(stage: Stage) -> None:
    stage.caller(phone=False)
    board = stage.board()
    assert await board.transfer(effect(), CALL)
    stage.clock.happenings = {60: lambda: stage.livekit.leave(ROOM, "caller")}
    assert board.talk is not None and await board.talk.over() == "caller_left"
    assert 60_000 <= stage.clock.elapsed_ms() < 70_000
    assert stage.livekit.people[ROOM] == []


async def test_a_person_who_hangs_up_ends_the_talk_and_one_who_reloads_their_page_does_not(stage: Stage) -> None:
    stage.caller(phone=False)
    board = stage.board()
    assert await board.transfer(effect(), CALL)
    person = stage.livekit.people[ROOM][1]
    stage.clock.happenings = {
        10: lambda: stage.livekit.leave(ROOM, person.identity),
        12: lambda: stage.livekit.people[ROOM].append(person),
        50: lambda: stage.livekit.leave(ROOM, person.identity),
    }
    assert board.talk is not None and await board.talk.over() == "person_left"
    assert stage.clock.elapsed_ms() > 50_000


async def test_a_talk_has_a_limit(stage: Stage) -> None:
    stage.caller(phone=False)
    stage.talk_limit_s = 90
    board = stage.board()
    assert await board.transfer(effect(), CALL)
    assert board.talk is not None and await board.talk.over() == "limit"
    at = stage.clock.elapsed_ms()
    assert (await board.talk.over(), stage.clock.elapsed_ms()) == ("limit", at), "asked again"
    assert 90_000 <= stage.clock.elapsed_ms() < 95_000


@pytest.mark.parametrize(("side", "ended"), [(0, "person_left"), (1, "caller_left")])
async def test_a_bridged_talk_ends_with_either_side_and_lets_both_go(stage: Stage, side: int, ended: str) -> None:
    warm(stage, lambda _: stage.connections[0].press("1"))
    board = stage.board()
    assert await board.transfer(effect(mode="warm"), CALL)
    stage.clock.happenings = {30: lambda: stage.connections[side].leave()}
    assert board.talk is not None and await board.talk.over() == ended
    assert all(one.closed for one in stage.connections)
    assert len(stage.livekit.requests("delete_room")) == 1


async def test_a_desk_never_shows_the_servers_secret(stage: Stage) -> None:
    settings = replace(stage.desk).settings.model_copy(update={"livekit_api_secret": SecretStr("hush")})
    assert stage.livekit.server.secret not in repr(stage.desk) and "hush" not in repr(settings)
