"""Which rows of an index are read; nothing that is asked for can reach out of its quotes."""

from collections.abc import Sequence

from tollfree.knowledge.index_lance import Lookup
from tollfree.knowledge.index_rows import clean


def tagged(lookup: Lookup, tags: Sequence[str]) -> Lookup:
    """Only passages with any of the tags; without tags, all."""
    return lookup.where(f"array_has_any(tags, [{_quoted(tags)}])") if tags else lookup


def one_of(column: str, values: Sequence[str]) -> str:
    """A filter: the column has one of the values."""
    return f"{column} IN ({_quoted(values)})"


def _quoted(values: Sequence[str]) -> str:
    """Strings for a filter: between quotes only a quote has a meaning, and it is doubled."""
    return ", ".join("'" + clean(value).replace("'", "''") + "'" for value in values)
