"""The documents that lie in a project's folder: taken in when the project is made or brought up to date."""

from pathlib import Path

from tollfree.protocol.ids import ProjectId
from tollfree.wiring.office import Office

DOCUMENTS = "knowledge"
"""The folder within a project's folder."""
SUFFIXES = frozenset(
    {".pdf", ".docx", ".pptx", ".xlsx", ".csv", ".tsv", ".html", ".htm", ".md", ".markdown", ".txt", ".json"}
)
"""Files that are documents; what makes them, and what a web server is told, is not."""
NOT_DOCUMENTS = frozenset({"robots.txt"})


async def take_in_documents(office: Office, project: ProjectId, folder: Path) -> tuple[int, tuple[str, ...]]:
    """Take in the documents that lie in a project's folder: how many they are, and what could not be read, in plain
    sentences. Raises as `open_ingest`."""
    found = documents_in(folder)
    if not found:
        return 0, ()
    from tollfree.knowledge.ingest.source import Source  # imports LangChain, as does the next
    from tollfree.wiring.ingesting import open_ingest

    async with open_ingest(office, project) as ingest:
        report = await ingest.add([Source.of(str(file)) for file in found])
    return len(found), tuple(str(fault) for fault in report.faults)


def documents_in(folder: Path) -> tuple[Path, ...]:
    """The documents of a project's folder, in order; none when it has no folder for them. A symbolic link that leads
    out of it is none of the project's."""
    root = folder / DOCUMENTS
    return tuple(
        file
        for file in sorted(root.rglob("*"))
        if file.is_file()
        and file.suffix.lower() in SUFFIXES
        and file.name not in NOT_DOCUMENTS
        and not any(part.startswith(".") for part in file.relative_to(folder).parts)
        and file.resolve().is_relative_to(root.resolve())
    )
