from typing import Any

import pytest

from tests.flows.driven import Call, flow_of
from tollfree.protocol.effects import Compose


def talking(**fields: Any) -> Call:
    exits = dict.fromkeys(("settled", "gave_up", "failed", "silent"), "bye")
    talk = {"kind": "talk", "goal": "Settle it for {{ project.name }}.", "outcomes": {"settled": "when it is settled"}}
    return Call(flow_of({"talk": {**talk, "opening": "Let us talk.", "exits": exits, **fields}}))


def test_it_opens_with_the_authors_line_and_listens() -> None:
    call = talking()
    assert call.lines == ["Let us talk."]
    assert call.listens


def test_without_an_opening_the_model_begins() -> None:
    call = talking(opening="")
    assert call.latest(Compose).purpose == "talk"
    assert call.composed("Hello.").lines == ["Hello."]
    assert call.listens


def test_the_model_is_given_the_goal_the_words_and_the_closed_set_of_exits() -> None:
    compose = talking(route="smart").says("well…").latest(Compose)
    assert (compose.instructions, compose.said, compose.exits, compose.route) == (
        "Settle it for Test.",
        "well…",
        ("settled",),
        "smart",
    )


def test_it_goes_on_until_an_exit_is_chosen() -> None:
    call = talking().says("well…").composed("Go on.")
    assert (call.lines, call.path) == (["Go on."], [])
    call.says("done").composed("Then it is settled.", exit="settled")
    assert call.lines == ["Then it is settled."]
    assert (call.path, call.tokens[0].decided_by) == (["talk.settled"], "model")


@pytest.mark.parametrize("exit", ["elsewhere", "gave_up", "failed", "said", ""])
def test_an_exit_outside_the_closed_set_moves_nothing(exit: str) -> None:
    call = talking().says("well…").composed("Go on.", exit=exit)
    assert (call.lines, call.path) == (["Go on."], [])


def test_more_turns_than_allowed_leave_by_gave_up() -> None:
    call = talking(turns=2)
    for _ in range(2):
        call.says("well…").composed("Go on.")
    assert call.says("well…").path == ["talk.gave_up"]


def test_a_model_that_fails_leaves_by_failed() -> None:
    call = talking().says("well…").failed("no_engine")
    assert (call.path, call.tokens[0].evidence) == (["talk.failed"], "no_engine: too slow")


def test_a_model_that_composes_nothing_leaves_by_failed() -> None:
    assert talking().says("well…").composed("").path == ["talk.failed"]


def test_silences_in_a_row_leave_by_silent() -> None:
    call = talking().silent().says("well…").composed("Go on.").silent()
    assert call.path == []
    assert call.silent().path == ["talk.silent"]
