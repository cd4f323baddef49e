"""Measures intents on texts of one's own: `tollfree eval intents`. Pure; the caller reads files and brings a clock."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tollfree.language.embed.base import Embedder, Vectors
from tollfree.language.errors import BadRow, TrainingRefused
from tollfree.language.understand.classifier import BACKGROUND, ChoiceModel, Labels
from tollfree.language.understand.features import features
from tollfree.language.understand.training import train_rows
from tollfree.protocol.clock import Clock

OUT_OF_SCOPE = "oos"
"""The label of texts that no option expects."""
TIMED = 200
"""Predictions that are timed, spread over the test texts."""
CONFUSIONS = 20
"""Pairs that are reported, the most frequent first."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of an evaluation file."""

    text: str
    label: str


@dataclass(frozen=True, slots=True)
class Confusion:
    """Texts of one label that were taken for another."""

    label: str
    predicted: str
    """A label, or `oos` for turned away."""
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class IntentReport:
    """What the test texts show. A share is None where the file has no text to measure it on."""

    in_scope_accuracy: float | None
    """Share of in-scope texts whose best option is right, with no threshold."""
    in_scope_kept: float | None
    """Share of in-scope texts answered rightly with the threshold."""
    oos_recall: float | None
    """Share of out-of-scope texts that are turned away."""
    oos_precision: float | None
    """Share of out-of-scope texts among those turned away."""
    threshold: float
    """Of the model's score, chosen on the training texts."""
    confusions: tuple[Confusion, ...]
    """With the threshold, the most frequent first."""
    ms_p50: float
    """Of one prediction from its text."""
    ms_p95: float
    train_rows: int
    test_rows: int
    labels: int
    """In-scope labels that were trained."""


def evaluate_intents(train: Sequence[Row], test: Sequence[Row], embedder: Embedder, clock: Clock) -> IntentReport:
    """Train on one set of rows, measure on the other. Raises `BadRow` or `TrainingRefused`."""
    _check("train", train)
    _check("test", test)
    options = tuple(sorted({row.label for row in train if row.label != OUT_OF_SCOPE}))
    if not options:
        raise TrainingRefused(f"The training rows have no label but {OUT_OF_SCOPE!r}: there is nothing to choose from.")
    index = {name: number for number, name in enumerate(options)}
    labels = np.array([index.get(row.label, BACKGROUND) for row in train], np.int64)
    model = train_rows([row.text for row in train], labels, options, embedder)
    vectors = features([row.text for row in test], embedder.quick)
    # A label that was never trained is in scope all the same: its texts count as wrong, whatever they are taken for.
    unknown = len(options)
    truth = np.array(
        [BACKGROUND if row.label == OUT_OF_SCOPE else index.get(row.label, unknown) for row in test], np.int64
    )
    times = _times([row.text for row in test], model, embedder, clock)
    return _report(model, vectors, truth, test, times, len(train))


def _report(
    model: ChoiceModel, vectors: Vectors, truth: Labels, test: Sequence[Row], times: list[float], trained: int
) -> IntentReport:
    scores = model.scores(vectors)
    best: Labels = scores.argmax(axis=1)
    kept: NDArray[np.bool_] = scores.max(axis=1) >= model.threshold
    inside = truth != BACKGROUND
    open_best = model.probabilities(vectors).argmax(axis=1)
    predicted = [model.options[int(option)] if keep else OUT_OF_SCOPE for option, keep in zip(best, kept, strict=True)]
    wrong = Counter((row.label, name) for row, name in zip(test, predicted, strict=True) if row.label != name)
    return IntentReport(
        in_scope_accuracy=_share(open_best == truth, inside),
        in_scope_kept=_share((best == truth) & kept, inside),
        oos_recall=_share(~kept, ~inside),
        oos_precision=_share(~inside, ~kept),
        threshold=model.threshold,
        confusions=tuple(
            Confusion(label, name, count)
            for (label, name), count in sorted(wrong.items(), key=lambda pair: (-pair[1], pair[0]))[:CONFUSIONS]
        ),
        ms_p50=float(np.percentile(times, 50)),
        ms_p95=float(np.percentile(times, 95)),
        train_rows=trained,
        test_rows=len(test),
        labels=len(model.options),
    )


def _share(true: NDArray[np.bool_], among: NDArray[np.bool_]) -> float | None:
    return float(true[among].mean()) if among.any() else None


def _times(texts: Sequence[str], model: ChoiceModel, embedder: Embedder, clock: Clock) -> list[float]:
    """Milliseconds of whole predictions, one text at a time, after a few that warm up."""
    chosen = [texts[int(place)] for place in np.linspace(0, len(texts) - 1, min(TIMED, len(texts)))]
    times: list[float] = []
    for number, text in enumerate((*chosen[:5], *chosen)):
        start = clock.elapsed_ms()
        model.predict(features([text], embedder.quick))
        if number >= min(5, len(chosen)):
            times.append(clock.elapsed_ms() - start)
    return times


def _check(name: str, rows: Sequence[Row]) -> None:
    """Every row needs a text and a label; all that lack one are told at once."""
    if not rows:
        raise TrainingRefused(f"The {name} file has no rows; it needs the columns text and label, and a row or more.")
    faults = [
        f"row {number} has no {column}"
        for number, row in enumerate(rows, start=1)
        for column, value in (("text", row.text), ("label", row.label))
        if not value.strip()
    ]
    if faults:
        more = f", and {len(faults) - 5} more" if len(faults) > 5 else ""
        raise BadRow(f"In the {name} file, {', '.join(faults[:5])}{more}.")
