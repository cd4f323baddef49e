"""Spoken letters: "b as in bravo", "double t", "zed", "AB41-7"; and how confusable letters are said."""

from collections.abc import Mapping
from functools import partial

from tollfree.flows.slots.spoken.digits import DIGITS, HOMOPHONES, REPEATS, SEPARATORS, digit_chunks
from tollfree.flows.slots.spoken.lattice import Chunk, Path, readings
from tollfree.flows.slots.spoken.numbers import SMALL
from tollfree.flows.slots.spoken.words import Token, Tokens

NATO = {
    word[0]: word
    for word in """alpha bravo charlie delta echo foxtrot golf hotel india juliet kilo lima mike november oscar papa
    quebec romeo sierra tango uniform victor whiskey xray yankee zulu""".split()
}
"""The spelling alphabet, by letter."""
_NATO_WORDS = frozenset((*NATO.values(), "alfa", "juliett", "whisky"))
_SPELLERS = frozenset(
    [*NATO.values()]
    + """alfa juliett whisky adam baker boy charles david easy edward frank george harry henry ida isaac john king
    larry lincoln louis mary nancy nora ocean oliver paul peter queen robert roger sam sugar tom thomas union vincent
    william yellow young zebra able dog fox jig item nan oboe prep uncle xylophone apple banana echo egg igloo kite
    lemon nelly orange umbrella violet""".split()
)
"""Words that stand for their first letter, with or without the letter before them."""
_NAMES = {
    "ay": "a", "bee": "b", "cee": "c", "dee": "d", "ee": "e", "ef": "f", "eff": "f", "gee": "g", "jee": "g",
    "aitch": "h", "haitch": "h", "jay": "j", "kay": "k", "el": "l", "ell": "l", "em": "m", "en": "n", "pee": "p",
    "cue": "q", "ar": "r", "arr": "r", "ess": "s", "es": "s", "tee": "t", "vee": "v", "ex": "x", "wye": "y",
    "zee": "z", "zed": "z",
}  # fmt: skip
"""Names of letters as recognisers write them, hardly ever meant as words."""
_WORDS = {
    "be": "b", "see": "c", "sea": "c", "eye": "i", "aye": "i", "pea": "p", "queue": "q", "are": "r", "tea": "t",
    "you": "u", "why": "y", "oh": "o",
}  # fmt: skip
"""Common words that sound like a letter, and count as one only among clear letters and digits."""
_AS_IN = (("as", "in"), ("like", "in"), ("is", "for"), ("as",), ("for",), ("like",), ("is", "in"))
_MARKS = frozenset("capital uppercase lowercase upper lower case letter letters the number numeral digit small".split())
"""Said before a letter or digit, and no part of the code."""
_COMMON = frozenset(
    """the and for you are was not but all any can had her him his how its may new now old one our out own say see
    she too two use way who why yes yet let get got did has hey day ask big put red blue run set sit end far few lot
    man men off per pay try top bad bag bed box boy buy car cut dog eat eye fix fun god guy hi hit hot ice job key
    kid law leg lie low map mom dad mrs mr ms net nor nut odd oil pet pop pot raw row sad sea sir sky son sun tax tea
    ten ton toy us we my me it is in on of or at as an am by do go he if no so to up be ok oh uh um er ah id""".split()
)
"""Short words that are not taken for a group of letters."""
_WORD_DOUBT = 0.3
_CONFUSABLE = frozenset("bcdegptvzmnfso")
"""Letters that sound like another over a phone: the "ee" letters, m and n, f and s, and o, which may be a zero."""
_LONGEST_RUN = 140
"""Tokens considered: 32 characters, each with "as in bravo"."""


def code_readings(held: Tokens, longest: int) -> Mapping[int, tuple[Path, ...]]:
    """The readings of all tokens as letters (capitals) and digits, by length, the likeliest first.

    Empty when other words are among them, or when common words ("see", "are", "you") outnumber what is clear.
    """
    if not 0 < len(held) <= _LONGEST_RUN:
        return {}
    words = sum(_is_ordinary(held, place) for place in range(len(held)))
    clear = sum(is_clear(token) and not _is_ordinary(held, place) for place, token in enumerate(held))
    if words > clear:
        return {}
    written = any(token.is_figure or token.word in DIGITS or token.word in SMALL for token in held)
    return readings(len(held), partial(_chunks, held, written), longest)


def _is_ordinary(held: Tokens, place: int) -> bool:
    """Whether the token is as likely a word of a sentence: "you", "for", or "john" without "j as in" before it."""
    word = held[place].word
    if word in _SPELLERS:
        explains = place > 0 and (held[place - 1].word in ("in", "for", "like", "as") or _letter(held[place - 1]) != "")
        return word not in _NATO_WORDS and not explains
    return word in _WORDS or (word in HOMOPHONES and _word(held, place + 1) not in _SPELLERS)


def is_clear(token: Token) -> bool:
    """A single letter, a letter's name, a spelling word, a digit or a figure: hardly part of a sentence."""
    word = token.word
    return (
        token.is_figure
        or (len(word) == 1 and word.isascii() and word.isalpha())
        or word in _NAMES
        or word in _SPELLERS
        or word in DIGITS
        or word in SMALL
    )


def is_code_word(token: Token) -> bool:
    """Whether the word may stand inside a code, clear or not."""
    word = token.word
    return (
        is_clear(token)
        or word in _WORDS
        or word in _MARKS
        or word in SEPARATORS
        or word in REPEATS
        or word in HOMOPHONES
        or word in ("as", "in", "like", "ray", "hundred", "thousand")
    )


def letter_in_words(letter: str) -> str:
    """One letter: its capital, or with its spelling word where it sounds like another."""
    lower = letter.lower()
    return f"{lower} as in {NATO[lower]}" if lower in _CONFUSABLE else letter.upper()


def _chunks(held: Tokens, written: bool, start: int) -> list[Chunk]:
    """What the tokens from `start` may contribute to a code."""
    token = held[start]
    word = token.word
    chunks: list[Chunk] = []
    if word in ("o", "oh"):
        chunks += _zero_or_letter(held, start)
    elif word not in ("double", "triple") or start + 1 == len(held) or held[start + 1].word not in ("u", "you"):
        # in a code "k" is a letter, not thousands: "4k" of "M4K9"
        chunks += [c for c in digit_chunks(held, start) if all(t.word != "k" for t in held[start + 1 : c.end])]
    letter = _letter(token)
    if letter:
        doubt = _WORD_DOUBT if word in _WORDS else 0.0
        if word not in ("o", "oh"):
            chunks.append(Chunk(start + 1, letter, 1.0 + doubt, doubt))
        chunks += _as_in(held, start, letter)
    if word in _SPELLERS:
        chunks.append(Chunk(start + 1, word[0].upper(), 1.0))
    if word == "x" and _word(held, start + 1) == "ray":
        chunks.append(Chunk(start + 2, "X", 0.5))
    if word in REPEATS:
        chunks += _repeated(held, start)
    if word in _MARKS and start + 1 < len(held):
        chunks.append(Chunk(start + 1, "", 0.2))
    if not chunks or (token.text.isupper() and len(word) > 1):
        chunks += _group(held, start, written)
    return chunks


def _letter(token: Token) -> str:
    """The letter that a token is, in capitals, or nothing."""
    word = token.word
    if len(word) == 1 and word.isascii() and word.isalpha():
        return word.upper()
    return (_NAMES.get(word) or _WORDS.get(word) or "").upper()


def _as_in(held: Tokens, start: int, letter: str) -> list[Chunk]:
    """ "b as in bravo", "b for boy", and "b bravo" for a single b."""
    for phrase in _AS_IN:
        place = start + 1 + len(phrase)
        if place >= len(held) or tuple(token.word for token in held[start + 1 : place]) != phrase:
            continue
        example = held[place].word
        ray = example == "x" and _word(held, place + 1) == "ray"
        if not (ray or len(example) > 1) or not (example.isascii() and example[0].isalpha()):
            continue
        end = place + (2 if ray else 1)
        if example[0] == letter[0].lower() or letter == "X":
            if phrase[-1] == "in" or example not in SMALL:
                return [Chunk(end, letter, 0.5)]
        elif phrase == ("as", "in") or example in _SPELLERS:
            return [Chunk(end, example[0].upper(), 1.0, _WORD_DOUBT)]
    after = _word(held, start + 1)
    if after in _SPELLERS and after[0] == letter.lower():
        return [Chunk(start + 2, letter, 0.9)]
    return []


def _repeated(held: Tokens, start: int) -> list[Chunk]:
    """ "double t", "triple bravo", and "double u", which is a w."""
    if start + 1 >= len(held):
        return []
    times = REPEATS[held[start].word]
    after = held[start + 1]
    if after.word in ("u", "you") and times == 2:
        as_in = [Chunk(chunk.end, chunk.text, chunk.cost, chunk.doubt) for chunk in _as_in(held, start + 1, "W")]
        return [*as_in, Chunk(start + 2, "W", 1.0), Chunk(start + 2, "UU", 1.8)]
    if after.word in _SPELLERS:
        return [Chunk(start + 2, after.word[0].upper() * times)]
    letter = _letter(after)
    if not letter or after.word in ("o", "oh"):
        return []
    longer = [Chunk(chunk.end, chunk.text * times, chunk.cost) for chunk in _as_in(held, start + 1, letter)]
    return [*longer, Chunk(start + 2, letter * times)]


def _zero_or_letter(held: Tokens, start: int) -> list[Chunk]:
    """ "o" and "oh": a zero beside a digit, a letter among letters."""
    beside = [held[place] for place in (start - 1, start + 1) if 0 <= place < len(held)]
    near_digit = any(
        token.is_figure or token.word in SMALL or (token.word in DIGITS and token.word not in ("o", "oh"))
        for token in beside
    )
    capital = held[start].text == "O" and held[start].before == "" and start > 0
    zero = near_digit and not capital
    return [Chunk(start + 1, "0", 1.0 if zero else 1.4, 0.1), Chunk(start + 1, "O", 1.4 if zero else 1.0, 0.1)]


def _group(held: Tokens, start: int, written: bool) -> list[Chunk]:
    """Letters a recogniser wrote together: "AB" of "AB 417", "ab" of "ab417"."""
    token = held[start]
    word = token.word
    if not (word.isascii() and word.isalpha()) or len(word) > 8:
        return []
    after = held[start + 1] if start + 1 < len(held) else None
    glued = (start > 0 and held[start - 1].is_figure and token.before in ("", "-")) or (
        after is not None and after.is_figure and after.before in ("", "-")
    )
    text = word.upper()
    if glued or token.text.isupper():
        return [Chunk(start + 1, text, 1.0, 0.0 if glued or written else _WORD_DOUBT)]
    if written and len(word) <= 3 and word not in _COMMON:
        return [Chunk(start + 1, text, 1.5, _WORD_DOUBT)]
    return []


def _word(held: Tokens, place: int) -> str:
    return held[place].word if place < len(held) else ""
