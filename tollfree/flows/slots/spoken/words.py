"""An utterance as words and figures, each knowing where in the original text it stands."""

import re
import unicodedata
from dataclasses import dataclass

Tokens = tuple["Token", ...]

MOST_TOKENS = 2000
"""Tokens of one text; a turn of speech has at most some hundreds, and what follows them is dropped."""
_MARKS_KEPT = 8
"""Combining marks considered on one letter; more are noise, and normalising long runs of them is slow."""
_PLAIN = str.maketrans({c: "'" for c in "‘’ʼ`´′"} | {c: "-" for c in "‐‑‒–—―−﹣－"} | {"⁄": "/", "∕": "/"})  # noqa: RUF001
_TOKEN = re.compile(
    r"(?P<ordinal>\d+(?:st|nd|rd|th)(?![^\W_]))"
    r"|(?P<figure>\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?|(?<![\w.])\.\d+)"
    r"|(?P<noon>[ap]\.\s?m\b\.?)"
    r"|(?P<word>[^\W\d_]+(?:'[^\W\d_]+)*)"
    r"|(?P<symbol>[$£€¥₹₩₺₽₪฿¢%+#@&*/:=_])"
)


@dataclass(frozen=True, slots=True)
class Token:
    """One word, figure or symbol of an utterance."""

    word: str
    """Lower case, compatibility-normalised: `forty`, `1,250`, `3.5`, `22nd`, `pm` (also for "p.m."), `$`."""
    start: int
    """First character in the original text."""
    end: int
    """One past the last character in the original text."""
    text: str
    """The original characters; the word where several tokens share them ("½" is three)."""
    before: str = ""
    """Spaces and punctuation between the token before and this one, dashes as `-`; empty: they are glued together."""

    @property
    def is_figure(self) -> bool:
        """Written in figures: `41755`, `1,250`, `3.5`. Not `22nd`."""
        return self.word[0] in "0123456789." and self.word[-1] in "0123456789"

    @property
    def digits(self) -> str:
        """The figures of a figure token, separators dropped; empty for others."""
        return self.word.replace(",", "").replace(".", "") if self.is_figure else ""

    @property
    def breaks(self) -> bool:
        """Whether a comma, stop, semicolon or dash between spaces sets it apart from the token before."""
        return any(mark in self.before for mark in ",.;!?…") or " -" in self.before or "--" in self.before


def tokens(text: str) -> Tokens:
    """The words, figures and meaningful symbols of a text, in order; other punctuation lives in `Token.before`.

    Letters glued to figures are tokens of their own ("ab417" is `ab`, `417`); hyphens separate ("twenty-two");
    figures keep their thousands and decimal marks. Linear in the text's length; at most 2,000 tokens.
    """
    plain, origin = _plain(text)
    found: list[Token] = []
    last = 0
    for match in _TOKEN.finditer(plain):
        word = re.sub(r"[.\s]", "", match[0]) if match.lastgroup == "noon" else match[0]
        start = origin[match.start()]
        end = origin[match.end() - 1] + 1
        while end < len(text) and unicodedata.combining(text[end]):
            end += 1
        shared = (match.start() > 0 and origin[match.start() - 1] == start) or (
            match.end() < len(plain) and origin[match.end()] == end - 1
        )
        written = word if shared else text[start:end]
        found.append(Token(word, start, end, written, plain[last : match.start()]))
        last = match.end()
        if len(found) == MOST_TOKENS:
            break
    return tuple(found)


def words(held: Tokens) -> tuple[str, ...]:
    """Only the words."""
    return tuple(token.word for token in held)


def _plain(text: str) -> tuple[str, range | list[int]]:
    """The text in lower case and plain characters, and for each of them the place it comes from."""
    if text.isascii():
        return text.lower().replace("`", "'"), range(len(text))
    characters: list[str] = []
    origin: list[int] = []
    place = 0
    while place < len(text):
        after = place + 1
        while after < len(text) and unicodedata.combining(text[after]):
            after += 1
        if unicodedata.decomposition(text[place]).startswith("<fraction>"):
            characters.append(" ")  # "3½" is 3 1/2
            origin.append(place)
        cluster = text[place : min(after, place + 1 + _MARKS_KEPT)]
        for character in unicodedata.normalize("NFKC", cluster.translate(_PLAIN)).casefold().translate(_PLAIN):
            figure = unicodedata.decimal(character, None)
            characters.append(character if figure is None else str(figure))
            origin.append(place)
        place = after
    return "".join(characters), origin
