"""The files of a folder, whatever is nested in it."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from tollfree.knowledge.ingest.fault import Fault

SKIPPED = frozenset({"__pycache__", "node_modules", "Thumbs.db", "desktop.ini"})
"""Names of what no person wrote, besides everything whose name begins with a dot or with `~$`."""
MAX_DEPTH = 64


_SPECIAL = {
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


def special(path: Path) -> str:
    """What a path is that is neither file nor folder, and so might never end: `a device`; else empty, also of what is
    not there. Raises OSError."""
    try:
        return _SPECIAL.get(stat.S_IFMT(path.stat().st_mode), "")
    except FileNotFoundError:
        return ""


def files_in(folder: Path, faults: list[Fault]) -> Iterator[Path]:
    """Every file, folders and names in order. Links are followed, but each folder is gone through once, so that a
    loop of links ends; that, and folders that cannot be opened, are noted in `faults`. Raises OSError when the folder
    itself cannot be opened."""
    yield from _walk(folder, faults, set(), 0)


def _walk(folder: Path, faults: list[Fault], seen: set[tuple[int, int]], depth: int) -> Iterator[Path]:
    status = folder.stat()
    if (status.st_dev, status.st_ino) in seen or depth > MAX_DEPTH:
        note = "Links lead to it a second time; it was gone through once."
        faults.append(Fault(document=str(folder), code="link_loop", message=note))
        return
    seen.add((status.st_dev, status.st_ino))
    for name in sorted(os.listdir(folder)):
        if name in SKIPPED or name.startswith((".", "~$")):
            continue
        path = folder / name
        try:
            if path.is_dir():
                yield from _walk(path, faults, seen, depth + 1)
            elif path.is_file():
                yield path
            elif path.is_symlink():
                note = "It is a link that leads nowhere, or to itself."
                faults.append(Fault(document=str(path), code="link_loop", message=note, serious=True))
        except OSError as error:
            faults.append(
                Fault(
                    document=str(path),
                    code="unreadable",
                    message=f"It cannot be opened: {error.strerror or error}.",
                    remedy="Check its permissions.",
                    serious=True,
                )
            )
