"""Rooms of people whose call's process died are ended, and no others."""

from collections.abc import AsyncIterator

import pytest

from tests.fakes.livekit_api import FakeLiveKit, Refused, participant
from tollfree.calls.phone.errors import LiveKitAway
from tollfree.calls.phone.side_rooms import SideRooms, call_room_of, end_side_rooms, side_room

ROOM, OTHER = "call_1", "call_12"


@pytest.fixture
async def livekit() -> AsyncIterator[FakeLiveKit]:
    async with FakeLiveKit() as fake:
        fake.people = {ROOM: [participant("caller", sip=True)], OTHER: [participant("caller", sip=True)]}
        yield fake


def rung(livekit: FakeLiveKit, room: str, *, agent: bool) -> str:
    """A person who was dialled beside a call, with or without an agent in their room."""
    name = side_room(room)
    livekit.people[name] = [participant("person", sip=True), *([participant("ours", agent=True)] if agent else [])]
    return name


@pytest.mark.parametrize("room", [ROOM, "a-person-b", "call_1-person-0123abcd", "room\nwith a line"])
def test_a_side_room_is_known_by_its_name_and_every_one_is_another(room: str) -> None:
    assert call_room_of(side_room(room)) == room
    assert len({side_room(room) for _ in range(5)}) == 5


@pytest.mark.parametrize("name", [ROOM, "call_1-person-", "call_1-person-0123abc", "call_1-person-0123abcd-x"])
def test_any_other_room_is_none(name: str) -> None:
    assert call_room_of(name) is None


async def test_whoever_takes_a_call_up_hangs_up_the_people_its_dead_process_left(livekit: FakeLiveKit) -> None:
    left = [rung(livekit, ROOM, agent=True), rung(livekit, ROOM, agent=False)]
    others = rung(livekit, OTHER, agent=False)
    assert sorted(await end_side_rooms(livekit.server, ROOM)) == sorted(left)
    assert set(livekit.people) == {ROOM, OTHER, others}


async def test_a_room_in_which_no_agent_is_for_two_looks_is_ended_whosever_it_was(livekit: FakeLiveKit) -> None:
    left, cared_for = rung(livekit, ROOM, agent=False), rung(livekit, OTHER, agent=True)
    rooms = SideRooms(livekit.server)
    assert await rooms.end_left() == ()
    assert await rooms.end_left() == (left,)
    assert set(livekit.people) == {ROOM, OTHER, cared_for}
    assert await rooms.end_left() == ()


async def test_an_agent_who_is_away_for_a_moment_keeps_their_room(livekit: FakeLiveKit) -> None:
    name = rung(livekit, ROOM, agent=False)
    rooms = SideRooms(livekit.server)
    await rooms.end_left()
    livekit.people[name].append(participant("ours", agent=True))
    assert await rooms.end_left() == ()
    livekit.leave(name, "ours")
    assert await rooms.end_left() == ()
    assert await rooms.end_left() == (name,)


async def test_a_server_that_does_not_answer_ends_nothing(livekit: FakeLiveKit) -> None:
    name = rung(livekit, ROOM, agent=False)
    rooms = SideRooms(livekit.server)
    await rooms.end_left()
    livekit.refuses = Refused(503, "unavailable", "restarting")
    with pytest.raises(LiveKitAway):
        await rooms.end_left()
    assert name in livekit.people
