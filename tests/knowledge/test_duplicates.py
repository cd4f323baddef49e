"""What says the same is found once."""

import numpy as np

from tests.knowledge.conftest import passage
from tollfree.knowledge.candidate import Candidate
from tollfree.knowledge.duplicates import first_of_each
from tollfree.knowledge.index_words import words_of

LONG = "you can send back anything you bought from us within thirty days as long as it is not used or broken"


def candidates(*texts: str) -> list[Candidate]:
    return [
        Candidate(passage=passage(str(n), text), words=f" {' '.join(words_of(text))} ", vector=np.ones(2, np.float32))
        for n, text in enumerate(texts)
    ]


def kept(*texts: str, most: int = 10) -> list[str]:
    return [one.passage.id for one in first_of_each(candidates(*texts), most)]


def test_the_same_words_are_kept_once_and_the_better_one_stays() -> None:
    assert kept("We open at nine.", "Pears.", "we open, at nine!") == ["0", "1"]


def test_a_word_more_is_no_difference_in_a_long_passage() -> None:
    assert kept(LONG, LONG + " please") == ["0"]


def test_another_figure_is_a_difference() -> None:
    assert kept(f"{LONG} for 5", f"{LONG} for 7") == ["0", "1"]


def test_short_passages_that_differ_in_a_word_are_two() -> None:
    assert kept("margherita small", "margherita large") == ["0", "1"]


def test_no_more_are_kept_than_wanted() -> None:
    assert kept("a", "b", "c", most=2) == ["0", "1"] and kept() == []
