"""The grammar of an e-mail address said aloud: "jane dot doe at gmail dot com", "j a n e underscore 99 at …"."""

from dataclasses import dataclass

from phonenumbers import SUPPORTED_REGIONS

from tollfree.flows.slots.calendar.numbers import UNITS
from tollfree.flows.slots.letters import NATO, letter_at
from tollfree.flows.slots.spoken.numbers import cardinal_from
from tollfree.flows.slots.spoken.words import Tokens

MARKS: dict[tuple[str, ...], str] = {
    ("dot",): ".",
    ("period",): ".",
    ("full", "stop"): ".",
    ("point",): ".",
    ("underscore",): "_",
    ("under", "score"): "_",
    ("_",): "_",
    ("dash",): "-",
    ("hyphen",): "-",
    ("minus",): "-",
    ("plus",): "+",
    ("plus", "sign"): "+",
    ("+",): "+",
    ("apostrophe",): "'",
    ("ampersand",): "&",
    ("and", "sign"): "&",
    ("&",): "&",
    ("hash",): "#",
    ("pound", "sign"): "#",
    ("hashtag",): "#",
    ("#",): "#",
    ("percent", "sign"): "%",
    ("percent",): "%",
    ("%",): "%",
    ("slash",): "/",
    ("/",): "/",
    ("equals",): "=",
    ("equals", "sign"): "=",
    ("=",): "=",
    ("asterisk",): "*",
    ("*",): "*",
    ("dollar", "sign"): "$",
    ("$",): "$",
    ("exclamation", "mark"): "!",
    ("exclamation", "point"): "!",
    ("question", "mark"): "?",
    ("caret",): "^",
    ("backtick",): "`",
    ("vertical", "bar"): "|",
    ("open", "brace"): "{",
    ("close", "brace"): "}",
    ("tilde",): "~",
}
"""Marks of an address by their names."""
NAMES = {mark: " ".join(words) for words, mark in reversed(tuple(MARKS.items())) if words[0].isalpha()}
"""The name each mark is read back by."""
_ZERO = frozenset({"zero", "oh", "nought", "null"})
_REPEATS = {"double": 2, "triple": 3}


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of an address: characters, and what they were said as."""

    text: str
    kind: str
    """`mark`, `letter`, `number` or `word`."""
    end: int


@dataclass(frozen=True, slots=True)
class Domain:
    """A domain read from held[at:end]."""

    text: str
    end: int
    confidence: float


@dataclass(frozen=True, slots=True)
class Local:
    """The part before the "at"."""

    text: str
    loose: int
    """Words that follow one another with nothing between them: they may be no part of the address."""


PROVIDERS = frozenset(
    """gmail hotmail outlook yahoo icloud aol protonmail proton live msn comcast verizon att gmx mail zoho fastmail
    googlemail me mac yandex example""".split()
)
"""First labels that need no spelling, and whose "com" is recognised without a dot."""
ENDS = frozenset("com org net edu gov info io co biz shop store online".split())
"""Last labels that are said as words."""
_KNOWN_ENDS = (
    ENDS
    | {region.lower() for region in SUPPORTED_REGIONS}
    | frozenset("uk eu mil int app dev ai me tv name pro club site tech xyz email cloud agency company group".split())
)
_BARE_ENDS = frozenset({"com", "net", "org"})
_TAILS = {
    label: frozenset({"uk", "au", "nz", "za", "in", "jp", "br", "mx"}) for label in ("co", "com", "org", "net", "ac")
}
_MOST_LABELS = 12
_MOST_WORDS = 5


def piece_at(held: Tokens, at: int) -> Piece | None:
    """The part of an address that begins at a token."""
    words = tuple(token.word for token in held)
    for length in (2, 1):
        mark = MARKS.get(words[at : at + length])
        if mark is not None and at + length <= len(words):
            return Piece(mark, "mark", at + length)
    zeros = _zeros(held, words, at)
    if zeros is not None:
        return zeros
    letter = letter_at(words, at)
    if letter is not None:
        return Piece(letter[0], "letter", letter[1])
    number = _number(held, words, at)
    if number is not None:
        return number
    token = held[at]
    if token.is_figure:
        return Piece(token.word, "number", at + 1)
    if token.word.isascii() and token.word.replace("'", "").isalpha():
        return Piece(token.word.replace("'", ""), "word", at + 1)
    if token.word[:-2].isdecimal() and token.word.isascii():
        return Piece(token.word, "word", at + 1)
    return None


def _zeros(held: Tokens, words: tuple[str, ...], at: int) -> Piece | None:
    """ "double o" before a figure, as in "double o seven"; else it is two letters ("b double o k")."""
    if words[at] not in _REPEATS or words[at + 1 : at + 2] not in (("o",), ("oh",)) or at + 2 >= len(held):
        return None
    after = held[at + 2]
    return Piece("0" * _REPEATS[words[at]], "number", at + 2) if after.is_figure or after.word in UNITS else None


def _number(held: Tokens, words: tuple[str, ...], at: int) -> Piece | None:
    if words[at] in _ZERO:
        zero = words[at] != "oh" or _near_number(held, at)
        return Piece("0", "number", at + 1) if zero else Piece("o", "letter", at + 1)
    if words[at] in _REPEATS and at + 1 < len(words):
        digit = "0" if words[at + 1] in _ZERO else str(UNITS.get(words[at + 1], ""))
        digit = held[at + 1].digits if held[at + 1].is_figure else digit
        if len(digit) == 1:
            return Piece(digit * _REPEATS[words[at]], "number", at + 2)
        return None
    if held[at].is_figure:
        return None
    found = cardinal_from(held, at)
    if found is None:
        return None
    return Piece(str(found[1]), "number", found[0])


def _near_number(held: Tokens, at: int) -> bool:
    """Whether "oh" stands beside a figure, and so is a zero."""
    near = [held[place] for place in (at - 1, at + 1) if 0 <= place < len(held)]
    return any(token.is_figure or token.word in UNITS or token.word in _ZERO for token in near)


def has_known_end(domain: str) -> bool:
    """Whether a domain ends in a country's code or a common name: any words may stand around a "dot"."""
    return domain.rpartition(".")[2] in _KNOWN_ENDS


def domain_at(held: Tokens, at: int) -> Domain | None:
    """The domain that begins at a token: labels joined by "dot", ending with one word or with spelled letters."""
    labels: list[str] = []
    place = at
    sure = 1.0
    while place < len(held) and len(labels) < _MOST_LABELS:
        label = _label(held, place, first=not labels)
        if label is None:
            break
        text, place = label
        labels.append(text)
        after = _dot(held, place)
        if after is not None:
            place = after
            continue
        known = _TAILS.get(text) if len(labels) > 1 else _BARE_ENDS if text in PROVIDERS else None
        if known and place < len(held) and (tail := _label(held, place, first=False)) and tail[0] in known:
            labels.append(tail[0])
            return Domain(".".join(labels), tail[1], 0.8)
        return Domain(".".join(labels), place, sure) if len(labels) > 1 else None
    return None


def _dot(held: Tokens, at: int) -> int | None:
    """The position after a dot, said or written; a written dot is no token."""
    if at >= len(held):
        return None
    if held[at].before == ".":
        return at
    for name in (("dot",), ("period",), ("full", "stop"), ("point",)):
        if tuple(token.word for token in held[at : at + len(name)]) == name and at + len(name) < len(held):
            return at + len(name)
    return None


def _label(held: Tokens, at: int, first: bool) -> tuple[str, int] | None:
    """One label. Before the first dot words are joined ("g mail"); later ones only when another dot follows."""
    text = ""
    place = at
    words = 0
    most = _MOST_WORDS if first or _dot_follows(held, at) else 1
    while place < len(held):
        if place > at and (_dot(held, place) is not None or held[place].word in ("at", "@")):
            break
        if first and text in PROVIDERS and held[place].word in _BARE_ENDS:
            break
        if place > at and held[place].before == "-" and not text.endswith("-") and len(held[place].word) > 1:
            text += "-"
        piece = piece_at(held, place)
        if piece is None or (piece.kind == "mark" and piece.text != "-"):
            break
        if piece.kind == "word":
            words += 1
        if words > most or (words and piece.kind != "word" and not first and most == 1):
            break
        if piece.kind == "word" and text and not first and most == 1:
            break
        text += piece.text
        place = piece.end
        if len(text) > 63:
            return None
    return (text, place) if text else None


def _dot_follows(held: Tokens, at: int) -> bool:
    """Whether another dot comes within the next words, so that they are one label ("dot my shop dot com")."""
    for place in range(at + 1, min(at + 4, len(held))):
        if _dot(held, place) is not None:
            return True
        if held[place].word in ("at", "@"):
            return False
    return False


def local_at(held: Tokens, at: int, end: int) -> Local | None:
    """The part before the "at": all tokens from `at` to `end`."""
    pieces: list[Piece] = []
    place = at
    while place < end:
        before = held[place].before
        if pieces and before in (".", "-") and not _spelled_with(held, place):
            pieces.append(Piece(before, "mark", place))
        piece = piece_at(held[:end], place)
        if piece is None:
            return None
        pieces.append(piece)
        place = piece.end
    loose = sum(
        1 for one, other in zip(pieces, pieces[1:], strict=False) if one.kind == "word" and other.kind == "word"
    )
    text = "".join(piece.text for piece in letters_of_alphabet(pieces))
    return Local(text, loose) if text else None


def _spelled_with(held: Tokens, place: int) -> bool:
    """Whether a hyphen only separates spelled letters: "J-A-N-E"."""
    return held[place].before == "-" and len(held[place].word) == 1 and len(held[place - 1].word) == 1


def letters_of_alphabet(pieces: list[Piece]) -> list[Piece]:
    """A run of three or more words of the spelling alphabet stands for their letters."""
    plain = [piece for piece in pieces if piece.kind == "word"]
    if len(plain) < 3 or any(piece.text not in NATO for piece in plain):
        return pieces
    return [Piece(NATO[p.text], "letter", p.end) if p.kind == "word" else p for p in pieces]
