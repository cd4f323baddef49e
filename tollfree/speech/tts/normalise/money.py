"""Prices."""

import re
from collections.abc import Mapping

from tollfree.speech.tts.normalise.numbers import cardinal, decimal
from tollfree.speech.tts.normalise.spoken import English, Rule, alternatives, rule

_CURRENCIES: Mapping[str, tuple[str, str, str, str]] = {
    "$": ("dollar", "dollars", "cent", "cents"),
    "£": ("pound", "pounds", "penny", "pence"),
    "€": ("euro", "euros", "cent", "cents"),
    "¥": ("yen", "yen", "", ""),
    "₹": ("rupee", "rupees", "paisa", "paise"),
    "USD": ("dollar", "dollars", "cent", "cents"),
    "CAD": ("Canadian dollar", "Canadian dollars", "cent", "cents"),
    "AUD": ("Australian dollar", "Australian dollars", "cent", "cents"),
    "GBP": ("pound", "pounds", "penny", "pence"),
    "EUR": ("euro", "euros", "cent", "cents"),
    "CHF": ("franc", "francs", "centime", "centimes"),
    "JPY": ("yen", "yen", "", ""),
}
"""One and several of a currency and of its hundredth."""
_SCALES = {"k": "thousand", "m": "million", "mn": "million", "bn": "billion", "b": "billion"}
_SCALE = r"(?:\s?(?P<scale>thousand|million|billion|trillion|bn|mn|[kKmMbB])\b)?"
_AMOUNT = r"(?P<whole>\d{1,3}(?:,\d{3})+|\d+)(?:\.(?P<part>\d+))?"
_SIGN = f"(?P<sign>{alternatives(sign for sign in _CURRENCIES if not sign.isalpha())})"
_CODE = f"(?P<sign>{alternatives(code for code in _CURRENCIES if code.isalpha())}|€|£)"
_BEFORE = f"(?P<sign>{alternatives(code for code in _CURRENCIES if code.isalpha())})"
_RANGE = rf"{_SIGN}\s?(?P<low>\d+(?:\.\d\d?)?)\s?[-–—]\s?(?P=sign)?\s?(?P<high>\d+(?:\.\d\d?)?)(?![\d.,]*\d)"


def _price(match: re.Match[str], english: English) -> str | None:
    minus = "minus " if match.groupdict().get("minus") else ""
    scale = match["scale"]
    if scale:
        figures = match["whole"] + (f".{match['part']}" if match["part"] else "")
        word = _SCALES.get(scale.lower(), scale.lower())
        return f"{minus}{decimal(figures, english)} {word} {_CURRENCIES[match['sign']][1]}"
    return minus + amount(match["whole"], match["part"] or "", match["sign"], english)


def amount(whole: str, part: str, sign: str, english: English) -> str:
    """ "14", "50", "$" → "fourteen dollars and fifty cents"."""
    one, several, cent, cents = _CURRENCIES[sign]
    units = whole.replace(",", "").lstrip("0")
    if part and (len(part) > 2 or not cent):
        return f"{decimal(f'{whole}.{part}', english)} {several}"
    hundredths = int(part.ljust(2, "0")) if part else 0
    said: list[str] = []
    if units or not hundredths:
        said.append(f"{cardinal(whole, english)} {one if units == '1' else several}")
    if hundredths:
        said.append(f"{cardinal(str(hundredths), english)} {cent if hundredths == 1 else cents}")
    return " and ".join(said)


def _range(match: re.Match[str], english: English) -> str:
    low, high = (match[name].partition(".") for name in ("low", "high"))
    sign = match["sign"]
    first = amount(low[0], low[2], sign, english) if low[2] or high[2] else cardinal(low[0], english)
    return f"{first} to {amount(high[0], high[2], sign, english)}"


def _cents(match: re.Match[str], english: English) -> str:
    figures = match["figures"]
    return f"{cardinal(figures, english)} {'cent' if figures == '1' else 'cents'}"


def _pence(match: re.Match[str], english: English) -> str | None:
    return f"{cardinal(match['figures'], english)} pence" if english is English.GB else None


RULES: tuple[Rule, ...] = (
    rule(_RANGE, _range),
    rule(rf"(?P<minus>(?<![\w.])[-−])?{_SIGN}\s?{_AMOUNT}{_SCALE}", _price),
    rule(rf"(?<![\w.])(?P<minus>[-−])?{_AMOUNT}(?P<scale>)?\s?{_CODE}(?!\w)", _price),
    rule(rf"\b{_BEFORE}\s?{_AMOUNT}{_SCALE}(?!\w)", _price),
    rule(r"(?<![\w.])(?P<figures>\d{1,4})\s?¢", _cents),
    rule(r"¢\s?(?P<figures>\d{1,4})\b", _cents),
    rule(r"(?<![\w.,])(?P<figures>\d{1,3})p\b", _pence),
)
