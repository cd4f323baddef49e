"""Words said before a question, corrections of several values, and keys that mean a person."""

from typing import Any

from tests.flows.driven import Call, reading

CODE: dict[str, Any] = {"type": "digits", "length": 3, "ask": "Which code?"}
AGE: dict[str, Any] = {"type": "number", "ask": "How old?"}
READY: dict[str, Any] = {"type": "yes_no", "ask": "Shall I place it?"}


def exits(**targets: str) -> dict[str, str]:
    return {"given": "bye", "refused": "bye", "gave_up": "bye", "silent": "bye", **targets}


def document(nodes: dict[str, Any]) -> dict[str, Any]:
    person = {"kind": "transfer", "to": "staff", "exits": dict.fromkeys(("connected", "nobody", "failed"), "bye")}
    first = next(iter(nodes))
    everything = {**nodes, "to_a_person": person, "bye": {"kind": "end"}}
    return {"flow": "late", "start": first, "handlers": {"person": {"go": "to_a_person"}}, "nodes": everything}


def test_a_yes_said_while_a_tool_works_does_not_answer_what_is_asked_afterwards() -> None:
    found = dict.fromkeys(("found", "missing", "failed"), "offer")
    call = Call(
        document(
            {
                "find": {"kind": "lookup", "tool": "find", "with": {"code": "1"}, "exits": found},
                "offer": {"kind": "ask", "slots": {"ready": READY}, "exits": exits()},
            }
        )
    )
    call.spoke("yes okay").found({})
    call.means(reading("ready", True)).means(reading("ready", True))
    assert (call.path, call.node, call.lines) == (["find.found"], "offer", [])
    assert call.says("yes", reading("ready", True)).path == ["find.found", "offer.given"]


def test_two_values_corrected_in_one_breath_both_count() -> None:
    call = Call(
        document(
            {
                "code": {"kind": "ask", "slots": {"code": CODE, "age": AGE}, "exits": exits(given="more")},
                "more": {"kind": "ask", "slots": {"more": READY}, "exits": exits()},
            }
        )
    )
    call.says("123, 5", reading("code", "123"), reading("age", 5))
    call.says("sorry, 456 and 6", reading("code", "456", correction=True), reading("age", 6, correction=True))
    assert (call.values["code"], call.values["age"], call.node) == ("456", 6, "more")


def test_a_yes_to_what_has_been_corrected_is_forgotten() -> None:
    found = dict.fromkeys(("found", "missing", "failed"), "right")
    call = Call(
        document(
            {
                "code": {"kind": "ask", "slots": {"code": CODE}, "exits": exits(given="find")},
                "find": {
                    "kind": "lookup",
                    "tool": "find",
                    "with": {"code": "{{ code }}"},
                    "save": "thing",
                    "exits": found,
                },
                "right": {"kind": "ask", "slots": {"ready": READY}, "exits": exits(given="age")},
                "age": {"kind": "ask", "slots": {"age": AGE}, "exits": exits()},
            }
        )
    )
    call.says("123", reading("code", "123")).found({"n": 1}).says("yes", reading("ready", True))
    call.says("sorry, 456", reading("code", "456", correction=True)).found({"n": 2})
    assert (call.node, "ready" in call.values) == ("right", False)


def test_nought_asks_for_a_person_at_a_menu_that_gives_it_no_meaning() -> None:
    intents = {"apples": {"examples": ["apples"], "key": "1"}}
    menu = {"kind": "intent", "ask": "For apples, press 1.", "intents": intents}
    call = Call(document({"menu": {**menu, "exits": dict.fromkeys(("apples", "unclear", "silent"), "bye")}}))
    assert call.keys("0").node == "to_a_person"


def test_saying_the_same_value_again_is_no_progress() -> None:
    call = Call(document({"code": {"kind": "ask", "slots": {"code": CODE, "age": AGE}, "exits": exits()}}))
    for _ in range(5):
        call.says("123", reading("code", "123"))
    assert call.path[0] == "code.gave_up"
