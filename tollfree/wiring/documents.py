"""The documents that lie in a project's folder: taken in when the project is made or brought up to date."""

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TypeAlias

from tollfree.protocol.ids import ProjectId

DOCUMENTS = "knowledge"
"""The folder within a project's folder."""
SUFFIXES = frozenset(
    {".pdf", ".docx", ".pptx", ".xlsx", ".csv", ".tsv", ".html", ".htm", ".md", ".markdown", ".txt", ".json"}
)
"""Files that are documents; what makes them, and what a web server is told, is not."""
NOT_DOCUMENTS = frozenset({"robots.txt"})

TakesIn: TypeAlias = Callable[[ProjectId, Sequence[Path]], Awaitable[object]]
"""Adds files to a project's knowledge, or refreshes those that are known. Raises `TollfreeError`."""


def documents_in(folder: Path) -> tuple[Path, ...]:
    """The documents of a project's folder, in order; none when it has no folder for them."""
    return tuple(
        file
        for file in sorted((folder / DOCUMENTS).rglob("*"))
        if file.is_file()
        and file.suffix.lower() in SUFFIXES
        and file.name not in NOT_DOCUMENTS
        and not any(part.startswith(".") for part in file.relative_to(folder).parts)
    )
