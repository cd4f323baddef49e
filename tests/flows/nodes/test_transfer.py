from dataclasses import replace
from typing import Any

import pytest

from tests.flows.driven import FACTS, Call, ask, flow_of, reading
from tollfree.protocol.effects import Compose, Transfer


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


# Summaries of a warm transfer


def warm(models: bool | None, **fields: Any) -> Call:
    exits = dict.fromkeys(("connected", "nobody", "failed"), "bye")
    transfer = {"kind": "transfer", "to": "staff", "mode": "warm", "exits": exits, **fields}
    reason = {
        "kind": "intent",
        "ask": "What is it?",
        "intents": {"money_back": {"phrases": ["refund"]}},
        "exits": {"money_back": "code", "unclear": "bye", "silent": "bye"},
    }
    document = flow_of({"reason": reason, "code": ask("hand_over"), "hand_over": transfer})
    call = Call(document, facts=replace(FACTS, models=models))
    return call.says("a refund", choice="money_back").says("four one seven", reading("code", "417"))


TEMPLATE = "A caller from +12125550100 is on the line. They asked about money back. They gave code four one seven."


def test_without_a_model_a_person_is_told_what_the_caller_wanted_and_gave() -> None:
    assert warm(False).latest(Transfer).summary == TEMPLATE


def test_a_call_that_began_before_that_is_handed_over_as_it_was() -> None:
    assert warm(None).latest(Transfer).summary == ""


def test_the_authors_own_summary_is_told_as_it_is() -> None:
    assert warm(True, summary="About {{ code | default('it') }}.").latest(Transfer).summary == "About 417."


def test_a_model_sums_the_call_up_before_anybody_is_called() -> None:
    call = warm(True)
    assert call.latest(Compose).purpose == "summary" and call.latest(Compose).values["code"] == "417"
    call.composed("They want their money back.")
    assert call.latest(Transfer).summary == "They want their money back."
    assert call.transferred(True).path[-1] == "hand_over.connected"


def test_a_model_that_fails_costs_nobody_the_transfer() -> None:
    call = warm(True).failed("model_slow")
    assert call.latest(Transfer).summary == TEMPLATE
    assert call.failed("busy").path[-1] == "hand_over.failed"
