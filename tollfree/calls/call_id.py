"""Call ids: unique for ever, and in the order calls began."""

import secrets
from datetime import datetime

from tollfree.protocol.ids import CallId

_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32: no letters that are taken for figures."""


def new_call_id(now: datetime) -> CallId:
    """Ten characters of milliseconds since 1970, then sixteen of chance (80 bits)."""
    return CallId(_encoded(int(now.timestamp() * 1000), 10) + _encoded(secrets.randbits(80), 16))


CALL_ID = f"^[{_LETTERS}]{{26}}$"
"""The form of a call id, as a regular expression: what comes from outside is held to it before it names a file."""


def _encoded(number: int, length: int) -> str:
    return "".join(_LETTERS[(number >> (5 * place)) & 31] for place in reversed(range(length)))


def began_ms(call: CallId) -> tuple[int, int]:
    """Of an id of this form: the milliseconds since 1970 at which the call began, and its 80 bits of chance."""
    return _decoded(call[:10]), _decoded(call[10:])


def _decoded(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number << 5 | _LETTERS.index(letter)
    return number
