"""Tokens as the model counts them, in any process."""

import pickle

from tollfree.language.embed.minilm_tokens import MiniLMTokens
from tollfree.language.embed.registry import load_token_counter


def test_a_long_text_is_counted_to_its_end_and_an_empty_one_has_none() -> None:
    count = load_token_counter("all-MiniLM-L6-v2")
    assert count("") == 0 and count("hello") == 1 and count("hello " * 1000) == 1000
    assert count("Opening hours: 9 to 5") == 6 and count("\ud800") >= 1


def test_a_counter_that_was_sent_to_another_process_counts_alike() -> None:
    count = MiniLMTokens()
    count("loaded before it is sent")
    sent = pickle.dumps(count)
    assert len(sent) < 200 and pickle.loads(sent)("two words") == count("two words")
