from dataclasses import replace
from typing import Any

import pytest

from tests.flows.driven import Call, ask, flow_of
from tollfree.flows.nodes.answer import citations
from tollfree.protocol.effects import Compose, Retrieve, Understand
from tollfree.protocol.events import CallerSpoke
from tollfree.protocol.passage import Passage

HOURS = Passage(id="p1", text="Open 9 to 5.", speakable="We're open from nine to five.", score=0.9)
LONG = Passage(
    id="p3",
    text="…",
    speakable="Bring it back.",
    more=("Within a month.", "No receipt is needed."),
    source="Returns policy",
    place="page 2",
    score=0.8,
)
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


@pytest.mark.parametrize("found", [False, True])
def test_a_question_that_goes_on_while_it_is_looked_for_is_looked_for_as_a_whole(found: bool) -> None:
    call = asked()
    first = call.retrieved(HOURS).latest(Compose) if found else call.latest(Retrieve)
    retrieve = call.says("and on Sundays").latest(Retrieve)
    assert retrieve.query == "when are you open? and on Sundays"
    assert call.state.awaits(retrieve.id) and not call.state.awaits(first.id)
    assert call.retrieved(HOURS).composed("Never.", cited=("p1",)).lines[0] == "Never."


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
        call.says("when?").retrieved(HOURS).composed("Nine.", cited=("p1",))
    assert call.path == ["faq.answered"]


def test_the_author_may_have_it_answer_one_question_only() -> None:
    assert asked(stay=False).retrieved(HOURS).composed("Nine.", cited=("p1",)).path == ["faq.answered"]


def test_in_a_digression_it_answers_one_question_and_the_caller_goes_on_where_they_were() -> None:
    faq = {"kind": "answer", "exits": dict.fromkeys(("answered", "unknown", "failed", "silent"), "resume")}
    handlers = {"question": {"examples": ["a question"], "go": "faq"}}
    call = Call(flow_of({"code": ask(), "faq": faq}, handlers)).says("when are you open?", choice="question")
    assert call.latest(Retrieve).query == "when are you open?"
    call.retrieved(HOURS).composed("From nine to five.", cited=("p1",))
    assert call.lines == ["From nine to five.", "Which code?"]
    assert (call.node, call.path) == ("code", ["faq.answered"])


def test_the_author_may_invite_further_questions_in_words_of_the_flow() -> None:
    call = asked(more="What else?").retrieved(HOURS).composed("Nine.", cited=("p1",))
    assert call.lines == ["Nine.", "What else?"]


# What composed words must rest on


def test_the_composer_is_given_the_passages_themselves_and_the_question_before() -> None:
    call = asked().retrieved(HOURS).composed("From nine to five.", cited=("p1",))
    compose = call.says("and on Sundays?").retrieved(TABLE).latest(Compose)
    assert (compose.quoted, compose.context) == ((TABLE,), "when are you open?")


@pytest.mark.parametrize("cited", [(), ("p9",), ("p1", "p9")])
def test_words_that_cite_nothing_or_what_was_not_found_are_not_said(cited: tuple[str, ...]) -> None:
    call = asked().retrieved(HOURS).composed("Whatever you like.", cited=cited)
    assert call.lines[0] == "We're open from nine to five."


def test_an_exit_that_the_composer_names_means_nothing() -> None:
    call = asked().retrieved(HOURS).composed("From nine to five.", exit="unknown", cited=("p1",))
    assert (call.node, call.path) == ("faq", [])


# What the token says


def test_the_token_names_each_passage_with_its_source_and_place_once() -> None:
    call = asked().retrieved(LONG, HOURS).composed("Bring it.", cited=("p3", "p1"))
    call.says("and then?").retrieved(LONG).composed("A month.", cited=("p3",)).says("no", choice="no")
    assert call.tokens[0].evidence == "cited: Returns policy, page 2 [p3]; p1"


@pytest.mark.parametrize(
    ("evidence", "why", "cited"),
    [
        ("", "", ()),
        ("silent 2 times", "silent 2 times", ()),
        ("cited: p1", "", ("p1",)),
        ("the words; cited: Hours, page 1 [p1]; p2", "the words", ("Hours, page 1 [p1]", "p2")),
        ("they said cited: x", "they said cited: x", ()),
        ("cited: x; cited: p1", "cited: x", ("p1",)),
        ("cited: Works cited: all [p1]", "", ("Works cited: all [p1]",)),
    ],
)
def test_evidence_is_taken_apart_for_those_who_read_it(evidence: str, why: str, cited: tuple[str, ...]) -> None:
    assert citations(evidence) == (why, cited)


@pytest.mark.parametrize(
    "title", ["Returns; refunds; exchanges", "Hours; cited: p9", "Works cited: all", "A;\nB", ";", "x [p9]; y"]
)
def test_a_title_is_never_taken_for_two_passages(title: str) -> None:
    odd = replace(LONG, source=title, more=())
    call = asked().retrieved(odd, HOURS).composed("Bring it.", cited=("p3", "p1")).says("no", choice="no")
    _, [first, second] = citations(call.tokens[0].evidence)
    assert first.endswith("page 2 [p3]") and second == "p1"


# Going on


def test_where_the_passage_says_more_the_caller_is_asked_and_a_yes_goes_on_with_it() -> None:
    call = asked().retrieved(LONG).failed("no_engine")
    assert call.lines == ["Bring it back. Shall I go on?"]
    assert call.says("yes please", choice="yes").lines == ["Within a month. Shall I go on?"]
    assert call.says("go on", choice="more").lines == [
        "No receipt is needed.",
        "Is there anything else you'd like to know?",
    ]
    assert call.question.choices == ("yes", "more", "no", "done")
    assert call.says("no", choice="no").path == ["faq.answered"]


def test_a_no_to_going_on_leads_on() -> None:
    call = asked().retrieved(LONG).failed().says("no", choice="no")
    assert (call.lines, call.path) == (["Is there anything else you'd like to know?"], [])
    assert call.says("no", choice="no").path == ["faq.answered"]


def test_a_new_question_is_answered_instead_of_going_on() -> None:
    call = asked().retrieved(LONG).failed().says("do you deliver")
    assert call.latest(Retrieve).query == "do you deliver"
    assert call.retrieved(HOURS).failed().lines[0] == "We're open from nine to five."


def test_who_is_thanked_for_what_was_heard_is_done() -> None:
    assert asked().retrieved(LONG).failed().says("that's all", choice="done").path == ["faq.answered"]


def test_the_authors_limit_holds_for_a_new_question_in_place_of_going_on() -> None:
    call = answering(questions=2)
    for number in range(2):
        assert not call.path
        call.says(f"question {number}?").retrieved(LONG).failed()
    assert call.lines[0].startswith("Bring it back. ") and call.question.choices[0] == "yes"
    call.says("do you deliver?")
    assert call.path == ["faq.answered"] and "2 of 2 questions" in call.tokens[0].evidence
    assert not any(isinstance(effect, Retrieve) for effect in call.last)


def test_the_last_question_is_still_answered_to_its_end() -> None:
    call = answering(questions=1).says("what is this?").retrieved(LONG).failed()
    assert call.says("yes", choice="yes").lines == ["Within a month. Shall I go on?"]
    assert call.says("yes", choice="yes").lines == ["No receipt is needed."]
    assert call.path == ["faq.answered"]


def test_in_a_digression_the_limit_sends_the_callers_words_to_where_they_were() -> None:
    exits = dict.fromkeys(("answered", "unknown", "failed", "silent"), "resume")
    faq = {"kind": "answer", "questions": 1, "exits": exits}
    handlers = {"question": {"examples": ["a question"], "go": "faq"}}
    call = Call(flow_of({"code": ask(), "faq": faq}, handlers)).says("how do I return it?", choice="question")
    call.retrieved(LONG).failed().says("and on Sundays?")
    assert (call.path, call.node) == (["faq.answered"], "code")
    assert call.latest(Understand).said.text == "and on Sundays?"


def test_the_offer_is_made_again_after_a_digression() -> None:
    call = asked().retrieved(LONG).failed().says("hold on", choice="hold_on").silent()
    assert call.silent().path == ["faq.answered"]


# Follow-up questions


def test_a_question_that_leans_on_the_one_before_is_looked_for_with_it() -> None:
    call = asked().retrieved(HOURS).failed().says("and on Sundays?")
    assert call.latest(Retrieve).context == "when are you open?"
    assert call.retrieved(HOURS).failed().says("on Mondays?").latest(Retrieve).context == "when are you open?"


def test_a_question_that_stands_by_itself_is_looked_for_alone_and_is_what_the_next_leans_on() -> None:
    call = asked().retrieved(HOURS).failed().says("how do I return a charger to the shop?")
    assert call.latest(Retrieve).context == ""
    call.retrieved(LONG).failed().says("what about batteries?")
    assert call.latest(Retrieve).context == "how do I return a charger to the shop?"


def test_what_was_not_answered_is_no_context() -> None:
    nodes = {"faq": {"kind": "answer", "exits": dict.fromkeys(("answered", "unknown", "failed", "silent"), "resume")}}
    call = Call(flow_of({"code": ask(), **nodes}, {"question": {"examples": ["a question"], "go": "faq"}}))
    call.says("do you sell planes?", choice="question").retrieved()
    assert call.says("and boats?", choice="question").latest(Retrieve).context == ""


def test_how_sure_the_recogniser_was_goes_with_the_question() -> None:
    call = answering().take(CallerSpoke(text="when are you open?", confidence=0.4)).means()
    assert call.latest(Retrieve).confidence == 0.4
