"""Which turns go next, together."""

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from tollfree.speech.stt.base import Urgency
from tollfree.speech.stt.batch_order import Places, in_order, next_batch


@dataclass(frozen=True)
class Turn:
    number: int
    urgency: Urgency = Urgency.COMMIT
    place: int = 0
    kind: str | None = "short"


def numbers(turns: list[Turn]) -> list[int]:
    return [turn.number for turn in turns]


def test_commits_go_before_offers_before_interims() -> None:
    turns = [Turn(0, Urgency.INTERIM), Turn(1, Urgency.OFFER), Turn(2, Urgency.COMMIT), Turn(3, Urgency.OFFER)]
    assert numbers(in_order(turns)) == [2, 1, 3, 0]


def test_within_an_urgency_the_place_decides_and_then_who_came_first() -> None:
    assert numbers(in_order([Turn(0, place=2), Turn(1, place=1), Turn(2, place=1)])) == [1, 2, 0]


def test_a_call_with_many_turns_does_not_make_the_others_wait_for_all() -> None:
    places = Places()
    greedy = [places.next("greedy", Urgency.COMMIT) for _ in range(10)]
    assert greedy == list(range(10)) and places.next("other", Urgency.COMMIT) == 0
    for place in greedy[:4]:
        places.served(place, Urgency.COMMIT)
    assert places.next("late", Urgency.COMMIT) == 3  # before the greedy one's fifth
    assert places.next("greedy", Urgency.COMMIT) == 10


def test_a_calls_interims_do_not_count_against_its_commits() -> None:
    places = Places()
    for _ in range(5):
        places.next("a", Urgency.INTERIM)
    assert places.next("a", Urgency.COMMIT) == 0


def test_a_call_that_rested_has_no_credit() -> None:
    places = Places()
    places.next("a", Urgency.COMMIT)
    for place in range(8):
        places.served(place, Urgency.COMMIT)
    assert [places.next("a", Urgency.COMMIT) for _ in range(2)] == [7, 8]


def test_a_batch_is_of_one_kind_and_no_larger_than_allowed() -> None:
    turns = [Turn(0), Turn(1, kind="long"), Turn(2), Turn(3), Turn(4, kind="long")]
    assert numbers(next_batch(turns, 2)) == [0, 2]
    assert numbers(next_batch(turns, 9)) == [0, 2, 3]


def test_nothing_goes_while_something_more_urgent_is_being_prepared() -> None:
    assert next_batch([Turn(0, Urgency.INTERIM), Turn(1, Urgency.COMMIT, kind=None)], 4) == []
    assert numbers(next_batch([Turn(0), Turn(1, kind=None)], 4)) == [0]
    assert numbers(next_batch([Turn(0), Turn(1, Urgency.INTERIM, kind=None)], 4)) == [0]


def test_of_nothing_there_is_no_batch() -> None:
    assert next_batch([], 4) == [] and next_batch([Turn(0, kind=None)], 4) == []


@given(
    st.lists(
        st.tuples(st.sampled_from(Urgency), st.integers(0, 3), st.sampled_from(["short", "long", None])),
        max_size=20,
    ),
    st.integers(1, 6),
)
def test_whatever_waits_the_most_urgent_prepared_turn_goes_unless_a_more_urgent_one_is_on_its_way(
    given_turns: list[tuple[Urgency, int, str | None]], most: int
) -> None:
    turns = [Turn(number, urgency, place, kind) for number, (urgency, place, kind) in enumerate(given_turns)]
    batch = next_batch(turns, most)
    prepared = [turn for turn in turns if turn.kind is not None]
    if batch:
        assert batch[0].urgency == min(turn.urgency for turn in prepared)
        assert len({turn.kind for turn in batch}) == 1 and len(batch) <= most
        assert len(set(numbers(batch))) == len(batch)
    else:
        urgent = min((turn.urgency for turn in prepared), default=None)
        assert urgent is None or any(turn.urgency < urgent for turn in turns if turn.kind is None)
