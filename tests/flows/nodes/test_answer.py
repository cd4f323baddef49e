from typing import Any

import pytest

from tests.flows.driven import Call, ask, flow_of
from tollfree.protocol.effects import Compose, Retrieve
from tollfree.protocol.passage import Passage

HOURS = Passage(id="p1", text="Open 9 to 5.", speakable="We're open from nine to five.", score=0.9)
TABLE = Passage(id="p2", text="| a | b |", score=0.8)


def answering(**fields: Any) -> Call:
    exits = dict.fromkeys(("answered", "unknown", "failed", "silent"), "bye")
    return Call(flow_of({"faq": {"kind": "answer", "ask": "What would you like to know?", "exits": exits, **fields}}))


def asked(**fields: Any) -> Call:
    return answering(**fields).says("when are you open?")


# Question, passages, words


def test_a_question_is_looked_for_in_the_knowledge() -> None:
    retrieve = asked(tags=["hours"], while_waiting="Let me see.").latest(Retrieve)
    assert (retrieve.query, retrieve.tags, retrieve.waiting) == ("when are you open?", ("hours",), "Let me see.")


def test_the_words_rest_on_the_passages_that_were_found() -> None:
    compose = asked(route="smart").retrieved(HOURS, TABLE).latest(Compose)
    assert (compose.purpose, compose.said, compose.passages, compose.route) == (
        "answer",
        "when are you open?",
        ("p1", "p2"),
        "smart",
    )


def test_the_answer_is_said_and_a_further_question_invited() -> None:
    call = asked().retrieved(HOURS).composed("From nine to five.", cited=("p1",))
    assert call.lines == ["From nine to five.", "Is there anything else you'd like to know?"]
    assert call.listens


def test_without_an_invitation_the_callers_last_words_are_the_question() -> None:
    exits = {"apples": "faq", "unclear": "bye", "silent": "bye"}
    reason = {"kind": "intent", "ask": "How can I help?", "intents": {"apples": {"examples": ["a"]}}, "exits": exits}
    faq = {"kind": "answer", "exits": dict.fromkeys(("answered", "unknown", "failed", "silent"), "bye")}
    call = Call(flow_of({"reason": reason, "faq": faq})).says("do you have apples?", choice="apples")
    assert call.latest(Retrieve).query == "do you have apples?"
    assert not call.lines


# Its exits


@pytest.mark.parametrize("choice", ["no", "done"])
def test_a_caller_without_further_questions_leaves_by_answered_with_what_was_cited(choice: str) -> None:
    call = asked().retrieved(HOURS).composed("From nine to five.", cited=("p1",)).says("no thanks", choice=choice)
    assert call.path == ["faq.answered"]
    assert "cited: p1" in call.tokens[0].evidence


def test_silence_after_an_answer_leaves_by_answered() -> None:
    assert asked().retrieved(HOURS).composed("From nine to five.").silent().path == ["faq.answered"]


def test_silence_before_any_question_leaves_by_silent() -> None:
    call = answering().silent()
    assert call.lines == ["Sorry, I didn't hear anything. What would you like to know?"]
    assert call.silent().path == ["faq.silent"]


def test_a_question_the_knowledge_does_not_answer_leaves_by_unknown() -> None:
    assert asked().retrieved().path == ["faq.unknown"]


def test_knowledge_that_cannot_be_reached_leaves_by_failed() -> None:
    call = asked().failed("no_engine")
    assert call.path == ["faq.failed"]
    assert "no_engine" in call.tokens[0].evidence


# Without a model


def test_without_a_model_the_best_passage_speaks_for_itself() -> None:
    call = asked().retrieved(HOURS).failed("no_engine")
    assert call.lines[0] == "We're open from nine to five."
    assert call.says("no", choice="no").tokens[0].evidence.endswith("cited: p1")


@pytest.mark.parametrize("text", ["failed", ""])
def test_a_passage_that_cannot_be_spoken_is_not_read_out(text: str) -> None:
    call = asked().retrieved(TABLE)
    call = call.failed() if text else call.composed("")
    assert call.path == ["faq.failed"]
    assert not call.lines


# How long it stays


def test_it_answers_at_most_so_many_questions() -> None:
    call = answering(questions=2)
    for _ in range(2):
        assert not call.path
        call.says("when?").retrieved(HOURS).composed("Nine.")
    assert call.path == ["faq.answered"]


def test_the_author_may_have_it_answer_one_question_only() -> None:
    assert asked(stay=False).retrieved(HOURS).composed("Nine.").path == ["faq.answered"]


def test_in_a_digression_it_answers_one_question_and_the_caller_goes_on_where_they_were() -> None:
    faq = {"kind": "answer", "exits": dict.fromkeys(("answered", "unknown", "failed", "silent"), "resume")}
    handlers = {"question": {"examples": ["a question"], "go": "faq"}}
    call = Call(flow_of({"code": ask(), "faq": faq}, handlers)).says("when are you open?", choice="question")
    assert call.latest(Retrieve).query == "when are you open?"
    call.retrieved(HOURS).composed("From nine to five.")
    assert call.lines == ["From nine to five.", "Which code?"]
    assert (call.node, call.path) == ("code", ["faq.answered"])


def test_the_author_may_invite_further_questions_in_words_of_the_flow() -> None:
    assert asked(more="What else?").retrieved(HOURS).composed("Nine.").lines == ["Nine.", "What else?"]
