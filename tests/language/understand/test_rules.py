"""What whole utterances mean by their words."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tollfree.language.understand.phrases import PHRASES
from tollfree.language.understand.rules import built_in, corrects, forms

EVERY = (
    "yes",
    "no",
    "refuse",
    "unsure",
    "done",
    "cancel",
    "more",
    "person",
    "repeat",
    "hold_on",
    "start_over",
    "goodbye",
)
HANDLERS = ("person", "repeat", "hold_on", "start_over", "goodbye")

SAID = {
    "yes": [
        "Yes.",
        "yeah",
        "yep that's right",
        "uh huh",
        "correct",
        "Sure, go ahead.",
        "okay",
        "yes it is",
        "yes please",
    ],
    "no": ["No.", "nope", "no thank you", "that's not right", "not really", "no, it isn't", "No, that's wrong!"],
    "refuse": [
        "I don't have one",
        "I don't have it on me",
        "I'd rather not say",
        "skip it",
        "can we skip this question",
        "I've lost it",
        "I can't find my order number",
        "none of your business",
        "I don't want to give you that",
    ],
    "unsure": ["I don't know", "not sure", "no idea", "I'm not sure", "I have no clue", "I don't know what you mean"],
    "done": [
        "that's all",
        "That's everything, thanks.",
        "nothing else",
        "no that's all thank you",
        "I'm done",
        "no more",
        "that will be all",
        "that's it for now",
        "I'm all set",
    ],
    "cancel": [
        "cancel that order",
        "cancel it",
        "please cancel the whole order",
        "never mind, forget it",
        "forget it",
        "I changed my mind",
        "scrap that",
        "I'd like to cancel everything",
    ],
    "more": [
        "go on",
        "anything else?",
        "tell me more",
        "what else",
        "yes, one more thing",
        "another question",
        "continue",
    ],
    "person": [
        "could I speak to a person please",
        "talk to a human",
        "I want to talk to a real person",
        "Representative!",
        "agent please",
        "put me through to someone",
        "connect me to customer service",
        "get me a manager",
        "can I speak with your supervisor",
        "is there a human I can talk to",
        "I don't want to talk to a robot",
        "operator",
        "let me talk to somebody",
        "transfer me",
    ],
    "repeat": [
        "what was that",
        "say that again",
        "could you repeat that please",
        "pardon?",
        "sorry, what?",
        "what?",
        "I didn't catch that",
        "come again",
        "one more time please",
        "can you say that once more",
        "I missed that",
    ],
    "hold_on": [
        "one second",
        "hang on",
        "hold on a minute please",
        "just a moment",
        "give me a sec",
        "wait",
        "bear with me",
        "hang on let me get my card",
        "let me check",
        "let me find my order number",
        "one sec I'm looking for it",
    ],
    "start_over": [
        "start over",
        "let me start again",
        "can we start from the beginning",
        "restart",
        "go back to the start",
        "I want to start over please",
        "let's begin again",
    ],
    "goodbye": [
        "bye",
        "goodbye",
        "ok thanks bye",
        "that's all thanks bye",
        "have a nice day",
        "I have to go now",
        "see you",
    ],
}

MEANT_OTHERWISE = [
    "where is my order",
    "I want to return the shoes",
    "can I get two large pizzas",
    "I'll get a large pepperoni",
    "let me see the menu",
    "my agent told me to call",
    "no cheese on the second one",
    "I have a question about your people",
    "hold the onions",
    "the order I cancelled last week",
    "give me a dozen eggs",
    "please send someone to fix the boiler",
    "does the shop have staff parking",
    "41755",
]


def _meant(text: str, among: tuple[str, ...]) -> str | None:
    return next((found for form in forms(text) if (found := built_in(form, among)) is not None), None)


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in SAID.items() for text in texts])
def test_the_usual_ways_to_say_it_are_known(name: str, text: str) -> None:
    assert _meant(text, (name, *HANDLERS)) == name


@pytest.mark.parametrize("text", MEANT_OTHERWISE)
def test_what_a_business_hears_is_no_built_in(text: str) -> None:
    assert _meant(text, EVERY) is None


def test_no_with_that_is_all_is_done_where_both_are_choices() -> None:
    assert _meant("no, that's all", ("no", "done")) == "done"
    assert _meant("no, nothing else, thanks", ("no", "done")) == "done"


def test_who_does_not_know_cannot_give_it_unless_that_is_a_choice_of_its_own() -> None:
    assert _meant("I don't know", ("refuse",)) == "refuse"
    assert _meant("I don't know", ("refuse", "unsure")) == "unsure"


@pytest.mark.parametrize(
    "text",
    [
        "sorry, it was 52118",
        "no, fifteen",
        "I meant Tuesday",
        "actually two",
        "make that three",
        "fifteen, not fifty, but",
    ],
)
def test_corrections_are_marked_by_their_cues(text: str) -> None:
    assert corrects(text)


@pytest.mark.parametrize("text", ["it's 52118", "fifteen", "Nora Smith", "my notebook arrived"])
def test_plain_values_are_no_corrections(text: str) -> None:
    assert not corrects(text)


WORDS = st.sampled_from(sorted({word for texts in SAID.values() for text in texts for word in forms(text)[0].split()}))


@settings(max_examples=200, deadline=None)
@given(words=st.lists(WORDS, max_size=25))
def test_no_utterance_takes_long_to_match(words: list[str]) -> None:
    # A pattern that backtracks without bound takes minutes and more: the suite would not end.
    assert _meant(" ".join(words), EVERY) in (*EVERY, None)


@pytest.mark.parametrize(
    "word", ["yes", "no", "thanks", "now", "please", "ok", "one more time", "it's", "that's all", "a"]
)
def test_repeated_words_do_not_make_a_pattern_backtrack_without_bound(word: str) -> None:
    for pattern in PHRASES.values():
        pattern.fullmatch(" ".join([word] * 16) + " x")
