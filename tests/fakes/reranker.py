"""A reranker that compares words and reads nothing: instant, and the same everywhere."""

from collections.abc import Sequence

from tollfree.knowledge.base import StoredPassage


class WordReranker:
    """Scores by the share of the question's words that stand in the passage's text."""

    name = "fake-words"

    def scores(self, question: str, passages: Sequence[StoredPassage]) -> Sequence[float]:
        words = set(question.lower().split())
        return [len(words & set(one.text.lower().split())) / max(1, len(words)) for one in passages]
