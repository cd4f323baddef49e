"""How complete words are, by what the flow makes of them."""

from typing import Any

import pytest

from tests.flows.driven import Call, ask, flow_of, reading
from tollfree.calls.completeness import completeness
from tollfree.flows.engine import step
from tollfree.protocol.completeness import Completeness
from tollfree.protocol.events import Answered, CallerSpoke
from tollfree.protocol.ids import EffectId
from tollfree.protocol.question import Answer

NOTE = ask(slots={"code": {"type": "digits", "min_length": 2, "max_length": 6, "ask": "Which?"}})
SURE = ask(slots={"sure": {"type": "yes_no", "ask": "Sure?"}})


def judged(node: dict[str, Any], answer: Answer) -> Completeness:
    """What an answer to the node's question comes to."""
    call = Call(flow_of({"it": node}))
    base = call.state
    spoken = step(call.flow, base, CallerSpoke(text="words"))
    understand = spoken.effects[-1]
    taken = step(call.flow, spoken.state, Answered(effect=EffectId(understand.id), answer=answer))
    return completeness(base, answer, taken)


def slot(value: Any, name: str = "code", confidence: float = 1.0) -> Answer:
    return Answer(slots=(reading(name, value, confidence),), confidence=confidence, decided_by="rules")


def test_words_that_make_no_sense_where_the_call_stands_are_open() -> None:
    assert judged(ask(), Answer()) is Completeness.OPEN


def test_a_number_of_the_one_length_it_can_have_is_certain() -> None:
    assert judged(ask(), slot("123")) is Completeness.CERTAIN


def test_a_number_that_may_be_longer_is_only_likely() -> None:
    assert judged(NOTE, slot("1234")) is Completeness.LIKELY


def test_what_was_not_heard_well_is_only_likely() -> None:
    assert judged(ask(), slot("123", confidence=0.6)) is Completeness.LIKELY


@pytest.mark.parametrize(("value", "comes_to"), [(True, Completeness.CERTAIN), (False, Completeness.LIKELY)])
def test_after_a_yes_nothing_follows_and_after_a_no_often_what_is_right(value: bool, comes_to: Completeness) -> None:
    assert judged(SURE, slot(value, "sure")) is comes_to


def test_a_call_that_does_not_listen_yet_is_never_certain() -> None:
    call = Call(flow_of({"it": ask()}))
    spoken = step(call.flow, call.state, CallerSpoke(text="words"))
    answer = slot("123")
    taken = step(call.flow, spoken.state, Answered(effect=EffectId(spoken.effects[-1].id), answer=answer))
    assert completeness(spoken.state, answer, taken) is Completeness.LIKELY
