"""What a call's log is kept in while its store is away: a file of the call's own, from which the store gets it later.

A line for every write, made durable before the write returns: a CRC-32 of the rest, a space, and the records as JSON
with the place of the first. A line that was cut short was never acknowledged, so nothing followed from it. The file
is locked while its process lives; it is gone once the store has everything that is in it.
"""

import asyncio
import errno
import fcntl
import json
import logging
import os
import tempfile
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar, cast

from pydantic import TypeAdapter, ValidationError

from tollfree.calls.store.document import encode
from tollfree.calls.store.errors import StoreError, StoreFull
from tollfree.calls.store.record import LogRecord
from tollfree.protocol.ids import CallId
from tollfree.protocol.values import Value

SUFFIX = ".jsonl"
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
_RECORDS: TypeAdapter[tuple[LogRecord, ...]] = TypeAdapter(tuple[LogRecord, ...])

_log = logging.getLogger(__name__)
_T = TypeVar("_T")


class CannotSpool(StoreError):
    """Neither the store nor the spool can keep records."""

    code = "cannot_spool"
    retryable = True


@dataclass(frozen=True, slots=True)
class Batch:
    """The records of one write."""

    first: int
    """Place of the first in the call's log."""
    records: tuple[LogRecord, ...]

    @property
    def end(self) -> int:
        """Place after the last."""
        return self.first + len(self.records)


@dataclass(frozen=True, slots=True)
class Read:
    """What a spool file holds."""

    batches: tuple[Batch, ...]
    """Those before the first line that cannot be read."""
    damaged: bool
    """A line that is complete cannot be read: the disk has changed what was written."""


def spool_folder(home: Path) -> Path:
    """Where a home folder's spool files are."""
    return home / "spool"


class Spool:
    """The spool file of one call. Its disk is waited for in a thread of its own."""

    def __init__(self, home: Path, call: CallId) -> None:
        self.file = spool_folder(home) / f"{call}{SUFFIX}"
        """Where the records are, while there are any."""
        self._descriptor: int | None = None
        self._length = 0
        self._thread: ThreadPoolExecutor | None = None

    async def append(self, batch: Batch) -> None:
        """Keep a write; it is durable when this returns. Raises `CannotSpool`, or `StoreFull` when the disk is full:
        nothing of it is kept then; `InvalidDocument` for what is not JSON."""
        line = to_line(batch)
        try:
            await self._off_the_loop(lambda: self._append(line))
        except OSError as error:
            refused = StoreFull if error.errno in _NO_ROOM else CannotSpool
            raise refused(
                f"The store cannot be reached, and {self.file} cannot be written meanwhile: {error.strerror}."
            ) from error

    async def remove(self) -> None:
        """The store has everything: the file is deleted."""
        if self._descriptor is not None:
            await self._off_the_loop(self._remove)

    async def close(self) -> None:
        """Let go. A file that was not removed stays, for whoever delivers it."""
        if self._thread is None:
            return
        await self._off_the_loop(self._let_go)
        self._thread.shutdown(wait=False)
        self._thread = None

    async def _off_the_loop(self, work: Callable[[], _T]) -> _T:
        if self._thread is None:
            self._thread = ThreadPoolExecutor(1, thread_name_prefix="tollfree-spool")
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _append(self, line: bytes) -> None:
        if self._descriptor is None:
            self._descriptor, self._length = _made(self.file), 0
        try:
            written = 0
            while written < len(line):
                written += os.write(self._descriptor, line[written:])
            os.fsync(self._descriptor)
        except OSError:
            os.ftruncate(self._descriptor, self._length)
            raise
        self._length += len(line)

    def _remove(self) -> None:
        with suppress(OSError):  # one that stays is found to be in the store, and is deleted then
            self.file.unlink()
        self._let_go()

    def _let_go(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def _made(file: Path) -> int:
    """The descriptor of a new file of the user's own, locked before anybody can see it."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor, hidden = tempfile.mkstemp(prefix=".", dir=file.parent)  # mode 0600
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.link(hidden, file)  # refuses where another process has left records of this call
        folder = os.open(file.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except BaseException:
        os.close(descriptor)
        raise
    finally:
        os.unlink(hidden)
    return descriptor


def to_line(batch: Batch) -> bytes:
    """A write as a line of the file. Raises `InvalidDocument`."""
    records: list[Value] = [
        {"at": record.at, "kind": record.kind, "type": record.type, "data": dict(record.data)}
        for record in batch.records
    ]
    text = encode({"first": batch.first, "records": records}).encode()
    return b"%08x %s\n" % (zlib.crc32(text), text)


def read_spool(content: bytes) -> Read:
    """What a spool file holds, up to a line that was cut short or is damaged."""
    batches: list[Batch] = []
    lines = content.split(b"\n")
    for place, line in enumerate(lines):
        batch = _from_line(line) if place < len(lines) - 1 else None
        if batch is None or (batches and batch.first != batches[-1].end):
            return Read(tuple(batches), damaged=place < len(lines) - 1)
        batches.append(batch)
    return Read(tuple(batches), damaged=False)


def _from_line(line: bytes) -> Batch | None:
    checksum, _, text = line.partition(b" ")
    if checksum != b"%08x" % zlib.crc32(text):
        return None
    try:
        found = cast(dict[str, object], json.loads(text))
        return Batch(int(str(found["first"])), _RECORDS.validate_python(found["records"]))
    except (ValueError, KeyError, ValidationError):
        return None
