"""Deletes recordings that have become too old to be kept, or whose call is forgotten: only files that this program
named, and only in their folder."""

import logging
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tollfree.calls.call_id import CALL_ID
from tollfree.protocol.ids import CallId, ProjectId

RECORDINGS = "recordings"
"""Name of their folder, in the home folder: `recordings/PROJECT/CALL.opus`."""
PRUNE_EVERY_S = 3600.0
"""Seconds between looks for recordings that are too old, which are counted in days."""

_PART = r"(-[0-9]+)*\.(opus|wav)(\.peaks(\.new)?)?\Z"
_OURS = re.compile(CALL_ID.removesuffix("$") + _PART)
"""A call's recording, or the part of it that another process made: see `tollfree.wiring.spoken_calls`; and the outline
of either, see `tollfree.calls.peaks`."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Pruned:
    """What was deleted."""

    files: int = 0
    bytes: int = 0
    kept: int = 0
    """Recordings that are too old and could not be deleted."""


def prune_recordings(folder: Path, before: datetime, project: str | None = None) -> Pruned:
    """Delete the recordings that were last written to before a moment; of one project, if it is named. Links within the
    folder are not followed, and what cannot be deleted is told to the log; the folder itself may be a link to a larger
    disk."""
    files, size, kept = 0, 0, 0
    for file in _recordings(folder, project):
        try:
            found = file.stat(follow_symlinks=False)
            if found.st_mtime >= before.timestamp():
                continue
            file.unlink(missing_ok=True)
        except FileNotFoundError:  # somebody else was quicker
            continue
        except OSError as error:
            _log.warning("recording not deleted", extra={"file": str(file), "error": type(error).__name__})
            kept += 1
        else:
            files, size = files + 1, size + found.st_size
    return Pruned(files, size, kept)


def delete_recordings(home: Path, project: ProjectId, call: CallId) -> int:
    """Delete a call's recording, its further parts and their outlines, in the home folder. How many files of sound
    there were. Raises `OSError`."""
    ours = re.compile(re.escape(call) + _PART)
    found = [Path(entry.path) for entry in _entries(home / RECORDINGS / project) if ours.match(entry.name)]
    for file in found:
        file.unlink(missing_ok=True)
    return sum(file.suffix in (".opus", ".wav") for file in found)


def _recordings(folder: Path, only: str | None) -> Iterator[Path]:
    for project in _entries(folder):
        if project.is_dir(follow_symlinks=False) and only in (None, project.name):
            for entry in _entries(Path(project.path)):
                if _OURS.match(entry.name) and entry.is_file(follow_symlinks=False):
                    yield Path(entry.path)


def _entries(folder: Path) -> list["os.DirEntry[str]"]:
    try:
        with os.scandir(folder) as found:
            return list(found)
    except FileNotFoundError:
        return []
    except OSError as error:
        _log.warning("recordings not listed", extra={"file": str(folder), "error": type(error).__name__})
        return []
