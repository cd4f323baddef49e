"""Phone numbers, order numbers and codes: figure by figure, letter by letter, with pauses between groups."""

import re

import phonenumbers

from tollfree.speech.tts.normalise.numbers import cardinal, grouped, one_by_one
from tollfree.speech.tts.normalise.spoken import English, Rule, alternatives, rule

_ANNOUNCED = (
    "order orders number numbers code codes account invoice ticket reference ref confirmation tracking serial case"
    " pin passcode zip zipcode postcode id extension ext customer member membership booking"
).split()
"""Words after which figures are a code, not an amount."""
_NEXT_TO_IT = r"(?:\s+(?:number|no\.|code|id|is|was|to|and|or|ending in|ends in))*[\s:#]+"
_VOWELS = frozenset("AEIOU")


def _international(match: re.Match[str], english: English) -> str | None:
    return said_phone(match[0], english)


def said_phone(written: str, english: English) -> str | None:
    """A phone number in the groups of its country; the country's code only when it is not at home here."""
    try:
        found = phonenumbers.parse(written, english.value)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(found):
        return None
    at_home = phonenumbers.country_code_for_region(english.value) == found.country_code
    form = phonenumbers.PhoneNumberFormat.NATIONAL if at_home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    shown = phonenumbers.format_number(found, form)
    said = _figures_by_group("".join(sign if sign.isdigit() else " " for sign in shown))
    return said if at_home else f"plus {said}"


def _figures_by_group(written: str) -> str:
    return ", ".join(one_by_one(group) for group in re.findall(r"\d+", written, re.ASCII))


def _grouped_figures(match: re.Match[str], english: English) -> str | None:
    """Figures written in groups ("212 555 0142", "(212) 555-0142", "4242 4242 4242 4242")."""
    return _figures_by_group(match[0])


def _long_run(match: re.Match[str], english: English) -> str | None:
    """ "2125550142": a phone number where it can be one, else a code; a round amount is an amount."""
    figures = match[0]
    if len(figures) < 10 and figures.endswith("000") and not figures.startswith("0") and not _is_announced(match):
        return None
    if len(figures) in (10, 11):
        return said_phone(figures, english) or grouped(figures)
    return grouped(figures)


def _announced_run(match: re.Match[str], english: English) -> str | None:
    """ "order 4175", "PIN 0042", "extension 12": short figures that a word before them makes a code."""
    return grouped(match[0]) if _is_announced(match) and len(match[0]) >= 3 else None


def _is_announced(match: re.Match[str]) -> bool:
    before = match.string[max(0, match.start() - 40) : match.start()]
    return _ANNOUNCEMENT.search(before) is not None


_ANNOUNCEMENT = re.compile(rf"\b(?:{alternatives(_ANNOUNCED)}){_NEXT_TO_IT}$|#\s?$", re.IGNORECASE)


def _leading_zero(match: re.Match[str], english: English) -> str:
    return grouped(match[0])


def _hash(match: re.Match[str], english: English) -> str:
    """ "#12" is "number twelve", "#41755" is a code."""
    figures = match["figures"]
    if len(figures) >= 3 or figures.startswith("0"):
        return f"number {grouped(figures)}"
    return f"number {cardinal(figures, english)}"


def _code(match: re.Match[str], english: English) -> str | None:
    """ "A1B-23" → "A one B, two three"; "COVID-19" keeps its word."""
    named = re.fullmatch(r"(?P<name>[A-Z]{4,})-?(?P<figures>\d{1,2})", match[0])
    if named and _VOWELS & set(named["name"]):
        return f"{named['name'].capitalize()} {cardinal(named['figures'], english)}"
    return ", ".join(_code_part(part) for part in match[0].split("-") if part)


def _code_part(part: str) -> str:
    said: list[str] = []
    for run in re.findall(r"[A-Z]+|\d+", part, re.ASCII):
        if run.isdigit():
            said.append(grouped(run))
        elif len(run) > 3 and _VOWELS & set(run):
            said.append(run.capitalize())
        else:
            said.append(" ".join(run))
    return " ".join(said)


def _model(match: re.Match[str], english: English) -> str:
    """ "iPhone 15"-like names written together: "covid19", "mp3", "v2"."""
    figures = match["figures"]
    said = cardinal(figures, english) if len(figures) < 3 else grouped(figures)
    letters = match["letters"]
    word = letters if len(letters) > 3 else " ".join(letters.upper())
    return f"{word} {said}"


RULES: tuple[Rule, ...] = (
    rule(r"(?<![\w+])\+\d[\d ().-]{5,18}\d(?!\d)", _international, re.ASCII),
    rule(r"(?<![\w(])(?:1[ .-]?)?\(?\d{3}\)?[ .-]{1,2}\d{3}[ .-]\d{4}(?![\w-])", _grouped_figures, re.ASCII),
    rule(r"(?<![\w.-])\(?0\d{2,4}\)? \d{3,4} ?\d{3,4}(?![\w-])", _grouped_figures, re.ASCII),
    rule(r"(?<![\w.-])\d{3}-\d{4}(?![\w-])", _grouped_figures, re.ASCII),
    rule(r"(?<![\w.,-])\d{2,5}(?:[ -]\d{2,5}){2,6}(?![\w-]|[.,]\d)", _grouped_figures, re.ASCII),
    rule(r"(?<=\b[Cc]all )\d{3}\b|(?<=\b[Dd]ial )\d{1,4}\b", _leading_zero, re.ASCII),
    rule(r"#\s?(?P<figures>\d+)\b", _hash, re.ASCII),
    rule(r"(?<![\w.,:/-])0\d{2,}(?![\w:/]|[.,]\d)", _leading_zero, re.ASCII),
    rule(r"(?<![\w.,])\d{5,}(?![\w]|[.,]\d)", _long_run, re.ASCII),
    rule(r"(?<![\w.,])\d{3,4}(?![\w%:/]|[.,]\d|-\d)", _announced_run, re.ASCII),
    rule(
        r"(?<![\w-])(?=[A-Z0-9-]{0,30}[A-Z])(?=[A-Z0-9-]{0,30}\d)[A-Z0-9]{1,20}(?:-[A-Z0-9]{1,20}){0,6}(?![\w-])",
        _code,
        re.ASCII,
    ),
    rule(r"(?<![\w-])(?P<letters>[a-z]{1,20})(?P<figures>\d{1,6})(?![\w-])", _model, re.ASCII | re.IGNORECASE),
)
