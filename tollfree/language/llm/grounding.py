"""Whether words may be said: no number, price, date, e-mail address, URL, telephone number or code that stands in none
of the places they may rest on. Values are compared, not spellings."""

from collections.abc import Iterable, Mapping, Sequence
from typing import cast

from tollfree.language.llm.values import Mention, mentions, number_key
from tollfree.protocol.values import Value

FEWEST_LAST_DIGITS = 4
"""Digits that may be named alone as the last of a longer number ("ending in 1755")."""
_DEEPEST = 8
"""Levels of a value that are read."""


class Grounds:
    """What the words of one composition may rest on."""

    def __init__(
        self, texts: Iterable[str] = (), values: Mapping[str, Value] | None = None, *, today: str = ""
    ) -> None:
        """`texts`: passages, the caller's words, the author's goal. `values`: what the flow knows. `today`:
        YYYY-MM-DD."""
        self._today = today
        self._keys: set[str] = set()
        for text in texts:
            self.add(text)
        for value in (values or {}).values():
            self._add_value(value, 0)

    def add(self, text: str) -> None:
        """They may rest on this text too."""
        for mention in mentions(text, self._today):
            self._keys |= mention.keys | mention.supports

    def unsupported(self, words: str) -> str:
        """The first value in the words that nothing supports, in figures; empty: they may be said."""
        found = (one for one in mentions(words, self._today) if not self._supports(one))
        return next((one.text for one in found), "")

    def _supports(self, mention: Mention) -> bool:
        return bool((mention.keys | mention.rests_on) & self._keys) or any(
            self._ends_known(key) for key in mention.keys
        )

    def _ends_known(self, key: str) -> bool:
        """Whether it is the end of a longer number that is known, or that number with a country's code before it."""
        digits = key.removeprefix("digits:")
        if digits == key or len(digits) < FEWEST_LAST_DIGITS:
            return False
        known = (one.removeprefix("digits:") for one in self._keys if one.startswith("digits:"))
        return any(
            (len(one) >= 7 and one.endswith(digits)) or (len(one) >= 7 and digits.endswith(one)) for one in known
        )

    def _add_value(self, value: Value, depth: int) -> None:
        if isinstance(value, str):
            self.add(value)
        elif isinstance(value, bool) or value is None or depth > _DEEPEST:
            return
        elif isinstance(value, int | float):
            key = number_key(value)
            self._keys |= {f"n:{key}", f"bare:{key}", f"digits:{key}"}
        elif isinstance(value, Mapping):
            for part in cast(Mapping[str, Value], value).values():
                self._add_value(part, depth + 1)
        else:
            parts = cast(Sequence[Value], value)
            self._keys |= {f"n:{len(parts)}"}
            for part in parts:
                self._add_value(part, depth + 1)
