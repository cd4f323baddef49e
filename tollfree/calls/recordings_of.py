"""The files of a call's recording: the whole, or its parts."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from tollfree.calls.recording_retention import RECORDINGS
from tollfree.calls.store.calls import Call
from tollfree.calls.store.record import LogEntry

_NAME = re.compile(r"(-[0-9]{1,9}){0,2}\.(opus|wav)")
"""What follows the call's id: the place in its log from which the part is, and a number where that name was taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedPart:
    """A recording, or a part of one: a call that was taken up by another process has several."""

    part: int
    """Counts from 0."""
    began_at: str
    """When its first sample was, ISO 8601 with offset."""
    began_ms: float
    """Its first sample, in milliseconds after that."""
    format: str
    file: Path | None
    """None: it is not on this machine, or was deleted."""


def recorded_parts(home: Path, call: Call, entries: Iterable[LogEntry]) -> tuple[RecordedPart, ...]:
    """What a log says was recorded. Only what lies in the project's own folder, and is named after the call, is taken
    for a recording of it."""
    parts: list[RecordedPart] = []
    for entry in entries:
        record = entry.record
        if (record.kind, record.type) == ("note", "recording"):
            began = record.data.get("began_ms")
            parts.append(
                RecordedPart(
                    part=len(parts),
                    began_at=record.at,
                    began_ms=float(began) if isinstance(began, int | float) else 0.0,
                    format=str(record.data.get("format", "")),
                    file=_file(home / RECORDINGS / call.project, call, str(record.data.get("file", ""))),
                )
            )
    return tuple(parts)


def _file(folder: Path, call: Call, noted: str) -> Path | None:
    name = PurePosixPath(noted).name
    if not name.startswith(call.id) or _NAME.fullmatch(name[len(call.id) :]) is None:
        return None
    file = folder / name
    try:
        return file if file.is_file() and not file.is_symlink() else None
    except OSError:
        return None
