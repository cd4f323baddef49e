"""Figures that are spoken as words: `four one seven double five` is 41755, `eighty-four` is 84."""

from collections.abc import Sequence

_NAMES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
_ORDINALS = {"first": "1", "second": "2", "third": "3", "fifth": "5", "twelfth": "12"}
_OTHERS = {"oh": "0", "o": "0", "nought": "0"}
_ONES = {name: str(number) for number, name in enumerate(_NAMES.split())} | _OTHERS | _ORDINALS
_TENS = {
    name: str(number)
    for number, name in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2)
}
_TIMES = {"double": 2, "triple": 3, "treble": 3}


def with_figures(words: Sequence[str]) -> tuple[str, ...]:
    """The words, with figures in the place of those that name numbers."""
    out: list[str] = []
    times, tens = 1, ""
    for word in words:
        if word in _TIMES:
            times = _TIMES[word]
            continue
        figures = _ONES.get(word, word if word.isdecimal() and word.isascii() else "")
        if tens:
            joined = tens + (figures if len(figures) == 1 and figures != "0" else "0")
            out.append(joined)
            tens = ""
            if joined[-1] != "0":
                continue
        if word in _TENS:
            tens = _TENS[word]
            continue
        out.append((figures or word) * (times if figures else 1))
        times = 1
    return (*out, tens + "0") if tens else tuple(out)


def figures_of(text: str) -> str:
    """The figures that are written in a text, in order."""
    return "".join(one for one in text if one.isdecimal() and one.isascii())
