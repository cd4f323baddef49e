"""Spoken numbers as values: "twenty-two", "a hundred and five", "1,250", "three and a half", "half a dozen"."""

from dataclasses import dataclass
from decimal import Decimal

from tollfree.flows.slots.spoken.words import Token, Tokens

UNITS = {word: value for value, word in enumerate("zero one two three four five six seven eight nine".split())}
TEENS = {
    word: value
    for value, word in enumerate(
        "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(), start=10
    )
}
TENS = {
    word: 10 * value
    for value, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2)
} | {"fourty": 40, "ninty": 90}
SMALL = UNITS | TEENS | TENS
"""Number words below a hundred that stand alone."""
SCALES = {"thousand": 10**3, "grand": 10**3, "k": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
ORDINALS = {
    word: value
    for value, word in enumerate(
        """zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth
        fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth""".split()
    )
} | {
    "thirtieth": 30,
    "fortieth": 40,
    "fiftieth": 50,
    "sixtieth": 60,
    "seventieth": 70,
    "eightieth": 80,
    "ninetieth": 90,
}
_HALF = Decimal("0.5")
_PARTS = {"half": _HALF, "halves": _HALF, "quarter": Decimal("0.25"), "quarters": Decimal("0.25")}
_POINTS = ("point", "decimal", "dot")
_LONGEST = 40
"""Words of one number at most: hundreds of trillions down to units, with their "and"s, have 33."""
_LARGEST = 18
"""Digits of a figure that is still an amount; longer ones are numbers of something."""


@dataclass(slots=True)
class _Composition:
    """A whole number while its words are added, one after another, as English composes them."""

    total: int = 0
    """Of the groups that have their scale: the thousands, the millions."""
    group: int | None = None
    """The hundreds, tens and units that wait for a scale; None before the first of them."""
    room: int = 10**15
    """The next addend must be smaller: 100 after "hundred", 10 after "forty", 1 after "seven"."""
    last_scale: int = 10**15
    begun: bool = False

    @property
    def value(self) -> int:
        return self.total + (self.group or 0)

    @property
    def open_to_and(self) -> bool:
        """Whether "and" may come: after a hundred or a scale."""
        return self.begun and (self.room == 100 or self.group is None)

    def add(self, token: Token) -> bool:
        """Take one more word; False when it cannot continue this number."""
        word = token.word
        value = _small(token)
        if value is not None:
            taken = self._add_small(value, word in TENS)
        elif word == "hundred":
            taken = self._add_hundred()
        elif word in SCALES and (word != "k" or token.before == ""):
            taken = self._add_scale(word)
        else:
            taken = False
        self.begun = self.begun or taken
        return taken

    def _add_small(self, value: int, tens: bool) -> bool:
        if self.group is None:
            if self.begun and (value == 0 or value >= self.last_scale):
                return False
            self.group, self.room = value, 10 if tens else 1
            return True
        if not 0 < value < self.room:
            return False
        self.group, self.room = self.group + value, 10 if tens and self.room == 100 else 1
        return True

    def _add_hundred(self) -> bool:
        if self.group is None:
            if self.begun:
                return False
            self.group = 1
        if not 1 <= self.group < 100:
            return False
        self.group, self.room = self.group * 100, 100
        return True

    def _add_scale(self, word: str) -> bool:
        scale = SCALES[word]
        if (
            scale >= self.last_scale
            or (self.group is None and word in ("k", "grand"))
            or (self.group is None and self.begun)
            or self.group == 0
        ):
            return False
        self.total += (1 if self.group is None else self.group) * scale
        self.group, self.last_scale, self.room = None, scale, scale
        return True


def cardinals_from(held: Tokens, start: int) -> list[tuple[int, int]]:
    """Every whole number that begins at `start`, as (one past its last token, value), the longest last.

    "four hundred and five" gives 4, 400, 405. Numbers are read as English composes them: "twenty two fifty" ends
    after twenty two.
    """
    found: list[tuple[int, int]] = []
    number = _Composition()
    place = start
    limit = min(len(held), start + _LONGEST)
    if place < limit and held[place].word in ("a", "an"):
        if place + 1 >= limit or held[place + 1].word not in ("hundred", "thousand", "million", "billion", "grand"):
            return found
        number.group, place = 1, place + 1
    while place < limit:
        if held[place].word == "and" and number.open_to_and:
            place += 1
            if place >= limit or _small(held[place]) is None:
                break
        if not number.add(held[place]):
            break
        place += 1
        found.append((place, number.value))
    return found


def cardinal_from(held: Tokens, start: int) -> tuple[int, int] | None:
    """The longest whole number that begins at `start`: one past its last token, and its value."""
    found = cardinals_from(held, start)
    return found[-1] if found else None


def ordinal_from(held: Tokens, start: int) -> tuple[int, int] | None:
    """An ordinal up to the ninety-ninth at `start` ("twenty second", "22nd", "third"): its end and value."""
    if start >= len(held):
        return None
    word = held[start].word
    if word[0].isdigit() and word[-2:] in ("st", "nd", "rd", "th") and len(word) <= 6:
        return start + 1, int(word[:-2])
    if word in ORDINALS:
        return start + 1, ORDINALS[word]
    if word in TENS and start + 1 < len(held):
        unit = ORDINALS.get(held[start + 1].word, 0)
        if 1 <= unit <= 9:
            return start + 2, TENS[word] + unit
    return None


def amount_from(held: Tokens, start: int) -> tuple[int, Decimal] | None:
    """The longest number at `start`, with decimals, fractions and dozens: one past its last token, and its value.

    "three and a half", "three point one four", "1,250.5", "half a dozen", "a couple", "two and a half million".
    Without its sign.
    """
    place, value = start, None
    vague = _vague_from(held, start)
    if vague is not None:
        place, value = vague
    elif start < len(held) and held[start].is_figure and "." in held[start].word:
        place, value = start + 1, Decimal(held[start].word.replace(",", ""))
    else:
        whole = cardinal_from(held, start)
        if whole is not None:
            place, value = whole[0], Decimal(whole[1])
        elif held[start : start + 1] and held[start].word in ("nought", "naught"):
            place, value = start + 1, Decimal(0)
        elif start + 1 < len(held) and held[start].word in _POINTS:
            place, value = start, Decimal(0)
    if value is None:
        return None
    place, value = _with_fraction(held, place, value, start)
    return _scaled(held, place, value) if place > start else None


def amount(held: Tokens) -> Decimal | None:
    """The number that all the tokens together are, sign included ("minus four"); None when they are not one."""
    start, sign = 0, 1
    if held and held[0].word in ("minus", "negative"):
        start, sign = 1, -1
    elif held and held[0].is_figure and held[0].before.endswith("-") and not held[0].before[:-1].strip():
        sign = -1
    elif held and held[0].word in ("plus", "positive", "+"):
        start = 1
    found = amount_from(held, start)
    return sign * found[1] if found is not None and found[0] == len(held) else None


def plain(value: Decimal) -> str:
    """A decimal as people write it: no exponent, no trailing zeros, no minus zero. `3.50` is `3.5`."""
    if value == 0:
        return "0"
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _small(token: Token) -> int | None:
    """A number word below a hundred or a whole figure."""
    if token.is_figure:
        return int(token.digits) if "." not in token.word and len(token.digits) <= _LARGEST else None
    return SMALL.get(token.word)


def _vague_from(held: Tokens, start: int) -> tuple[int, Decimal] | None:
    """ "a couple", "a pair of", "half a dozen", "two dozen", "half", "a quarter", "three quarters"."""
    words = [token.word for token in held[start : start + 6]]
    found: tuple[int, Decimal] | None = None
    if words[:3] in (["half", "a", "dozen"], ["a", "half", "dozen"]) or words[:2] == ["half", "dozen"]:
        return start + (2 if words[1] == "dozen" else 3), Decimal(6)
    if words[:2] == ["half", "a"] and len(words) > 2 and words[2] in SCALES:
        return start + 2, _HALF
    article = 1 if words[:1] in (["a"], ["an"], ["one"], ["the"]) else 0
    noun = words[article] if len(words) > article else ""
    if noun in ("couple", "pair"):
        found = start + article + 1, Decimal(2)
    elif noun == "dozen":
        found = start + article + 1, Decimal(12)
    elif noun in ("half", "quarter"):
        found = start + article + 1, _PARTS[noun]
    elif words[1:2] in (["quarters"], ["fourths"]) and words[0] in UNITS:
        found = start + 2, UNITS[words[0]] * _PARTS["quarters"]
    elif len(words) > 2 and words[1] == "/" and (fraction := _written_fraction(words[0], words[2])) is not None:
        found = start + 3, fraction
    if found is None or noun != "couple":
        return found
    place = found[0] + (1 if _word(held, found[0]) == "of" else 0)
    return (place + 1, Decimal(24)) if _word(held, place) == "dozen" else found


def _with_fraction(held: Tokens, place: int, value: Decimal, start: int) -> tuple[int, Decimal]:
    """The number extended by "point two five", "and a half" or "1/2"."""
    if _word(held, place) in _POINTS and value == value.to_integral_value():
        end, decimals = place + 1, ""
        while end < len(held) and len(decimals) < _LARGEST:
            digit = "0" if held[end].word in ("oh", "o") else held[end].digits
            if not digit and held[end].word in SMALL:
                value_here = SMALL[held[end].word]
                if held[end].word in TENS and 0 < UNITS.get(_word(held, end + 1), 0):
                    end += 1
                    value_here += UNITS[held[end].word]
                digit = str(value_here)
            if not digit:
                break
            decimals += digit
            end += 1
        if decimals:
            return end, value + Decimal(f"0.{decimals}")
        return place, value
    if place == start:
        return place, value
    if _word(held, place) == "and":
        part = _vague_from(held, place + 1)
        if part is not None and 0 < part[1] < 1:
            return part[0], value + part[1] * (12 if _word(held, place - 1) == "dozen" else 1)
    elif place + 2 < len(held) and held[place + 1].word == "/":
        part = _vague_from(held, place)
        if part is not None and 0 < part[1] < 1:
            return part[0], value + part[1]
    return place, value


def _scaled(held: Tokens, place: int, value: Decimal) -> tuple[int, Decimal]:
    """The number times a following "thousand", "million", "k" or "dozen"."""
    word = _word(held, place)
    if word == "of" and place and held[place - 1].word in ("half", "quarter", "quarters", "couple"):
        # "a quarter of a million", "a couple of hundred"
        after = place + (2 if _word(held, place + 1) == "a" else 1)
        if _word(held, after) in (*SCALES, "hundred"):
            place, word = after, _word(held, after)
    if word in SCALES:
        return place + 1, value * SCALES[word]
    if word == "dozen" and _word(held, place - 1) != "dozen":
        return place + 1, value * 12
    if word == "hundred" and value < 100:
        return place + 1, value * 100  # "a couple hundred", "two and a half hundred"
    return place, value


def _written_fraction(over: str, under: str) -> Decimal | None:
    """1/2, 3/4 and the like: fractions that end."""
    if not (over.isdigit() and under.isdigit()) or under not in ("2", "4", "5", "8", "10") or len(over) > 3:
        return None
    return Decimal(int(over)) / Decimal(int(under))


def _word(held: Tokens, place: int) -> str:
    return held[place].word if place < len(held) else ""
