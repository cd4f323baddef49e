"""The slot type `phone`: a telephone number, canonical in E.164."""

from itertools import islice
from typing import ClassVar

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, ValidationResult
from pydantic import Field

from tollfree.flows.slots.base import InvalidValue, SlotOptions, SlotType
from tollfree.flows.slots.spoken.aloud import figures_in_words, groups, whole_in_words
from tollfree.flows.slots.spoken.digits import DIGITS, HOMOPHONES, REPEATS, SEPARATORS, digit_readings, digit_string
from tollfree.flows.slots.spoken.lattice import Path
from tollfree.flows.slots.spoken.numbers import SMALL
from tollfree.flows.slots.spoken.repairs import attempts
from tollfree.flows.slots.spoken.search import CONSIDERED, search
from tollfree.flows.slots.spoken.words import Token, Tokens, tokens, words
from tollfree.protocol.expectation import Expectation, Keypad, Patience
from tollfree.protocol.facts import CallFacts
from tollfree.protocol.question import Reading
from tollfree.protocol.values import Value, ValueType

_LONGEST = 17
"""Digits of E.164, with an international prefix."""
_SHORTEST = 7
_TRIED = 60
"""Readings offered to phonenumbers at most, the likeliest first."""
_REPAIRED = 0.8
"""Confidence in a number the caller corrected while saying it."""
_UNLIKELY = 0.8
"""Confidence in a valid number when another reading is likelier by its words but is no number."""
_MENDED = 0.5
"""Confidence in a number put together from a first try and its correction."""
_UNASSIGNED = 0.7
"""Confidence in a number that is possible but in no assigned range."""
_CALLERS_OWN = 0.9
"""Confidence in "the one I'm calling from"."""
_LEAST_OF_NORTH_AMERICA = 2_000_000_000
"""Area codes are [2-9][0-9][0-9] (the North American Numbering Plan)."""
_OWN = frozenset(
    """this number|this one|this phone|the same number|same number|the number i'm calling from|this phone number
the one i'm calling from|number i'm calling from|the number i am calling from|the one i am calling from
the number i'm calling you from|the one i'm calling on|the number i'm calling on|the number i'm on|from this number
the number you have|the phone i'm calling from|this number i'm calling from|the number you see
the one i'm on|the one i'm on now|my current number|same as the one i'm calling from
the same number i'm calling from|same number i'm calling from""".replace("\n", "|").split("|")
)
_IGNORED = ("area code", "area", "country code", "and then", "then", "prefix", "code")
_EXTENSIONS = frozenset(("extension", "ext", "x", "extn"))


class PhoneOptions(SlotOptions):
    """Where numbers without a country code belong."""

    region: str | None = Field(
        default=None, pattern="^[A-Z]{2}$", description="ISO 3166 country code; without it, the project's region."
    )


class PhoneSlot(SlotType[PhoneOptions]):
    """A telephone number spoken in groups, with or without its country code. An extension is ignored."""

    name: ClassVar[str] = "phone"
    options_model: ClassVar[type[SlotOptions]] = PhoneOptions
    value_type: ClassVar[ValueType] = ValueType.TEXT
    volunteered: ClassVar[bool] = True

    def read(self, said: str, facts: CallFacts) -> Reading | None:
        held = tokens(said)
        if not 0 < len(held) <= CONSIDERED:
            return None
        return self._read(held, facts) or _callers_own(held, facts)

    def find(self, said: str, facts: CallFacts, cues: tuple[str, ...] = ()) -> Reading | None:
        region = self._region(facts)

        def certain(held: Tokens) -> bool:
            reading = self._read(held, facts)
            number = _parsed(str(reading.value), region) if reading is not None else None
            return number is not None and phonenumbers.is_valid_number(number)

        return search(
            said,
            cues,
            lambda held: self._read(held, facts),
            edge=_is_edge,
            inner=_is_inner,
            weak=lambda held: not certain(held),
        )

    def check(self, value: Value) -> Value:
        number = _parsed(value, "ZZ") if isinstance(value, str) and len(value) <= 40 else None
        if number is None or not _is_possible(number):
            raise InvalidValue("I need a phone number with its area code.")
        return phonenumbers.format_number(_without_extension(number), PhoneNumberFormat.E164)

    def say(self, value: Value, facts: CallFacts) -> str:
        canonical = self.canonical(value)
        region = self._region(facts)
        number = phonenumbers.parse(canonical, None)
        if number.country_code == phonenumbers.country_code_for_region(region):
            national = phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL)
            again = _parsed("".join(_figure_groups(national)), region)
            if again is not None and phonenumbers.format_number(again, PhoneNumberFormat.E164) == canonical:
                said = ", ".join(figures_in_words(group) for group in _figure_groups(national))
                reading = self._read(tokens(said), facts)
                if reading is not None and reading.value == canonical:
                    return said
        international = phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)
        return "plus " + ", ".join(figures_in_words(group) for group in _figure_groups(international))

    def canonical(self, value: Value) -> str:
        return str(self.check(value))

    def keys(self, keys: str, facts: CallFacts) -> Reading | None:
        if not (keys.isascii() and keys.isdigit()):
            return None
        number = _parsed(keys, self._region(facts))
        if number is None or not _is_possible(number):
            return None
        return Reading(value=_e164(number), confidence=1.0, start=0, end=len(keys))

    def expectation(self) -> Expectation:
        return Expectation(patience=Patience.DIGITS, keypad=Keypad(min_length=_SHORTEST, max_length=_LONGEST))

    def problem(self, said: str, facts: CallFacts) -> str:
        held = tokens(said)
        tries = attempts(held, _IGNORED) if len(held) <= CONSIDERED and self.read(said, facts) is None else ()
        heard = digit_string(_dialled(tries[-1])[0]) if tries else None
        if not heard:
            return ""
        if self._region(facts) in ("US", "CA") and len(heard) != 10:
            return f"I need all ten digits, with the area code, and heard {whole_in_words(len(heard))}."
        return f"I heard {whole_in_words(len(heard))} digits, and that is no phone number I know."

    def _region(self, facts: CallFacts) -> str:
        return self.options.region or facts.region

    def _read(self, held: Tokens, facts: CallFacts) -> Reading | None:
        tries = attempts(held, _IGNORED)
        if not tries:
            return None
        last = tries[-1]
        found = self._number(last, facts)
        if found is None and len(tries) > 1:
            # a correction of the end only: "… one two one two, no, one three"
            found = self._mended(tries[-2], last, facts)
        if found is None:
            return None
        number, confidence = found
        if len(tries) > 1:
            confidence = min(confidence, _REPAIRED)
        return Reading(value=_e164(number), confidence=confidence, start=last[0].start, end=last[-1].end)

    def _number(self, held: Tokens, facts: CallFacts) -> tuple[PhoneNumber, float] | None:
        """The likeliest reading that is a number: a valid one before one that is only possible."""
        dialled, international = _dialled(held)
        found = digit_readings(dialled, _LONGEST)
        paths = sorted((path for held_paths in found.values() for path in held_paths), key=lambda path: path.cost)
        possible: tuple[PhoneNumber, float] | None = None
        for path in islice((path for path in paths if len(path.text) >= _SHORTEST), _TRIED):
            number = _parsed(f"+{path.text}" if international else path.text, self._region(facts))
            if number is None or not _is_possible(number):
                continue
            sure = _confidence(path, paths[0])
            if phonenumbers.is_valid_number(number):
                return number, sure
            if possible is None:
                possible = number, min(sure, _UNASSIGNED)
        return possible

    def _mended(self, before: Tokens, after: Tokens, facts: CallFacts) -> tuple[PhoneNumber, float] | None:
        """A number whose last digits were corrected, or that was corrected half way and went on."""
        dialled, international = _dialled(before)
        first, end = digit_string(dialled), digit_string(after)
        if not first or not end or max(len(first), len(end)) > _LONGEST:
            return None
        # what is said again begins as what it replaces did, more often than not
        places = sorted(range(1, len(first)), key=lambda place: (first[place] != end[0], -place))
        for kept in (len(first) - len(end), *places) if len(end) < len(first) else places:
            figures = first[:kept] + end
            number = _parsed(f"+{figures}" if international else figures, self._region(facts))
            if number is not None and phonenumbers.is_valid_number(number):
                return number, _MENDED
        return None


def _dialled(held: Tokens) -> tuple[Tokens, bool]:
    """The tokens that are dialled, and whether "plus" came before them: no "area code", no extension."""
    kept: list[Token] = []
    international = False
    place = 0
    while place < len(held):
        word = held[place].word
        if word in _EXTENSIONS and kept:
            break
        if word in ("+", "plus") and not kept:
            international = True
        elif word in ("area", "country") and place + 1 < len(held) and held[place + 1].word == "code":
            place += 1
            if place + 1 < len(held) and held[place + 1].word in ("is", ":"):
                place += 1
        elif not (word in ("the", "number", "is") and kept and _continues(held, place)):
            kept.append(held[place])
        place += 1
    return tuple(kept), international


def _continues(held: Tokens, place: int) -> bool:
    """Whether "the number is" between the area code and the rest stands here."""
    after = words(held[place : place + 3])
    before = words(held[max(0, place - 2) : place + 1])
    return after[:2] in (("the", "number"), ("number", "is")) or before[-2:] in (("number", "is"), ("the", "number"))


def _callers_own(held: Tokens, facts: CallFacts) -> Reading | None:
    """ "The one I'm calling from", when the line told us the caller's number."""
    if not facts.caller or len(held) > 16:
        return None
    number = _parsed(facts.caller, "ZZ")
    if number is None or not _is_possible(number):
        return None
    said = words(held)
    lead = next((n for n in range(len(said)) if " ".join(said[n:]).removesuffix(" please") in _OWN), None)
    if lead is None or not all(
        word in ("it's", "just", "use", "yes", "yeah", "um", "uh", "that's") for word in said[:lead]
    ):
        return None
    return Reading(value=_e164(number), confidence=_CALLERS_OWN, start=held[lead].start, end=held[len(held) - 1].end)


def _confidence(path: Path, likeliest: Path) -> float:
    return min(1.0 - path.doubt, _UNLIKELY if path.cost > likeliest.cost + 0.5 else 1.0)


def _parsed(text: Value, region: str) -> PhoneNumber | None:
    """The number a text is in a region, or None."""
    if not isinstance(text, str):
        return None
    try:
        return _without_extension(phonenumbers.parse(text, region))
    except NumberParseException:
        return None


def _without_extension(number: PhoneNumber) -> PhoneNumber:
    plain = PhoneNumber()
    plain.merge_from(number)
    plain.extension = None
    return plain


def _is_possible(number: PhoneNumber) -> bool:
    """Whether it has a length of its country; in North America an area code never begins with 0 or 1."""
    if number.country_code == 1 and (number.national_number or 0) < _LEAST_OF_NORTH_AMERICA:
        return False
    return phonenumbers.is_possible_number_with_reason(number) == ValidationResult.IS_POSSIBLE


def _e164(number: PhoneNumber) -> str:
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def _figure_groups(written: str) -> list[str]:
    """The runs of figures of a written number, long ones cut for the ear."""
    runs = "".join(character if character.isdigit() else " " for character in written).split()
    return [group for run in runs for group in groups(run)]


def _is_edge(token: Token) -> bool:
    word = token.word
    return token.is_figure or word in DIGITS or word in SMALL or word in REPEATS or word in ("plus", "+", "hundred")


def _is_inner(token: Token) -> bool:
    word = token.word
    return word in HOMOPHONES or word in SEPARATORS or word in ("area", "code", "thousand")
