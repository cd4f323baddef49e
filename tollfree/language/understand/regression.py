"""Multinomial logistic regression. The only importer of scikit-learn, which no call ever loads."""

from typing import Protocol, cast

import numpy as np
from numpy.typing import NDArray

from tollfree.language.embed.base import Vectors

SMALL = 5000
"""Rows up to which one thread is fastest: threads that wait for each other made a flow's training twenty times slower
on a busy machine with two cores (105 s against 4.6 s)."""


class _Fitted(Protocol):
    """What is read of scikit-learn's estimator, which is untyped."""

    classes_: NDArray[np.int64]
    coef_: NDArray[np.float64]
    intercept_: NDArray[np.float64]


def fit_regression(
    vectors: Vectors, classes: NDArray[np.int64], count: int, weights: NDArray[np.float64], c: float
) -> tuple[Vectors, Vectors]:
    """Weights (count, features) and bias (count,) of classes 0 to count-1.

    A class without rows gets a bias that no other can fall below; one class alone is certain.
    """
    rows = np.zeros((count, vectors.shape[1]), np.float32)
    bias = np.full(count, -1e4, np.float32)
    present = np.unique(classes)
    if len(present) == 1:
        bias[present[0]] = 0.0
        return rows, bias
    fitted = _fit(vectors, classes, weights, c)
    if len(fitted.classes_) == 2:  # one row stands for both: sigmoid(z) is softmax(-z/2, z/2)
        half, shift = fitted.coef_[0] / 2, fitted.intercept_[0] / 2
        rows[fitted.classes_] = np.stack([-half, half])
        bias[fitted.classes_] = np.array([-shift, shift])
    else:
        rows[fitted.classes_], bias[fitted.classes_] = fitted.coef_, fitted.intercept_
    return rows, bias


def _fit(vectors: Vectors, classes: NDArray[np.int64], weights: NDArray[np.float64], c: float) -> _Fitted:
    # Here, not at the top: it takes half a second, and a call that only predicts never needs it.
    from sklearn.linear_model import LogisticRegression  # pyright: ignore[reportMissingTypeStubs]
    from threadpoolctl import threadpool_limits  # pyright: ignore[reportMissingTypeStubs]  # comes with scikit-learn

    # The default tolerance matters: 1e-3 costs 1.7 points on CLINC150.
    model = LogisticRegression(C=c, max_iter=500)
    with threadpool_limits(1 if len(vectors) <= SMALL else None):
        return cast(_Fitted, model.fit(vectors, classes, sample_weight=weights))  # pyright: ignore[reportUnknownMemberType]
