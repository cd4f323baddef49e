"""What words over the agent are."""

import pytest

from tollfree.protocol.expectation import Expectation, Patience
from tollfree.protocol.transcript import Transcript
from tollfree.speech.turns.backchannel import Remark, affirms, awaits_yes_or_no, remark


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", Remark.NOTHING),
        ("...", Remark.NOTHING),
        ("Mm.", Remark.BACKCHANNEL),
        ("Mm-hmm.", Remark.BACKCHANNEL),
        ("M. H. M.", Remark.BACKCHANNEL),
        ("Mmm", Remark.BACKCHANNEL),
        ("him", Remark.BACKCHANNEL),
        ("Uh huh", Remark.BACKCHANNEL),
        ("Yeah, yeah, okay.", Remark.BACKCHANNEL),
        ("Oh, I see.", Remark.BACKCHANNEL),
        ("Yes, sir.", Remark.BACKCHANNEL),
        ("Okay, stop.", Remark.INTERRUPTS),
        ("No.", Remark.INTERRUPTS),
        ("Oh no", Remark.INTERRUPTS),
        ("Hold on a second", Remark.INTERRUPTS),
        ("Yeah, but I moved", Remark.SPEECH),
        ("cancel my order", Remark.INTERRUPTS),
        ("two pizzas", Remark.SPEECH),
        ("42", Remark.SPEECH),
    ],
)
def test_words_over_the_agent_are_told_apart(text: str, kind: Remark) -> None:
    assert remark(Transcript(text=text, confidence=0.9), doubtful_confidence=0.4) is kind


def test_a_few_words_that_are_hardly_believed_are_doubtful_and_many_are_speech() -> None:
    few = Transcript(text="memory gem", confidence=0.2)
    many = Transcript(text="can you send it to my other address", confidence=0.2)
    assert remark(few, doubtful_confidence=0.4) is Remark.DOUBTFUL
    assert remark(many, doubtful_confidence=0.4) is Remark.SPEECH


@pytest.mark.parametrize(("text", "yes"), [("Yes.", True), ("Mm-hm", True), ("That's right", True), ("Oh.", False)])
def test_a_remark_may_be_a_yes(text: str, yes: bool) -> None:
    assert affirms(text) is yes


def test_a_yes_is_awaited_where_the_words_likely_said_are_yes_and_no() -> None:
    assert awaits_yes_or_no(Expectation(patience=Patience.SHORT, vocabulary=("yes", "no")))
    assert not awaits_yes_or_no(Expectation(patience=Patience.SHORT, vocabulary=("small", "large")))
