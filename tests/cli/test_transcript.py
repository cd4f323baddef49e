"""A call as it is shown while its log grows."""

import click
import pytest

from tollfree.calls.store.record import LogEntry, LogRecord
from tollfree.cli.transcript import Transcript
from tollfree.protocol.values import Value

AT = "2026-11-22T12:00:00.000+00:00"


def shown(*records: tuple[str, str, dict[str, Value]]) -> Transcript:
    transcript = Transcript(show=True)
    for seq, (kind, type, data) in enumerate(records):
        transcript.observe(LogEntry(seq, LogRecord(at=AT, kind=kind, type=type, data=data)))
    return transcript


def caller(text: str) -> tuple[str, str, dict[str, Value]]:
    return "event", "caller_spoke", {"text": text}


def agent(text: str, *, complete: bool = True) -> tuple[str, str, dict[str, Value]]:
    return "event", "spoken", {"heard": text, "complete": complete}


def turn(speech_end_ms: float, first_sent_ms: float) -> tuple[str, str, dict[str, Value]]:
    return "note", "turn", {"turn": 1, "speech_end_ms": speech_end_ms, "first_sent_ms": first_sent_ms}


def test_the_first_line_after_a_turn_has_the_time_the_caller_waited_for_it() -> None:
    found = shown(agent("Hello."), caller("a tuna sub"), turn(1000, 1312.5), agent("Okay."), agent("Anything else?"))
    assert found.lines == [
        {"who": "agent", "text": "Hello."},
        {"who": "caller", "text": "a tuna sub"},
        {"who": "agent", "text": "Okay.", "ms": 312.5},
        {"who": "agent", "text": "Anything else?"},
    ]


def test_an_answer_that_was_never_sent_is_timed_at_nothing() -> None:
    found = shown(caller("hello"), ("note", "turn", {"turn": 1, "speech_end_ms": 5.0}), agent("Yes?"))
    assert found.lines[-1] == {"who": "agent", "text": "Yes?"}


def test_words_are_shown_as_far_as_they_were_heard() -> None:
    found = shown(agent("Today we are open", complete=False), caller("stop"), agent("", complete=False))
    assert [line["text"] for line in found.lines] == ["Today we are open …", "stop"]


def test_the_path_is_that_of_the_exit_tokens() -> None:
    token: dict[str, Value] = {
        "flow": "support",
        "node": "reason",
        "exit": "order",
        "slots": {},
        "confidence": 0.7,
        "decided_by": "classifier",
        "evidence": "",
    }
    assert shown(("token", "exit", token)).path == ("reason.order",)


def test_an_answer_shows_the_passages_it_is_from(capsys: pytest.CaptureFixture[str]) -> None:
    token = {"flow": "f", "node": "faq", "exit": "answered", "slots": {}, "confidence": 1.0, "decided_by": "passage"}
    shown(("token", "exit", {**token, "evidence": "cited: Returns policy, page 2 [p1]; Hours [p2]"}))
    lines = [click.unstyle(line).strip() for line in capsys.readouterr().out.splitlines()]
    assert lines == ["→ faq.answered  (passage)", "cited: Returns policy, page 2 [p1]", "cited: Hours [p2]"]


def test_words_that_could_not_be_made_out_are_told() -> None:
    found = shown(agent("Hello."), ("event", "caller_unheard", {}))
    assert found.lines[-1] == {"who": "caller", "text": "[the words could not be made out]"}
