"""What is asked again, what is taken again, and what is said again."""

from tests.flows.driven import Call, ask, flow_of, lookup, reading

WISH = {
    "kind": "intent",
    "ask": "How can I help?",
    "intents": {"look": {"examples": ["look it up"]}, "other": {"examples": ["something else"]}},
    "exits": {"look": "code", "other": "bye", "unclear": "bye", "silent": "bye"},
}


def looking_up() -> Call:
    """A caller may have one thing after another looked up, and is asked to check a code that is not found."""
    nodes = {
        "wish": WISH,
        "code": ask(exits={"given": "find"}),
        "find": lookup("wish", exits={"missing": "check"}),
        "check": ask(anew=True, exits={"given": "again"}),
        "again": lookup("wish"),
    }
    return Call(flow_of(nodes))


def test_a_node_that_asks_anew_asks_for_what_was_given_to_another() -> None:
    call = looking_up().says("look it up", choice="look").says("123", reading("code", "123")).missing()
    assert call.node == "check" and call.lines == ["Which code?"]
    call.says("124", reading("code", "124"))
    assert (call.node, call.latest_arguments["code"]) == ("again", "124")


def test_a_value_named_with_a_new_wish_replaces_the_one_of_the_wish_before() -> None:
    call = looking_up().says("look 123 up", reading("code", "123"), choice="look").found()
    call.says("and 124", reading("code", "124"), choice="look")
    assert (call.node, call.latest_arguments["code"]) == ("find", "124")


def test_a_new_wish_without_a_value_is_asked_for_one() -> None:
    call = looking_up().says("look 123 up", reading("code", "123"), choice="look").found()
    assert call.says("another one", choice="look").lines == ["Which code?"]


def test_a_known_value_mentioned_without_a_wish_is_not_replaced() -> None:
    call = looking_up().says("look 123 up", reading("code", "123"), choice="look").found()
    call.says("124 bottles of beer", reading("code", "124"))
    assert call.values["code"] == "123"


def test_what_is_repeated_after_a_pause_is_the_question_not_the_patience() -> None:
    call = looking_up().says("look it up", choice="look").says("one moment", choice="hold_on")
    assert call.says("what did you ask?", choice="repeat").lines == ["Which code?"]
    call.says("one moment", choice="hold_on").silent()
    assert call.says("what did you ask?", choice="repeat").lines == ["Which code?"]
