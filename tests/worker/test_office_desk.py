"""A call that the installation takes from a room, and hands to a person: the talk goes on after the call has ended."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.fakes.embedder import HashingEmbedder
from tests.fakes.livekit_api import FakeLiveKit, JumpingClock, participant
from tests.fakes.media import FakeMedia
from tests.fakes.patience import PATIENCE_S
from tests.fakes.recognizer import ScriptedRecognizer
from tests.fakes.voice import HummingVoice
from tests.flows.driven import flow_of
from tollfree.calls.phone.settings import PhoneSettings
from tollfree.calls.phone.side_rooms import side_room
from tollfree.calls.project import ProjectSettings
from tollfree.calls.publishing import publish
from tollfree.calls.replay import replay_call
from tollfree.calls.store.errors import CallClosed, UnknownCall
from tollfree.protocol.ids import CallId, FlowId, ProjectId
from tollfree.wiring.engines import Engines
from tollfree.wiring.office import Office
from tollfree.wiring.settings import Settings
from tollfree.wiring.tried_flows import TriedFlows
from tollfree.worker.office_desk import RECOVER_S, OfficeCalls
from tollfree.worker.taking import TakenCall

ROOM, SHOP, MAIN = "call_1", ProjectId("shop"), FlowId("made")
GONE = CallId("0001")
FLOW = flow_of(
    {
        "staff": {"kind": "transfer", "to": "staff", "exits": dict.fromkeys(("connected", "nobody", "failed"), "done")},
        "done": {"kind": "end", "outcome": "handed_over"},
    }
)


class DatedClock(JumpingClock):
    """A jumping clock that knows the date."""

    def now(self) -> datetime:
        return datetime(2026, 11, 22, 14, 5, tzinfo=UTC) + timedelta(milliseconds=self.elapsed_ms())

    def working(self) -> AbstractContextManager[None]:
        return nullcontext()


class RoomMedia(FakeMedia):
    """Media in a room, as the process of a call has them."""

    caller_identity = "caller"

    def __init__(self) -> None:
        super().__init__()
        self.silent = asyncio.Event()

    def fall_silent(self) -> None:
        self.silent.set()


@dataclass
class Rig:
    """An open installation with a caller in a room."""

    livekit: FakeLiveKit
    office: Office
    calls: OfficeCalls
    clock: DatedClock
    media: RoomMedia

    def take(self, **how: object) -> "asyncio.Task[str]":
        call = TakenCall(**{"project": SHOP, "agent": "main", "room": ROOM, **how})  # pyright: ignore[reportArgumentType]
        return asyncio.ensure_future(self.calls.take(call, self.media))  # pyright: ignore[reportArgumentType]

    def left_behind(self) -> str:
        """A person in a room of their own whose call's process died."""
        name = side_room(ROOM)
        self.livekit.people[name] = [participant("person", sip=True)]
        return name


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    settings = Settings(home=tmp_path, cache=tmp_path / "cache", voice="fake:hum", recording="none")
    clock = DatedClock()
    engines = Engines(settings, ScriptedRecognizer("hello"), lambda name, cache: HummingVoice(name))
    async with FakeLiveKit() as livekit, await Office.open(settings, clock) as office:  # pyright: ignore[reportArgumentType]
        office.embedder = HashingEmbedder()
        project = ProjectSettings.model_validate({"name": "The Shop", "agents": {"main": {"flow": "made"}}})
        await office.store.projects.new(SHOP, name=project.name, settings=project.model_dump(mode="json"))
        await office.store.drafts.save(SHOP, MAIN, FLOW, expected_revision=0)
        await publish(office.store, SHOP, MAIN, office.embedder)
        livekit.people[ROOM] = [participant("caller", sip=True)]
        calls = OfficeCalls(office, engines, livekit.server, PhoneSettings())
        yield Rig(livekit, office, calls, clock, RoomMedia())
        await engines.aclose()


async def test_the_call_ends_at_once_and_the_connection_stays_in_silence_until_the_talk_is_over(rig: Rig) -> None:
    rig.livekit.people[ROOM].append(participant("person-1", **{"tollfree.role": "person"}))
    taking = rig.take()
    await asyncio.wait_for(rig.media.silent.wait(), PATIENCE_S)
    while rig.office.running.marked():  # what is left of the call is to be kept as ended
        await asyncio.wait({taking}, timeout=0)
    [call] = (await rig.office.store.calls.list(project=SHOP)).calls
    assert call.outcome == "handed_over" and not taking.done(), "the log ends with the flow, not with the talk"
    rig.livekit.leave(ROOM, "caller")
    assert await asyncio.wait_for(taking, PATIENCE_S) == "handed_over"
    assert rig.livekit.people[ROOM] == [], "the person is hung up"
    assert not rig.media.closed, "whoever made the connection closes it"


async def test_a_tried_draft_is_what_the_call_runs_and_nobody_is_rung(rig: Rig) -> None:
    office = rig.office
    document = {**FLOW, "nodes": {**FLOW["nodes"], "done": {"kind": "end", "outcome": "tried"}}}
    frozen = await TriedFlows(office).frozen(SHOP, MAIN, document)
    assert await asyncio.wait_for(rig.take(flow=MAIN, draft=frozen.number), PATIENCE_S) == "tried"
    [call] = (await office.store.calls.list(project=SHOP)).calls
    assert (call.agent, call.version, call.trial) == ("main", frozen.number, True)
    entries = await office.store.log.read(call.id)
    notes = {one.record.type: one.record.data for one in entries if one.record.kind == "note"}
    assert notes["trial"] == {"flow": MAIN, "draft": frozen.number} and notes["room"]["room"] == ROOM
    assert not rig.livekit.requests("dial") and (await replay_call(office.store, call.id)).differences == ()
    assert await office.store.versions.published_number(SHOP, MAIN) == 1


async def test_whom_the_media_hear_is_handed_over_whoever_else_is_in_the_room(rig: Rig) -> None:
    rig.livekit.people[ROOM] = [participant("second", joined_at=1), participant("caller", joined_at=9)]
    rig.livekit.people[ROOM].append(participant("person-1", **{"tollfree.role": "person"}))
    taking = rig.take()
    await asyncio.wait_for(rig.media.silent.wait(), PATIENCE_S)
    rig.livekit.leave(ROOM, "caller")
    assert await asyncio.wait_for(taking, PATIENCE_S) == "handed_over", "the talk was the caller's, and is over"
    assert [one.identity for one in rig.livekit.people[ROOM]] == ["second"]


async def test_who_takes_a_call_up_hangs_up_the_people_that_its_dead_process_left(rig: Rig) -> None:
    left = rig.left_behind()
    with suppress(OSError), rig.office.running.holding(GONE):
        raise OSError("its process dies")
    with pytest.raises(UnknownCall):  # nothing of it is in this store, which is found out afterwards
        await rig.take(resume=GONE)
    assert left not in rig.livekit.people and ROOM in rig.livekit.people


async def test_people_of_a_call_that_another_process_has_are_left_alone(rig: Rig) -> None:
    theirs = rig.left_behind()
    with rig.office.running.holding(GONE), pytest.raises(CallClosed):
        await rig.take(resume=GONE)
    assert theirs in rig.livekit.people


async def test_people_are_hung_up_whose_call_nobody_takes_up(rig: Rig) -> None:
    left = rig.left_behind()
    await rig.calls.lost()
    await rig.calls.lost()
    assert left in rig.livekit.people, "a connection may be lost for a moment"
    await rig.clock.sleep(RECOVER_S)
    await rig.calls.lost()
    assert left not in rig.livekit.people
