"""What two English transcripts must agree on: their words, whatever the spelling, punctuation, case or figures.

Only for measuring. Figures equal words ("twenty one" is `21`), neighbouring numbers are joined ("nine oh two one oh"
and "902-10" are `90210`), contractions are written out, money is read out, hesitations are dropped, and sounds that
mean something ("mm-hm") are kept under one spelling.
"""

import re
import unicodedata
from collections.abc import Sequence

_CONTRACTIONS = (
    (r"\bwon't\b", "will not"),
    (r"\bcan't\b", "can not"),
    (r"\bcannot\b", "can not"),
    (r"\bshan't\b", "shall not"),
    (r"\blet's\b", "let us"),
    (r"\by'all\b", "you all"),
    (r"\bo'clock\b", "oclock"),
    (r"n't\b", " not"),
    (r"'re\b", " are"),
    (r"'s\b", " is"),
    (r"'d\b", " would"),
    (r"'ll\b", " will"),
    (r"'ve\b", " have"),
    (r"'m\b", " am"),
)
"""Both sides of a comparison are written out alike, so that a possessive written as `is` does no harm."""
_SPELLINGS = {
    "mr": "mister",
    "mrs": "missus",
    "dr": "doctor",
    "st": "street",
    "ave": "avenue",
    "rd": "road",
    "ok": "okay",
    "gonna": "going to",
    "wanna": "want to",
    "gotta": "got to",
    "gimme": "give me",
    "alright": "all right",
    "yep": "yup",
    "meters": "metres",
    "meter": "metre",
    "liters": "litres",
    "liter": "litre",
    "color": "colour",
    "gray": "grey",
    "favor": "favour",
    "favorite": "favourite",
    "center": "centre",
    "check": "cheque",
    "program": "programme",
    "catalog": "catalogue",
    "apologize": "apologise",
    "organize": "organise",
    "realize": "realise",
    "canceled": "cancelled",
    "traveling": "travelling",
}
_HESITATIONS = frozenset({"uh", "um", "uhm", "er", "erm", "ah", "hmm", "hm", "mm", "mmm"})
_ASSENT = re.compile(r"\b(?:m+[\s-]*h+m+|uh[\s-]*huh|mhm+)\b")
_UNITS = {
    word: number
    for number, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen".split()
    )
}
_TENS = {
    word: 10 * number
    for number, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2)
}
_SCALES = {"thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
_ORDINALS = {
    word: number
    for number, word in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
        "fifteenth sixteenth seventeenth eighteenth nineteenth".split(),
        start=1,
    )
} | {f"{word[:-1]}ieth": number for word, number in _TENS.items()}
_REPEATS = {"double": 2, "triple": 3}
_FIGURES = re.compile(r"\d+(?:\.\d+)?")


def english_words(text: str) -> list[str]:
    """The words of a transcript in their one spelling."""
    return _joined(_numbered(_tokens(text)))


def word_errors(reference: Sequence[str], heard: Sequence[str]) -> int:
    """Words put in, left out or exchanged: the Levenshtein distance."""
    row = list(range(len(heard) + 1))
    for i, word in enumerate(reference, 1):
        diagonal, row[0] = row[0], i
        for j, other in enumerate(heard, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (word != other))
    return row[-1]


def _tokens(text: str) -> list[str]:
    """Lower-case words and figures, without punctuation."""
    text = unicodedata.normalize("NFKD", text).lower().replace("’", "'")
    text = "".join(c for c in text if not unicodedata.combining(c))
    text = re.sub(r"\[[^\]]*\]|\([^)]*\)", " ", text)  # remarks such as [music]
    text = _ASSENT.sub(" mmhm ", text)
    for pattern, written in _CONTRACTIONS:
        text = re.sub(pattern, written, text)
    text = re.sub(r"(?<=\d),(?=\d{3}\b)", "", text)
    text = re.sub(r"[$£€]\s?(\d+)\.(\d\d)\b", r"\1 dollars and \2 cents", text)
    text = re.sub(r"[$£€]\s?(\d+)", r"\1 dollars", text)
    text = text.replace("%", " percent ").replace("&", " and ").replace("@", " at ")
    text = re.sub(r"(?<=\d)(st|nd|rd|th)\b", r"\1 ", text)
    text = re.sub(r"(?<=\d)(?!st\b|nd\b|rd\b|th\b)(?=[a-z])|(?<=[a-z])(?=\d)", " ", text)
    text = re.sub(r"(?<=[a-z])\.(?=[a-z])", " dot ", re.sub(r"\b([a-z])\.(?=[a-z]\b)", r"\1 ", text))
    text = re.sub(r"(?<!\d)\.|\.(?!\d)|[^\w\s.']", " ", text).replace("'", "").replace("_", " ")
    spelled = (_SPELLINGS.get(word, word) for word in text.split())
    return [word for words in spelled for word in words.split() if word not in _HESITATIONS]


def _numbered(tokens: list[str]) -> list[str]:
    """Number words as figures; each number a token."""
    tokens = _zeros(tokens)
    out: list[str] = []
    at = 0
    while at < len(tokens):
        word = tokens[at]
        if word in _REPEATS and at + 1 < len(tokens) and (digit := _UNITS.get(tokens[at + 1], 10)) < 10:
            out.append(str(digit) * _REPEATS[word])
            at += 2
            continue
        figures, used = _number(tokens, at)
        out.append(figures if used else word)
        at += used or 1
    return out


def _zeros(tokens: list[str]) -> list[str]:
    """`oh` beside a number is a zero."""

    def numeric(at: int) -> bool:
        return 0 <= at < len(tokens) and bool(
            tokens[at] in _UNITS or tokens[at] in _TENS or tokens[at][0].isdigit() or tokens[at] in _REPEATS
        )

    tokens = list(tokens)
    for at, word in enumerate(tokens):
        if word in ("oh", "o") and (numeric(at - 1) or numeric(at + 1)):
            tokens[at] = "zero"
    return tokens


def _number(tokens: list[str], at: int) -> tuple[str, int]:
    """The number that begins at a token, in figures, and how many tokens it takes; 0: there is none."""
    start, total = at, 0
    if tokens[at] == "a" and at + 1 < len(tokens) and tokens[at + 1] in ("hundred", *_SCALES):
        tokens = [*tokens[:at], "one", *tokens[at + 1 :]]
    if _FIGURES.fullmatch(tokens[at]) and not (at + 1 < len(tokens) and tokens[at + 1] in ("hundred", *_SCALES)):
        return tokens[at], 1
    limit = 10**12
    while True:
        skip = 1 if total and at + 1 < len(tokens) and tokens[at] == "and" else 0
        value, used, ordinal = _below_thousand(tokens, at + skip)
        if not used:
            break
        end = at + skip + used
        scale = _SCALES.get(tokens[end], 1) if end < len(tokens) and not ordinal else 1
        if scale >= limit or (scale == 1 and total and value >= limit):
            break
        total, at, limit = total + value * scale, end + (scale > 1), scale
        if ordinal:
            return _ordinal(total), at - start
        if scale == 1:
            break
    if at == start:
        return "", 0
    if at + 1 < len(tokens) and tokens[at] == "point" and _UNITS.get(tokens[at + 1], 10) < 10:
        decimals = ""
        at += 1
        while at < len(tokens) and (digit := _UNITS.get(tokens[at], 10)) < 10:
            decimals, at = decimals + str(digit), at + 1
        return f"{total}.{decimals}", at - start
    return str(total), at - start


def _below_thousand(tokens: list[str], at: int) -> tuple[int, int, bool]:
    """A number below a thousand: its value, tokens taken (0: none), whether it is an ordinal."""
    value, used, ordinal = _below_hundred(tokens, at)
    end = at + used
    if not used or ordinal or end >= len(tokens) or tokens[end] != "hundred" or value > 99:
        return value, used, ordinal
    skip = 1 if end + 2 < len(tokens) and tokens[end + 1] == "and" else 0
    rest, more, ordinal = _below_hundred(tokens, end + 1 + skip)
    if more and rest < 100:
        return 100 * value + rest, used + 1 + skip + more, ordinal
    return 100 * value, used + 1, False


def _below_hundred(tokens: list[str], at: int) -> tuple[int, int, bool]:
    """A number below a hundred, or figures: value, tokens taken, ordinal."""
    if at >= len(tokens):
        return 0, 0, False
    word, after = tokens[at], tokens[at + 1] if at + 1 < len(tokens) else ""
    if word.isdecimal() and len(word) <= 3:
        return int(word), 1, False
    if word in _TENS:
        if 0 < _UNITS.get(after, 10) < 10:
            return _TENS[word] + _UNITS[after], 2, False
        if _ORDINALS.get(after, 10) < 10:
            return _TENS[word] + _ORDINALS[after], 2, True
        return _TENS[word], 1, False
    if word in _UNITS:
        return _UNITS[word], 1, False
    if word in _ORDINALS:
        return _ORDINALS[word], 1, True
    return 0, 0, False


def _ordinal(number: int) -> str:
    """In figures, as English writes it: 1st, 22nd, 13th."""
    ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _joined(tokens: list[str]) -> list[str]:
    """Neighbouring numbers as one, and neighbouring single letters as one."""
    out: list[str] = []
    kind_before = ""
    for token in tokens:
        kind = "figures" if token.isdecimal() else "letter" if len(token) == 1 else ""
        if kind and kind == kind_before:
            out[-1] += token
        else:
            out.append(token)
        kind_before = kind
    return out
