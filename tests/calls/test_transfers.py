"""Handing the caller over, as the session does it: what was said before is heard first, and nobody waits in silence."""

import asyncio
from typing import Any

from tests.calls.test_branch import Offering, Planned
from tests.flows.driven import flow_of
from tollfree.calls.virtual_time import run_virtually
from tollfree.flows.engine import replay
from tollfree.protocol.clock import Clock
from tollfree.protocol.effects import Say, Transfer
from tollfree.protocol.events import Spoken
from tollfree.protocol.ids import CallId

STAFF = {"kind": "transfer", "to": "staff", "exits": dict.fromkeys(("connected", "nobody", "failed"), "done")}
DONE = {"kind": "end", "outcome": "done"}


def flow(**fields: Any) -> dict[str, Any]:
    return flow_of({"staff": {**STAFF, **fields}, "done": DONE})


class Ringing:
    """A switchboard whose people take the call after so many seconds."""

    def __init__(self, clock: Clock, takes_s: float) -> None:
        self._clock = clock
        self._takes_s = takes_s
        self.began_s: float | None = None

    async def transfer(self, effect: Transfer, call: CallId) -> bool:
        self.began_s = self._clock.elapsed_ms() / 1000
        await self._clock.sleep(self._takes_s)
        return True


class Slow(Offering):
    """A line on which every word takes half a second, and `deaf` ones are never heard out."""

    def __init__(self, journal: Any, clock: Clock, *, deaf: bool = False) -> None:
        super().__init__(journal)
        self._clock = clock
        self._deaf = deaf
        self._until_s = 0.0
        self.begun: list[tuple[float, str]] = []
        """When each line was said."""

    def say(self, say: Say) -> None:
        self.show(say.text)
        now_s = self._clock.elapsed_ms() / 1000
        self.begun.append((round(now_s, 1), say.text))
        self._until_s = max(self._until_s, now_s) + len(say.text.split()) / 2
        loop = asyncio.get_running_loop()
        loop.call_later(self._until_s - now_s, self.tell, Spoken(effect=say.id, heard=say.text))

    async def quiet(self) -> None:
        if self._deaf:
            await self._clock.sleep(1e6)
        await self._clock.sleep(max(0.0, self._until_s - self._clock.elapsed_ms() / 1000))


async def place(clock: Clock, document: dict[str, Any], takes_s: float, *, deaf: bool = False, **how: Any) -> Planned:
    """A call whose flow hands the caller over at once, to its end."""
    rig = Planned(document, switchboard=Ringing(clock, takes_s), **how)
    rig.clock = clock  # pyright: ignore[reportAttributeAccessIssue]: the rig's own clock cannot be slept on
    rig.line = Slow(rig.journal, clock, deaf=deaf)
    await rig.begin()
    return rig


def test_the_caller_is_handed_over_once_they_have_heard_what_was_said_before() -> None:
    async def call(clock: Clock) -> None:
        began_s = clock.elapsed_ms() / 1000
        rig = await place(clock, flow(say="I'll connect you with somebody."), 0)
        assert rig.switchboard.began_s is None
        await clock.sleep(2.4)
        assert rig.switchboard.began_s is None, "five words take two and a half seconds"
        await clock.sleep(0.2)
        assert rig.switchboard.began_s == began_s + 2.5
        assert (await rig.end()).path == ("staff.connected", "done.ended")

    run_virtually(call)


def test_a_line_that_never_falls_quiet_keeps_nobody_from_a_person() -> None:
    async def call(clock: Clock) -> None:
        rig = await place(clock, flow(say="I'll connect you."), 0, deaf=True)
        await clock.sleep(31)
        assert rig.switchboard.began_s is not None
        assert (await rig.end()).path == ("staff.connected", "done.ended")

    run_virtually(call)


def test_a_caller_who_waits_for_a_person_hears_from_us_again_and_again() -> None:
    async def call(clock: Clock) -> None:
        rig = await place(clock, flow(while_waiting="Let me see who is there."), 60, waiting_line_after_s=1.0)
        began_s = clock.elapsed_ms() / 1000
        await clock.sleep(61)
        assert [(round(at_s - began_s), text) for at_s, text in rig.line.begun] == [
            (1, "Let me see who is there."),
            (19, "I'm still trying to reach somebody. Please hold."),
            (38, "Thank you for holding. I'm still trying to reach somebody."),
            (58, "I'm still trying to reach somebody. Please hold."),
        ]
        summary = await rig.end()
        assert replay(rig.flow, rig.log.events) == summary.state
        assert [record.type for record in rig.log.records if record.kind == "note"] == ["waiting_line"] * 4

    run_virtually(call)
