"""Keeps a built graph in a folder, whole or not at all.

A file's name carries the SHA-256 of its content, so a damaged or half-written file is never mistaken for the graph,
and two processes that build at once each put down a complete one.
"""

import hashlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from tollfree.language.errors import CacheUnusable


def cached_graph(folder: Path, name: str, build: Callable[[], bytes], *, suffix: str = ".onnx") -> Path:
    """The file of the graph, or of its weights, kept under `name`, built first if it is absent or damaged. Raises
    `CacheUnusable`."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path in sorted(folder.glob(f"{name}-*{suffix}")):
            if _whole(path):
                return path
            path.unlink(missing_ok=True)
        graph = build()
        kept = folder / f"{name}-{hashlib.sha256(graph).hexdigest()}{suffix}"
        _keep(kept, graph)
    except OSError as error:
        raise CacheUnusable(
            f"The folder {folder} cannot keep a built model ({error.strerror or error}). "
            "Give it 100 MB of room and write permission, or choose another folder."
        ) from error
    return kept


def _whole(path: Path) -> bool:
    """Whether the file is what its name promises."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == path.stem.rpartition("-")[2]
    except FileNotFoundError:  # removed by another process since it was listed
        return False


def _keep(path: Path, graph: bytes) -> None:
    """Write beside, then rename: a reader sees the whole file or none."""
    handle, temporary = tempfile.mkstemp(prefix=".building-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(graph)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
