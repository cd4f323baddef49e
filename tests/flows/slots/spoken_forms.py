"""Tables of what callers say and what it means: one line a form, `said | value`, an empty value for nothing."""

from tollfree.protocol.facts import CallFacts

FACTS = CallFacts(started_at="2026-11-22T14:05:00-05:00", caller="+12125550147")


def table(text: str) -> list[tuple[str, str]]:
    """The lines of a table; `#` begins a comment line."""
    rows: list[tuple[str, str]] = []
    for line in text.strip().splitlines():
        if line.strip() and not line.startswith("# "):
            said, _, value = line.rpartition("|")
            rows.append((said.strip(), value.strip()))
    return rows
