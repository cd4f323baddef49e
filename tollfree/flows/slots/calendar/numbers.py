"""Small numbers, ordinals and years inside dates and times. Each reader returns the value and the next position."""

UNITS = {
    word: value
    for value, word in enumerate(
        "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen".split(),
        start=1,
    )
}
TENS = {word: value for value, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)}
ZERO = frozenset({"oh", "o", "zero", "nought", "0"})
_ORDINAL_UNITS = {
    word: value
    for value, word in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
        "fifteenth sixteenth seventeenth eighteenth nineteenth".split(),
        start=1,
    )
} | {"eigth": 8, "nineth": 9, "twelvth": 12}
_ORDINAL_TENS = {"twentieth": 20, "thirtieth": 30}
_WORDS_OF_NUMBERS = frozenset(UNITS) | frozenset(TENS) | ZERO | {"hundred", "thousand"}

Texts = tuple[str, ...]
Number = tuple[int, int] | None


def is_number(text: str) -> bool:
    """Whether a word is (part of) a number, in words or figures."""
    return text in _WORDS_OF_NUMBERS or text.isdecimal()


def cardinal(words: Texts, at: int) -> Number:
    """A number from 1 to 99, in words or figures ("twenty one", "21", "20 1")."""
    if at >= len(words):
        return None
    word = words[at]
    if word.isdecimal() and len(word) <= 2 and word.isascii():
        return int(word), at + 1
    if word in UNITS:
        return UNITS[word], at + 1
    if word not in TENS:
        return None
    tens = TENS[word] * 10
    unit = UNITS.get(words[at + 1], 0) if at + 1 < len(words) else 0
    return (tens + unit, at + 2) if 0 < unit < 10 else (tens, at + 1)


def two_figures(words: Texts, at: int) -> Number:
    """Two figures said one after the other or as a number: "oh five", "05", "forty five", "four five"."""
    if at + 1 < len(words) and words[at] in ZERO:
        unit = cardinal(words, at + 1)
        return (unit[0], unit[1]) if unit is not None and unit[0] < 10 else None
    return cardinal(words, at)


def count(words: Texts, at: int) -> Number:
    """How many: "three", "a", "an", "a couple of", "twelve"."""
    if at >= len(words):
        return None
    if words[at] in {"a", "an", "one"}:
        if words[at + 1 : at + 3] == ("couple", "of"):
            return 2, at + 3
        if words[at + 1 : at + 2] == ("couple",):
            return 2, at + 2
        return 1, at + 1
    if words[at] == "couple":
        return 2, at + (2 if words[at + 1 : at + 2] == ("of",) else 1)
    if words[at].isdecimal() and words[at].isascii() and len(words[at]) == 3:
        return int(words[at]), at + 1
    found = cardinal(words, at)
    if found is not None and words[found[1] : found[1] + 1] == ("hundred",):
        return (found[0] * 100, found[1] + 1) if found[0] < 10 else None
    return found


def ordinal(words: Texts, at: int) -> Number:
    """A day of the month as an ordinal, 1 to 31: "third", "twenty first", "3rd", "20 first"."""
    if at >= len(words):
        return None
    word = words[at]
    if word[-2:] in {"st", "nd", "rd", "th"} and word[:-2].isdecimal() and word.isascii():
        return _day(int(word[:-2]), at + 1)
    if word in _ORDINAL_UNITS:
        return _ORDINAL_UNITS[word], at + 1
    if word in _ORDINAL_TENS:
        return _ORDINAL_TENS[word], at + 1
    tens = TENS.get(word, 0) * 10 if not word.isdecimal() else {"20": 20, "30": 30}.get(word, 0)
    if tens and at + 1 < len(words):
        rest = words[at + 1]
        unit = _ORDINAL_UNITS.get(rest, 0)
        if rest[-2:] in {"st", "nd", "rd", "th"} and rest[:-2].isdecimal() and rest.isascii():
            unit = int(rest[:-2])
        if 0 < unit < 10:
            return _day(tens + unit, at + 2)
    return None


def _day(value: int, at: int) -> Number:
    return (value, at) if 1 <= value <= 31 else None


def year(words: Texts, at: int) -> Number:
    """A year with its century: "twenty twenty six", "nineteen oh five", "two thousand and six", "2026"."""
    if at >= len(words):
        return None
    word = words[at]
    if word.isdecimal() and word.isascii() and len(word) == 4:
        return (int(word), at + 1) if 1800 <= int(word) <= 2199 else None
    if word in {"two", "2"} and words[at + 1 : at + 2] == ("thousand",):
        return _after_two_thousand(words, at + 2)
    century = cardinal(words, at)
    if century is None or not 18 <= century[0] <= 21:
        return None
    rest = words[century[1] : century[1] + 1]
    if rest == ("hundred",):
        return century[0] * 100, century[1] + 1
    tail = two_figures(words, century[1])
    if tail is None or (tail[0] < 10 and words[century[1]] not in ZERO and not words[century[1]].startswith("0")):
        return None
    return century[0] * 100 + tail[0], tail[1]


def _after_two_thousand(words: Texts, at: int) -> Number:
    rest = at + 1 if words[at : at + 1] == ("and",) else at
    tail = cardinal(words, rest)
    return (2000 + tail[0], tail[1]) if tail is not None else (2000, at)


def short_year(words: Texts, at: int, this_year: int) -> Number:
    """A year without its century, "eighty four", "'26": the one from 89 years ago to 10 years ahead."""
    found = two_figures(words, at)
    if found is None:
        return None
    value = this_year - this_year % 100 + found[0]
    while value > this_year + 10:
        value -= 100
    return value, found[1]
