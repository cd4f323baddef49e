"""An order that is cut off after any write of its log, and taken up by another process, is placed exactly once."""

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.fakes.call import FakeLine, FakeLog, FakeUnderstander, Journal, MovedClock
from tests.flows.driven import FACTS, flow_of
from tests.flows.ordering.menus import DINER
from tollfree.calls.interrupted import Interrupted
from tollfree.calls.log import event_of
from tollfree.calls.resuming import pending_of, taken_up
from tollfree.calls.session import CallSummary, Performers, Session
from tollfree.calls.store.record import LogRecord
from tollfree.calls.tools.answer import ToolResult
from tollfree.calls.tools.definition import Tool
from tollfree.flows.compile import compile_or_raise
from tollfree.flows.engine import START, replay, step
from tollfree.flows.library import Library, ToolInfo
from tollfree.protocol.effects import Effect
from tollfree.protocol.events import CallResumed
from tollfree.protocol.ids import CallId, EffectId
from tollfree.protocol.question import Answer
from tollfree.protocol.token import ExitToken
from tollfree.protocol.values import Values

CALL = CallId("c1")
TURNS = ("a pepperoni pizza and two cokes", "make that three cokes", "that's all", "yes")
MEANINGS = {
    "that's all": Answer(choice="done", confidence=1.0, decided_by="rules"),
    "yes": Answer(choice="yes", confidence=1.0, decided_by="rules"),
}
FLOW = compile_or_raise(
    flow_of(
        {
            "hello": {"kind": "say", "say": "Hello.", "exits": {"said": "order"}},
            "order": {
                "kind": "order",
                "catalogue": "diner",
                "ask": "What would you like?",
                "tool": "place",
                "with": {"order": "{{ order }}"},
                "exits": {"placed": "thanks", "cancelled": "bye", "gave_up": "sorry", "silent": "bye"},
            },
            "thanks": {"kind": "end", "say": "That's {{ order.count }} things."},
            "sorry": {"kind": "end", "say": "Sorry."},
        }
    ),
    Library(
        project={"name": "Test", "currency": "USD"},
        tools={"place": ToolInfo(name="place", world=True, arguments=("order",))},
        catalogues={"diner": DINER},
    ),
)


class Kitchen:
    """Takes orders, and knows one that it has already by its key."""

    def __init__(self) -> None:
        self.orders: dict[str, Any] = {}
        self.requests = 0

    async def call(self, name: str, arguments: Values, *, effect: EffectId, call: CallId) -> ToolResult:
        self.requests += 1
        self.orders.setdefault(f"{call}/{effect}", arguments["order"])
        return ToolResult(found=True, result={})


class WritesLog(FakeLog):
    """Remembers where each write ended."""

    def __init__(self) -> None:
        super().__init__(Journal())
        self.ends: list[int] = []

    async def append(self, call: CallId, records: Sequence[LogRecord], *, expected_seq: int) -> int:
        self.ends.append(await super().append(call, records, expected_seq=expected_seq))
        return self.ends[-1]


async def run(
    log: FakeLog, kitchen: Kitchen, turns: Sequence[str], interrupted: Interrupted | None = None
) -> tuple[CallSummary, FakeLine]:
    line = FakeLine(Journal(), turns)
    session = Session(
        CALL,
        FLOW,
        line,
        log,
        Performers(understands=FakeUnderstander(MEANINGS), tools=kitchen),
        MovedClock(),
        timezone=ZoneInfo("UTC"),
        interrupted=interrupted,
    )
    return await session.run(FACTS), line


def cut_off(records: Sequence[LogRecord], tool: Tool) -> Interrupted:
    """What another process makes of a log that ends here."""
    state, tokens, asked = START, list[ExitToken](), list[Effect]()
    for record in records:
        if record.kind == "event":
            taken = step(FLOW, state, event_of(record))
            state = taken.state
            tokens += taken.tokens
            asked += taken.effects
    perform, failed = taken_up(pending_of(state, asked), {"place": tool})
    return Interrupted(
        state=state,
        next_seq=len(records),
        tokens=tuple(tokens),
        resumed=CallResumed(),
        perform=perform,
        failed=failed,
    )


def spoken(records: Sequence[LogRecord]) -> int:
    return sum(record.type == "caller_spoke" for record in records)


@pytest.mark.parametrize("idempotent", [True, False])
async def test_an_order_cut_off_after_any_write_is_placed_once_and_whole(idempotent: bool) -> None:
    tool = Tool(name="place", method="POST", url="http://127.0.0.1:1/orders", idempotent=idempotent)
    whole, kitchen = WritesLog(), Kitchen()
    summary, _ = await run(whole, kitchen, TURNS)
    assert (summary.path, len(kitchen.orders)) == (("hello.said", "order.placed", "thanks.ended"), 1)
    [ordered] = kitchen.orders.values()
    in_flight = 0
    for end in whole.ends[:-1]:
        before = whole.records[:end]
        log, again = WritesLog(), Kitchen()
        log.records = list(before)
        sent = any(record.kind == "effect" and record.type == "lookup" for record in before)
        answered = any(record.type == "looked_up" for record in before)
        if sent:  # it may have been performed before the process died: assume so
            again.orders, again.requests = dict(kitchen.orders), 1
        found, line = await run(log, again, TURNS[spoken(before) :], cut_off(before, tool))
        assert replay(FLOW, log.events) == found.state
        assert list(again.orders.values()) == [ordered]
        if sent and not answered:
            in_flight += 1
            assert found.path[1] == ("order.placed" if idempotent else "order.gave_up")
            assert again.requests == (2 if idempotent else 1)
        else:
            assert (found.path, again.requests) == (summary.path, 1)
        assert line.said[0] == "Sorry, we were cut off for a moment." or found.state.over
    assert in_flight
