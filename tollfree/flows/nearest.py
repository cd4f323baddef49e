"""For a name that does not exist: the one that was probably meant."""

from collections.abc import Iterable
from difflib import get_close_matches

ALIKE = 0.7
"""How alike two names must be (difflib's ratio) for one to be a slip of the other: `retuns` for `returns`."""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A question that names the nearest of the known, with a space before it; empty when none is near."""
    found = get_close_matches(name.lower(), list(known), n=1, cutoff=ALIKE)
    return f" Did you mean `{found[0]}`?" if found else ""
