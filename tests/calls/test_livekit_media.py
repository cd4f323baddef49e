"""A call's media in a real LiveKit room, heard from the caller's side."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import numpy as np
import pytest
from livekit import api, rtc
from livekit.rtc.participant import PublishTrackError

from tests.fakes.livekit import livekit_fixture  # noqa: F401 - gives `livekit`
from tests.fakes.patience import PATIENCE_S
from tests.fakes.room_person import Person, loudest_hz, token, tone
from tests.fakes.watchdog import Watchdog
from tollfree.calls.errors import CallError
from tollfree.calls.lines.livekit import LiveKitMedia, freeze_heap
from tollfree.calls.media import Found, Frame, Gone, Key, MediaEvent, SecondVoiceHeard
from tollfree.calls.phone.people import ROLE
from tollfree.calls.phone.server import LiveKitServer
from tollfree.calls.phone.supervisors import listen_token, talk_token
from tollfree.calls.playout import Playout
from tollfree.protocol.audio import HEARD_RATE, SPOKEN_RATE, heard_ms

pytestmark = pytest.mark.livekit

ROOM = "room"
MINUTE = tone(60, rate=SPOKEN_RATE)
"""Made here: it takes a tenth of a second, in which a loop under a watchdog would stand still."""


class Told:
    """Everything media tell, as it comes."""

    def __init__(self, media: LiveKitMedia) -> None:
        self.events: list[MediaEvent] = []
        self._media = media
        self._more = asyncio.Condition()
        self._task = asyncio.create_task(self._read())

    async def _read(self) -> None:
        while True:
            event = await self._media.next()
            async with self._more:
                self.events.append(event)
                self._more.notify_all()
            if isinstance(event, Gone):
                return

    async def until(self, found: str = "", *, kind: type | None = None, seconds: float = PATIENCE_S) -> MediaEvent:
        """Wait for something of that name, or that kind."""

        def hit() -> MediaEvent | None:
            for event in self.events:
                if (kind and isinstance(event, kind)) or (found and isinstance(event, Found) and event.type == found):
                    return event
            return None

        async with asyncio.timeout(seconds), self._more:
            await self._more.wait_for(lambda: hit() is not None)
        event = hit()
        assert event is not None
        return event

    async def heard(self, milliseconds: float, since: int = 0) -> np.ndarray:
        """The caller's sound once there is so much of it."""

        def enough() -> bool:
            return heard_ms(len(self.sound()) - since) >= milliseconds

        async with asyncio.timeout(PATIENCE_S), self._more:
            await self._more.wait_for(enough)
        return self.sound()[since:]

    def sound(self) -> np.ndarray:
        frames = [event.samples for event in self.events if isinstance(event, Frame)]
        return np.concatenate(frames) if frames else np.zeros(0, np.int16)

    def names(self) -> list[str]:
        return [event.type for event in self.events if isinstance(event, Found)]

    def stop(self) -> None:
        self._task.cancel()


@asynccontextmanager
async def agent_in(
    livekit: LiveKitServer, room: str = ROOM, *, grace_s: float = 5.0
) -> AsyncGenerator[tuple[LiveKitMedia, Told]]:
    """The agent's side, connected as the worker does it."""
    connection = rtc.Room()

    async def connect() -> None:
        await connection.connect(
            livekit.url, token(livekit, room, "agent", kind="agent"), rtc.RoomOptions(auto_subscribe=False)
        )

    media = LiveKitMedia(connection, connect, grace_s=grace_s)
    told = Told(media)
    try:
        yield media, told
    finally:
        await media.close()
        told.stop()


@asynccontextmanager
async def a_call(
    livekit: LiveKitServer, room: str, *, grace_s: float = 5.0, **person: object
) -> AsyncGenerator[tuple[Person, LiveKitMedia, Told, Playout]]:
    """A caller and the agent, connected; nothing in between may block the loop. What was loaded before is frozen, as a
    worker does it: else whoever leaves the room has the heap of all tests collected in the middle of the call."""
    playout = Playout()
    freeze_heap()
    async with Person(livekit, room, **person) as caller, agent_in(livekit, room, grace_s=grace_s) as (media, told):
        await media.start(playout)
        async with Watchdog():
            yield caller, media, told, playout


@asynccontextmanager
async def admin(livekit: LiveKitServer) -> AsyncGenerator[api.LiveKitAPI]:
    async with livekit.api() as opened:
        yield opened


async def test_a_steady_tone_reaches_the_caller_whole_and_without_holes(livekit: LiveKitServer):
    async with a_call(livekit, "tone-out") as (caller, _, _, playout):
        playout.play(tone(3.0, rate=SPOKEN_RATE))
        await caller.hears(loud_ms=2900)
        await caller.listens(0.5)
        heard = caller.heard["agent"]
        first, last = np.flatnonzero(heard.loud())[[0, -1]]
        assert heard.loud()[first : last + 1].all()
        assert 2980 <= (last - first + 1) * 10 <= 3300  # the ear stretches sound that comes late
        assert abs(loudest_hz(heard.samples()[first * 480 : last * 480]) - 440) < 5
        assert playout.played == 3 * SPOKEN_RATE


@pytest.mark.parametrize(("rate", "channels"), [(48_000, 1), (48_000, 2), (8_000, 1), (16_000, 1)])
async def test_any_format_of_the_caller_is_heard_at_our_rate(livekit: LiveKitServer, rate: int, channels: int):
    async with a_call(livekit, f"tone-in-{rate}-{channels}", rate=rate, channels=channels) as (caller, _, told, _):
        await told.until(kind=Frame)
        await caller.says(tone(1.0, rate=rate, hz=300))
        await told.heard(200, since=len(told.sound()))
        sound = told.sound().astype(np.float64)
        loud = sound[np.abs(sound) > 3000]
        assert heard_ms(len(loud)) > 400
        middle = np.flatnonzero(np.abs(sound) > 3000)
        assert abs(loudest_hz(sound[middle[0] : middle[-1]], HEARD_RATE) - 300) < 5


async def test_frames_are_at_most_a_tenth_of_a_second_long(livekit: LiveKitServer):
    async with a_call(livekit, "frames") as (_, _, told, _):
        await told.heard(500)
        assert all(heard_ms(len(event.samples)) <= 100 for event in told.events if isinstance(event, Frame))


async def test_keys_are_told_in_order(livekit: LiveKitServer):
    async with a_call(livekit, "keys") as (caller, _, told, _):
        for key in "41*#":
            await caller.presses(key)
        await told.until(kind=Frame)
        async with asyncio.timeout(PATIENCE_S):
            while sum(isinstance(event, Key) for event in told.events) < 4:
                await told.heard(20, since=len(told.sound()))
        assert [event.key for event in told.events if isinstance(event, Key)] == list("41*#")


async def test_captions_name_their_segment_and_speaker(livekit: LiveKitServer):
    async with a_call(livekit, "captions") as (caller, media, _, _):
        media.caption("agent", "Hello", segment="s1", final=False)
        await caller.reads(1)
        media.caption("agent", "Hello there.", segment="s1", final=True)
        media.caption("caller", "hi", segment="s2", final=True)
        await caller.reads(3)
        (_, first, started), (who, whole, ended), (other, hi, _) = caller.captions
        assert (first, whole, hi) == ("Hello", "Hello there.", "hi")
        assert started["lk.segment_id"] == ended["lk.segment_id"] == "s1"
        assert (started["lk.transcription_final"], ended["lk.transcription_final"]) == ("false", "true")
        assert who == "agent"
        assert other == "caller"


async def test_a_caller_who_hangs_up_is_gone_at_once(livekit: LiveKitServer):
    async with a_call(livekit, "hang-up", grace_s=60) as (caller, _, told, playout):
        playout.play(MINUTE)
        await caller.room.disconnect()
        assert await told.until(kind=Gone) == Gone(reason="caller_hung_up", why="client_initiated")


async def test_after_the_end_the_end_is_told_again(livekit: LiveKitServer):
    async with a_call(livekit, "again") as (caller, media, told, _):
        await caller.room.disconnect()
        gone = await told.until(kind=Gone)
        assert await media.next() == gone


async def test_a_room_that_is_deleted_is_a_line_that_is_lost(livekit: LiveKitServer):
    async with a_call(livekit, "deleted") as (_, media, told, _):
        async with admin(livekit) as opened:
            await opened.room.delete_room(api.DeleteRoomRequest(room="deleted"))
        gone = await told.until(kind=Gone)
        assert isinstance(gone, Gone)
        assert gone.reason == "line_lost"
        assert gone.why == "room_deleted"
        assert media.lost


async def test_a_caller_whose_connection_breaks_may_come_back(livekit: LiveKitServer):
    async with a_call(livekit, "back", grace_s=60) as (caller, _, told, playout):
        # The same identity again: the server ends the first connection, as it does when a page is loaded anew.
        async with Person(livekit, "back") as again:
            await caller.gone.wait()
            await told.until("caller_back")
            playout.play(tone(0.5, rate=SPOKEN_RATE))
            await again.hears(loud_ms=400)
            before = len(told.sound())
            await again.says(tone(0.5))
            sound = await told.heard(500, since=before)
            assert np.abs(sound).max() > 3000
            assert not any(isinstance(event, Gone) for event in told.events)


async def test_a_caller_who_does_not_come_back_has_hung_up(livekit: LiveKitServer):
    async with a_call(livekit, "away", grace_s=0.2) as (_, _, told, playout):
        playout.play(MINUTE)
        # Another connection takes the caller's identity, and its role says that it is no caller.
        async with Person(livekit, "away", attributes={ROLE: "supervisor"}, microphone=False):
            gone = await told.until(kind=Gone)
        assert isinstance(gone, Gone)
        assert gone.reason == "caller_hung_up"


async def test_a_second_caller_is_told_once_and_not_heard(livekit: LiveKitServer):
    async with a_call(livekit, "second") as (caller, media, told, playout):
        async with Person(livekit, "second", "another") as other:
            await told.until("second_caller")
            before = len(told.sound())
            await other.says(tone(0.5))
            playout.play(tone(0.3, rate=SPOKEN_RATE))
            await other.hears(who="agent", loud_ms=200)
            assert np.abs(await told.heard(300, since=before)).max() < 1000
        assert told.names().count("second_caller") == 1
        assert media.caller_identity == caller.identity


async def test_supervisors_agents_and_the_hidden_are_no_callers(livekit: LiveKitServer):
    room = "others"
    async with (
        Person(livekit, room, "supervisor", attributes={ROLE: "supervisor"}),
        Person(livekit, room, "other-agent", kind="agent", microphone=False),
        Person(livekit, room, "hidden", hidden=True, microphone=False),
        agent_in(livekit, room) as (media, told),
    ):
        await media.join()
        with pytest.raises(CallError, match="Nobody came"):
            await media.caller(0.3)
        async with Person(livekit, room, "the-caller"):
            caller = await media.caller(5)
        assert (caller.identity, caller.kind) == ("the-caller", "web")
        assert "second_caller" not in told.names()


async def test_a_supervisor_talks_with_the_caller_is_recorded_and_may_go_without_ending_the_call(
    livekit: LiveKitServer,
):
    room = "taken-over"
    async with a_call(livekit, room) as (caller, media, told, _):
        async with Person(livekit, room, by=talk_token(livekit, room, "Ann")) as ann:
            here = await told.until("supervisor_here")
            assert isinstance(here, Found) and here.data == {"identity": ann.identity}
            before = len(told.sound())
            await asyncio.gather(ann.says(tone(1.0, hz=700)), caller.hears(who=ann.identity, loud_ms=700))
            await asyncio.gather(caller.says(tone(0.5)), ann.hears(who=caller.identity, loud_ms=300))
            heard = await told.heard(1000, since=before)
            assert np.abs(heard).max() > 3000, "the caller is heard"
            second = np.concatenate([event.samples for event in told.events if isinstance(event, SecondVoiceHeard)])
            assert (np.abs(second) > 3000).sum() > SPOKEN_RATE / 4, "the recording has the supervisor"
            assert abs(loudest_hz(second, SPOKEN_RATE) - 700) < 20
            assert "second_caller" not in told.names()
        await told.until("supervisor_left")
        assert media.caller_identity == caller.identity and not media.lost
        assert not any(isinstance(event, Gone) for event in told.events)


async def test_who_listens_in_hears_both_and_is_seen_and_heard_by_nobody(livekit: LiveKitServer):
    room = "listened-to"
    async with a_call(livekit, room) as (caller, _, told, playout):
        async with Person(livekit, room, by=listen_token(livekit, room, "Bob"), microphone=False) as bob:
            playout.play(tone(1.0, rate=SPOKEN_RATE))
            await asyncio.gather(caller.says(tone(1.0)), bob.hears(who=caller.identity, loud_ms=500))
            await bob.hears(who="agent", loud_ms=500)
            assert bob.identity not in caller.room.remote_participants
            with pytest.raises(PublishTrackError):
                await bob.publish()
        assert not {"supervisor_here", "second_caller"} & set(told.names())


async def test_a_telephone_caller_brings_their_numbers(livekit: LiveKitServer):
    attributes = {"sip.phoneNumber": "+15550100", "sip.trunkPhoneNumber": "+15550199", "sip.callID": "SCL_1"}
    async with (
        Person(livekit, "phone", "sip_1", kind="sip", attributes=attributes, microphone=False),
        agent_in(livekit, "phone") as (media, _),
    ):
        await media.join()
        caller = await media.caller(5)
        assert caller.kind == "phone"
        assert caller.attributes["sip.trunkPhoneNumber"] == "+15550199"


async def test_a_caller_who_mutes_is_heard_again_when_they_unmute(livekit: LiveKitServer):
    async with a_call(livekit, "mute") as (caller, _, told, _):
        await told.until(kind=Frame)
        assert caller.track is not None
        caller.track.mute()
        await told.until("caller_muted")
        caller.track.unmute()
        await told.until("caller_unmuted")
        before = len(told.sound())
        await caller.says(tone(0.5))
        assert np.abs(await told.heard(450, since=before)).max() > 3000


async def test_a_microphone_that_is_taken_away_and_given_back_is_heard(livekit: LiveKitServer):
    async with a_call(livekit, "republished") as (caller, _, told, _):
        await told.until(kind=Frame)
        await caller.unpublish()
        before = told.names().count("caller_track")
        await caller.publish()
        async with asyncio.timeout(PATIENCE_S):
            while told.names().count("caller_track") == before:
                await caller.listens(0.05)
        since = len(told.sound())
        await caller.says(tone(0.5))
        assert np.abs(await told.heard(450, since=since)).max() > 3000


async def test_a_caller_without_a_microphone_hears_the_agent(livekit: LiveKitServer):
    async with a_call(livekit, "no-mic", microphone=False) as (caller, _, told, playout):
        playout.play(tone(0.5, rate=SPOKEN_RATE))
        await caller.hears(loud_ms=400)
        assert not any(isinstance(event, Frame) for event in told.events)


async def test_a_call_survives_a_broken_connection_of_ours(livekit: LiveKitServer):
    async with a_call(livekit, "resumed") as (caller, media, told, playout):
        await told.until(kind=Frame)
        await media.room.simulate_scenario(rtc.SimulateScenarioKind.SIMULATE_SIGNAL_RECONNECT)
        await told.until("reconnected")
        playout.play(tone(0.5, rate=SPOKEN_RATE))
        await caller.hears(who="agent", loud_ms=400)


async def test_the_last_word_is_heard_before_the_room_is_left(livekit: LiveKitServer):
    async with Person(livekit, "last-word") as caller:
        async with agent_in(livekit, "last-word") as (media, _):
            playout = Playout()
            await media.start(playout)
            playout.play(tone(0.5, rate=SPOKEN_RATE))
            await caller.hears(loud_ms=100)
            async with asyncio.timeout(PATIENCE_S):
                while playout.queued:
                    await caller.listens(0.02)
        assert 480 <= caller.heard["agent"].loud().sum() * 10 <= 580


async def test_a_token_that_has_expired_is_a_plain_sentence(livekit: LiveKitServer):
    connection = rtc.Room()

    async def connect() -> None:
        await connection.connect(livekit.url, "not.a.token")

    media = LiveKitMedia(connection, connect)
    with pytest.raises(CallError, match="cannot be entered") as told:
        await media.join()
    assert told.value.code == "no_room"
    await media.close()


async def test_closing_twice_is_closing_once(livekit: LiveKitServer):
    async with agent_in(livekit, "twice") as (media, _):
        await media.join()
        await media.close()
        await media.close()
        assert not media.room.isconnected()
