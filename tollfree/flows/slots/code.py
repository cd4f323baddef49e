"""The slot type `code`: letters and digits, spelled, said with a spelling alphabet, or written together."""

import re
from typing import ClassVar, Self

from pydantic import Field, field_validator, model_validator

from tollfree.flows.slots.base import InvalidValue, Resources, SlotOptions, SlotType
from tollfree.flows.slots.spoken.aloud import grouped_in_words, whole_in_words
from tollfree.flows.slots.spoken.lattice import Path, best
from tollfree.flows.slots.spoken.letters import code_readings, is_clear, is_code_word, letter_in_words
from tollfree.flows.slots.spoken.repairs import attempts
from tollfree.flows.slots.spoken.search import CONSIDERED, search
from tollfree.flows.slots.spoken.words import Token, Tokens, tokens
from tollfree.protocol.expectation import Expectation, Patience
from tollfree.protocol.facts import CallFacts
from tollfree.protocol.question import Reading
from tollfree.protocol.values import Value, ValueType

_REPAIRED = 0.8
"""Confidence in a code the caller corrected while saying it."""
_UNLIKELY = 0.6
"""Confidence in a reading chosen for its length or pattern although another is likelier by its words."""
_LONGEST = 64
_PARTS = re.compile(r"[0-9]+|[A-Z]")


class CodeOptions(SlotOptions):
    """What the code looks like."""

    length: int | None = Field(default=None, ge=1, le=_LONGEST, description="Exactly this many characters.")
    min_length: int = Field(default=1, ge=1, le=_LONGEST, description="At least this many, without `length`.")
    max_length: int = Field(default=32, ge=1, le=_LONGEST, description="At most this many, without `length`.")
    pattern: str | None = Field(
        default=None,
        max_length=200,
        description="Regular expression of the whole code, in capitals: `[A-Z]{2}[0-9]{3}`.",
    )

    @field_validator("pattern")
    @classmethod
    def _compiles(cls, pattern: str | None) -> str | None:
        if pattern is not None:
            try:
                re.compile(pattern)
            except re.error as error:
                raise ValueError(f"the pattern {pattern!r} is no regular expression: {error}") from error
        return pattern

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.min_length > self.max_length:
            raise ValueError(f"min_length {self.min_length} is more than max_length {self.max_length}")
        return self

    @property
    def shortest(self) -> int:
        """The fewest characters allowed."""
        return self.length if self.length is not None else self.min_length

    @property
    def longest(self) -> int:
        """The most characters allowed."""
        return self.length if self.length is not None else self.max_length

    @property
    def wanted(self) -> str:
        """What the code must be: "a code of six letters and digits"."""
        if self.shortest == self.longest:
            return f"a code of {whole_in_words(self.shortest)} letters and digits"
        if self.shortest == 1:
            return "a code of letters and digits"
        return f"a code of {whole_in_words(self.shortest)} to {whole_in_words(self.longest)} letters and digits"


class CodeSlot(SlotType[CodeOptions]):
    """A booking reference, a serial number: capitals and digits, without spaces or dashes."""

    name: ClassVar[str] = "code"
    options_model: ClassVar[type[SlotOptions]] = CodeOptions
    value_type: ClassVar[ValueType] = ValueType.TEXT

    def __init__(self, options: CodeOptions, resources: Resources | None = None) -> None:
        super().__init__(options, resources)
        self._pattern = re.compile(options.pattern) if options.pattern is not None else None

    def read(self, said: str, facts: CallFacts) -> Reading | None:
        held = tokens(said)
        return self._read(held) if len(held) <= CONSIDERED else None

    def find(self, said: str, facts: CallFacts, cues: tuple[str, ...] = ()) -> Reading | None:
        return search(said, cues, self._read, edge=_begins, inner=is_code_word, weak=self._is_weak)

    def check(self, value: Value) -> Value:
        if isinstance(value, bool) or not isinstance(value, int | str):
            raise InvalidValue(f"I need {self.options.wanted}.")
        code = re.sub(r"[\s-]", "", str(value)).upper()
        if not re.fullmatch(r"[A-Z0-9]+", code):
            raise InvalidValue(f"I need {self.options.wanted}, nothing else.")
        if not self.options.shortest <= len(code) <= self.options.longest:
            raise InvalidValue(f"I need {self.options.wanted} and got {whole_in_words(len(code))}.")
        if not self._matches(code):
            raise InvalidValue("That does not look like one of our codes.")
        return code

    def say(self, value: Value, facts: CallFacts) -> str:
        code = self.canonical(value)
        parts = (part[0] for part in _PARTS.finditer(code))
        return ", ".join(grouped_in_words(part) if part.isdigit() else letter_in_words(part) for part in parts)

    def canonical(self, value: Value) -> str:
        return str(self.check(value))

    def expectation(self) -> Expectation:
        return Expectation(patience=Patience.SPELLING)

    def problem(self, said: str, facts: CallFacts) -> str:
        held = tokens(said)
        if len(held) > CONSIDERED:
            return ""
        tries = attempts(held)
        heard = best(code_readings(tries[-1], 2 * _LONGEST)) if tries else None
        if heard is None or not heard.text:
            return ""
        if not self.options.shortest <= len(heard.text) <= self.options.longest:
            return f"I need {self.options.wanted} and heard {whole_in_words(len(heard.text))}."
        return "" if self._matches(heard.text) else "That does not look like one of our codes."

    def _read(self, held: Tokens) -> Reading | None:
        tries = attempts(held)
        if not tries:
            return None
        last = tries[-1]
        found = code_readings(last, self.options.longest)
        likeliest = best(found)
        path = self._fitting([path for paths in found.values() for path in paths])
        if path is None or likeliest is None or self._is_chance(last, path.text):
            return None
        confidence = 1.0 - path.doubt
        if path.cost > likeliest.cost + 0.5:
            confidence = min(confidence, _UNLIKELY)
        elif self._pattern is not None and path.doubt <= 0.1:
            confidence = 1.0
        if len(tries) > 1:
            confidence = min(confidence, _REPAIRED)
        return Reading(value=path.text, confidence=confidence, start=last[0].start, end=last[-1].end)

    def _is_weak(self, held: Tokens) -> bool:
        """Without a cue a code must have several characters, and letters too where any code will do."""
        written = any(character.isdigit() for token in held for character in token.word)
        if len(held) < 3 and not (written and sum(len(token.word) for token in held) > 3):
            return True
        reading = self._read(held) if self._pattern is None and self.options.length is None else None
        return reading is not None and str(reading.value).isdigit()

    def _fitting(self, paths: list[Path]) -> Path | None:
        """The likeliest reading of an allowed length that the pattern allows."""
        allowed = (
            path for path in paths if path.text and len(path.text) >= self.options.shortest and self._matches(path.text)
        )
        return min(allowed, key=lambda path: path.cost, default=None)

    def _matches(self, code: str) -> bool:
        return self._pattern is None or self._pattern.fullmatch(code) is not None

    def _is_chance(self, held: Tokens, code: str) -> bool:
        """A lone "I", "a" or "oh", or a word in capitals where any letters will do, is more likely no code."""
        token = held[-1]
        if len(held) > 1:
            return False
        if len(code) == 1:
            return token.word in ("a", "i", "o", "oh")
        undemanding = self._pattern is None and self.options.length is None
        return undemanding and code.isalpha() and len(token.word) > 1


def _begins(token: Token) -> bool:
    """Whether a code inside a sentence may begin or end with this token."""
    word = token.word
    if word in ("a", "i"):
        return token.text == "A"
    return is_clear(token) or (token.text.isupper() and word.isascii() and word.isalpha() and len(word) <= 8)
