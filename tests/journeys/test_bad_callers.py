"""What goes wrong at a caller's end, through the real server and worker: every log is finished and explained."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import numpy as np
import pytest
import soxr
from livekit import api, rtc

from tests.fakes.patience import PATIENCE_S
from tests.fakes.room_person import Person
from tests.journeys.listening import side
from tests.journeys.shop_line import Logged, ShopLine, until
from tollfree.calls.phone.web_calls import caller_token
from tollfree.protocol.audio import HEARD_RATE, Samples
from tollfree.rehearse.shop import PROJECT, shop_folder
from tollfree.worker.rooms import HALL

pytestmark = [pytest.mark.livekit, pytest.mark.asyncio(loop_scope="module")]


def spoken(name: str, rate: int) -> Samples:
    """A caller's recorded turn."""
    sound = side(shop_folder() / "callers" / "spoken" / name, "mix")
    return np.rint(soxr.resample(sound.astype(np.float32), HEARD_RATE, rate)).astype(np.int16)


async def answered(caller: Person, loud_ms: int = 300) -> None:
    """Wait until the agent is heard; who keeps callers company until one is free is not meant."""
    async with asyncio.timeout(PATIENCE_S):
        while not (agents := [identity for identity in caller.heard if identity != HALL]):
            await caller.listens(0.05)
    await caller.hears(who=agents[0], loud_ms=loud_ms)


def explained(logged: Logged, outcomes: Sequence[str]) -> None:
    """The log is finished, and says how the call ended."""
    assert logged.call.ended_at is not None
    assert logged.call.outcome in outcomes, logged.told()
    assert logged.records.count("event:call_ended") == 1, logged.told()


async def test_callers_without_a_microphone_and_muted_ones_are_asked_and_told_goodbye(line: ShopLine):
    async with line.person("no-microphone", microphone=False) as silent, line.person("mutes") as mutes:
        await asyncio.gather(answered(silent), answered(mutes))
        assert mutes.track is not None
        mutes.track.mute()
        never, muted = await asyncio.gather(line.ended("no-microphone"), line.ended("mutes"))
        async with asyncio.timeout(PATIENCE_S):
            await asyncio.gather(silent.gone.wait(), mutes.gone.wait())
    for logged in (never, muted):
        explained(logged, ["silent"])
        assert logged.records.count("event:caller_silent") >= 2
    assert never.notes("caller_track") == []
    assert len(muted.notes("caller_muted")) == 1


@pytest.mark.slow
async def test_a_caller_who_never_stops_talking_is_listened_to_and_then_interrupted(line: ShopLine):
    turns = sorted((shop_folder() / "callers" / "spoken" / "bf_emma").glob("order-several-at-once/*.opus"))[:1]
    words = np.concatenate([spoken(f"bf_emma/order-several-at-once/{turn.name}", 48_000) for turn in turns])
    loud = np.flatnonzero(np.abs(words) > 1000)
    words = words[loud[0] : loud[-1]]
    async with line.person("endless") as caller:
        await answered(caller)
        await caller.says(np.tile(words, 1 + 60 * 48_000 // len(words)))
    logged = await line.ended("endless")
    explained(logged, ["caller_hung_up", "line_lost", "silent", "served", "nobody"])
    assert logged.records.count("event:caller_spoke") >= 1, logged.told()


async def test_a_microphone_of_any_rate_in_mono_or_stereo_is_understood(line: ShopLine):
    async def asks(rate: int, channels: int) -> None:
        room = f"rate-{rate}-{channels}"
        async with line.person(room, rate=rate, channels=channels) as caller:
            await answered(caller, 1500)
            await caller.listens(1.5)
            await caller.says(spoken("am_michael/hours-only/01.opus", rate))
            await caller.listens(3)
        logged = await line.ended(room)
        explained(logged, ["caller_hung_up"])
        said = [e.record.data["text"] for e in logged.entries if e.record.type == "caller_spoke"]
        assert any("close" in str(text).lower() for text in said), logged.told()

    await asyncio.gather(asks(8_000, 1), asks(48_000, 2))  # as many as there are warm processes


async def test_a_room_that_vanishes_ends_the_call_as_lost_and_the_log_says_why(line: ShopLine):
    async with line.person("vanishes") as caller:
        await answered(caller)
        async with line.livekit.api() as opened:
            await opened.room.delete_room(api.DeleteRoomRequest(room="vanishes"))
        logged = await line.ended("vanishes")
    explained(logged, ["line_lost"])
    assert "room_deleted" in str(logged.notes("line_closed"))


async def test_a_second_caller_in_the_room_is_not_heard_and_does_not_end_the_call(line: ShopLine):
    async with line.person("two-callers") as caller:
        await answered(caller, 1500)
        async with line.person("two-callers", "other") as other:
            await other.says(spoken("am_michael/hours-only/01.opus", 48_000))
            await other.listens(1)
        await caller.says(spoken("am_michael/return-in-policy/01.opus", 48_000))
        await caller.listens(3)
    logged = await line.ended("two-callers")
    explained(logged, ["caller_hung_up"])
    assert len(logged.notes("second_caller")) == 1
    said = [e.record.data["text"] for e in logged.entries if e.record.type == "caller_spoke"]
    assert said and not any("close" in str(text).lower() for text in said), logged.told()


async def test_a_caller_who_leaves_before_the_agent_speaks_leaves_a_finished_log_or_none(line: ShopLine):
    before = len(line.children())
    for place in range(3):
        async with line.person(f"leaves-{place}") as caller:
            here = (lambda: True, lambda: bool(caller.room.remote_participants), lambda: bool(caller.heard))[place]
            await until(here, 20)
    await until(lambda: not line.office.running.marked(), 30)
    await line.settled(before)
    calls = (await line.office.store.calls.list(project=PROJECT, limit=20)).calls
    assert all(call.ended_at is not None and call.outcome for call in calls)


async def test_an_expired_token_lets_nobody_in_and_begins_no_call(line: ShopLine):
    calls = len((await line.office.store.calls.list(project=PROJECT, limit=100)).calls)
    long_ago = timedelta(minutes=-10)
    token = caller_token(line.livekit, "expired", "late", worker=line.name, metadata=line.metadata(), lasts=long_ago)
    with pytest.raises(rtc.ConnectError):
        await rtc.Room().connect(line.livekit.url, token)
    assert len((await line.office.store.calls.list(project=PROJECT, limit=100)).calls) == calls
