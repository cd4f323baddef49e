"""E-mail addresses and addresses of web pages."""

import re
from collections.abc import Mapping

from tollfree.speech.tts.normalise.numbers import DIGITS
from tollfree.speech.tts.normalise.spoken import English, Rule, alternatives, rule

_SIGNS: Mapping[str, str] = {
    "@": "at",
    ".": "dot",
    "-": "dash",
    "_": "underscore",
    "+": "plus",
    "/": "slash",
    "%": "percent",
    "&": "and",
    "=": "equals",
    "?": "question mark",
    "#": "hash",
    "~": "tilde",
    ":": "colon",
}
_ENDINGS = (
    "com net org edu gov io co uk de fr nl eu us ca au nz ie ch at biz info app dev shop store ai me tv online site"
    " example test"
).split()
_SAID_AS_WORDS = frozenset("com net org edu gov biz info app dev shop store online site example test co".split())
_PARTS = re.compile(r"[^\W\d_]+|\d|[^\w\s]|_")


def said_address(written: str) -> str:
    """ "sam.weiss@example.net" → "sam dot weiss at example dot net"; figures one by one."""
    parts = _PARTS.findall(written)
    said: list[str] = []
    for place, part in enumerate(parts):
        if part.isdigit():
            said.append(DIGITS[int(part)])
        elif part in _SIGNS:
            said.append(_SIGNS[part])
        elif part.isalpha():
            ends_name = place == len(parts) - 1 or parts[place + 1] in "./"
            ending = place > 0 and parts[place - 1] == "." and part.lower() in _ENDINGS and ends_name
            said.append(_name(part, ending))
    return " ".join(said)


def _name(part: str, ending: bool) -> str:
    """A name is said, an abbreviation spelled."""
    lower = part.lower()
    if ending and lower in _SAID_AS_WORDS:
        return lower
    if ending or (len(part) <= 3 and not set(lower) & set("aeiouy")) or len(part) == 1:
        return " ".join(part.upper())
    return part


def _email(match: re.Match[str], english: English) -> str:
    return said_address(match["address"])


def _web(match: re.Match[str], english: English) -> str:
    path = (match["path"] or "").split("?")[0].split("#")[0].rstrip("/")
    return said_address(match["host"] + path)


_HOST = r"(?P<host>(?:[a-z0-9](?:[a-z0-9-]{0,62})\.){1,5}"
RULES: tuple[Rule, ...] = (
    rule(
        r"(?<![\w.+-])(?:mailto:)?(?P<address>[\w+][\w.+%-]{0,63}@(?:[\w-]{1,63}\.){1,5}[^\W\d_]{2,24})(?![\w-])",
        _email,
        re.IGNORECASE,
    ),
    rule(
        rf"https?://(?:www\.)?{_HOST}[a-z]{{2,24}}|localhost|(?:\d{{1,3}}\.){{3}}\d{{1,3}})(?::\d+)?"
        r"(?P<path>/[^\s<>\"')\]]*[^\s<>\"')\].,;:!?]|/)?",
        _web,
        re.IGNORECASE,
    ),
    rule(
        rf"(?<![\w@.-])(?:www\.)?{_HOST}(?:{alternatives(_ENDINGS)}))"
        r"(?![\w-])(?P<path>/[^\s<>\"')\]]*[^\s<>\"')\].,;:!?])?",
        _web,
        re.IGNORECASE,
    ),
)
