"""Chooses the score below which a text counts as out of scope, from the training texts alone.

Each fold fits a model without some rows and, when nobody labelled out-of-scope texts, without some whole options.
Held-out rows of known options play the callers; held-out background and rows of held-out options play those who want
something else.
"""

import numpy as np
from numpy.typing import NDArray

from tollfree.language.embed.base import Vectors
from tollfree.language.understand.classifier import BACKGROUND, Labels, fit

REJECTION_WORTH = 0.35
"""What turning away a stranger is worth beside keeping a caller: a wrong way costs more than asking again, but
callers who are in scope are many."""
STAND_IN_WORTH = 0.2
"""The same where held-out options and chatter stand in for strangers: options of one flow are nearer to each other than
to what strangers say, so turning them away asks for more than it should. On CLINC150's validation texts this keeps one
or two points more callers."""
PRIOR = 0.12
"""The threshold taken where the texts are too few to tell."""
PRIOR_ROWS = 20
"""How many held-out callers the prior weighs as much as."""
LEVEL = 0.003
"""Gains that differ by less are level."""
STEPS = 400
"""Candidates tried between the lowest and the highest score."""


def choose_threshold(
    vectors: Vectors, labels: Labels, options: int, hold_out_options: bool, strangers: NDArray[np.bool_] | None = None
) -> float:
    """A threshold for the model fitted on all these rows.

    `hold_out_options`: nobody labelled out-of-scope texts. `strangers`: the background rows that play them; None: all.
    """
    plays = np.ones(len(labels), np.bool_) if strangers is None else strangers
    folds = 3 if len(labels) > 5000 else 5
    rng = np.random.default_rng(0)
    row_fold = _stratified_folds(labels, folds, rng)
    option_fold = rng.permutation(options) % folds
    held = [
        _held_out_scores(
            vectors, labels, row_fold == fold, _dropped(option_fold, fold, options, hold_out_options), plays
        )
        for fold in range(folds)
    ]
    right = np.concatenate([fold[0] for fold in held])
    callers = np.concatenate([fold[1] for fold in held])
    others = np.concatenate([fold[2] for fold in held])
    if not len(callers) or not len(others):
        return PRIOR
    best = best_threshold(callers, right, others, STAND_IN_WORTH if hold_out_options else REJECTION_WORTH)
    share = len(callers) / (len(callers) + PRIOR_ROWS)
    return share * best + (1 - share) * PRIOR


def best_threshold(
    callers: NDArray[np.float64], right: NDArray[np.bool_], strangers: NDArray[np.float64], worth: float
) -> float:
    """The score that keeps most correct answers and turns away most strangers, the latter weighed by `worth`.

    Of those about as good as the best, the middle: the texts are few, and a peak among them is mostly chance."""
    candidates = np.quantile(np.concatenate([callers, strangers]), np.linspace(0, 1, STEPS))
    kept = np.array([(right & (callers >= candidate)).mean() for candidate in candidates])
    rejected = np.array([(strangers < candidate).mean() for candidate in candidates])
    gain = kept + worth * rejected
    return float(np.median(candidates[gain >= gain.max() - LEVEL]))


def _dropped(option_fold: NDArray[np.int64], fold: int, options: int, hold_out: bool) -> list[int]:
    """Options this fold's model does not know; always leaves one."""
    dropped = [int(index) for index in np.flatnonzero(option_fold == fold)] if hold_out else []
    return dropped if len(dropped) < options else []


def _stratified_folds(labels: Labels, folds: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """A fold for each row, spreading each label's rows evenly."""
    row_fold = np.zeros(len(labels), np.int64)
    for label in np.unique(labels):
        rows = rng.permutation(np.flatnonzero(labels == label))
        row_fold[rows] = (np.arange(len(rows)) + rng.integers(folds)) % folds
    return row_fold


def _held_out_scores(
    vectors: Vectors, labels: Labels, held: NDArray[np.bool_], dropped: list[int], plays: NDArray[np.bool_]
) -> tuple[NDArray[np.bool_], NDArray[np.float64], NDArray[np.float64]]:
    """Whether each held-out caller was understood, their scores, and the strangers' scores."""
    known = ~held & ~np.isin(labels, dropped)
    classes = np.unique(labels[known & (labels != BACKGROUND)])
    if not len(classes):
        return np.zeros(0, np.bool_), np.zeros(0), np.zeros(0)
    renumbered = np.where(labels == BACKGROUND, BACKGROUND, np.searchsorted(classes, labels))
    model = fit(vectors[known], renumbered[known], tuple(str(index) for index in classes))
    callers = held & np.isin(labels, classes)
    strangers = np.isin(labels, dropped) | (held & plays & (labels == BACKGROUND))
    scores = model.scores(vectors[callers])
    right = scores.argmax(axis=1) == renumbered[callers] if len(scores) else np.zeros(0, np.bool_)
    other = model.scores(vectors[strangers])
    return right, scores.max(axis=1, initial=0.0), other.max(axis=1, initial=0.0)
