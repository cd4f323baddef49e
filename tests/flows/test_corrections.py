"""A caller changes an earlier answer: what stays, what is done again, and what can no longer be changed."""

from typing import Any

from tests.flows.driven import AGE, CODE, LIBRARY, Call, ask, flow_of, lookup, reading
from tests.flows.ordering.menus import DINER
from tollfree.flows.library import Library
from tollfree.protocol.effects import Lookup
from tollfree.protocol.events import LookedUp

NAME = {"name": {"type": "text", "ask": "What name?"}}


def new(slot: str, value: Any, confidence: float = 1.0) -> Any:
    return reading(slot, value, confidence, correction=True)


def calling(tool: str = "find", handlers: dict[str, Any] | None = None, extra: dict[str, Any] | None = None) -> Call:
    """A code, a look-up that depends on it, an age, and a second look-up that does not."""
    nodes = {
        "code": ask(exits={"given": "find"}),
        "find": lookup(save="thing", tool=tool, exits={"found": "age"}),
        "age": ask(slots={"age": AGE}, exits={"given": "other"}),
        "other": {**lookup(exits={"found": "note"}), "with": {"code": "{{ age }}"}},
        "note": ask(slots={"remark": {"type": "text", "ask": "Anything to note?"}}),
        **(extra or {}),
    }
    return Call(flow_of(nodes, handlers)).says("123", reading("code", "123"))


def test_what_depended_on_the_old_value_is_done_again() -> None:
    call = calling().found({"name": "Ann"}).says("sorry, it was 456", new("code", "456"))
    assert call.lines == ["Okay, four five six."]
    assert call.latest_arguments == {"code": "456"}
    assert call.path == ["code.given", "find.found", "age.left"]
    assert "thing" not in call.values
    assert call.found({"name": "Bob"}).lines == ["How old?"]
    assert call.values["thing"] == {"name": "Bob"}


def test_the_visit_that_was_left_says_what_it_was_left_for() -> None:
    call = calling().found({}).says("sorry, it was 456", new("code", "456"))
    assert call.tokens[-1].evidence == "code was corrected"
    assert call.tokens[-1].slots == {"code": "456"}


def test_answers_given_since_are_kept_and_asked_for_no_more() -> None:
    call = calling().found({}).says("thirty", reading("age", 30)).found({})
    call.says("sorry, it was 456", new("code", "456")).found({})
    assert call.path[-2:] == ["find.found", "age.given"]
    assert call.latest_arguments == {"code": 30}


def test_where_nothing_depended_on_it_the_caller_stays_and_is_asked_again() -> None:
    nodes = {
        "name": ask("age", slots=NAME, exits={"silent": "bye"}),
        "age": ask(slots={"age": AGE}),
    }
    call = Call(flow_of(nodes)).says("Ann", reading("name", "Ann"))
    call.says("no, it's Anne", new("name", "Anne"))
    assert call.lines == ["Okay, Anne.", "How old?"]
    assert (call.node, call.values) == ("age", {"name": "Anne"})


def test_a_correction_and_an_answer_in_one_utterance_are_both_taken() -> None:
    nodes = {"name": ask("age", slots=NAME), "age": ask("code", slots={"age": AGE}), "code": ask()}
    call = Call(flow_of(nodes)).says("Ann", reading("name", "Ann"))
    call.says("Anne, sorry, and I'm thirty", new("name", "Anne"), reading("age", 30))
    assert call.path == ["name.given", "age.given"]
    assert call.values == {"name": "Anne", "age": 30}


def test_only_what_follows_the_first_dependence_is_done_again() -> None:
    call = calling().found({}).says("thirty", reading("age", 30)).found({})
    before = sum(isinstance(effect, Lookup) for effect in call.effects)
    call.says("I'm forty", new("age", 40))
    assert call.latest_arguments == {"code": 40}
    assert call.path[-1] == "note.left"
    assert sum(isinstance(effect, Lookup) for effect in call.effects) == before + 1


def test_after_something_was_done_outside_it_is_too_late() -> None:
    call = calling(tool="post").found({}).says("sorry, it was 456", new("code", "456"))
    assert call.lines == ["I'm sorry, that is done already, so I can't change it now.", "How old?"]
    assert (call.node, call.values["code"]) == ("age", "123")


def test_while_something_is_done_outside_it_is_too_late() -> None:
    call = calling(tool="post").says("sorry, it was 456", new("code", "456"))
    assert call.lines == ["I'm sorry, that is done already, so I can't change it now."]
    assert call.found({}).node == "age"
    assert call.values["code"] == "123"


def test_while_it_is_looked_up_the_look_up_begins_anew_and_the_old_result_is_ignored() -> None:
    call = calling()
    old = call.latest(Lookup).id
    call.says("sorry, it was 456", new("code", "456"))
    assert call.latest_arguments == {"code": "456"}
    assert call.path == ["code.given", "find.left"]
    call.take(LookedUp(effect=old, found=True, result={"name": "Ann"}))
    assert call.node == "find"
    assert call.found({"name": "Bob"}).values["thing"] == {"name": "Bob"}


def test_a_correction_that_is_unsure_or_that_the_slot_cannot_hold_changes_nothing() -> None:
    for doubtful in (new("code", "456", 0.4), new("code", "45"), new("code", None)):
        call = calling().found({}).says("sorry…", doubtful)
        assert (call.node, call.values["code"]) == ("age", "123")


def test_a_value_without_a_sign_of_correction_does_not_replace_an_earlier_one() -> None:
    call = calling().found({}).says("456 is my lucky number", reading("code", "456"))
    assert (call.node, call.values["code"]) == ("age", "123")


def test_a_branch_that_read_the_value_is_decided_again() -> None:
    sort = {"kind": "branch", "when": [{"if": "age < 18", "exit": "young"}]}
    nodes = {
        "age": ask("sort", slots={"age": AGE}, exits={"refused": "bye", "gave_up": "bye", "silent": "bye"}),
        "sort": {**sort, "exits": {"young": "parent", "otherwise": "code"}},
        "parent": ask(slots={"parent": {"type": "text", "ask": "Who is with you?"}}),
        "code": ask(),
    }
    call = Call(flow_of(nodes)).says("twelve", reading("age", 12))
    assert call.lines == ["Who is with you?"]
    call.says("sorry, twenty", new("age", 20))
    assert call.lines == ["Okay, twenty.", "Which code?"]
    assert call.path == ["age.given", "sort.young", "parent.left", "sort.otherwise"]


# Digressions


HOURS = {"kind": "lookup", "tool": "find", "with": {"code": "{{ code | default('') }}"}, "save": "hours"}
ASIDE = {
    "hours": {**HOURS, "exits": dict.fromkeys(("found", "missing", "failed"), "said")},
    "said": {"kind": "say", "say": "We are open.", "exits": {"said": "resume"}},
    "form": ask("resume", slots={"remark": {"type": "text", "ask": "What should I note?"}}),
}
OPEN = {"hours": {"examples": ["when are you open"], "go": "hours"}, "form": {"examples": ["note"], "go": "form"}}


def test_a_digression_that_is_over_is_not_entered_again() -> None:
    call = Call(flow_of({"code": ask("age", exits={"silent": "bye"}), "age": ask(slots={"age": AGE}), **ASIDE}, OPEN))
    call.says("123", reading("code", "123")).says("when are you open?", choice="hours").found({"from": 9})
    assert call.node == "age"
    call.says("sorry, it was 456", new("code", "456"))
    assert (call.node, call.lines) == ("age", ["Okay, four five six.", "How old?"])
    assert "hours" not in call.values
    assert call.says("thirty", reading("age", 30)).hung_up == "bye"


def test_a_correction_inside_a_digression_leaves_the_digression_for_what_depends_on_it() -> None:
    call = calling(handlers=OPEN, extra=ASIDE).found({}).says("note", choice="form")
    assert call.node == "form"
    call.says("sorry, it was 456", new("code", "456"))
    assert len(call.state.frames) == 1
    assert call.path == ["code.given", "find.found", "form.left", "age.left"]
    assert call.latest_arguments == {"code": "456"}
    call.found({}).says("note", choice="form").says("red", reading("remark", "red"))
    assert call.node == "age"


def test_a_correction_inside_a_digression_may_concern_the_digression_alone() -> None:
    extra = {
        "form": ask("check", slots={"remark": {"type": "text", "ask": "What should I note?"}}, exits={"silent": "bye"}),
        "check": {**HOURS, "with": {"code": "{{ remark | default('') }}"}},
        "more": ask("resume", slots={"more": {"type": "text", "ask": "More?"}}),
    }
    extra["check"]["exits"] = dict.fromkeys(("found", "missing", "failed"), "more")
    call = calling(handlers={"form": OPEN["form"]}, extra=extra).found({}).says("note", choice="form")
    call.says("red", reading("remark", "red")).found({}).says("sorry, blue", new("remark", "blue"))
    assert call.latest_arguments == {"code": "blue"}
    assert call.found({}).says("no", reading("more", "no")).lines == ["How old?"]


def test_a_look_up_that_a_digression_interrupted_begins_anew_with_the_new_value() -> None:
    call = calling(handlers=OPEN, extra=ASIDE).says("note", choice="form")
    call.says("sorry, it was 456", new("code", "456"))
    assert (call.path[-2:], call.latest_arguments) == (["form.left", "find.left"], {"code": "456"})
    assert call.found({"name": "Bob"}).values["thing"] == {"name": "Bob"}


def test_something_under_way_outside_cannot_be_corrected_from_a_digression() -> None:
    call = calling(tool="post", handlers=OPEN, extra=ASIDE).says("note", choice="form")
    call.says("sorry, it was 456", new("code", "456"))
    assert (call.node, call.values["code"]) == ("form", "123")


def test_an_order_keeps_its_items_when_a_value_that_goes_with_it_is_corrected() -> None:
    order: dict[str, Any] = {"kind": "order", "catalogue": "diner", "ask": "What would you like?", "tool": "post"}
    order["with"] = {"code": "{{ code }}", "order": "{{ order }}"}
    order["exits"] = dict.fromkeys(("placed", "cancelled", "gave_up", "silent"), "bye")
    library = Library(project=LIBRARY.project, tools=LIBRARY.tools, catalogues={"diner": DINER})
    call = Call(flow_of({"code": ask("bye", exits={"given": "order"}), "order": order}), library=library)
    call.says("123", reading("code", "123")).says("two cokes").says("sorry, it was 456", new("code", "456"))
    assert call.lines == ["Okay, four five six.", "Anything else?"]
    call.says("that's all").says("yes", choice="yes")
    assert call.latest_arguments["code"] == "456"
    assert call.latest_arguments["order"]["count"] == 2


def test_something_done_outside_in_a_digression_cannot_be_corrected_either() -> None:
    aside = {**ASIDE, "hours": {**ASIDE["hours"], "tool": "post"}}
    call = Call(flow_of({"code": ask("age", exits={"silent": "bye"}), "age": ask(slots={"age": AGE}), **aside}, OPEN))
    call.says("123", reading("code", "123")).says("when are you open?", choice="hours").found({"from": 9})
    assert call.says("sorry, it was 456", new("code", "456")).values["code"] == "123"


def test_a_correction_inside_a_flow_that_another_runs_stays_inside_it() -> None:
    part = {
        "flow": "part",
        "start": "code",
        "nodes": {
            "code": ask("done", exits={"given": "find"}),
            "find": lookup("done", exits={"found": "age"}),
            "age": ask("done", slots={"age": AGE}),
            "done": {"kind": "end"},
        },
    }
    run = {"kind": "run", "flow": "part", "exits": {"done": "bye"}}
    call = Call(flow_of({"go": run}), others={"part": part}).says("123", reading("code", "123")).found({})
    call.says("sorry, it was 456", new("code", "456")).found({}).says("thirty", reading("age", 30))
    assert call.path == ["code.given", "find.found", "age.left", "find.found", "age.given", "go.done"]


# From inside a flow that another runs


def _running(tool: str = "find") -> Call:
    """A call inside a flow that the main flow runs with the code the caller gave."""
    inner = flow_of(
        {
            "name": ask("act", slots={"name": {"type": "text", "ask": "Which name?"}}),
            "act": {"kind": "lookup", "tool": tool, "exits": dict.fromkeys(("found", "missing", "failed"), "last")},
            "last": ask("bye", slots={"note": {"type": "text", "ask": "Any note?"}}),
        }
    )
    inner = {**inner, "flow": "inner", "arguments": {"given": "text"}}
    if tool == "find":
        inner["nodes"]["act"]["with"] = {"code": "{{ given }}"}
    outer = flow_of(
        {
            "code": ask(
                "inner",
                slots={"code": CODE, "age": AGE},
                exits=dict.fromkeys(("refused", "gave_up", "silent"), "bye"),
            ),
            "inner": {"kind": "run", "flow": "inner", "with": {"given": "{{ code }}"}, "exits": {"bye": "bye"}},
        }
    )
    call = Call(outer, others={"inner": inner})
    return call.says("123, five", reading("code", "123"), reading("age", 5))


def test_a_value_of_the_flow_around_can_be_corrected_and_what_ran_with_it_begins_anew() -> None:
    call = _running()
    assert call.node == "name"
    call.says("sorry, it was 456", reading("code", "456", correction=True))
    assert call.lines == ["Okay, four five six.", "Which name?"]
    assert call.path == ["code.given", "name.left", "inner.left"]
    assert [scope.values.get("code") for scope in call.state.scopes] == ["456", None]
    assert call.values["given"] == "456"


def test_a_value_of_the_flow_around_on_which_nothing_depends_is_corrected_in_place() -> None:
    call = _running().says("sorry, I'm six", reading("age", 6, correction=True))
    assert (call.state.scopes[0].values["age"], call.node, call.path) == (6, "name", ["code.given"])


def test_what_the_inner_flow_has_done_outside_is_not_done_again() -> None:
    call = _running("post").says("Bob", reading("name", "Bob")).found({})
    call.says("sorry, it was 456", reading("code", "456", correction=True))
    assert (call.state.scopes[0].values["code"], call.node) == ("123", "last")
