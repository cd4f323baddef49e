"""The stage behind the search that may put its best passages in another order: a seam, empty by default."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from tollfree.knowledge.base import StoredPassage
from tollfree.knowledge.errors import KnowledgeError

RERANKED = 20
"""How many passages a reranker is given at most."""


class UnknownReranker(KnowledgeError):
    """No reranker has that name."""

    code = "unknown_reranker"


class Reranker(Protocol):
    """Reads a question together with each passage, as a cross-encoder does.

    Laws, which the contract suite proves for every reranker: one score a passage, in their order; the same question
    and passage give the same score whatever else is given; no text raises. It may block: it is called in a thread.
    """

    @property
    def name(self) -> str: ...

    def scores(self, question: str, passages: Sequence[StoredPassage]) -> Sequence[float]:
        """How well each answers the question, 0 to 1."""
        ...


RERANKERS: Mapping[str, Callable[[Path], Reranker]] = {}
"""Name → loader; a loader takes the folder where built models may be kept."""


def load_reranker(name: str, cache: Path) -> Reranker | None:
    """The reranker of that name; none for the empty one. Raises `UnknownReranker`."""
    if not name:
        return None
    if name not in RERANKERS:
        known = ", ".join(sorted(RERANKERS)) or "none is built in"
        raise UnknownReranker(f"There is no reranker {name!r}. Leave it empty, or choose one of: {known}.")
    return RERANKERS[name](cache)
