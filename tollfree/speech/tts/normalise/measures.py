"""Numbers with what stands around them: units, percentages, fractions, ranges, ordinals; and numbers alone."""

import re
from collections.abc import Mapping

from tollfree.speech.tts.normalise.numbers import (
    MOST_FIGURES,
    ascii_figures,
    cardinal,
    decimal,
    is_year,
    one_by_one,
    ordinal,
    year,
)
from tollfree.speech.tts.normalise.spoken import English, Rule, alternatives, rule

_UNITS: Mapping[str, tuple[str, str]] = {
    "kg": ("kilogram", "kilograms"),
    "g": ("gram", "grams"),
    "mg": ("milligram", "milligrams"),
    "lb": ("pound", "pounds"),
    "lbs": ("pound", "pounds"),
    "oz": ("ounce", "ounces"),
    "l": ("liter", "liters"),
    "L": ("liter", "liters"),
    "ml": ("milliliter", "milliliters"),
    "mL": ("milliliter", "milliliters"),
    "cl": ("centiliter", "centiliters"),
    "km": ("kilometer", "kilometers"),
    "m": ("meter", "meters"),
    "cm": ("centimeter", "centimeters"),
    "mm": ("millimeter", "millimeters"),
    "mi": ("mile", "miles"),
    "ft": ("foot", "feet"),
    "yd": ("yard", "yards"),
    "min": ("minute", "minutes"),
    "mins": ("minute", "minutes"),
    "hr": ("hour", "hours"),
    "hrs": ("hour", "hours"),
    "sec": ("second", "seconds"),
    "secs": ("second", "seconds"),
    "ms": ("millisecond", "milliseconds"),
    "mph": ("mile per hour", "miles per hour"),
    "km/h": ("kilometer per hour", "kilometers per hour"),
    "kW": ("kilowatt", "kilowatts"),
    "W": ("watt", "watts"),
    "V": ("volt", "volts"),
    "GB": ("gigabyte", "gigabytes"),
    "MB": ("megabyte", "megabytes"),
    "TB": ("terabyte", "terabytes"),
    "°C": ("degree Celsius", "degrees Celsius"),
    "°F": ("degree Fahrenheit", "degrees Fahrenheit"),
    "°": ("degree", "degrees"),
    "pcs": ("piece", "pieces"),
    "pt": ("pint", "pints"),
    "pts": ("point", "points"),
    "qt": ("quart", "quarts"),
    "gal": ("gallon", "gallons"),
    "tsp": ("teaspoon", "teaspoons"),
    "tbsp": ("tablespoon", "tablespoons"),
    "sq ft": ("square foot", "square feet"),
}
_BRITISH = {"liter": "litre", "meter": "metre"}
_PARTS: Mapping[str, tuple[str, str]] = {
    "2": ("half", "halves"),
    "3": ("third", "thirds"),
    "4": ("quarter", "quarters"),
    "5": ("fifth", "fifths"),
    "6": ("sixth", "sixths"),
    "8": ("eighth", "eighths"),
    "10": ("tenth", "tenths"),
    "16": ("sixteenth", "sixteenths"),
}
_SMALL: Mapping[str, tuple[str, str]] = {
    "½": ("1", "2"),
    "⅓": ("1", "3"),
    "⅔": ("2", "3"),
    "¼": ("1", "4"),
    "¾": ("3", "4"),
    "⅕": ("1", "5"),
    "⅖": ("2", "5"),
    "⅗": ("3", "5"),
    "⅘": ("4", "5"),
    "⅙": ("1", "6"),
    "⅛": ("1", "8"),
    "⅜": ("3", "8"),
    "⅝": ("5", "8"),
    "⅞": ("7", "8"),
}
_NUMBER = r"(?P<figures>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)"
_START = r"(?<![\w.,])(?<!\d[-–/])"


def _number(figures: str, english: English) -> str:
    return decimal(ascii_figures(figures), english)


def _unit(match: re.Match[str], english: English) -> str:
    one, several = _UNITS[match["unit"]]
    name = one if match["figures"] == "1" else several
    if english is English.GB:
        for american, british in _BRITISH.items():
            name = name.replace(american, british)
    return f"{_minus(match)}{_number(match['figures'], english)} {name}"


def _minus(match: re.Match[str]) -> str:
    return "minus " if match.groupdict().get("minus") else ""


def _inches(match: re.Match[str], english: English) -> str:
    """ "12in", `12"`, "a 12 in pizza", but not "12 in stock"."""
    name = "inch" if match["figures"] == "1" or match["of"] is not None else "inches"
    return f"{_number(match['figures'], english)} {name}"


def _feet_and_inches(match: re.Match[str], english: English) -> str:
    return f"{cardinal(match['feet'], english)} foot {cardinal(match['inches'], english)}"


def _percent(match: re.Match[str], english: English) -> str:
    low = f"{_number(match['low'], english)} to " if match["low"] else ""
    return f"{_minus(match)}{low}{_number(match['figures'], english)} percent"


def _fraction(match: re.Match[str], english: English) -> str | None:
    top, bottom = match["top"], match["bottom"]
    if bottom not in _PARTS or int(top) == 0 or int(top) >= int(bottom):
        return None
    return _fraction_of(match["whole"], top, bottom, english)


def _small_fraction(match: re.Match[str], english: English) -> str:
    return _fraction_of(match["whole"], *_SMALL[match["sign"]], english)


def _fraction_of(whole: str | None, top: str, bottom: str, english: English) -> str:
    one, several = _PARTS[bottom]
    if whole:
        part = f"a {one}" if top == "1" else f"{cardinal(top, english)} {several}"
        return f"{cardinal(whole, english)} and {part}"
    return f"{cardinal(top, english)} {one if top == '1' else several}"


def _range(match: re.Match[str], english: English) -> str | None:
    low, high = match["low"], match["high"]
    if len(low) > 1 and low.startswith("0") or float(low) >= float(high):
        return None
    if is_year(low) and is_year(high):
        return f"{year(low, english)} to {year(high, english)}"
    return f"{_number(low, english)} to {_number(high, english)}"


def _ordinal(match: re.Match[str], english: English) -> str:
    return ordinal(match["figures"], english)


def _decade(match: re.Match[str], english: English) -> str:
    figures = match["figures"]
    said = year(figures, english) if len(figures) == 4 else cardinal(figures, english)
    return f"{said[:-1]}ies" if said.endswith("y") else f"{said}s"


def _times(match: re.Match[str], english: English) -> str:
    return f"{_number(match['figures'], english)} times"


def _by(match: re.Match[str], english: English) -> str:
    return f"{_number(match['figures'], english)} by {_number(match['second'], english)}"


def _all_day(match: re.Match[str], english: English) -> str:
    return "twenty-four seven"


def _version(match: re.Match[str], english: English) -> str:
    return " point ".join(cardinal(part, english) for part in match[0].split("."))


def _score(match: re.Match[str], english: English) -> str:
    return f"{cardinal(match['top'], english)} slash {cardinal(match['bottom'], english)}"


def _alone(match: re.Match[str], english: English) -> str:
    """A number by itself: four figures that look like a year are one, a leading zero makes a code."""
    figures = ascii_figures(match["figures"])
    if is_year(figures) and not match["minus"]:
        return year(figures, english)
    if len(figures) > 1 and figures.startswith("0") and "." not in figures:
        return one_by_one(figures.replace(",", ""))
    return f"{_minus(match)}{decimal(figures, english)}"


def _any_figures(match: re.Match[str], english: English) -> str:
    """What is left: figures in the middle of other signs."""
    figures = ascii_figures(match[0])
    return one_by_one(figures) if len(figures) > MOST_FIGURES or figures.startswith("0") else cardinal(figures, english)


_HEIGHT = "wide long tall deep high thick by x pizza pizzas sub subs screen diameter across".split()
RULES: tuple[Rule, ...] = (
    rule(r"(?<![\w/])24/7(?![\w/])", _all_day),
    rule(rf"{_START}(?P<minus>[-−])?(?:(?P<low>\d+(?:\.\d+)?)\s?[-–—]\s?)?{_NUMBER}\s?%", _percent),
    rule(rf"{_START}(?P<feet>\d{{1,2}})['′]\s?(?P<inches>\d{{1,2}})[\"″”]", _feet_and_inches),
    rule(
        rf"{_START}{_NUMBER}(?:\s?[\"″”](?=\s|$|[,.;])|in\b|\sin\.|-in\b|\sin(?=\s?(?:$|[,;:!?)]|\.(?:\s|$)))"
        rf"|\sin(?P<of>)?(?=\s(?:{alternatives(_HEIGHT)})\b))",
        _inches,
    ),
    rule(
        rf"{_START}(?P<minus>[-−])?{_NUMBER}\s?(?P<unit>{alternatives(_UNITS)})(?![\w/'’])",
        _unit,
    ),
    rule(rf"{_START}{_NUMBER}\s?[x×]\s?(?P<second>\d+(?:\.\d+)?)(?![\w.])", _by),
    rule(rf"{_START}{_NUMBER}\s?[x×](?!\w)", _times),
    rule(
        r"(?<![\w.,/])(?:(?P<whole>\d{1,4})[\s-])?(?P<top>\d{1,2})[/⁄](?P<bottom>\d{1,2})(?![\w/⁄]|[.,]\d)", _fraction
    ),
    rule(r"(?<![\w.,/])(?P<top>\d{1,6})/(?P<bottom>\d{1,6})(?![\w/]|[.,]\d)", _score),
    rule(rf"(?<![.,\d])(?:(?P<whole>\d{{1,4}})\s?)?(?P<sign>[{''.join(_SMALL)}])", _small_fraction),
    rule(r"(?<![\w.,/-])(?P<low>\d{1,4}(?:\.\d+)?)\s?[-–—]\s?(?P<high>\d{1,4}(?:\.\d+)?)(?![\w/-]|[.,]\d)", _range),
    rule(r"(?<![\w.])(?P<figures>\d{1,3}(?:,\d{3})+|\d{1,15})(?:st|nd|rd|th)\b", _ordinal, re.IGNORECASE),
    rule(r"(?<!\w)['’]?(?P<figures>(?:1[1-9]|20)\d0|[2-9]0)s\b", _decade),
    rule(r"(?<![\w.])\d{1,4}(?:\.\d{1,4}){2,4}(?![\w]|\.\d)", _version, re.ASCII),
    rule(
        r"(?<![\w.,])(?<!\d[-–/])(?P<minus>(?<![\w)])[-−])?(?P<figures>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d*\.\d+|\d+)(?!\w)",
        _alone,
    ),
    rule(r"\d+", _any_figures),
)
