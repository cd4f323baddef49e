"""Questions asked where something else was: words that nothing understands are looked for in the knowledge first."""

from typing import Any

import pytest

from tests.flows.driven import LIBRARY, Call, ask, flow_of, lookup, reading
from tollfree.calls.resuming import pending_of
from tollfree.calls.snapshot import snapshot
from tollfree.flows.compile import compile_flow
from tollfree.flows.engine import replay
from tollfree.flows.questions import ASIDES, SURE_UNASKED
from tollfree.protocol.effects import Compose, Listen, Retrieve
from tollfree.protocol.events import CallResumed, Retrieved, Supervised
from tollfree.protocol.ids import EffectId
from tollfree.protocol.passage import Passage

HOURS = Passage(id="p1", text="…", speakable="We're open from nine to five.", score=0.9)
DOUBTFUL = Passage(id="p2", text="…", speakable="We sell apples.", score=SURE_UNASKED - 0.01)
LONG = Passage(id="p3", text="…", speakable="Bring it back.", more=("Within a month.",), score=0.9)
EXITS = ("answered", "unknown", "failed", "silent")
FAQ = {"kind": "answer", "exits": dict.fromkeys(EXITS, "resume")}
QUESTION: dict[str, Any] = {"question": {"go": "faq", "when_unclear": True}}
INTENT = {
    "kind": "intent",
    "ask": "Apples or pears?",
    "intents": {"apples": {"examples": ["apples"]}, "pears": {"examples": ["pears"]}},
    "attempts": 2,
    "exits": dict.fromkeys(("apples", "pears", "unclear", "silent"), "bye"),
}


def calling(node: dict[str, Any] | None = None, handlers: dict[str, Any] | None = None) -> Call:
    return Call(flow_of({"it": node or ask(), "faq": FAQ}, handlers or QUESTION))


def unclear(text: str = "when are you open", **how: Any) -> Call:
    """A call in which words were said that mean nothing where it stands."""
    return calling(**how).says(text)


def test_words_that_nothing_understands_are_looked_for_before_they_count_as_that() -> None:
    call = unclear()
    assert call.latest(Retrieve).query == "when are you open"
    assert (call.lines, call.node, call.listens) == ([], "it", False)


@pytest.mark.parametrize("node", [ask(), INTENT], ids=["ask", "intent"])
def test_what_is_found_for_sure_is_answered_and_the_node_asks_again(node: dict[str, Any]) -> None:
    call = unclear(node=node).retrieved(HOURS)
    assert call.latest(Compose).quoted == (HOURS,)
    call.failed("no_engine")
    assert call.lines[0] == "We're open from nine to five."
    assert len(call.lines) == 2 and call.node == "it" and call.listens
    assert call.path == ["faq.answered"]
    assert sum(isinstance(effect, Retrieve) for effect in call.effects) == 1, "what was found is not looked for again"


@pytest.mark.parametrize("passages", [(), (DOUBTFUL,)], ids=["nothing", "nothing sure"])
def test_otherwise_the_nodes_own_repair_goes_on(passages: tuple[Passage, ...]) -> None:
    plain = Call(flow_of({"it": ask()})).says("when are you open")
    call = unclear().retrieved(*passages)
    assert (call.lines, call.path, call.node) == (plain.lines, [], "it")
    assert call.listens


def test_knowledge_that_fails_costs_nobody_anything() -> None:
    call = unclear().failed("no_engine")
    assert call.lines == ["Sorry, I didn't get that. Which code?"]


def test_an_answered_question_is_no_failed_attempt() -> None:
    call = calling(INTENT)
    for _ in range(3):
        call.says("when are you open").retrieved(HOURS).failed()
    assert call.node == "it"
    call.says("blorp").retrieved()
    assert call.says("wug").retrieved().path[-1] == "it.unclear"


def test_what_the_node_can_use_is_never_looked_for() -> None:
    call = calling().says("one two three", reading("code", "123"))
    assert call.path[:1] == ["it.given"]
    assert not any(isinstance(effect, Retrieve) for effect in call.effects)


def test_a_caller_who_asks_without_end_runs_out_of_attempts_at_last() -> None:
    call = calling(INTENT)
    for _ in range(ASIDES):
        call.says("when are you open").retrieved(HOURS).failed()
    call.says("when are you open")
    assert not isinstance(call.last[-1], Retrieve) and call.lines
    assert call.says("when are you open").path[-1] == "it.unclear"


def test_a_caller_who_goes_on_meanwhile_is_heard_out() -> None:
    call = unclear("when are")
    before = call.latest(Retrieve)
    call.says("you open", choice=None)
    assert call.question.node == "it"
    assert call.latest(Retrieve).query == "when are you open"
    call.take(Retrieved(effect=before.id, passages=(HOURS,)))
    assert call.state.seeking is not None, "what was asked for the first words answers nothing"


def test_keys_take_the_place_of_the_words() -> None:
    call = unclear().keys("123")
    assert call.path[0] == "it.given"


def test_while_a_tool_works_words_that_mean_nothing_are_not_looked_for() -> None:
    nodes = {"it": ask(exits={"given": "find"}), "find": lookup(), "faq": FAQ}
    call = Call(flow_of(nodes, QUESTION)).says("one two three", reading("code", "123")).says("when are you open")
    assert not any(isinstance(effect, Retrieve) for effect in call.effects)


def test_a_handler_of_the_flow_around_answers_in_a_flow_that_is_run() -> None:
    part = {
        "flow": "part",
        "start": "inner",
        "nodes": {"inner": ask("over"), "over": {"kind": "end"}},
    }
    run = {"kind": "run", "flow": "part", "exits": {"over": "bye"}}
    call = Call(flow_of({"it": run, "faq": FAQ}, QUESTION), others={"part": part}).says("when are you open")
    call.retrieved(HOURS).failed()
    assert (call.lines, call.node) == (["We're open from nine to five.", "Which code?"], "inner")


def test_where_questions_are_answered_anyway_the_handler_is_no_digression() -> None:
    faq = {"kind": "answer", "ask": "What would you like to know?", "exits": dict.fromkeys(EXITS, "bye")}
    call = Call(flow_of({"desk": faq, "faq": FAQ}, QUESTION)).says("when are you open", choice="question")
    assert (call.node, len(call.state.frames)) == ("desk", 1)
    assert call.latest(Retrieve).query == "when are you open"


# Going on with a digression


def test_in_a_digression_a_yes_goes_on_and_then_the_caller_is_where_they_were() -> None:
    call = unclear("can I return it").retrieved(LONG).failed()
    assert call.lines == ["Bring it back. Shall I go on?"]
    assert call.says("yes", choice="yes").lines == ["Within a month.", "Which code?"]
    assert (call.node, call.path) == ("it", ["faq.answered"])


def test_a_no_brings_the_caller_back() -> None:
    call = unclear("can I return it").retrieved(LONG).failed().says("no", choice="no")
    assert (call.lines, call.node) == (["Which code?"], "it")


def test_other_words_are_put_to_what_had_been_asked() -> None:
    call = unclear("can I return it").retrieved(LONG).failed().says("one two three")
    assert (call.node, call.lines) == ("it", [])
    assert call.question.node == "it"
    call.means(reading("code", "123"))
    assert call.path == ["faq.answered", "it.given"]


def test_a_further_question_is_answered_there_too() -> None:
    call = unclear("can I return it").retrieved(LONG).failed().says("when are you open").means()
    assert call.retrieved(HOURS).failed().lines == ["We're open from nine to five.", "Which code?"]


# The call goes on elsewhere


def test_a_call_that_is_taken_up_asks_the_knowledge_again() -> None:
    call = unclear()
    [pending] = pending_of(call.state, [effect for effect in call.effects if not isinstance(effect, Listen)])
    assert isinstance(pending, Retrieve)
    call.take(CallResumed())
    assert call.lines == ["Sorry, we were cut off for a moment."]
    assert call.retrieved(HOURS).failed().node == "it"


def test_a_supervisor_who_moves_the_call_voids_the_search() -> None:
    call = unclear().take(Supervised(action="choose_exit", by="ann", name="refused"))
    assert call.state.seeking is None and call.path[0] == "it.refused"


def test_replay_gives_the_identical_state() -> None:
    call = unclear().retrieved(HOURS).failed().says("blorp").retrieved()
    assert replay(call.flow, call.events) == call.state


def test_a_result_of_another_effect_is_not_mistaken_for_it() -> None:
    call = unclear().take(Retrieved(effect=EffectId("e99"), passages=(HOURS,)))
    assert call.node == "it" and call.state.seeking is not None


def test_a_state_that_knows_of_no_question_is_stored_as_before() -> None:
    state = Call(flow_of({"it": ask()})).state
    assert not {"seeking", "asked"} & set(snapshot(state))
    assert "seeking" in snapshot(unclear().state)


# Checks


@pytest.mark.parametrize("go", [None, "it"])
def test_words_that_nothing_understands_need_a_node_that_answers(go: str | None) -> None:
    document = flow_of({"it": ask()}, {"question": {"go": go, "say": "Hm.", "when_unclear": True}})
    [fault] = compile_flow(document, LIBRARY).errors
    assert fault.code == "bad_field" and "of kind `answer`" in fault.message


def test_only_one_handler_can_be_there_for_them() -> None:
    handlers = {**QUESTION, "other": {"go": "faq", "when_unclear": True}}
    [fault] = compile_flow(flow_of({"it": ask(), "faq": FAQ}, handlers), LIBRARY).errors
    assert "`other`" in fault.message


# Follow-ups


HOURS_ASIDE = {"hours": {"examples": ["when do you open"], "go": "told"}, **QUESTION}
TOLD = {"kind": "say", "say": "All day.", "exits": {"said": "resume"}}


def answered_once(text: str = "do you have parking") -> Call:
    call = Call(flow_of({"it": ask(), "faq": FAQ, "told": TOLD}, HOURS_ASIDE)).says(text).retrieved(HOURS).failed()
    assert call.node == "it"
    return call


def test_a_continuation_is_looked_for_before_another_handler_has_it() -> None:
    call = answered_once().says("and on Sundays?", choice="hours", by="classifier")
    assert (call.latest(Retrieve).query, call.latest(Retrieve).context) == ("and on Sundays?", "do you have parking")
    assert call.retrieved(HOURS).failed().lines == ["We're open from nine to five.", "Which code?"]


def test_a_continuation_the_knowledge_does_not_answer_is_the_handlers() -> None:
    call = answered_once().says("and on Sundays?", choice="hours", by="classifier").retrieved()
    assert call.lines == ["All day.", "Which code?"]


def test_words_that_are_a_handlers_own_stay_its_own() -> None:
    call = answered_once().says("and when do you open", choice="hours", by="rules")
    assert call.lines == ["All day.", "Which code?"]


def test_nothing_leans_on_a_question_once_the_caller_has_turned_to_something_else() -> None:
    call = answered_once().says("when do you open", choice="hours", by="classifier")
    call.says("and on Sundays?", choice="hours", by="classifier")
    assert call.lines == ["All day.", "Which code?"]


def test_where_questions_are_answered_a_continuation_is_one() -> None:
    call = Call(flow_of({"it": ask(), "faq": FAQ, "told": TOLD}, HOURS_ASIDE)).says("can I return it")
    call.retrieved(LONG).failed().says("and on Sundays?", choice="hours", by="classifier")
    assert (call.node, call.latest(Retrieve).query) == ("faq", "and on Sundays?")
    assert call.retrieved(HOURS).failed().path == ["faq.answered"]
