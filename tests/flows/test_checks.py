"""Every fault that a flow is told of: the smallest flow that has it, and one that has it no longer."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.flows.driven import AGE, CODE, LIBRARY, ask, flow_of, lookup
from tests.flows.ordering.menus import DINER
from tollfree.flows.checks import check_examples
from tollfree.flows.compile import compile_flow
from tollfree.flows.errors import Fault, Severity
from tollfree.flows.library import Library, ToolInfo
from tollfree.protocol.question import ChoiceSet, Collision

MENU = Library(project=LIBRARY.project, tools=LIBRARY.tools, catalogues={"diner": DINER})
Change = Callable[[dict[str, Any]], object]


def faults(document: Any, others: Any = None, library: Library = MENU) -> list[Fault]:
    return list(compile_flow(document, library, others).faults)


def codes(document: Any, others: Any = None, library: Library = MENU) -> set[str]:
    return {fault.code for fault in faults(document, others, library)}


def sound() -> dict[str, Any]:
    """A flow with nearly everything in it and nothing wrong."""
    nodes = {
        "hello": {"kind": "say", "say": "Hello from {{ project.name }}.", "exits": {"said": "reason"}},
        "reason": {
            "kind": "intent",
            "ask": "How can I help?",
            "intents": {"order": {"examples": ["an order"]}, "status": {"examples": ["where is it"]}},
            "exits": {"order": "order", "status": "code", "unclear": "person", "silent": "bye"},
        },
        "code": ask("person", slots={"code": CODE, "age": AGE}, exits={"given": "find"}),
        "find": lookup("person", save="thing", exits={"found": "sort"}),
        "sort": {
            "kind": "branch",
            "when": [{"if": "age < 18 and thing.open", "exit": "young"}],
            "exits": {"young": "person", "otherwise": "bye"},
        },
        "order": {
            "kind": "order",
            "catalogue": "diner",
            "ask": "What would you like?",
            "exits": {"placed": "thanks", "cancelled": "bye", "gave_up": "person", "silent": "bye"},
        },
        "thanks": {"kind": "say", "say": "That is {{ order.total | money }}.", "exits": {"said": "bye"}},
    }
    return flow_of(nodes, {"person": {"go": "person"}})


def put(*place: str, value: Any) -> Change:
    """Sets one field."""

    def change(document: dict[str, Any]) -> None:
        for name in place[:-1]:
            document = document[name]
        document[place[-1]] = value

    return change


def drop(*place: str) -> Change:
    """Takes one field out."""

    def change(document: dict[str, Any]) -> None:
        for name in place[:-1]:
            document = document[name]
        del document[place[-1]]

    return change


def also(*changes: Change) -> Change:
    """Several changes."""

    def change(document: dict[str, Any]) -> None:
        for one in changes:
            one(document)

    return change


def node(name: str, **fields: Any) -> Change:
    """Adds a node, and leads the second `reason` exit to it."""

    def change(document: dict[str, Any]) -> None:
        document["nodes"][name] = fields
        document["nodes"]["reason"]["exits"]["unclear"] = name

    return change


SAY_ROUND = {"kind": "say", "say": "Round.", "exits": {"said": "there"}}
FAULTY: list[tuple[str, str, Change]] = [
    ("unwired_exit", "find", drop("nodes", "find", "exits", "missing")),
    ("unwired_exit", "reason", drop("nodes", "reason", "exits", "status")),
    ("unwired_exit", "", put("handlers", "person", value={})),
    ("unwired_exit", "", put("handlers", "joke", value={"examples": ["a joke"]})),
    ("unknown_node", "hello", put("nodes", "hello", "exits", "said", value="nowhere")),
    ("unknown_node", "", put("start", value="nowhere")),
    ("unknown_node", "", put("handlers", "person", "go", value="nowhere")),
    ("unknown_exit", "hello", put("nodes", "hello", "exits", "shouted", value="bye")),
    ("unknown_exit", "bye", put("nodes", "bye", "exits", value={"said": "hello"})),
    ("unreachable_node", "alone", put("nodes", "alone", value={"kind": "say", "say": "Hm.", "exits": {"said": "bye"}})),
    ("no_way_to_end", "loop", node("loop", **ask("loop"))),
    ("no_way_to_person", "hello", also(drop("handlers", "person"), put("nodes", "person", value={"kind": "end"}))),
    (
        "silent_cycle",
        "here",
        also(
            node("here", **SAY_ROUND), put("nodes", "there", value={**SAY_ROUND, "exits": {"said": "here"}})
        ),
    ),
    ("silent_cycle", "find", put("nodes", "find", "exits", "failed", value="find")),
    ("variable_unset", "hello", put("nodes", "hello", "say", value="Hello {{ code }}.")),
    ("variable_unset", "bye", put("nodes", "bye", "say", value="Bye {{ nobody_sets_this }}.")),
    ("variable_unset", "sort", put("nodes", "sort", "when", value=[{"if": "order.total > 3", "exit": "young"}])),
    ("type_mismatch", "sort", put("nodes", "sort", "when", value=[{"if": "age == 'old'", "exit": "young"}])),
    ("type_mismatch", "sort", put("nodes", "sort", "when", value=[{"if": "age", "exit": "young"}])),
    ("type_mismatch", "code", put("variables", value={"age": "text"})),
    ("type_mismatch", "", put("variables", value={"count": {"type": "number", "default": "many"}})),
    (
        "type_mismatch",
        "other",
        node("other", **ask("bye", slots={"code": {"type": "text", "ask": "Code?"}})),
    ),
    ("bad_expression", "sort", put("nodes", "sort", "when", value=[{"if": "age <", "exit": "young"}])),
    ("bad_expression", "sort", put("nodes", "sort", "when", value=[{"if": "__import__('os')", "exit": "young"}])),
    ("bad_template", "hello", put("nodes", "hello", "say", value="Hello {{ project.name")),
    ("bad_template", "hello", put("nodes", "hello", "say", value="{% include 'secrets' %}")),
    ("bad_template", "hello", put("nodes", "hello", "say", value="{{ project.name | shout }}")),
    ("bad_template", "", put("wording", value={"no_such_line": "Hm."})),
    ("unknown_kind", "hello", put("nodes", "hello", "kind", value="shout")),
    ("unknown_kind", "hello", drop("nodes", "hello", "kind")),
    ("unknown_kind", "hello", put("nodes", "hello", "kind", value=["say"])),
    ("unknown_tool", "find", put("nodes", "find", "tool", value="nothing")),
    ("unknown_slot_type", "code", put("nodes", "code", "slots", "age", "type", value="shoe_size")),
    ("unknown_flow", "other", node("other", kind="run", flow="nothing", exits={"done": "bye"})),
    ("unknown_catalogue", "order", put("nodes", "order", "catalogue", value="nothing")),
    ("bad_field", "find", put("nodes", "find", "save", value="call")),
    ("bad_field", "", put("nodes", "code", "slots", "project", value={**CODE, "optional": True})),
    ("bad_field", "", put("variables", value={"call": "record"})),
    ("bad_field", "", put("handlers", "done", value={"examples": ["that's it"], "say": "Fine."})),
    ("missing_examples", "reason", put("nodes", "reason", "intents", "order", value={})),
    ("missing_examples", "", put("handlers", "joke", value={"say": "Knock knock."})),
    ("missing_argument", "find", put("nodes", "find", "with", value={})),
    ("unknown_argument", "find", put("nodes", "find", "with", value={"code": "1", "colour": "red"})),
    ("missing_prompt", "code", drop("nodes", "code", "slots", "age", "ask")),
    ("unknown_field", "hello", put("nodes", "hello", "sya", value="Hello.")),
    ("unknown_field", "", put("strat", value="hello")),
    ("missing_field", "hello", drop("nodes", "hello", "say")),
    ("missing_field", "", drop("start")),
    ("bad_field", "code", put("nodes", "code", "attempts", value="three")),
    ("bad_field", "code", put("nodes", "code", "slots", "code", "length", value="three")),
    ("bad_field", "hello", put("nodes", "hello", value="Hello.")),
    ("bad_field", "", put("nodes", value=[])),
    ("bad_field", "", put("handlers", value="person")),
    ("bad_field", "reason", also(
        put("nodes", "reason", "intents", "silent", value={"examples": ["hush"]}),
    )),
    ("resume_without_digression", "hello", put("nodes", "hello", "exits", "said", value="resume")),
]  # fmt: skip


def test_a_sound_flow_has_no_faults() -> None:
    assert faults(sound()) == []


@pytest.mark.parametrize(
    ("code", "where", "change"), FAULTY, ids=[f"{code}-{n}" for n, (code, _, _) in enumerate(FAULTY)]
)
def test_a_fault_is_told_with_its_node_in_a_plain_sentence(code: str, where: str, change: Change) -> None:
    document = sound()
    change(document)
    found = [fault for fault in faults(document) if fault.code == code]
    assert where in {fault.node for fault in found}
    for fault in found:
        assert fault.severity is Severity.ERROR
        assert fault.message[0].isupper() or fault.message[0] == "`"
        assert fault.message.endswith((".", "?"))


def test_nothing_else_is_made_of_a_single_fault() -> None:
    for code, _, change in FAULTY:
        document = sound()
        change(document)
        assert code in codes(document)
        if code in (
            "bad_template",
            "bad_expression",
            "unknown_tool",
            "missing_examples",
            "type_mismatch",
            "unknown_kind",
        ):
            assert codes(document) - {code} <= {"variable_unset", "unreachable_node"}, code


def test_all_faults_are_told_in_one_run() -> None:
    document = sound()
    together = [
        "unwired_exit", "unknown_exit", "unreachable_node", "no_way_to_end", "silent_cycle", "type_mismatch",
        "bad_template", "missing_argument", "unknown_slot_type", "unknown_flow", "missing_examples", "unknown_field",
        "missing_prompt", "unknown_catalogue",
    ]  # fmt: skip
    del document["nodes"]["find"]["exits"]["missing"]
    document["nodes"]["hello"]["exits"]["shouted"] = "bye"
    document["nodes"]["lonely"] = {"kind": "say", "say": "Hm.", "exits": {"said": "bye"}}
    document["nodes"]["reason"]["exits"]["unclear"] = "loop"
    document["nodes"]["loop"] = ask("loop", slots={"size": {"type": "shoe_size", "ask": "?"}, "x": {"type": "text"}})
    document["nodes"]["find"]["exits"]["failed"] = "find"
    document["nodes"]["sort"]["when"] = [{"if": "age == 'old'", "exit": "young"}]
    document["nodes"]["thanks"]["say"] = "{{ order.total"
    document["nodes"]["find"]["with"] = {}
    document["nodes"]["alone"] = {"kind": "run", "flow": "nothing", "exits": {"done": "bye"}}
    document["nodes"]["reason"]["intents"]["order"] = {}
    document["strat"] = "hello"
    document["nodes"]["order"]["catalogue"] = "nothing"
    assert set(together) <= codes(document)


# No false alarms


def test_a_variable_with_a_default_or_a_guard_may_be_read_before_it_is_set() -> None:
    document = sound()
    document["variables"] = {"tries": {"type": "number", "default": 0}}
    document["nodes"]["hello"]["say"] = "{{ tries }} {{ code | default('none') }}"
    assert faults(document) == []


def test_a_variable_set_on_every_path_but_by_different_nodes_is_set() -> None:
    one, other = lookup("last", save="thing"), lookup("last", save="thing")
    nodes = {
        "code": ask("bye", exits={"given": "sort"}),
        "sort": {
            "kind": "branch",
            "when": [{"if": "code == '123'", "exit": "one"}],
            "exits": {"one": "one", "otherwise": "other"},
        },
        "one": {**one, "exits": {**one["exits"], "missing": "bye", "failed": "bye"}},
        "other": {**other, "exits": {**other["exits"], "missing": "bye", "failed": "bye"}},
        "last": {"kind": "say", "say": "{{ thing.name }}", "exits": {"said": "bye"}},
    }
    assert codes(flow_of(nodes)) == set()
    nodes["other"]["exits"]["failed"] = "last"
    assert codes(flow_of(nodes)) == {"variable_unset"}


def test_a_circle_in_which_the_caller_is_asked_is_no_silent_circle() -> None:
    assert codes(flow_of({"code": ask("bye", exits={"given": "code"})})) == set()


def test_a_digression_that_resumes_needs_no_end_of_its_own() -> None:
    aside = {"kind": "say", "say": "By the way.", "exits": {"said": "resume"}}
    assert codes(flow_of({"code": ask(), "aside": aside}, {"aside": {"examples": ["x"], "go": "aside"}})) == set()


def test_a_person_may_be_reached_by_a_path_instead_of_a_handler() -> None:
    document = flow_of({"code": ask("person")})
    del document["handlers"]
    assert codes(document) == set()


def test_a_flow_that_others_run_needs_no_person_of_its_own() -> None:
    part = {"flow": "part", "start": "code", "nodes": {"code": ask("done"), "done": {"kind": "end"}}}
    whole = flow_of({"go": {"kind": "run", "flow": "part", "exits": {"done": "bye"}}})
    assert codes(whole, {"part": part}) == set()
    assert codes(part, {"made": whole}) == set()
    assert codes(part) == {"no_way_to_person"}


def test_the_designs_example_completed_has_no_faults() -> None:
    document = design()
    library = Library(
        project={"name": "Corner Shop"},
        tools={"accounts.find": ToolInfo(name="accounts.find", world=False, required=("phone",), arguments=("phone",))},
    )
    assert faults(document, library=library) == []


def design() -> dict[str, Any]:
    """The flow of the design's document section, with the nodes it leaves out."""
    person = "to_a_person"
    return {
        "flow": "support",
        "language": "en",
        "start": "welcome",
        "variables": {"customer": "record", "order": "record"},
        "handlers": {"person": {"examples": ["talk to a human", "real person please"], "go": person}, "repeat": {}},
        "nodes": {
            "welcome": {
                "kind": "say",
                "say": "Thanks for calling {{ project.name }}.",
                "exits": {"said": "reason"},
            },
            "reason": {
                "kind": "intent",
                "ask": "How can I help?",
                "intents": {
                    "order": {"examples": ["I'd like to order", "can I get two pizzas"], "route": "fast"},
                    "status": {"examples": ["where is my order", "has it shipped"], "route": "fast"},
                    "return": {"examples": ["I want to send this back"], "route": "smart"},
                },
                "exits": {
                    "order": "which_account",
                    "status": "which_account",
                    "return": "which_account",
                    "unclear": person,
                    "silent": person,
                },
            },
            "which_account": {
                "kind": "ask",
                "slots": {
                    "phone": {
                        "type": "phone",
                        "ask": "What phone number is on the account?",
                        "confirm": "when_unsure",
                        "keypad": True,
                    }
                },
                "exits": {"given": "find_account", "refused": person, "gave_up": person, "silent": person},
            },
            "find_account": {
                "kind": "lookup",
                "tool": "accounts.find",
                "with": {"phone": "{{ phone }}"},
                "save": "customer",
                "while_waiting": "One moment while I find your account.",
                "exits": {"found": "thanks", "missing": person, "failed": person},
            },
            "thanks": {"kind": "end", "say": "Thank you, {{ customer.name }}."},
            person: {
                "kind": "transfer",
                "to": "staff",
                "exits": {"connected": "goodbye", "nobody": "goodbye", "failed": "goodbye"},
            },
            "goodbye": {"kind": "end", "say": "Goodbye."},
        },
    }


# Flows that run flows


PART = {
    "flow": "part",
    "start": "code",
    "arguments": {"who": "text"},
    "nodes": {"code": ask("none", exits={"given": "done"}), "done": {"kind": "end"}, "none": {"kind": "end"}},
}


def run(**fields: Any) -> dict[str, Any]:
    node = {"kind": "run", "flow": "part", "with": {"who": "x"}, "exits": {"done": "bye", "none": "bye"}, **fields}
    return flow_of({"go": node})


@pytest.mark.parametrize(
    ("code", "fields"),
    [
        ("unwired_exit", {"exits": {"done": "bye"}}),
        ("unknown_exit", {"exits": {"done": "bye", "none": "bye", "maybe": "bye"}}),
        ("missing_argument", {"with": {}}),
        ("unknown_argument", {"with": {"who": "x", "what": "y"}}),
        ("variable_unset", {"with": {"who": "{{ code }}"}}),
        ("unknown_flow", {"flow": "parts"}),
        ("variable_unset", {"save": {"told": "coed"}}),
        ("variable_unset", {"save": {"told": "thing"}}),
    ],
)
def test_what_a_run_node_gives_and_wires_is_held_against_the_flow_it_runs(code: str, fields: dict[str, Any]) -> None:
    assert codes(run(), {"part": PART}) == set()
    assert code in codes(run(**fields), {"part": PART})


def test_what_the_other_flow_asks_for_or_is_given_can_be_taken_over() -> None:
    assert codes(run(save={"told": "code", "by": "who"}), {"part": PART}) == set()


def test_a_slot_is_set_by_callers_and_not_by_another_flow() -> None:
    document = run(save={"code": "code"})
    document["nodes"]["go"]["exits"]["done"] = "ask"
    document["nodes"]["ask"] = ask()
    assert codes(document, {"part": PART}) == {"type_mismatch"}


def test_a_faulty_flow_is_told_at_the_node_that_runs_it() -> None:
    part = {**PART, "start": "nowhere"}
    assert [(fault.code, fault.node) for fault in faults(run(), {"part": part})] == [("faulty_flow", "go")]


def test_flows_in_a_circle_are_told_and_checking_them_ends() -> None:
    part = {**PART, "nodes": {**PART["nodes"], "none": {"kind": "run", "flow": "made", "exits": {"bye": "done"}}}}
    assert "recursive_flow" in codes(run(exits={"done": "bye"}), {"part": part})


def test_many_flows_that_run_one_another_are_checked_in_a_moment() -> None:
    levels = 18
    others: dict[str, Any] = {}
    for level in range(levels):
        runs = {
            f"r{n}": {"kind": "run", "flow": f"f{level + 1}", "exits": {"done": f"r{n + 1}" if n < 2 else "done"}}
            for n in range(3)
        }
        others[f"f{level}"] = {"flow": f"f{level}", "start": "r0", "nodes": {**runs, "done": {"kind": "end"}}}
    others[f"f{levels}"] = {
        "flow": f"f{levels}",
        "start": "code",
        "nodes": {"code": ask("done"), "done": {"kind": "end"}},
    }
    for level in range(levels - 1):  # two flows a level, so that chains double
        others[f"g{level}"] = {**others[f"f{level}"], "flow": f"g{level}"}
        others[f"f{level}"]["nodes"]["r1"]["flow"] = f"g{level + 1}" if level + 1 < levels - 1 else f"f{level + 1}"
    top = flow_of({"go": {"kind": "run", "flow": "f0", "exits": {"done": "bye"}}})
    assert "recursive_flow" not in codes(top, others)


# Examples


def test_examples_that_collide_are_a_warning_with_the_pair() -> None:
    flow = compile_flow(sound(), MENU).flow
    assert flow is not None

    def collisions(choice_sets: tuple[ChoiceSet, ...]) -> tuple[Collision, ...]:
        assert "made/reason" in {one.key for one in choice_sets}
        return (Collision("made/reason", "order", "an order", "status", "where is it", 0.97),)

    [fault] = check_examples(flow, collisions)
    assert (fault.code, fault.node, fault.severity) == ("colliding_examples", "reason", Severity.WARNING)
    assert "an order" in fault.message and "where is it" in fault.message


# Whatever a document holds


@pytest.mark.parametrize("value", [None, 5, "text", [], {}, True, 1.5, [[]], {"a": {"b": []}}])
@pytest.mark.parametrize(
    "field", ["flow", "start", "handlers", "variables", "arguments", "wording", "nodes", "schema", "title"]
)
def test_no_value_in_any_field_makes_the_checks_raise(field: str, value: Any) -> None:
    faults({**sound(), field: value})


@pytest.mark.parametrize("value", [None, 5, "text", [], {}, True, [[]], {"a": {"b": []}}])
@pytest.mark.parametrize(
    "kind", ["say", "ask", "intent", "lookup", "order", "answer", "talk", "branch", "transfer", "run", "end"]
)
def test_no_value_in_any_field_of_a_node_makes_the_checks_raise(kind: str, value: Any) -> None:
    fields = [
        "exits",
        "say",
        "ask",
        "slots",
        "intents",
        "tool",
        "with",
        "save",
        "catalogue",
        "when",
        "goal",
        "outcomes",
    ]
    for field in [*fields, "flow", "to", "outcome", "attempts", "at", "title"]:
        document = sound()
        document["nodes"]["odd"] = {"kind": kind, field: value}
        assert faults(document)


def test_an_empty_document_is_told_what_it_lacks() -> None:
    assert {"missing_field", "bad_field"} <= codes({})


def test_two_nodes_that_ask_for_the_same_cannot_pass_a_call_between_them_for_ever() -> None:
    """What the first was given is known to the second: a look-up that finds nothing would be repeated unasked."""
    code = {"code": {"type": "digits", "length": 3, "ask": "Which code?"}}
    find = {"kind": "lookup", "tool": "find", "with": {"code": "{{ code }}"}}
    asked = dict.fromkeys(("refused", "gave_up", "silent"), "bye")
    done = dict.fromkeys(("found", "failed"), "bye")

    def faults(**second: object) -> set[str]:
        nodes = {
            "a": {"kind": "ask", "slots": code, "exits": {**asked, "given": "f"}},
            "f": {**find, "exits": {**done, "missing": "b"}},
            "b": {"kind": "ask", "slots": code, **second, "exits": {**asked, "given": "g"}},
            "g": {**find, "exits": {**done, "missing": "b" if second else "a"}},
            "person": {
                "kind": "transfer",
                "to": "staff",
                "exits": dict.fromkeys(("connected", "nobody", "failed"), "bye"),
            },
            "bye": {"kind": "end"},
        }
        document = {"flow": "f", "start": "a", "handlers": {"person": {"go": "person"}}, "nodes": nodes}
        return {fault.code for fault in compile_flow(document, LIBRARY).faults}

    assert faults() == {"silent_cycle"}
    assert faults(anew=True) == set()


def test_a_fact_the_project_does_not_have_is_a_fault_of_the_line_that_reads_it() -> None:
    said = flow_of({"hello": {"kind": "say", "say": "This is {{ project.nam }}.", "exits": {"said": "bye"}}})
    assert [(fault.code, fault.node) for fault in compile_flow(said, LIBRARY).faults] == [("bad_template", "hello")]


def test_a_start_that_does_not_exist_is_told_without_what_follows_from_it() -> None:
    document = {**flow_of({"hello": {"kind": "say", "say": "Hi.", "exits": {"said": "bye"}}}), "start": "helo"}
    assert [fault.code for fault in compile_flow(document, LIBRARY).faults] == ["unknown_node"]
