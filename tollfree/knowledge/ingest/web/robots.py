"""robots.txt, as RFC 9309 has it: the rules of our group, or of everybody's; the longest that fits decides."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

MAX_CHARACTERS = 500_000
"""Of the file that are read (RFC 9309 §2.5)."""
MAX_DELAY_S = 10.0
"""Seconds between pages that a site may ask for; a longer wait is cut to this."""


@dataclass(frozen=True, slots=True)
class Robots:
    """What a site allows."""

    rules: tuple[tuple[str, bool], ...] = ()
    """Pattern of a path, and whether it is allowed."""
    delay_s: float = 0.0

    def allows(self, url: str) -> bool:
        """Whether the page may be fetched."""
        parts = urlsplit(url)
        path = unquote(parts.path or "/") + (f"?{unquote(parts.query)}" if parts.query else "")
        fitting = [(len(pattern), allowed) for pattern, allowed in self.rules if _fits(pattern, path)]
        return max(fitting, default=(0, True))[1]


NOTHING = Robots((("/", False),))
"""Where the site's rules cannot be had although it has some."""


def read_robots(text: str, agent: str) -> Robots:
    """The rules for `agent`."""
    groups: dict[str, list[tuple[str, str]]] = {}
    names: list[str] = []
    open_group = False
    for name, value in _lines(text[:MAX_CHARACTERS].splitlines()):
        if name == "user-agent":
            names = [*names, value.lower()] if open_group else [value.lower()]
            open_group = True
        else:
            open_group = False
            for one in names:
                groups.setdefault(one, []).append((name, value))
    rules = groups.get(agent.lower(), groups.get("*", []))
    delays = [_seconds(value) for name, value in rules if name == "crawl-delay"]
    return Robots(
        tuple((unquote(value), name == "allow") for name, value in rules if name in ("allow", "disallow") and value),
        min(max(delays, default=0.0), MAX_DELAY_S),
    )


def _lines(lines: Iterable[str]) -> Iterable[tuple[str, str]]:
    for line in lines:
        name, colon, value = line.partition("#")[0].partition(":")
        if colon:
            yield name.strip().lower(), value.strip()


def _fits(pattern: str, path: str) -> bool:
    """Each part at its first place behind the one before: time is linear in the path, whatever a site writes."""
    whole = pattern.endswith("$")
    first, *rest = pattern.rstrip("$").split("*")
    if not path.startswith(first):
        return False
    at = len(first)
    if whole:
        if not rest:
            return path == first
        last = rest.pop()
        if not path.endswith(last) or len(path) - len(last) < at:
            return False
        path = path[: len(path) - len(last)]
    for part in rest:
        found = path.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return True


def _seconds(text: str) -> float:
    try:
        return max(0.0, float(text))
    except ValueError:
        return 0.0
