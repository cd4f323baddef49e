"""Examples that would be confused are found before a caller finds them."""

from tests.fakes.embedder import HashingEmbedder
from tollfree.language.embed.base import Embedder
from tollfree.language.understand.collisions import BLOCK, MOST, collisions
from tollfree.protocol.question import ChoiceSet, Option


def _set(*options: Option, key: str = "f/n") -> ChoiceSet:
    return ChoiceSet(key, options)


def test_the_same_words_in_two_options_collide_whatever_their_writing() -> None:
    (found,) = collisions((_set(Option("a", ("Where is it?",)), Option("b", ("where  is it",))),), None)
    assert (found.option, found.example, found.other_option, found.other_example) == (
        "a",
        "Where is it?",
        "b",
        "where  is it",
    )
    assert found.similarity == 1.0


def test_nearly_the_same_meaning_collides(minilm: Embedder) -> None:
    pair = _set(Option("status", ("where is my package",)), Option("track", ("where's my package right now",)))
    (found,) = collisions((pair,), minilm)
    assert {found.option, found.other_option} == {"status", "track"} and found.similarity >= 0.85


def test_different_meanings_and_one_options_own_examples_do_not_collide(minilm: Embedder) -> None:
    apart = _set(
        Option("order", ("I'd like to order", "I want to order", "I would like to order something")),
        Option("return", ("I want to send this back", "I want to return an order")),
    )
    assert collisions((apart,), minilm) == ()


def test_handlers_that_every_question_offers_collide_once() -> None:
    options = (Option("a", ("same",)), Option("b", ("same",)))
    assert len(collisions((_set(*options, key="f/one"), _set(*options, key="f/two")), None)) == 1


def test_thousands_of_equal_examples_are_reported_within_bounds() -> None:
    many = tuple(f"example number {index}" for index in range(2 * BLOCK))
    found = collisions((_set(Option("a", many), Option("b", many)),), HashingEmbedder())
    assert len(found) == MOST and all(each.similarity == 1.0 for each in found)


def test_nothing_to_compare_collides_with_nothing() -> None:
    assert collisions((), None) == ()
    assert collisions((_set(Option("a", ("", "?!"))),), HashingEmbedder()) == ()
