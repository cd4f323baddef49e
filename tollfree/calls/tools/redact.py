"""Takes a tool's secrets out of whatever leaves it: a server may echo what it was sent."""

import base64
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
    """Hides the given secrets, as they are and as URLs, JSON and base64 write them."""

    def __init__(self, secrets: Iterable[str]) -> None:
        long_enough = [secret for secret in secrets if len(secret.strip()) >= SHORTEST]
        forms = {form for secret in long_enough for form in _forms(secret) if len(form) >= SHORTEST}
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


def _forms(secret: str) -> Iterator[str]:
    """The value, and what becomes of it inside URLs, JSON and base64 (an `Authorization: Basic` header holds it so)."""
    for form in {secret, secret.strip()}:
        yield form
        yield from (quote(form, safe="", errors="replace"), quote(form, errors="replace"))
        yield quote_plus(form, errors="replace")
        yield json.dumps(form)[1:-1]
        yield json.dumps(form, ensure_ascii=False)[1:-1]
        raw = form.encode(errors="replace")
        for shift in range(3):
            # Of base64 with other text around it, the characters that depend on this value alone.
            first, last = (shift * 8 + 5) // 6, (shift + len(raw)) * 8 // 6
            padded = base64.b64encode(b"\0" * shift + raw + b"\0\0").decode()
            yield padded[first:last]
            yield padded[first:last].translate(str.maketrans("+/", "-_"))
