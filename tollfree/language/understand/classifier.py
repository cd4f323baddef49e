"""Which option a text means: logistic regression on its features, with a score that falls for what none expects.

Fitting uses scikit-learn; predicting is a matrix product.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tollfree.language.embed.base import Vectors
from tollfree.language.understand.regression import fit_regression

INVERSE_REGULARISATION = 30.0
"""scikit-learn's C. Best or level on CLINC150's validation texts at ten an intent and at a hundred."""
NEARNESS = 2.0
"""How much the cosine to the option's centre counts beside the log-probability: 2 to 3 points of out-of-scope recall
at the same loss, on CLINC150's validation texts, over the probability alone."""

SURE = 0.5
"""The confidence at the threshold."""

Labels = NDArray[np.int64]
"""Indices into the options; `BACKGROUND` for texts that none of them expects."""
BACKGROUND = -1


@dataclass(frozen=True, slots=True)
class Prediction:
    """The best option for a text."""

    option: str
    confidence: float
    """0 to 1, with 0.5 at the threshold."""
    runner_up: str = ""
    runner_up_confidence: float = 0.0

    @property
    def sure(self) -> bool:
        """Whether the score reaches the threshold: below it, the text is out of scope."""
        return self.confidence >= SURE


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceModel:
    """A fitted classifier of one choice set."""

    options: tuple[str, ...]
    weights: Vectors
    """(options + 1, features): the last row is the background's."""
    bias: Vectors
    """(options + 1,)"""
    centres: Vectors
    """(options, features): unit rows."""
    threshold: float = 0.0
    """Of the score."""
    embedder: str = ""
    """Name of the embedder whose vectors it was fitted on."""

    def probabilities(self, vectors: Vectors) -> NDArray[np.float64]:
        """(texts, options): what the background takes is missing from the sum."""
        logits = (vectors @ self.weights.T + self.bias).astype(np.float64)
        exponents = np.exp(logits - logits.max(axis=1, keepdims=True))
        return (exponents / exponents.sum(axis=1, keepdims=True))[:, :-1]

    def scores(self, vectors: Vectors) -> NDArray[np.float64]:
        """(texts, options), 0 to 1: the probability, lowered with the distance from the option's centre."""
        lengths = np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
        cosines = np.clip(vectors @ self.centres.T / lengths, -1.0, 1.0)
        return self.probabilities(vectors) * np.exp(NEARNESS * (cosines.astype(np.float64) - 1.0))

    def confidences(self, vectors: Vectors) -> NDArray[np.float64]:
        """(texts, options): scores on a scale where the threshold is 0.5."""
        scores, bar = self.scores(vectors), self.threshold
        above = 0.5 + 0.5 * (scores - bar) / max(1.0 - bar, 1e-9)
        return np.where(scores >= bar, above, 0.5 * scores / max(bar, 1e-9))

    def predict(self, vectors: Vectors, among: tuple[str, ...] | None = None) -> list[Prediction]:
        """The best option of each row, of those in `among` when it is given; empty when none of them is known."""
        kept = [index for index, name in enumerate(self.options) if among is None or name in among]
        if not kept:
            return []
        confidences = self.confidences(vectors)[:, kept]
        predictions: list[Prediction] = []
        for row in confidences:
            order = np.argsort(-row, kind="stable")
            best = int(order[0])
            prediction = Prediction(self.options[kept[best]], float(row[best]))
            if len(order) > 1:
                second = int(order[1])
                prediction = replace(
                    prediction, runner_up=self.options[kept[second]], runner_up_confidence=float(row[second])
                )
            predictions.append(prediction)
        return predictions


def fit(vectors: Vectors, labels: Labels, options: tuple[str, ...], embedder: str = "") -> ChoiceModel:
    """A model without a threshold. Every option needs a row or more; rows labelled `BACKGROUND` are out of scope."""
    background = labels == BACKGROUND
    classes = np.where(background, len(options), labels)
    weights, bias = fit_regression(vectors, classes, len(options) + 1, _row_weights(background), INVERSE_REGULARISATION)
    sums = np.stack([vectors[labels == index].sum(axis=0) for index in range(len(options))])
    centres = sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-9)
    return ChoiceModel(
        options=options, weights=weights, bias=bias, centres=centres.astype(np.float32), embedder=embedder
    )


def _row_weights(background: NDArray[np.bool_]) -> NDArray[np.float64]:
    """The background counts at most as much as all options together, however few examples those have."""
    inside, outside = int((~background).sum()), int(background.sum())
    return np.where(background, min(1.0, inside / max(outside, 1)), 1.0)
