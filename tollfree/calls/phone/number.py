"""Telephone numbers as people and networks write them, as E.164."""

import re
from collections.abc import Iterable

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat

from tollfree.calls.phone.errors import BadNumber

_WRITTEN = re.compile(r"\+?[\d\s().\-/]+")
"""Figures and what stands between them. Networks also send words, such as `anonymous`."""


def e164(written: str, region: str) -> str:
    """A number as a person writes it: with its country code, or as it is dialled within the region (ISO 3166).

    Raises `BadNumber`.
    """
    try:
        number = phonenumbers.parse(written, region)
    except NumberParseException as error:
        raise BadNumber(
            f"{written!r} is no telephone number. Write it with its country code, as +12125550100."
        ) from error
    if number.extension or not phonenumbers.is_valid_number(number):
        raise BadNumber(
            f"{written!r} is no number that could be rung in {region}. Write it with its country code, as "
            "+12125550100, and without an extension."
        )
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def looks_like_number(written: str) -> bool:
    """Whether this is meant as a number, rather than as the name of a queue."""
    return len(re.sub(r"\D", "", written)) >= 3 and _WRITTEN.fullmatch(written.strip()) is not None


def heard_number(sent: str, region: str = "") -> str:
    """A number as a network sends it: with or without `+`, with the country code or as it is dialled in the region.
    Empty for what is no number: withheld, `anonymous`, the name of a telephone."""
    text = sent.strip()
    if not looks_like_number(text):
        return ""
    readings = [(text, None)] if text.startswith("+") else [(text, region or None), (f"+{text}", None)]
    for written, home in readings:
        number = _valid(written, home)
        if number is not None:
            return phonenumbers.format_number(number, PhoneNumberFormat.E164)
    return ""


def same_number(sent: str, known: Iterable[str]) -> str | None:
    """Which of the known numbers, in E.164, a network means by what it sends as the number that was called. Providers
    leave the `+` out, or the country code too; that is understood where only one number can be meant."""
    digits = re.sub(r"\D", "", sent)
    numbers = tuple(known)
    if not digits:
        return None
    if f"+{digits}" in numbers:
        return f"+{digits}"
    home = digits.lstrip("0")
    meant = [number for number in numbers if home and str(phonenumbers.parse(number).national_number) == home]
    return meant[0] if len(meant) == 1 else None


def _valid(written: str, region: str | None) -> PhoneNumber | None:
    try:
        number = phonenumbers.parse(written, region)
    except NumberParseException:
        return None
    return number if phonenumbers.is_valid_number(number) else None
