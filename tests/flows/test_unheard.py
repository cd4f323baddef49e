"""The ears fail: the caller is told so, may use keys, and is led to a person before anybody is stuck."""

from tests.flows.driven import Call, ask, flow_of, reading
from tollfree.protocol.events import CallerSilent, CallerUnheard

SORRY = "I'm sorry, I couldn't hear that on our side. Please say it once more."
KEYS = "I'm sorry, I can't hear you well at the moment. Please answer with the keys on your phone."
AT_ALL = "I'm sorry, I can't hear you at the moment. I'll find somebody who can."
NAME = {"name": {"type": "name", "ask": "What's your name?"}}


def calling(**fields: object) -> Call:
    """A question whose answer has no keys, unless `fields` says otherwise."""
    return Call(flow_of({"question": ask(**{"slots": NAME, **fields})}))


def unheard(call: Call) -> Call:
    return call.take(CallerUnheard())


def test_a_caller_is_told_once_and_then_led_to_a_person() -> None:
    call = unheard(calling())
    assert call.lines == [SORRY] and call.node == "question"
    unheard(call)
    assert call.lines == [AT_ALL] and call.node == "person"
    assert call.transferred(True).path == ["person.connected", "question.left"]


def test_where_keys_can_answer_they_are_asked_for() -> None:
    keypad = {"code": {"type": "digits", "length": 3, "ask": "Which code?", "keypad": True}}
    call = unheard(calling(slots=keypad))
    assert call.lines == [KEYS] and call.node == "question"
    assert unheard(call).lines == ["I still can't hear you. Please use the keys on your phone."]
    assert call.keys("123").path == ["question.given"]


def test_words_that_are_heard_again_count_from_the_beginning() -> None:
    call = unheard(calling())
    call.says("mumble")
    assert unheard(call).lines == [SORRY]
    call.says("Ann Lee", reading("name", "Ann Lee"))
    assert "question.given" in call.path


def test_it_is_neither_silence_nor_a_failed_attempt() -> None:
    heard, deaf = calling(), unheard(calling())
    assert deaf.state.frames[-1].local == heard.state.frames[-1].local
    assert deaf.take(CallerSilent()).lines == ["Sorry, I didn't hear anything. What's your name?"]


def test_at_the_person_s_own_question_the_node_takes_its_way_for_silence() -> None:
    nodes = {"question": ask(slots=NAME), "before": ask("person", slots={"why": {"type": "text", "ask": "Why?"}})}
    call = Call(flow_of(nodes, {"person": {"go": "before"}}))
    unheard(unheard(call))
    assert call.node == "before"
    for _ in range(6):
        unheard(call)
    assert call.node == "person"
