"""What a flow marks as personal is hidden wherever a record names it, and nothing else is."""

from typing import Any

from tests.flows.driven import LIBRARY, ask, flow_of, lookup
from tollfree.calls.personal import HIDDEN, Veil
from tollfree.calls.store.record import LogEntry, LogRecord
from tollfree.flows.compile import compile_or_raise

CODE = {"type": "digits", "length": 3, "ask": "Which code?"}


def veil(*, slot: bool = True, variable: bool = True) -> Veil:
    document = flow_of(
        {
            "code": ask(
                exits={"given": "find"},
                slots={"code": {**CODE, "personal": slot}, "age": {"type": "number", "ask": "Age?"}},
            ),
            "find": lookup(save="thing"),
        },
        variables={"thing": {"type": "record", "personal": variable}},
    )
    return Veil(compile_or_raise(document, LIBRARY))


def shown(veil: Veil, kind: Any, type: str, **data: Any) -> dict[str, Any]:
    return dict(veil.entry(LogEntry(0, LogRecord(at="", kind=kind, type=type, data=data))).record.data)


READING = {"slot": "code", "value": "417", "confidence": 1.0, "heard": "four one seven", "correction": False}


def test_a_token_hides_personal_slots_and_why_they_were_understood() -> None:
    token = shown(veil(), "token", "exit", slots={"code": "417", "age": 40}, evidence='code from "four one seven"')
    assert token == {"slots": {"code": HIDDEN, "age": 40}, "evidence": HIDDEN}
    other = {"slots": {"age": 40}, "evidence": "age from 40"}
    assert shown(veil(), "token", "exit", **other) == other


def test_an_answer_hides_personal_readings() -> None:
    age = {**READING, "slot": "age", "value": 40, "heard": "forty"}
    answer = shown(veil(), "event", "answered", effect="e3", answer={"slots": [READING, age], "evidence": "four"})
    assert "417" not in str(answer) and "four" not in str(answer)
    assert answer["answer"]["slots"][1] == age


def test_a_look_up_hides_the_arguments_that_read_a_personal_slot_and_the_result_kept_as_personal() -> None:
    one = veil()
    asked = shown(one, "effect", "lookup", id="e4", tool="find", arguments={"code": "417", "name": "x"})
    assert asked["arguments"] == {"code": HIDDEN, "name": "x"}
    assert shown(one, "event", "looked_up", effect="e4", found=True, result={"name": "Ann"})["result"] == HIDDEN
    assert shown(one, "note", "late_result", effect="e4", found=True, result={"name": "Ann"})["result"] == HIDDEN
    assert shown(one, "event", "looked_up", effect="e9", found=True, result=1)["result"] == 1


def test_a_slot_that_is_personal_is_hidden_where_a_supervisor_set_it_or_could_not() -> None:
    told = shown(veil(), "event", "supervised", action="set_slot", name="code", value="417", by="ann")
    assert (told["value"], told["name"], told["by"]) == (HIDDEN, "code", "ann")
    why = "The slot code cannot hold this value: I need three digits and heard four."
    assert shown(veil(), "note", "supervision_refused", name="code", why=why) == {"name": "code", "why": HIDDEN}
    other = {"name": "age", "why": "There is no such slot."}
    assert shown(veil(), "note", "supervision_refused", **other) == other


def test_what_was_said_stays_as_it_was_said() -> None:
    assert shown(veil(), "event", "caller_spoke", text="four one seven") == {"text": "four one seven"}


def test_a_flow_without_personal_values_hides_nothing() -> None:
    data = {"slots": {"code": "417", "thing": {"name": "Ann"}}, "evidence": "code"}
    assert shown(veil(slot=False, variable=False), "token", "exit", **data) == data
