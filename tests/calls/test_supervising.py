"""A call while a person changes it from outside, in virtual time."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.calls.test_session import FLOW, GIVEN, found
from tests.fakes.call import FakeLog, FakeTools, FakeUnderstander, Journal
from tests.fakes.listening import LoudActivity
from tests.fakes.media import FakeMedia
from tests.fakes.recognizer import ScriptedRecognizer
from tests.fakes.speaker import FakeSpeaker
from tests.flows.driven import FACTS, LIBRARY
from tollfree.calls.caller_words import EarsLost
from tollfree.calls.interrupted import Interrupted
from tollfree.calls.line import CallerEvent, Line, LineEvent
from tollfree.calls.lines.spoken import Ears, SpokenLine
from tollfree.calls.lines.written import WrittenLine
from tollfree.calls.performing import Performers
from tollfree.calls.session import CallSummary, Session
from tollfree.calls.store.commands import Command, CommandAction
from tollfree.calls.store.errors import StoreUnavailable
from tollfree.calls.supervising import LEASE_S, READ_WITHIN_S, CommandFeed
from tollfree.calls.virtual_time import run_virtually
from tollfree.flows.compile import compile_or_raise
from tollfree.flows.engine import replay
from tollfree.protocol.clock import Clock
from tollfree.protocol.events import LAPSED, CallEnded, CallerSilent, CallerSpoke, CallResumed, Spoken, Supervised
from tollfree.protocol.ids import CallId
from tollfree.protocol.values import Value
from tollfree.speech.turns.listener import Listener

CALL = CallId("c1")
ASKED = "Which code?"


class Tower:
    """Commands in memory. `away` is raised instead of giving them."""

    def __init__(self) -> None:
        self.commands: list[Command] = []
        self.away: Exception | None = None
        self.asked: list[Mapping[CallId, int]] = []

    def give(self, action: CommandAction, name: str = "", value: Value = None, by: str = "ann") -> int:
        at = datetime(2026, 1, 5, tzinfo=UTC)
        id = len(self.commands) + 1
        self.commands.append(Command(id=id, action=action, by=by, name=name, value=value, at=at))
        return id

    async def news(self, after: Mapping[CallId, int]) -> Mapping[CallId, Sequence[Command]]:
        self.asked.append(after)
        if self.away is not None:
            raise self.away
        return {call: [one for one in self.commands if one.id > last] for call, last in after.items() if call == CALL}


class Typed(WrittenLine):
    """A caller who types when the test says so."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self._turns: deque[CallerEvent] = deque()
        self.deaf = False

    def show(self, text: str) -> bool:
        self.said.append(text)
        return True

    def types(self, turn: CallerEvent | str) -> None:
        self._turns.append(CallerSpoke(text=turn) if isinstance(turn, str) else turn)
        self.changed()

    def turn(self, listening: bool) -> CallerEvent | None:
        return self._turns.popleft() if self._turns and listening else None

    async def next(self) -> LineEvent:
        if self.deaf:
            self.deaf = False
            raise EarsLost
        return await super().next()


class Rig:
    """A call on a line, with a control tower."""

    def __init__(self, clock: Clock, line: Line | None = None, *, tool_s: float = 0.0, **options: Any) -> None:
        self.clock = clock
        self.typed = Typed()
        self.line = line or self.typed
        self.tower = Tower()
        self.feed = CommandFeed(self.tower, clock)
        self.log = FakeLog(Journal())
        self.flow = compile_or_raise(FLOW, LIBRARY)
        self.understander = FakeUnderstander({"one two three": GIVEN})
        self._tool_s = tool_s
        self.tools = FakeTools(Journal(), self._answer)
        performers = Performers(understands=self.understander, tools=self.tools)
        self.session = Session(
            CALL,
            self.flow,
            self.line,
            self.log,
            performers,
            clock,
            **{"timezone": ZoneInfo("UTC"), "feed": self.feed, **options},
        )
        self.call: asyncio.Task[CallSummary] = asyncio.create_task(self.session.run(FACTS))

    async def _answer(self) -> Any:
        await asyncio.sleep(self._tool_s)
        return await found()

    async def wait(self, seconds: float = 0.5) -> None:
        """Let time pass: half a second is enough for a command to be taken up."""
        await self.clock.sleep(seconds)

    async def told(self, action: CommandAction, name: str = "", value: Value = None, by: str = "ann") -> int:
        id = self.tower.give(action, name, value, by)
        await self.wait()
        return id

    async def over(self) -> CallSummary:
        """The caller hangs up; and the log says what the state says."""
        if not self.call.done():
            self.typed.types(CallEnded())
        summary = await self.call
        await self.feed.close()
        assert replay(self.flow, self.log.events) == summary.state
        return summary

    @property
    def supervised(self) -> list[tuple[str, str, int]]:
        """What was done: action, by whom, by which command."""
        return [(one.action, one.by, one.command) for one in self.log.events if isinstance(one, Supervised)]

    def notes(self, type: str) -> list[Mapping[str, Value]]:
        return [record.data for record in self.log.records if record.kind == "note" and record.type == type]


def virtually(test: Callable[[Clock], Awaitable[None]]) -> None:
    """Run it, and see that it leaves no task behind."""

    async def whole(clock: Clock) -> None:
        await test(clock)
        for _ in range(20):
            await asyncio.sleep(0)
        assert asyncio.all_tasks() == {asyncio.current_task()}

    run_virtually(whole)


# Commands


def test_a_slot_that_is_set_and_an_exit_that_is_chosen_move_the_call_within_a_second() -> None:
    async def test(clock: Clock) -> None:
        rig = Rig(clock)
        await rig.wait()
        id = await rig.told("set_slot", "code", "123")
        assert rig.tools.calls and rig.supervised == [("set_slot", "ann", id)]
        assert (await rig.over()).path == ("hello.said", "code.given", "find.found", "thanks.ended")

    virtually(test)


def test_a_line_is_said_and_a_call_hung_up() -> None:
    async def test(clock: Clock) -> None:
        rig = Rig(clock)
        await rig.told("say", value="One moment, Sir.")
        assert rig.typed.said[-1] == "One moment, Sir."
        await rig.told("hang_up")
        assert rig.call.done() and (await rig.over()).outcome == "supervised"

    virtually(test)


@pytest.mark.parametrize(
    ("action", "name", "value", "why"),
    [
        ("set_slot", "colour", "red", "The flow made has no slot 'colour'; it has: code."),
        ("choose_exit", "found", None, "The node code has no exit 'found'; it has: gave_up, given, refused, silent."),
        ("hand_back", "", None, "Nobody has taken the call over."),
    ],
)
def test_what_is_refused_is_told_with_the_command_and_a_sentence(
    action: CommandAction, name: str, value: Value, why: str
) -> None:
    async def test(clock: Clock) -> None:
        rig = Rig(clock)
        await rig.wait()
        before = [record for record in rig.log.records if record.kind != "note"]
        id = await rig.told(action, name, value)
        assert rig.notes("supervision_refused") == [
            {"command": id, "action": action, "by": "ann", "name": name, "why": why}
        ]
        assert [record for record in rig.log.records if record.kind != "note"] == before
        await rig.over()

    virtually(test)


def test_a_command_is_performed_once() -> None:
    async def test(clock: Clock) -> None:
        rig = Rig(clock)
        await rig.told("say", value="Once.")
        await rig.wait(60)
        assert rig.typed.said.count("Once.") == 1 and len(rig.tower.asked) > 200
        await rig.over()

    virtually(test)


@pytest.mark.parametrize("away", [StoreUnavailable("The database is away."), RuntimeError("a driver's own")])
def test_a_store_that_is_away_is_noted_once_and_the_call_goes_on(away: Exception) -> None:
    async def test(clock: Clock) -> None:
        rig = Rig(clock)
        await rig.wait()
        rig.tower.away = away
        await rig.told("say", value="Late.")
        await rig.wait(10)
        assert len(rig.notes("commands_not_read")) == 1 and "Late." not in rig.typed.said
        rig.tower.away = None
        await rig.wait()
        assert "Late." in rig.typed.said
        rig.typed.types("one two three")
        assert (await rig.over()).outcome == "thanks"

    virtually(test)


def test_a_store_that_hangs_is_asked_again() -> None:
    async def test(clock: Clock) -> None:
        rig = Rig(clock)
        await rig.wait()
        news = rig.tower.news

        async def hangs(after: Mapping[CallId, int]) -> Mapping[CallId, Sequence[Command]]:
            await clock.sleep(3600)
            return {}

        rig.tower.news = hangs  # type: ignore[method-assign]
        await rig.wait()
        rig.tower.news = news  # type: ignore[method-assign]
        await rig.told("say", value="Late.")
        await rig.wait(READ_WITHIN_S)
        assert "Late." in rig.typed.said
        await rig.over()

    virtually(test)


def test_many_calls_are_one_question_and_none_are_none() -> None:
    async def test(clock: Clock) -> None:
        tower = Tower()
        feed = CommandFeed(tower, clock)
        heard: list[Command] = []
        for n in range(50):
            feed.follow(CallId(f"c{n}"), 0, found=heard.append, failed=lambda code: None)
        tower.give("say", value="Hello.")
        await clock.sleep(0.9)
        assert len(tower.asked) == 5 and len(heard) == 1
        for n in range(50):
            feed.leave(CallId(f"c{n}"))
        await clock.sleep(60)
        assert len(tower.asked) == 5
        await feed.close()

    virtually(test)


# Taken over


def test_a_caller_who_talks_to_a_person_is_heard_and_not_answered() -> None:
    async def test(clock: Clock) -> None:
        rig = Rig(clock)
        await rig.wait()
        await rig.told("take_over")
        said = len(rig.typed.said)
        for words in ("one two three", "Hello?", "Which code do you mean?"):
            rig.typed.types(words)
        rig.typed.types(CallerSilent())
        await rig.told("say", value="Hello, this is Ann.")
        assert rig.typed.said[said:] == ["Hello, this is Ann."]
        heard = [event.text for event in rig.log.events if isinstance(event, CallerSpoke)]
        assert heard == ["one two three", "Hello?", "Which code do you mean?"] and not rig.understander.asked
        await rig.told("hand_back")
        assert rig.typed.said[-1] == ASKED
        rig.typed.types("one two three")
        assert (await rig.over()).outcome == "thanks"

    virtually(test)


def test_a_look_up_finishes_without_a_word_while_a_person_has_the_call() -> None:
    async def test(clock: Clock) -> None:
        rig = Rig(clock, tool_s=5.0)
        rig.typed.types("one two three")
        await rig.wait()
        await rig.told("take_over")
        await rig.wait(9)
        assert rig.typed.said == ["Hello.", ASKED], "neither a waiting line nor the answer"
        await rig.told("hand_back")
        assert rig.typed.said[-1] == "Thanks, Ann." and rig.call.done()
        assert len(rig.tools.calls) == 1
        await rig.over()

    virtually(test)


def test_a_look_up_that_is_still_under_way_at_the_hand_back_is_waited_for_aloud() -> None:
    async def test(clock: Clock) -> None:
        rig = Rig(clock, tool_s=20.0)
        rig.typed.types("one two three")
        await rig.wait()
        await rig.told("take_over")
        await rig.told("hand_back")
        assert rig.typed.said[-1] == "One moment, please."
        await rig.wait(20)
        assert rig.typed.said[-1] == "Thanks, Ann."
        await rig.over()

    virtually(test)


def test_a_call_whose_holder_is_not_heard_of_is_handed_back() -> None:
    async def test(clock: Clock) -> None:
        rig = Rig(clock)
        await rig.wait()
        await rig.told("take_over")
        for _ in range(10):
            await rig.wait(5)
            await rig.told("renew")
        assert [action for action, _, _ in rig.supervised] == ["take_over"], "what is renewed is no event"
        for _ in range(2):
            await rig.told("renew", by="bob")  # it is not his
        await rig.wait(LEASE_S - 2)
        assert rig.typed.said[-1] == ASKED and len(rig.typed.said) == 2
        await rig.wait(2)
        assert rig.supervised[-1] == ("hand_back", LAPSED, 0) and len(rig.typed.said) == 3
        assert not rig.notes("supervision_refused")
        await rig.wait(60)
        assert len(rig.supervised) == 2
        await rig.over()

    virtually(test)


def test_a_store_that_is_away_strands_nobody() -> None:
    async def test(clock: Clock) -> None:
        rig = Rig(clock)
        await rig.wait()
        await rig.told("take_over")
        rig.tower.away = StoreUnavailable("The database is away.")
        await rig.wait(LEASE_S)
        assert rig.supervised[-1] == ("hand_back", LAPSED, 0)
        await rig.over()

    virtually(test)


def test_a_call_that_is_taken_over_twice_by_one_person_stays_theirs_and_anothers_wish_is_refused() -> None:
    async def test(clock: Clock) -> None:
        rig = Rig(clock)
        await rig.told("take_over")
        await rig.wait(10)
        await rig.told("take_over")
        await rig.told("take_over", by="bob")
        await rig.wait(10)
        assert [one["by"] for one in rig.notes("supervision_refused")] == ["bob"]
        assert [action for action, _, _ in rig.supervised] == ["take_over", "take_over"]
        await rig.over()

    virtually(test)


def test_a_call_limit_ends_a_call_that_a_person_has() -> None:
    async def test(clock: Clock) -> None:
        rig = Rig(clock, call_limit_s=20.0)
        await rig.wait()
        await rig.told("take_over")
        for _ in range(10):
            await rig.told("renew")
            await rig.wait(2)
        assert rig.call.done() and (await rig.over()).outcome == "time_limit"

    virtually(test)


def test_a_recogniser_that_fails_while_a_person_has_the_call_does_not_end_it() -> None:
    async def test(clock: Clock) -> None:
        rig = Rig(clock)
        await rig.wait()
        await rig.told("take_over")
        rig.typed.deaf = True
        rig.typed.types("Hello?")
        await rig.told("hand_back")
        rig.typed.types("one two three")
        assert (await rig.over()).outcome == "thanks"

    virtually(test)


# Resumed


async def resumed(clock: Clock, *commands: tuple[CommandAction, str], seen: int) -> Rig:
    """A call that another process goes on with: `seen` commands are in its log."""
    first = Rig(clock)
    await first.wait()
    for action, value in commands[:seen]:
        await first.told(action, value=value)
    first.call.cancel()  # as if its process had died
    with suppress(asyncio.CancelledError):
        await first.call
    await first.feed.close()
    state = replay(first.flow, first.log.events)
    last = max((one.command for one in first.log.events if isinstance(one, Supervised)), default=0)
    interrupted = Interrupted(state=state, next_seq=0, tokens=(), resumed=CallResumed(), commands=last)
    again = Rig(clock, interrupted=interrupted)
    again.tower.commands = first.tower.commands
    for action, value in commands[seen:]:
        again.tower.give(action, value=value)
    await again.wait()
    return again


def test_a_resumed_call_performs_what_it_had_not_and_nothing_twice() -> None:
    async def test(clock: Clock) -> None:
        rig = await resumed(clock, ("say", "Once."), ("say", "After."), seen=1)
        assert "After." in rig.typed.said and "Once." not in rig.typed.said
        rig.typed.types(CallEnded())
        await rig.call
        await rig.feed.close()

    virtually(test)


def test_a_resumed_call_stays_taken_over_until_its_holder_is_gone() -> None:
    async def test(clock: Clock) -> None:
        rig = await resumed(clock, ("take_over", ""), seen=1)
        await rig.wait(LEASE_S - 1)
        assert rig.typed.said == []
        await rig.told("renew")
        await rig.wait(LEASE_S - 1)
        assert rig.typed.said == []
        await rig.wait(1)
        assert rig.typed.said == [ASKED]
        rig.typed.types(CallEnded())
        await rig.call
        await rig.feed.close()

    virtually(test)


# With a voice


class Aloud:
    """The same with a spoken line, whose sound is taken as time passes."""

    def __init__(self, clock: Clock) -> None:
        self.media = FakeMedia()
        ears = Ears(
            recognizer=ScriptedRecognizer("I am here", clock=clock), activity=LoudActivity(), listener=Listener()
        )
        self.line = SpokenLine(self.media, ears, FakeSpeaker(), clock)
        self.rig = Rig(clock, self.line)
        self.clock = clock

    async def wait(self, seconds: float) -> int:
        """Take so much sound; how many samples of it were not silence."""
        loud = 0
        for _ in range(round(seconds / 0.02)):
            self.media.be_quiet(20)
            await self.clock.sleep(0.02)
            loud += int((self.media.take(20) != 0).sum())
        return loud

    async def over(self) -> CallSummary:
        self.media.go()
        await self.clock.sleep(0.1)
        await self.line.close()
        return await self.rig.over()


def test_an_agent_that_is_interrupted_by_a_person_falls_silent_at_once_and_speaks_for_them() -> None:
    async def test(clock: Clock) -> None:
        call = Aloud(clock)
        await call.line.start()
        for words in ("never ending " * 40, "More of that."):
            call.rig.tower.give("say", value=words)
        assert await call.wait(2) > 0
        call.rig.tower.give("take_over")
        await call.wait(0.3)
        assert await call.wait(5) == 0, "nothing is left to be said"
        cut = [(event.heard, event.complete) for event in call.rig.log.events if isinstance(event, Spoken)][2:]
        assert cut[0][0].startswith("never ending never") and [complete for _, complete in cut] == [False, False]
        assert len(cut[0][0]) < 300 and cut[1][0] == ""
        call.rig.tower.give("say", value="This is Ann.")
        assert await call.wait(2) > 0
        call.rig.tower.give("hand_back")
        assert await call.wait(2) > 0
        lines = [event.heard for event in call.rig.log.events if isinstance(event, Spoken)]
        assert lines[4:] == ["This is Ann.", ASKED]
        await call.over()

    virtually(test)


def test_a_caller_who_says_nothing_to_a_person_is_not_asked_whether_they_are_there() -> None:
    async def test(clock: Clock) -> None:
        call = Aloud(clock)
        await call.line.start()
        await call.wait(3)
        call.rig.tower.give("take_over")
        for _ in range(10):
            call.rig.tower.give("renew")
            await call.wait(7)
        assert call.rig.supervised == [("take_over", "ann", 1)]
        assert len([event for event in call.rig.log.events if isinstance(event, Spoken)]) == 2
        summary = await call.over()
        assert summary.outcome == "caller_hung_up"

    virtually(test)
