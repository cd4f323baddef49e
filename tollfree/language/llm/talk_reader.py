"""Reads the line of a talk as a model writes it: the words to say while they come, then the exit and the values.

The answer is a JSON object that begins with `say`. From a server that does not hold its model to the schema it may be
plain words, with perhaps such an object on the last line.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import cast

_SAY = re.compile(r'\s*(?:```(?:json)?\s*)?\{\s*"say"\s*:\s*"')
_OBJECT = re.compile(r"\s*(?:```(?:json)?\s*)?(?:\{.*)?", re.DOTALL)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
_LAST_OBJECT = re.compile(r"\{[^{}]*(?:\{[^{}]*\}[^{}]*)?\}\s*(?:```)?\s*$")


class TalkReader:
    """One line. Fed with pieces of any length; the words only ever grow."""

    def __init__(self, exits: Sequence[str], slots: Sequence[str]) -> None:
        self._exits = frozenset(exits)
        self._slots = tuple(slots)
        self._written = ""
        self._place = -1
        """Where in what is written the next character of the words stands; -1: before they begin."""
        self._plain = False
        self.complete = False
        """The words are all there."""

    def feed(self, piece: str) -> str:
        """The next piece; words to say because of it, as the model wrote them."""
        self._written += piece
        if self._place < 0 and not self._plain:
            self._begin()
        if self._plain:
            return self._plain_words()
        return self._words() if self._place >= 0 and not self.complete else ""

    def end(self) -> str:
        """Nothing more comes; words to say because of that."""
        if self._place < 0 and not _OBJECT.fullmatch(self._written):
            self._plain, self._place = True, 0
        if not self._plain:
            return ""
        rest = _LAST_OBJECT.sub("", self._written)[self._place :]
        self._place = len(self._written)
        return rest

    @property
    def exit(self) -> str | None:
        """The exit that was chosen, if it is one of the closed set."""
        exit = self._object.get("exit")
        return exit if isinstance(exit, str) and exit in self._exits else None

    @property
    def slots(self) -> dict[str, str]:
        """Values that were picked out, as they were written; not one that was not asked for."""
        written = self._object.get("slots")
        picked = cast(Mapping[str, object], written if isinstance(written, dict) else {})
        found = {name: picked.get(name) for name in self._slots}
        return {name: words for name, words in found.items() if isinstance(words, str) and words.strip()}

    @property
    def _object(self) -> Mapping[str, object]:
        found = _LAST_OBJECT.search(self._written) if self._plain else re.search(r"\{.*\}", self._written, re.DOTALL)
        try:
            read: object = json.loads(found[0].strip().removesuffix("```")) if found else None
        except ValueError:
            return {}
        return cast(Mapping[str, object], read) if isinstance(read, dict) else {}

    def _begin(self) -> None:
        opening = _SAY.match(self._written)
        if opening is not None:
            self._place = opening.end()
        elif (
            self._written.strip()
            and not _OBJECT.fullmatch(self._written)
            and not "```json".startswith(self._written.strip())
        ):
            self._plain, self._place = True, 0

    def _plain_words(self) -> str:
        """Plain words up to what may be an object at their end."""
        brace = self._written.find("{", self._place)
        end = brace if brace >= 0 else len(self._written)
        words, self._place = self._written[self._place : end], end
        return words

    def _words(self) -> str:
        """More of the JSON string, unescaped; half an escape waits for its other half."""
        said: list[str] = []
        text = self._written
        while self._place < len(text):
            character = text[self._place]
            if character == '"':
                self.complete = True
                break
            if character != "\\":
                said.append(character)
                self._place += 1
                continue
            taken, plain = _escaped(text, self._place)
            if not taken:
                break
            said.append(plain)
            self._place += taken
        return "".join(said)


def _escaped(text: str, at: int) -> tuple[int, str]:
    """Characters of the escape at a place and what it stands for; 0: it is not whole yet."""
    if at + 1 >= len(text):
        return 0, ""
    if text[at + 1] != "u":
        return 2, _ESCAPES.get(text[at + 1], text[at + 1])
    first = text[at + 2 : at + 6]
    if len(first) < 4:
        return 0, ""
    code = _hex(first)
    if not 0xD800 <= code < 0xDC00:
        return 6, "" if 0xDC00 <= code < 0xE000 else chr(code)
    second = text[at + 6 : at + 12]
    if len(second) < 6 and "\\u".startswith(second[:2]):
        return 0, ""
    low = _hex(second[2:]) if second.startswith("\\u") else 0
    if not 0xDC00 <= low < 0xE000:
        return 6, ""
    return 12, chr(0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00))


def _hex(digits: str) -> int:
    return int(digits, 16) if re.fullmatch(r"[0-9a-fA-F]{4}", digits) else 0x20
