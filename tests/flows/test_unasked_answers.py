"""A yes or a no answers the question that was asked, and no other of the flow."""

from tollfree.flows.compile import compile_or_raise
from tollfree.flows.engine import START, step
from tollfree.flows.library import Library
from tollfree.flows.state import CallState
from tollfree.protocol.effects import Understand
from tollfree.protocol.events import Answered, CallerSpoke, CallStarted, Supervised
from tollfree.protocol.facts import CallFacts
from tollfree.protocol.question import Answer, Question, SlotReading

EXITS = {"refused": "end", "gave_up": "end", "silent": "end"}
FLOW = compile_or_raise(
    {
        "flow": "shop",
        "start": "gift",
        "handlers": {"person": {"go": "staff"}},
        "nodes": {
            "gift": {
                "kind": "ask",
                "slots": {"gift": {"type": "yes_no", "ask": "Is it a gift?"}, "name": {"type": "name", "ask": "Who?"}},
                "exits": {"given": "pay", **EXITS},
            },
            "pay": {
                "kind": "ask",
                "slots": {"pay": {"type": "yes_no", "ask": "Shall I charge your card?"}},
                "exits": {"given": "end", **EXITS},
            },
            "staff": {
                "kind": "transfer",
                "to": "staff",
                "exits": {"connected": "end", "nobody": "end", "failed": "end"},
            },
            "end": {"kind": "end"},
        },
    },
    Library(),
)


def asked(state: CallState, text: str) -> tuple[CallState, Question, Understand]:
    taken = step(FLOW, state, CallerSpoke(text=text))
    understand = next(effect for effect in taken.effects if isinstance(effect, Understand))
    return taken.state, understand.question, understand


def started() -> CallState:
    return step(FLOW, START, CallStarted(facts=CallFacts(started_at="2026-11-22T10:00:00-05:00"))).state


def test_a_yes_or_no_of_another_node_is_not_asked_for() -> None:
    _, question, _ = asked(started(), "yes")
    assert question.awaited == ("gift", "name")
    assert "pay" not in question.others


def test_a_yes_that_was_meant_for_another_question_is_not_taken() -> None:
    state, _, understand = asked(started(), "yes")
    stray = SlotReading(slot="pay", value=True, confidence=1.0, heard="yes")
    state = step(FLOW, state, Answered(effect=understand.id, answer=Answer(slots=(stray,)))).state
    assert "pay" not in state.scopes[0].values


def test_a_supervisor_can_still_correct_a_yes_that_was_given() -> None:
    state = started()
    for slot, value in (("gift", True), ("name", "Jane")):
        state = step(FLOW, state, Supervised(action="set_slot", by="ann", name=slot, value=value)).state
    assert state.frames[-1].node == "pay"
    state = step(FLOW, state, Supervised(action="set_slot", by="ann", name="gift", value=False)).state
    assert state.scopes[0].values["gift"] is False
    assert any("no" in line for _, line in state.speaking), "the correction is said"


def test_a_no_to_the_next_question_does_not_change_the_yes_before_it() -> None:
    state = step(FLOW, started(), Supervised(action="set_slot", by="ann", name="gift", value=True)).state
    _, question, _ = asked(state, "no")
    assert question.awaited == ("name",)
