"""Takes a tool's secrets out of whatever leaves it: a server may echo what it was sent."""

import re
from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import quote, quote_plus

from tollfree.calls.tools.errors import BadAnswer
from tollfree.protocol.values import Value

HIDDEN = "[secret]"
"""What stands in a secret's place."""
SHORTEST = 4
"""Characters. A shorter secret cannot be told from ordinary text, and protects nothing."""
DEEPEST = 64
"""Levels of lists and records kept of an answer."""

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class Redactor:
    """Hides the given secrets, as they are and as URLs write them."""

    def __init__(self, secrets: Iterable[str]) -> None:
        forms = {form for secret in secrets for form in _forms(secret) if len(form) >= SHORTEST}
        self._longest_first = sorted(forms, key=len, reverse=True)

    def text(self, text: str) -> str:
        """The text without secrets."""
        for form in self._longest_first:
            text = text.replace(form, HIDDEN)
        return text

    def value(self, value: Value, *, depth: int = 0) -> Value:
        """The value without secrets, and without characters that no database keeps (NUL, lone surrogates).
        Raises `BadAnswer` for one nested deeper than `DEEPEST`."""
        if isinstance(value, str):
            return self.text(_UNSTORABLE.sub("\ufffd", value))
        if depth == DEEPEST and isinstance(value, (Mapping, Sequence)):
            raise BadAnswer(f"answered something nested more than {DEEPEST} levels deep")
        if isinstance(value, Mapping):
            return {
                self.text(_UNSTORABLE.sub("\ufffd", key)): self.value(item, depth=depth + 1)
                for key, item in value.items()
            }
        if isinstance(value, Sequence):
            return [self.value(item, depth=depth + 1) for item in value]
        return value


def _forms(secret: str) -> tuple[str, ...]:
    stripped = secret.strip()
    return secret, stripped, quote(stripped, safe=""), quote(stripped), quote_plus(stripped)
