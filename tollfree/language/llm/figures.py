"""Numbers in words as figures, so that whatever reads values out of a text need know only figures.

"twenty-five dollars" becomes "25 dollars", "the third of May" becomes "the 3rd of may", "four one seven, five five"
becomes "41755". English only: other words stay as they are.
"""

import re
from dataclasses import dataclass
from decimal import Decimal

_UNITS = {word: value for value, word in enumerate("zero one two three four five six seven eight nine".split())}
_TEENS = {
    word: value
    for value, word in enumerate(
        "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(), 10
    )
}
_TENS = {w: 10 * v for v, w in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)}
_SCALES = {"dozen": 12, "hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9}
_ORDINALS = {
    word: value
    for value, word in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
        "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth".split(),
        1,
    )
} | {"thirtieth": 30}
_SEQUENCE = frozenset({"first", "second", "third"})
"""Rather an order of things than a number, but for the days of a month."""
_DIGITS = _UNITS | {"oh": 0, "o": 0}
_REPEATS = {"double": 2, "triple": 3}
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_OF_MONTH = re.compile(rf"\s+(?:of\s+)?{_MONTH}\b")
_AFTER_MONTH = re.compile(rf"\b{_MONTH}\s+(?:the\s+)?$")
_ONE_COUNTS = re.compile(
    r"[\s-]+(?:dollars?|cents?|euros?|pounds?|pence|penny|percent|days?|weeks?|months?|years?|hours?|o'?clock|[ap]\.?\s?m)\b"
)
_WORD = re.compile(r"[a-z]+|\d+(?:,\d{3})*(?:\.\d+)?")
_GAP = re.compile(r"[ \t-]{1,2}")
_DIGIT_GAP = re.compile(r"[ \t,.-]{1,3}")
_FEWEST_DIGITS = 3
"""Single digits in a row from which they are a number of something, told figure by figure."""


@dataclass(frozen=True, slots=True)
class _Token:
    word: str
    start: int
    end: int


def in_figures(text: str) -> str:
    """The text in lower case, its numbers in figures. A lone "one", "first", "second" or "third" stays a word."""
    text = text.lower().replace("’", "'").replace("\u00a0", " ").replace("½", ".5")
    tokens = [_Token(match[0], match.start(), match.end()) for match in _WORD.finditer(text)]
    written: list[str] = []
    place = at = 0
    while at < len(tokens):
        found = _digit_run(text, tokens, at) or _ordinal(text, tokens, at) or _cardinal(text, tokens, at)
        if found is None:
            at += 1
            continue
        end, figures = found
        written += [text[place : tokens[at].start], figures]
        place, at = tokens[end - 1].end, end
    return "".join([*written, text[place:]])


def _digit_run(text: str, tokens: list[_Token], at: int) -> tuple[int, str] | None:
    """ "two one two, double five": one past the last token, and the digits."""
    digits, end, words = "", at, 0
    if tokens[at].word in ("o", "oh") and not (at + 1 < len(tokens) and _joined(text, tokens, at + 1, _GAP)):
        return None
    while end < len(tokens) and (end == at or _joined(text, tokens, end, _DIGIT_GAP)):
        word, times = tokens[end].word, 1
        if word in _REPEATS and end + 1 < len(tokens):
            times, end = _REPEATS[word], end + 1
            word = tokens[end].word
        digit = _DIGITS.get(word, int(word) if len(word) == 1 and word.isdigit() else None)
        if digit is None:
            break
        digits, end, words = digits + str(digit) * times, end + 1, words + 1
    return (end, digits) if len(digits) >= _FEWEST_DIGITS and words > 1 and end <= len(tokens) else None


def _ordinal(text: str, tokens: list[_Token], at: int) -> tuple[int, str] | None:
    word = tokens[at].word
    value, end = _ORDINALS.get(word), at + 1
    if value is None and word in _TENS and end < len(tokens) and _joined(text, tokens, end, _GAP):
        unit = _ORDINALS.get(tokens[end].word, 0)
        value, end = (_TENS[word] + unit, end + 1) if 0 < unit < 10 else (None, end)
    if value is None:
        return None
    of_month = _OF_MONTH.match(text, tokens[end - 1].end) or _AFTER_MONTH.search(text, 0, tokens[at].start)
    return (end, f"{value}th") if of_month or word not in _SEQUENCE else None


def _cardinal(text: str, tokens: list[_Token], at: int) -> tuple[int, str] | None:
    """The longest number that begins here, as English composes it."""
    if not _begins(text, tokens, at):
        return None
    end, value = _whole(text, tokens, at)
    if end == at:
        return None
    end, value = _fraction(text, tokens, end, value)
    if end == at + 1 and tokens[at].word == "one" and not _ONE_COUNTS.match(text, tokens[at].end):
        return None
    if end == at + 1 and tokens[at].word[0].isdigit():
        return None  # it is in figures already
    return end, format(value.normalize(), "f")


def _begins(text: str, tokens: list[_Token], at: int) -> bool:
    word = tokens[at].word
    if word in ("a", "half"):
        after = tokens[at + 1].word if at + 1 < len(tokens) and _joined(text, tokens, at + 1, _GAP) else ""
        return after in _SCALES if word == "a" else after == "a" and _names(tokens, at + 2, "dozen")
    return word in _UNITS or word in _TEENS or word in _TENS or word[0].isdigit()


def _whole(text: str, tokens: list[_Token], at: int) -> tuple[int, Decimal]:
    if tokens[at].word == "half":
        return at + 3, Decimal(6)
    total, group, room = Decimal(0), Decimal(0), Decimal(10**15)
    end = at + 1 if tokens[at].word == "a" else at
    group = Decimal(1) if end > at else group
    while end < len(tokens) and (end == at or _joined(text, tokens, end, _GAP)):
        word = tokens[end].word
        if word == "and" and room >= 100 and end > at and end + 1 < len(tokens) and _small(tokens[end + 1].word):
            end += 1
            continue
        value = _small(word)
        if word in _SCALES and group:
            group, room = group * _SCALES[word], Decimal(_SCALES[word])
            if room >= 1000:
                total, group = total + group, Decimal(0)
        elif word[0].isdigit() and end == at:
            group, room = Decimal(word.replace(",", "")), Decimal(0)
        elif value is not None and value < room and (value or end == at):
            group += value
            room = Decimal(10) if word in _TENS else Decimal(0)
        else:
            break
        end += 1
    return end, total + group


def _fraction(text: str, tokens: list[_Token], end: int, value: Decimal) -> tuple[int, Decimal]:
    """ "point five", "and a half"."""
    if [token.word for token in tokens[end : end + 3]] == ["and", "a", "half"]:
        return end + 3, value + Decimal("0.5")
    if _names(tokens, end, "point"):
        digits, at = "", end + 1
        while at < len(tokens) and tokens[at].word in _DIGITS and _joined(text, tokens, at, _GAP):
            digits, at = digits + str(_DIGITS[tokens[at].word]), at + 1
        if digits:
            return at, value + Decimal(f"0.{digits}")
    return end, value


def _small(word: str) -> Decimal | None:
    for words in (_UNITS, _TEENS, _TENS):
        if word in words:
            return Decimal(words[word])
    return None


def _names(tokens: list[_Token], at: int, word: str) -> bool:
    return at < len(tokens) and tokens[at].word == word


def _joined(text: str, tokens: list[_Token], at: int, gap: re.Pattern[str]) -> bool:
    """Whether a token follows the one before it with nothing but a gap between."""
    return gap.fullmatch(text, tokens[at - 1].end, tokens[at].start) is not None
