"""What may be said of passages, whatever is asked: the sentences that answers without a language model consist of."""

from collections.abc import Iterable

from tollfree.knowledge.base import StoredPassage
from tollfree.knowledge.rows import Row, Wanted
from tollfree.knowledge.sentences import sentences_of
from tollfree.knowledge.speakable import section_of

_ASKED_OF_ROWS = (Wanted.ANYTHING, Wanted.AMOUNT, Wanted.TIME, Wanted.PLACE, Wanted.PHONE)


def spoken_lines(passages: Iterable[StoredPassage]) -> tuple[str, ...]:
    """Each once: sentences first, in the order of the documents; then rows of tables, by the kinds of thing that are
    asked of them. What a question picks out of a row by the names of its columns is not among them."""
    found = [
        one for passage in passages for one in sentences_of(passage.text, section_of(passage.place or passage.section))
    ]
    sentences = [one.text for one in found if one.row is None]
    rows = [line for one in found if one.row is not None for line in _lines(one.row)]
    return tuple(dict.fromkeys([*sentences, *rows]))


def _lines(row: Row) -> list[str]:
    return [row.answer(lambda _: False, wanted) for wanted in _ASKED_OF_ROWS]
