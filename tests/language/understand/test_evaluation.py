"""Measuring intents on a user's own texts."""

import json
from dataclasses import asdict
from datetime import UTC, datetime

import pytest

from tests.fakes.embedder import HashingEmbedder
from tollfree.language.embed.base import Embedder
from tollfree.language.errors import BadRow, TrainingRefused
from tollfree.language.understand.evaluation import Row, evaluate_intents

FAKE = HashingEmbedder()


class TickingClock:
    """Two milliseconds pass between two looks at it."""

    def __init__(self) -> None:
        self.ms = 0.0

    def now(self) -> datetime:
        return datetime(2026, 11, 22, tzinfo=UTC)

    def elapsed_ms(self) -> float:
        self.ms += 2.0
        return self.ms


TRAIN = [Row(text, label) for label, texts in {
    "status": ("where is my order", "has my parcel shipped", "track my package", "when will it arrive"),
    "return": ("i want to send this back", "i need a refund", "return an item", "give me my money back"),
    "hours": ("when do you open", "what are your opening hours", "are you open on sunday", "when do you close"),
}.items() for text in texts]  # fmt: skip


def test_a_report_measures_what_the_test_rows_show(minilm: Embedder) -> None:
    test = [Row("where's my parcel", "status"), Row("what time do you close", "hours"), Row("sing a song", "oos")]
    report = evaluate_intents(TRAIN, test, minilm, TickingClock())
    assert (report.in_scope_accuracy, report.oos_recall) == (1.0, 1.0)
    assert (report.ms_p50, report.ms_p95) == (2.0, 2.0)
    assert (report.train_rows, report.test_rows, report.labels) == (12, 3, 3)


def test_rows_labelled_out_of_scope_are_learned_from(minilm: Embedder) -> None:
    train = [*TRAIN, *(Row(text, "oos") for text in ("how tall is the tower", "who painted it", "what is pi"))]
    report = evaluate_intents(train, [Row("who painted the tower", "oos")], minilm, TickingClock())
    assert report.oos_recall == 1.0 and report.in_scope_accuracy is None and report.labels == 3


def test_a_label_that_was_never_trained_counts_as_wrong() -> None:
    report = evaluate_intents(TRAIN, [Row("where is my order", "unheard of")], FAKE, TickingClock())
    assert report.in_scope_accuracy == 0.0 and report.in_scope_kept == 0.0
    assert report.confusions[0].label == "unheard of" and report.confusions[0].count == 1


@pytest.mark.parametrize(
    "train",
    [
        [Row("yes", "a")],
        [Row("yes", "a"), Row("no", "b")],
        [Row("yes", "a"), Row("yes", "b")],
        [Row("yes", "a"), Row("what", "oos")],
        [Row(str(number), f"label {number}") for number in range(30)],
    ],
)
def test_small_and_odd_files_work(train: list[Row]) -> None:
    report = evaluate_intents(train, [Row("yes", "a"), Row("?", "oos")], FAKE, TickingClock())
    assert report.in_scope_accuracy in (0.0, 1.0) and 0 <= report.threshold <= 1


def test_a_row_without_text_or_label_is_named() -> None:
    with pytest.raises(BadRow, match=r"train file, row 2 has no text, row 3 has no label"):
        evaluate_intents([Row("a", "b"), Row(" ", "b"), Row("a", "")], TRAIN, FAKE, TickingClock())


def test_empty_files_and_files_of_nothing_but_out_of_scope_are_told() -> None:
    for train, test in (([], TRAIN), (TRAIN, []), ([Row("a", "oos")], TRAIN)):
        with pytest.raises(TrainingRefused):
            evaluate_intents(train, test, FAKE, TickingClock())


def test_the_report_is_plain_enough_for_json() -> None:
    json.dumps(asdict(evaluate_intents(TRAIN, TRAIN, FAKE, TickingClock())))
