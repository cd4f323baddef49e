from typing import Any

import pytest

from tests.flows.driven import Call, ask, flow_of, reading
from tollfree.protocol.effects import Transfer


def transferring(**fields: Any) -> Call:
    exits = {"connected": "bye", "nobody": "code", "failed": "bye"}
    nodes = {
        "code": ask(exits={"given": "staff"}, attempts=1),
        "staff": {"kind": "transfer", "to": "queue-{{ code }}", "exits": exits, **fields},
    }
    return Call(flow_of(nodes)).says("123", reading("code", "123"))


def test_it_says_its_line_and_hands_the_caller_over() -> None:
    call = transferring(say="I'll connect you.", mode="warm", summary="Code {{ code }}.", while_waiting="Still there.")
    transfer = call.latest(Transfer)
    assert call.lines == ["I'll connect you."]
    assert (transfer.to, transfer.mode, transfer.summary, transfer.waiting, transfer.world) == (
        "queue-123",
        "warm",
        "Code 123.",
        "Still there.",
        True,
    )
    assert not call.listens


def test_a_person_who_takes_the_call_is_connected() -> None:
    assert transferring().transferred(True).path[-1] == "staff.connected"


def test_nobody_is_an_exit_of_its_own() -> None:
    call = transferring().transferred(False)
    assert call.path[-1] == "staff.nobody"
    assert call.lines == ["Which code?"]


def test_a_line_that_cannot_be_transferred_leaves_by_failed() -> None:
    call = transferring().failed("no_engine")
    assert call.path[-1] == "staff.failed"
    assert call.tokens[1].evidence == "no_engine: too slow"


@pytest.mark.parametrize("event", ["silent", "keys", "spoke"])
def test_nothing_the_caller_does_ends_the_wait(event: str) -> None:
    call = transferring()
    {"silent": call.silent, "keys": lambda: call.keys("1"), "spoke": lambda: call.says("hello?")}[event]()
    assert call.node == "staff"
    assert call.transferred(True).path[-1] == "staff.connected"
