import pytest

from tests.flows.slots.spoken_forms import FACTS
from tollfree.flows.slots.evaluation import BadRow, SlotMiss, SlotRow, evaluate_slots


def test_rows_are_scored_by_type_and_misses_say_what_was_heard() -> None:
    report = evaluate_slots(
        [
            SlotRow("date", "next Tuesday", "2026-11-24"),
            SlotRow("date", "can you come by next Tuesday", "2026-11-24"),
            SlotRow("date", "tomorrow", "2026-11-25"),
            SlotRow("yes_no", "maybe", ""),
            SlotRow("yes_no", "maybe", "yes"),
        ],
        FACTS,
    )
    assert (report.count, report.correct, report.accuracy) == (5, 3, 0.6)
    assert {name: (score.count, score.correct) for name, score in report.by_type.items()} == {
        "date": (3, 2),
        "yes_no": (2, 1),
    }
    assert report.misses == (
        SlotMiss("date", "tomorrow", "2026-11-25", "2026-11-23"),
        SlotMiss("yes_no", "maybe", "yes", ""),
    )


@pytest.mark.parametrize(
    ("slot_type", "said", "value"),
    [
        ("e-mail", "jane at example dot com", "jane@example.com"),
        ("E-Mail", "jane at example dot com", "Jane@Example.com"),
        ("yes/no", "yep", "yes"),
        ("yesno", "nope", "no"),
        ("date range", "next week", "2026-11-23/2026-11-29"),
        ("digits(length=5)", "four one seven double five", "41755"),
        ("choice(choices=['red', 'blue'])", "the blue one", "blue"),
        ("date(prefer=past)", "Friday", "2026-11-20"),
        ("number", "two and a half", "2.50"),
        ("quantity", "a couple", "2.0"),
        ("money", "five bucks", "5"),
    ],
)
def test_other_names_options_and_other_forms_of_a_value_are_understood(slot_type: str, said: str, value: str) -> None:
    assert evaluate_slots([SlotRow(slot_type, said, value)], FACTS).misses == ()


@pytest.mark.parametrize(
    "slot_type", ["colour", "", "digits(", "digits(lenght=5)", "digits(5)", "choice", "date(min=soon)"]
)
def test_a_type_that_cannot_be_made_names_its_row(slot_type: str) -> None:
    with pytest.raises(BadRow, match="Row 7"):
        evaluate_slots([SlotRow(slot_type, "x", "y", 7)], FACTS)


def test_no_rows_are_no_accuracy() -> None:
    assert evaluate_slots([], FACTS).accuracy == 0.0
