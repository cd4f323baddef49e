"""Abbreviations and signs in words; markup, brackets and pictures left out."""

import re
import unicodedata
from collections.abc import Mapping

from tollfree.speech.tts.normalise.numbers import cardinal, grouped
from tollfree.speech.tts.normalise.spoken import English, Rule, alternatives, rule

_BEFORE_NAMES: Mapping[str, str] = {
    "Mr": "Mister",
    "Mrs": "Missus",
    "Ms": "Miz",
    "Prof": "Professor",
    "Capt": "Captain",
    "Sgt": "Sergeant",
    "Lt": "Lieutenant",
    "Gov": "Governor",
    "Sen": "Senator",
    "Rev": "Reverend",
    "Mt": "Mount",
    "Ft": "Fort",
}
_IN_ADDRESSES: Mapping[str, str] = {
    "Ave": "Avenue",
    "Blvd": "Boulevard",
    "Rd": "Road",
    "Ln": "Lane",
    "Ct": "Court",
    "Pl": "Place",
    "Sq": "Square",
    "Hwy": "Highway",
    "Pkwy": "Parkway",
    "Apt": "apartment",
    "Ste": "suite",
    "Fl": "floor",
}
_ANYWHERE: Mapping[str, str] = {
    "e.g.": "for example",
    "i.e.": "that is",
    "etc.": "et cetera",
    "approx.": "approximately",
    "vs.": "versus",
    "vs": "versus",
    "w/o": "without",
    "w/": "with",
    "Inc.": "Incorporated",
    "Ltd.": "Limited",
    "Corp.": "Corporation",
    "Co.": "Company",
    "Jr.": "Junior",
    "Sr.": "Senior",
    "dept.": "department",
    "Dept.": "Department",
    "ext.": "extension",
    "Ext.": "extension",
    "tel.": "telephone",
    "Tel.": "telephone",
    "incl.": "including",
    "excl.": "excluding",
    "max.": "maximum",
    "min.": "minimum",
    "misc.": "miscellaneous",
    "qty": "quantity",
    "Qty": "quantity",
    "a.m.": "AM",
    "p.m.": "PM",
    "mm-hm": "um-hum",
    "mhm": "um-hum",
    "Mm-hm": "um-hum",
    "Mhm": "um-hum",
}
"""espeak spells what has no vowel: "mm-hm" would come out as four letters."""
_ENDS_SENTENCE = frozenset(("etc.", "Inc.", "Ltd.", "Corp.", "Co.", "Jr.", "Sr.", "a.m.", "p.m."))
_PER = "month year day week hour minute second person night item kg g lb oz piece page mile km head gallon".split()
_SIGN_WORDS: Mapping[str, str] = {"&": "and", "@": "at", "=": "equals", "±": "plus or minus", "≈": "about"}
_KEPT = frozenset("'-.,;:?!")


def _abbreviated(match: re.Match[str], english: English) -> str:
    word = match["word"]
    stop = "." if word in _ENDS_SENTENCE and not match.string[match.end() :].strip() else ""
    return _ANYWHERE[word] + stop


def _title(match: re.Match[str], english: English) -> str:
    return _BEFORE_NAMES[match["word"]]


def _street_part(match: re.Match[str], english: English) -> str:
    return _IN_ADDRESSES[match["word"]] + _end_of_text(match)


def _saint_or_street(match: re.Match[str], english: English) -> str:
    """ "St. Louis" is a saint, "Main St." a street."""
    after_name = re.search(r"(?:[A-Z][\w'’]+|\d(?:st|nd|rd|th))\s+$", match.string[: match.start()]) is not None
    before_name = re.match(r"\s+[A-Z]", match.string[match.end() :]) is not None
    if after_name or not before_name:
        return f"Street{_end_of_text(match)}"
    return "Saint"


def _doctor_or_drive(match: re.Match[str], english: English) -> str:
    """ "Dr. Weiss" is a doctor, "12 Oak Dr." a drive."""
    after_number = re.search(r"\d\s+(?:[A-Z][\w'’]+\s+)+$", match.string[: match.start()]) is not None
    return f"Drive{_end_of_text(match)}" if after_number else "Doctor"


def _end_of_text(match: re.Match[str]) -> str:
    return "." if match[0].endswith(".") and not match.string[match.end() :].strip() else ""


def _number(match: re.Match[str], english: English) -> str:
    """ "No. 5", "no. 41755"."""
    figures = match["figures"]
    code = len(figures) > 4 or figures.startswith("0")
    return f"number {grouped(figures) if code else cardinal(figures, english)}"


def _link(match: re.Match[str], english: English) -> str:
    return ""


def _per(match: re.Match[str], english: English) -> str:
    return "per"


def _or(match: re.Match[str], english: English) -> str:
    return "or"


def _plus(match: re.Match[str], english: English) -> str:
    return "plus"


def _about(match: re.Match[str], english: English) -> str:
    return "about"


def _minus(match: re.Match[str], english: English) -> str:
    return "minus"


def _pause(match: re.Match[str], english: English) -> str:
    return ","


def _stop(match: re.Match[str], english: English) -> str:
    return "."


def _sign(match: re.Match[str], english: English) -> str:
    return _SIGN_WORDS[match[0]]


def _nothing(match: re.Match[str], english: English) -> str:
    return ""


MARKUP: tuple[Rule, ...] = (
    rule(r"!?\[(?=[^\[\]\n]{0,300}\]\([^\s()]{1,300}\))", _link),
    rule(r"(?<=[^\[\n])\]\([^\s()]{1,300}\)", _link),
    rule(r"<(?:/?[a-zA-Z][a-zA-Z0-9]{0,10})(?:\s[^<>\n]{0,200})?/?>", _nothing),
    rule(
        r"```\w{0,20}|`+|\*{2,3}|(?<![\w])_{1,3}(?=\w)|(?<=\w)_{1,3}(?![\w])|~~|(?m:^\s{0,3}>+)|(?m:^\s{0,3}#{1,6}(?=\s))",
        _nothing,
    ),
    rule(r"(?m)^\s*[-*+•‣▪◦–](?=\s)", _nothing),
    rule(r"(?m)(?<=\w)[ \t]*(?:\r?\n)+(?=\s*\S)", _stop),
    rule(r"(?m)^\s*(?:[-=_*]\s?){3,}$", _nothing),
)
"""Claimed before anything else, so that no sign of it is said."""

RULES: tuple[Rule, ...] = (
    rule(r"\b(?:No|no|Nr|nr|Nos|nos)\.\s?(?P<figures>\d{1,20})\b", _number, re.ASCII),
    rule(rf"(?<![\w.])(?P<word>{alternatives(_ANYWHERE)})(?!\w)", _abbreviated),
    rule(rf"\b(?P<word>{alternatives(_BEFORE_NAMES)})\.(?=\s+[A-Z])", _title),
    rule(rf"(?<=[\w,] )(?P<word>{alternatives(_IN_ADDRESSES)})(?:\.|(?=\s*(?:,|$|\d|[A-Z]\b)))", _street_part),
    rule(r"\bSt\.|(?<=[a-z] )St(?=\s*(?:,|$))", _saint_or_street),
    rule(r"\bDr(?:\.|(?=\s+[A-Z]))|(?<=[a-z] )Dr(?=\s*(?:,|$))", _doctor_or_drive),
    rule(rf"(?<=[\w¢%])\s?/\s?(?=(?:{alternatives(_PER)})\b)", _per),
    rule(r"(?<=[^\W\d])/(?=or\b)", _nothing),
    rule(r"(?<=[^\W\d_])/(?=[^\W\d_])", _or),
    rule(r"(?<=\d)\s?/\s?(?=[^\W\d])", _per),
    rule(r"(?<=[\w)])\s?\+\s?(?=[\w$£€])", _plus),
    rule(r"~(?=\s?[\d$£€])", _about),
    rule(r"(?<=\s)[-−](?=\d)", _minus),
    rule(r"\s?[—–]\s?|\s[-−]+\s|\s?--+\s?|…(?=\s?[a-z])|(?<!\.)\.{3,}+(?=\s?[a-z])|\s?\|\s?", _pause),
    rule(r"…|(?<!\.)\.{2,}+", _stop),
    rule(r"[;؛](?=\s|$)", _pause),
    rule(f"[{''.join(_SIGN_WORDS)}]", _sign),
)


def plain(token: str) -> str:
    """A token that no rule knows: letters of any script, marks between them, and the signs that make pauses."""
    kept = "".join(_kept(sign, place, token) for place, sign in enumerate(unicodedata.normalize("NFC", token)))
    return " ".join(word for word in (part.strip("'-") for part in kept.split()) if word)


def _kept(sign: str, place: int, token: str) -> str:
    if sign in "’‘ʼ":
        return "'"
    if sign in "‐‑":
        return "-"
    if sign in _KEPT:
        return sign
    if sign in "。！？、，":
        return {"。": ". ", "！": "! ", "？": "? ", "、": ", ", "，": ", "}[sign]
    category = unicodedata.category(sign)
    if category[0] in "LM" and category != "Me" and sign not in "\ufe0e\ufe0f":
        return sign
    return "" if category == "Cf" else " "
