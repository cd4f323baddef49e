from typing import Any

import pytest

from tests.flows.driven import ENDS, Call, ask, flow_of
from tollfree.protocol.effects import Say


def saying(**fields: Any) -> Call:
    return Call(
        flow_of({"hello": {"kind": "say", "say": "Hello.", "exits": {"said": "code"}, **fields}, "code": ask()})
    )


def test_a_say_node_speaks_and_goes_on_at_once() -> None:
    call = saying()
    assert call.path == ["hello.said"]
    assert call.lines == ["Hello.", "Which code?"]
    assert call.node == "code"


def test_a_line_without_variables_can_be_rendered_before_any_call_and_one_with_them_cannot() -> None:
    fixed, personal = saying(), saying(say="Hello from {{ project.name }}.")
    assert [effect.fixed for effect in fixed.last if isinstance(effect, Say)] == [True, True]
    assert personal.lines[0] == "Hello from Test."
    assert not next(effect for effect in personal.last if isinstance(effect, Say)).fixed


@pytest.mark.parametrize(
    ("fields", "interruptible"),
    [({}, "always"), ({"interruptible": False}, "never"), ({"after": "first_sentence"}, "after_first_sentence")],
)
def test_the_author_decides_what_may_be_interrupted(fields: dict[str, Any], interruptible: str) -> None:
    assert next(effect for effect in saying(**fields).last if isinstance(effect, Say)).interruptible == interruptible


def test_of_several_lines_each_visit_takes_the_next() -> None:
    hello = {"kind": "say", "say": ["One.", "Two."], "exits": {"said": "code"}}
    call = Call(flow_of({"hello": hello, "code": ask("hello", exits={"silent": "bye"}, attempts=1)}))
    heard = [call.lines[0]]
    for _ in range(2):
        call.says("what?")
        heard.append(call.lines[0])
    assert heard == ["One.", "Two.", "Two."]


def test_a_handler_may_say_the_same_node_again() -> None:
    handlers = {"aside": {"examples": ["by the way"], "go": "aside"}}
    aside = {"kind": "say", "say": "By the way.", "exits": {"said": "resume"}}
    call = Call(flow_of({"code": ask(), "aside": aside, **ENDS}, handlers))
    call.says("by the way", choice="aside")
    assert call.lines == ["By the way.", "Which code?"]
    assert call.path == ["aside.said"]
