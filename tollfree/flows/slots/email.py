"""An e-mail address, read as callers say or spell it and held in lower case."""

import re
from dataclasses import dataclass, replace
from typing import ClassVar

from email_validator import EmailNotValidError, validate_email
from rapidfuzz import fuzz

from tollfree.flows.slots.base import InvalidValue, SlotOptions, SlotType
from tollfree.flows.slots.spoken.aloud import figures_in_words
from tollfree.flows.slots.spoken.fillers import strip_fillers, without_hesitations
from tollfree.flows.slots.spoken.repairs import attempts
from tollfree.flows.slots.spoken.words import Token, Tokens, tokens
from tollfree.flows.slots.spoken_email import ENDS, NAMES, PROVIDERS, Domain, domain_at, has_known_end, local_at
from tollfree.protocol.expectation import Expectation, Patience
from tollfree.protocol.facts import CallFacts
from tollfree.protocol.question import Reading
from tollfree.protocol.values import Value, ValueType

MAX_CHARACTERS = 4000
"""The longest address, 254 characters, spelled aloud."""
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LOCAL_END = re.compile(rf"{_ATOM}(?:\.{_ATOM})*\Z")
_DOMAIN_START = re.compile(r"@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_OF_A_NAME = re.compile(r"(?:(?:first|last|middle|full|sur)[._-]?(?:name|initial)[._-]?)+|name|initials?")
"""What follows "my" where no characters are given: "my last name at gmail dot com"."""
_MOST_WRITTEN = 8
"""Written addresses looked at in one utterance."""
_AROUND = frozenset(
    """email's address's mail's is it's its that's thats was address email emails at me to
    use try under my your mail spelled spelling by the
    send reach contact sent be i'm this use sure yes okay ok that would it so no sorry wait actually rather mean can you
    on here's goes following have having account with write please""".split()
)
"""Words that stand before an address and are no part of it, unless a mark joins them to it ("no dot reply")."""
_ANNOUNCING = _AROUND | {"i", "e", "one", "as", "and", "a"}
_ASIDES = tuple(
    tuple(line.split())
    for line in """all one word|one word|all lowercase|all lower case|lowercase|lower case|all in lowercase|all caps
all uppercase|no spaces|no space|without spaces|all together|altogether|in lowercase|all small letters|small letters
the letter|the letters|letter|all in one word|as one word|in one word|with no spaces""".replace("\n", "|").split("|")
)
_LEAD = tuple(
    """you can reach me at|reach me at|send it to|send that to|please use|use|email me at|it's spelled|that's spelled
the email is|my email is|my e mail is|email|e mail|at|the best one is|the best email is|i use|write to""".replace(
        "\n", "|"
    ).split("|")
)
_LOOSE = 0.8
_CORRECTED = 0.9
_ALIKE = 60.0
"""Least similarity (rapidfuzz ratio) of a spelling to what it spells."""


class EmailOptions(SlotOptions):
    """An e-mail address has no options."""


@dataclass(frozen=True, slots=True)
class _Address:
    text: str
    confidence: float
    first: int
    """First token."""
    end: int
    """One past its last token."""


class EmailSlot(SlotType[EmailOptions]):
    """ "jane dot doe at gmail dot com", "j a n e underscore 99 at example dot co dot uk". Nothing is looked up."""

    name: ClassVar[str] = "email"
    options_model: ClassVar[type[SlotOptions]] = EmailOptions
    value_type: ClassVar[ValueType] = ValueType.TEXT
    volunteered: ClassVar[bool] = True

    def read(self, said: str, facts: CallFacts) -> Reading | None:
        if len(said) > MAX_CHARACTERS:
            return None
        held = _without_asides(without_hesitations(tokens(said)))
        return _whole(strip_fillers(held, _LEAD)) or _whole(held) or _corrected(attempts(held, _LEAD))

    def find(self, said: str, facts: CallFacts, cues: tuple[str, ...] = ()) -> Reading | None:
        said = said[:MAX_CHARACTERS]
        written = _written(said)
        if written:
            text, start = written[0]
            address = valid(text) if len({text.lower() for text, _ in written}) == 1 else None
            return Reading(value=address, start=start, end=start + len(text)) if address is not None else None
        held = _without_asides(without_hesitations(tokens(said)))
        found = [address for address in _addresses(held) if has_known_end(address.text)]
        if len({address.text for address in found}) != 1:
            return None
        return _reading(found[0], held, 0.9)

    def check(self, value: Value) -> Value:
        address = valid(value) if isinstance(value, str) else None
        if address is None:
            raise InvalidValue("I need an e-mail address, such as jane at example dot com.")
        return address

    def say(self, value: Value, facts: CallFacts) -> str:
        local, _, domain = str(self.check(value)).partition("@")
        labels = domain.split(".")
        said = [
            _spell(label) if label not in (PROVIDERS if place == 0 else ENDS) else label
            for place, label in enumerate(labels)
        ]
        return f"{_spell(local)} at {' dot '.join(said)}"

    def canonical(self, value: Value) -> str:
        return str(self.check(value))

    def expectation(self) -> Expectation:
        return Expectation(patience=Patience.SPELLING, vocabulary=("at", "dot", "gmail", "com", "underscore"))

    def problem(self, said: str, facts: CallFacts) -> str:
        words = {token.word for token in tokens(said[:MAX_CHARACTERS])}
        if not words & {"at", "@"}:
            return "I need the whole address, with the at and the dot."
        return "" if words & {"dot", "."} or "." in said else "I need the part after the at too, such as gmail dot com."


def valid(text: str) -> str | None:
    """The address in lower case, or None when no mail could go there. ASCII only; no look-up is made."""
    if not text.isascii() or len(text) > 254:
        return None
    try:
        found = validate_email(text, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        return None
    return found.normalized.lower()


def _written(said: str) -> list[tuple[str, int]]:
    """Addresses written out, with where they begin."""
    found: list[tuple[str, int]] = []
    at = said.find("@")
    while at >= 0 and len(found) < _MOST_WRITTEN:
        begin = max(0, at - 64)
        local = _LOCAL_END.search(said[begin:at])
        domain = _DOMAIN_START.match(said[at : at + 255])
        if local is not None and domain is not None:
            found.append((local.group() + domain.group(), begin + local.start()))
        at = said.find("@", at + 1)
    return found


def _whole(held: Tokens) -> Reading | None:
    """The tokens as one address, announced or not, and nothing behind it but politeness."""
    for address in _addresses(held):
        if not all(token.word in _ANNOUNCING for token in held[: address.first]):
            continue
        rest = strip_fillers(held[address.end :])
        if rest:
            text = _respelled(address.text, rest)
            if text is not None:
                return _reading(replace(address, text=text), held, 1.0)
            continue
        return _reading(address, held, 1.0)
    return None


def _respelled(address: str, rest: Tokens) -> str | None:
    """The address with its local part as it was spelled afterwards ("that's j o h n"), if the two are alike."""
    while rest and rest[0].word in ("spelled", "spelt", "that's", "with", "is"):
        rest = rest[1:]
    local = local_at(rest, 0, len(rest)) if rest and all(len(token.word) == 1 for token in rest) else None
    said, _, domain = address.partition("@")
    if local is None or fuzz.ratio(local.text, said) < _ALIKE:
        return None
    return valid(f"{local.text}@{domain}")


def _corrected(tries: tuple[Tokens, ...]) -> Reading | None:
    """The last address among several tries; a last try that is only a domain replaces the one before."""
    if len(tries) < 2:
        return _whole(tries[0]) if tries else None
    last = tries[-1]
    whole = _whole(last)
    if whole is not None:
        return Reading(value=whole.value, confidence=whole.confidence * _CORRECTED, start=whole.start, end=whole.end)
    place = 1 if last[0].word in ("at", "@") else 0
    domain = domain_at(last, place)
    before = _whole(tries[-2])
    if domain is None or domain.end != len(last) or before is None:
        return None
    address = valid(f"{str(before.value).partition('@')[0]}@{domain.text}")
    if address is None:
        return None
    return Reading(value=address, confidence=0.8, start=before.start, end=last[-1].end)


def _addresses(held: Tokens) -> list[_Address]:
    """Every address in the tokens, the last first. At most the last four "at" are tried."""
    found: list[_Address] = []
    ats = [place for place, token in enumerate(held) if token.word in ("at", "@") and place > 0]
    for at in reversed(ats[-4:]):
        after = at + 1
        while after < len(held) and held[after].word in ("sign", "symbol"):
            after += 1
        if tuple(token.word for token in held[after : after + 2]) == ("the", "rate"):
            after += 2
        domain = domain_at(held, after)
        address = _with_local(held, at, domain) if domain is not None else None
        if address is not None:
            found.append(address)
    return found


def _with_local(held: Tokens, at: int, domain: Domain) -> _Address | None:
    """The address whose local part begins after the last word that can only stand before one."""
    first = at
    while first > 0 and not _ends_backwards(held, first - 1, at):
        first -= 1
    if first == at == 1:
        first = 0
    for start in (first, first + 1):
        local = local_at(held, start, at) if start < at else None
        if local is None:
            continue
        if start > 0 and held[start - 1].word == "my" and _OF_A_NAME.fullmatch(local.text):
            return None
        address = valid(f"{local.text}@{domain.text}")
        if address is None or local.loose > 3:
            continue
        sure = domain.confidence if local.loose == 0 else min(_LOOSE, domain.confidence)
        return _Address(address, sure, start, domain.end)
    return None


def _ends_backwards(held: Tokens, place: int, at: int) -> bool:
    """Whether a word stands before the address and is no part of it."""
    token = held[place]
    if token.word not in _AROUND:
        return False
    beside = held[place + 1] if place + 1 < at else None
    after_mark = place > 0 and _is_mark(held[place - 1])
    before_mark = beside is not None and (_is_mark(beside) or beside.before in (".", "-"))
    return not after_mark and not before_mark


def _is_mark(token: Token) -> bool:
    return token.word in ("dot", "underscore", "dash", "hyphen", "plus", "period", "_", "+", "point")


def _without_asides(held: Tokens) -> Tokens:
    """The tokens without words about the writing: "all one word", "lowercase"."""
    kept: list[Token] = []
    place = 0
    held = tuple(part for token in held for part in _split_dot(token))
    while place < len(held):
        length = max((len(a) for a in _ASIDES if tuple(t.word for t in held[place : place + len(a)]) == a), default=0)
        if not length:
            length = _hint(held, place)
        if length:
            place += length
        else:
            kept.append(held[place])
            place += 1
    return tuple(kept)


def _hint(held: Tokens, at: int) -> int:
    """How many tokens tell which spelling of the word before is meant: "carl with a c", "jon without an h"."""
    said = [token.word for token in held[at : at + 3]]
    if at == 0 or len(said) < 3 or len(said[2]) != 1 or said[1] not in ("a", "an", "no"):
        return 0
    present = said[0] == "with" and said[1] != "no"
    absent = (said[0] == "without" and said[1] != "no") or said[:2] == ["with", "no"]
    held_there = said[2] in held[at - 1].word
    return 3 if (present and held_there) or (absent and not held_there) else 0


def _split_dot(token: Token) -> tuple[Token, ...]:
    """ "dotcom" as the two words it is."""
    end = token.word.removeprefix("dot")
    if end == token.word or end not in ENDS:
        return (token,)
    return replace(token, word="dot"), replace(token, word=end, before=" ")


def _spell(text: str) -> str:
    """Each character by its name, figures as words."""
    return ", ".join(NAMES.get(c) or (figures_in_words(c) if c.isdecimal() else c) for c in text)


def _reading(address: _Address, held: Tokens, sure: float) -> Reading:
    start, end = held[address.first].start, held[address.end - 1].end
    return Reading(value=address.text, confidence=address.confidence * sure, start=start, end=end)
