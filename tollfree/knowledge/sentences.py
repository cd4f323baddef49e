"""A passage's text as sentences a voice can say: without markup, bullet signs, addresses of pages, footnote marks and
pointers to other places. Pure functions; whatever a text contains, what comes out is words."""

import re
import unicodedata
from dataclasses import dataclass

from tollfree.knowledge.rows import Row, row_of
from tollfree.knowledge.sentence_ends import parted

LONGEST = 20_000
"""Characters of a passage that are read; passages are a tenth of it."""
HEADING_WORDS = 9
"""A line of no more words that ends like no sentence, with text after it, is a heading."""
LISTED = 6
"""Entries of a list that are said in one sentence."""
MANY_WORDS = 45
"""A longer sentence is parted at its semicolons."""

_INVISIBLE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
_MARKUP = re.compile(
    r"```.*?```"  # code
    r"|\{\{.{0,300}?\}\}|\{%.{0,300}?%\}|\{#.{0,300}?#\}"  # templates
    r"|<!--.{0,500}?-->|</?[A-Za-z!?|][^<>]{0,300}>"  # HTML, SSML, prompt markers
    r"|\[/?[A-Z]{3,}\]"  # [INST]
    r"|!\[[^\]]{0,200}\]\([^)]{0,500}\)",  # pictures
    re.DOTALL,
)
_LINK = re.compile(r"\[([^\]]{1,200})\]\([^)]{0,500}\)")
_NOTE_MARK = re.compile(r"\[\^?\d{1,3}\]|[¹²³⁴⁵⁶⁷⁸⁹⁰†‡§¶]|(?<=[\w.,)])\*(?!\w)|\^\d{1,2}\b")
_EMPHASIS = re.compile(r"\*{1,3}|(?<!\w)_{1,3}|_{1,3}(?!\w)|`+|~~|#+(?!\d)|\\(?=[*_#`|])|[{}<>|]")
_URL = re.compile(
    r"(?:\(\s*)?(?:\b(?:at|on|visit|see|via|under|from|through|here|using)[: ]+)?<?\b(?:https?://|ftp://|www\.)(?:[^\s>)\[\]]|\[[^\s\[\]]*\])+>?(?:\s*\))?",
    re.IGNORECASE,
)
_PLACE = (
    r"(?:(?:the )?(?:section|sections|chapter|page|pages|table|figure|fig\.|appendix|annex|paragraph|article|clause|"
    r"footnote|note|attachment|sec\.|p\.|pp\.)\s*(?:[\dA-Z][\w.\-–]*\b|above|below)"
    r"|(?:the )?(?:section|table|page|list|paragraph|figure|chart|map)s? (?:above|below|overleaf)"
    r"|above|below|overleaf|earlier|later in this document)"
)
_DESCRIBED = r"as (?:described|mentioned|stated|shown|listed|defined|set out|noted|explained)(?: in)?"
_POINTS = rf"(?:see|refer to|cf\.|compare|{_DESCRIBED}|as|according to|described in|listed in|under|per)"
_PARENTHESIS = re.compile(rf"\s?[(\[]\s?(?:please )?{_POINTS} (?:also )?{_PLACE}[^)\]]{{0,80}}[)\]]", re.IGNORECASE)
_ASIDE = re.compile(
    rf",?\s?\b(?:{_DESCRIBED}|as|see(?: also)?|refer to|according to) {_PLACE}"
    r"(?: for (?:more|further)?\s*(?:details?|information))?\b,?",
    re.IGNORECASE,
)
_POINTER = re.compile(
    rf"^(?:please |for (?:more|further|full)? ?(?:details?|information),? (?:please )?)?{_POINTS} (?:also )?{_PLACE}",
    re.IGNORECASE,
)
_BULLET = re.compile(r"^\s*(?:[-*+•‣▪▫◦●○■□·–—➤►✓✔→»>]+|\(?(?:\d{1,2}|[a-zA-Z]|[ivx]{1,4})[.)])\s+")
_HASHES = re.compile(r"^\s*#{1,6}\s+")
_RULE = re.compile(r"^[\s|:=_*~+–—-]+$")
_SPACES = re.compile(r"\s+")
_LINE_ENDS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_BLANKS = re.compile(r"[^\S\n]+")
"""Spaces within a line."""
_WORD = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a passage, as it can be said, or a row of a table, which is said by what is asked of it."""

    text: str
    """Ends with its sign."""
    heading: str
    """The nearest heading above it; what it is about."""
    row: Row | None = None
    step: bool = False
    """An entry of a numbered list."""


def sentences_of(text: str, section: str = "") -> tuple[Sentence, ...]:
    """The sentences of a passage, in order; headings are left out unless there is nothing else. `section`: the heading
    above the passage."""
    reading = _Reading()
    for line in _bare(readable(text)).splitlines():
        reading.take(line.strip())
    blocks = reading.finished()
    found: list[Sentence] = []
    heading = section
    for block in blocks:
        if block.heading:
            heading = _words_of(block.text)
        else:
            found += _of_block(block, heading)
    return tuple(found) or tuple(Sentence(one, section) for block in blocks for one in _split(block.text))


@dataclass(slots=True)
class _Block:
    """A paragraph, a list with what introduces it, a row, or a heading."""

    text: str = ""
    entries: list[str] | None = None
    numbered: bool = False
    row: Row | None = None
    heading: bool = False


class _Reading:
    """Lines, put together to blocks."""

    def __init__(self) -> None:
        self._blocks: list[_Block] = []
        self._paragraph: list[str] = []
        self._columns: tuple[str, ...] = ()
        """The headings of the Markdown table that is being read."""

    def take(self, line: str) -> None:
        """The next line, without space around it."""
        if not line.startswith("|"):
            self._columns = ()
        if not line or _RULE.match(line):
            self._flush()
        elif line.startswith("|"):
            self._row(tuple(_words_of(cell) for cell in line.strip("|").split("|")))
        elif (row := row_of(_words_of(line))) is not None:
            self._flush()
            self._blocks.append(_Block(row=row))
        elif _HASHES.match(line):
            self._flush()
            self._blocks.append(_Block(text=_HASHES.sub("", line), heading=True))
        elif _BULLET.match(line):
            self._entry(line)
        elif self._wraps(line):
            entries = self._blocks[-1].entries
            assert entries is not None
            entries[-1] += f" {line}"
        else:
            self._text(line)

    def finished(self) -> list[_Block]:
        """All blocks; a short one with something after it is a heading."""
        self._flush()
        for block in self._blocks[:-1]:
            plain = block.entries is None and block.row is None
            block.heading = block.heading or (plain and _is_heading(block.text))
        return self._blocks

    def _flush(self) -> None:
        if self._paragraph:
            self._blocks.append(_Block(text=" ".join(self._paragraph)))
            self._paragraph.clear()

    def _row(self, cells: tuple[str, ...]) -> None:
        self._flush()
        if not self._columns:
            self._columns = cells
            return
        named = tuple((column or "it", cell) for column, cell in zip(self._columns, cells, strict=False) if cell)
        if len(named) > 1:
            self._blocks.append(_Block(row=Row(named)))

    def _entry(self, line: str) -> None:
        introduced = bool(self._paragraph) and self._paragraph[-1].endswith(":")
        self._flush()
        entry, numbered = _BULLET.sub("", line), line[:1].isdigit()
        last = self._blocks[-1] if self._blocks else None
        if last is not None and last.entries is not None:
            last.entries.append(entry)
        elif last is not None and introduced:
            last.entries, last.numbered = [entry], numbered
        else:
            self._blocks.append(_Block(entries=[entry], numbered=numbered))

    def _wraps(self, line: str) -> bool:
        """Whether it is the rest of a list's entry."""
        in_list = not self._paragraph and bool(self._blocks) and self._blocks[-1].entries is not None
        return in_list and line[:1].islower()

    def _text(self, line: str) -> None:
        if len(self._paragraph) == 1 and _is_heading(self._paragraph[0]) and line[:1].isupper():
            self._blocks.append(_Block(text=self._paragraph.pop(), heading=True))
        self._paragraph.append(line)


def readable(text: str) -> str:
    """Text as it is looked at: bounded, without what nobody sees, and with no run of spaces, which patterns would try
    over and over."""
    text = _LINE_ENDS.sub("\n", text[:LONGEST].replace("\t", " "))
    text = _INVISIBLE.sub("", text)
    return _BLANKS.sub(" ", unicodedata.normalize("NFC", text))


def _bare(text: str) -> str:
    """Without what no voice can say; every line stays a line."""
    text = _MARKUP.sub(" ", text)
    text = _MARKUP.sub(" ", text)  # what was hidden in the first
    text = _LINK.sub(r"\1", text)
    return _BLANKS.sub(" ", _URL.sub("", text))


def _is_heading(line: str) -> bool:
    return len(line.split()) <= HEADING_WORDS and line.rstrip()[-1:] not in ".!?:;,"


def _of_block(block: _Block, heading: str) -> list[Sentence]:
    if block.row is not None:
        return [Sentence(block.row.whole(), heading, block.row)]
    if block.entries is None:
        return [Sentence(text, heading) for text in _split(block.text)]
    entries = [words for words in map(_words_of, block.entries) if _WORD.search(words)]
    short = all(len(entry.split()) <= HEADING_WORDS and not re.search(r"[.!?]\s|[.!?]$", entry) for entry in entries)
    lead = _words_of(block.text).rstrip(": ")
    if short and entries and (lead or heading) and not block.numbered:
        return _listed(lead or heading, entries, heading)
    # An entry by itself may say the opposite of what its heading does ("What can't come back").
    before = f"{heading}: " if heading and not lead and not block.numbered else ""
    said = [text for entry in block.entries for text in _split(f"{before}{entry}")]
    opening = [Sentence(text, heading) for text in _split(block.text)]
    return opening + [Sentence(text, heading, step=block.numbered) for text in said]


def _listed(lead: str, entries: list[str], heading: str) -> list[Sentence]:
    """A list and its introduction as sentences: "You can return mugs, bags and candles."."""
    found: list[Sentence] = []
    for start in range(0, len(entries), LISTED):
        *others, last = (entry.strip(" ,;.") for entry in entries[start : start + LISTED])
        said = f"{', '.join(others)} and {last}" if others else last
        found.append(Sentence(_ended(f"{lead}: {said}" if start == 0 else said), heading))
    return found


def _split(text: str) -> list[str]:
    """Sentences of running text, each bare of pointers and marks."""
    parts = parted(_EMPHASIS.sub("", _PARENTHESIS.sub("", _NOTE_MARK.sub("", text))))
    short: list[str] = []
    for part in parts:
        short += part.split(";") if len(part.split()) > MANY_WORDS else [part]
    bare = (_words_of(part) for part in short)
    return [_ended(part) for part in bare if _WORD.search(part) and not _POINTER.match(part)]


def _words_of(text: str) -> str:
    """Without emphasis, footnote marks and pointers to other places of the document."""
    text = _NOTE_MARK.sub("", _PARENTHESIS.sub("", text))
    text = _EMPHASIS.sub("", text)
    text = _ASIDE.sub(_without_aside, text) if not _POINTER.match(text.strip()) else text
    text = re.sub(r"\(\s*\)|\[\s*\]", "", text)
    text = re.sub(r"\s+([,.;:!?)])", r"\1", _SPACES.sub(" ", text))
    text = re.sub(r"([,;:])(?:\s*[,;:])+", r"\1", text)
    return re.sub(r"[,;:]+(?=[.!?])", "", text).strip(" ,;-–—")


def _without_aside(aside: re.Match[str]) -> str:
    return ", " if aside[0].startswith(",") and aside[0].endswith(",") else " "


def _ended(text: str) -> str:
    text = text.strip()
    text = text[:1].upper() + text[1:]
    return text if text[-1:] in ".!?" else text.rstrip(" ,;:-–—") + "."
