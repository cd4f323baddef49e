"""Remembers which files were hashed, so that a model of 100 MB is found in a millisecond the second time.

A stamp holds a file's size and time of modification. A file that has either changed is hashed again. What a disk
does to a file behind the file system's back is found by `verify`, which never trusts a stamp.
"""

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import cast


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a file was when it was hashed."""

    bytes: int
    """Size."""
    mtime_ns: int
    """Time of modification, ns."""
    sha256: str
    """Hash of the content, in hexadecimal."""


class Stamps:
    """The stamps of one model's files, kept in one small file."""

    def __init__(self, kept: Path) -> None:
        """`kept` need not exist; one that cannot be read counts as empty."""
        self._kept = kept
        self._stamps = dict(_load(kept))
        self._changed = False

    def sha256(self, path: Path, *, trust: bool = True) -> str | None:
        """Hash of a file, remembered or taken now; None when there is no such file. `trust=False` always hashes."""
        try:
            found = path.stat()
            stamp = self._stamps.get(str(path))
            if trust and stamp is not None and (stamp.bytes, stamp.mtime_ns) == (found.st_size, found.st_mtime_ns):
                return stamp.sha256
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            self.forget(path)
            return None
        self._stamps[str(path)] = Stamp(found.st_size, found.st_mtime_ns, digest)
        self._changed = True
        return digest

    def know(self, path: Path, sha256: str) -> None:
        """A file that was hashed as it was written. Raises `OSError`."""
        found = path.stat()
        self._stamps[str(path)] = Stamp(found.st_size, found.st_mtime_ns, sha256)
        self._changed = True

    def forget(self, path: Path) -> None:
        """Hash this file when it is next asked for."""
        self._changed = self._stamps.pop(str(path), None) is not None or self._changed

    def save(self) -> None:
        """Keep what was learnt, for the next process. Where the folder cannot be written, the next one hashes again."""
        if self._changed:
            with suppress(OSError):
                write_whole(self._kept, json.dumps({path: _plain(one) for path, one in self._stamps.items()}).encode())
                self._changed = False


def write_whole(path: Path, content: bytes) -> None:
    """Write beside, then rename: a reader sees the whole file or the one before. Raises `OSError`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(prefix=".writing-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _plain(stamp: Stamp) -> list[int | str]:
    return [stamp.bytes, stamp.mtime_ns, stamp.sha256]


def _load(path: Path) -> Mapping[str, Stamp]:
    try:
        rows = cast(dict[str, tuple[int, int, str]], json.loads(path.read_bytes()))
        return {name: Stamp(int(row[0]), int(row[1]), str(row[2])) for name, row in rows.items()}
    except (OSError, ValueError, TypeError, LookupError, AttributeError):  # absent, cut off, or of another version
        return {}
