"""The seam of an embedder: texts in, unit vectors out."""

from collections.abc import Sequence
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

Vectors: TypeAlias = NDArray[np.float32]
"""One row a text."""


class Embedder(Protocol):
    """Turns texts into vectors whose dot product says how near their meanings are.

    Laws, which the contract suite proves for every embedder, of `encode` and of `quick`: one row a text, in order; rows
    have length 1; the same text gives the same row whatever it is encoded with (to 1e-4); no text raises, the empty one
    included.
    Instances keep no state between calls, so threads may share one.
    """

    @property
    def name(self) -> str:
        """Stable, and different for vectors that must not be compared: kept with every model trained on them."""
        ...

    @property
    def dimensions(self) -> int:
        """Numbers in a vector."""
        ...

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit rows, shape (len(texts), dimensions): for what is kept and learnt from."""
        ...

    def quick(self, texts: Sequence[str]) -> Vectors:
        """Nearly the same rows, sooner: for what a caller waits for. A row's cosine with that of `encode` is 0.97 at
        least, so both are compared with what `encode` made."""
        ...
