"""Brings to the store what calls whose process is gone have left in their spool files."""

import asyncio
import fcntl
import logging
import os
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tollfree.calls.spool import SUFFIX, Batch, read_spool, spool_folder
from tollfree.calls.store.document import encode
from tollfree.calls.store.errors import CallClosed, OutOfSequence, StoreError, StoreUnavailable, UnknownCall
from tollfree.calls.store.record import LogRecord
from tollfree.calls.store.store import Store
from tollfree.protocol.ids import CallId

REFUSED = ".refused"
"""Ends the name of a file whose records cannot go into the log: it is kept for people, and not tried again."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """What came of one spool file."""

    call: CallId
    records: int
    """In the file, and in the store now."""
    problem: str = ""
    """Why something of it is not, in a sentence."""


async def deliver_spools(store: Store, home: Path, *, only: CallId | None = None) -> tuple[Delivered, ...]:
    """Deliver every spool file of a home folder that no process is writing, or that of one call.

    What is in the store already is not written twice, so it may be killed anywhere and begun again. A file is deleted
    when the store has all of it. One that the store cannot take now is left, and one that it will never take is kept
    under another name: both are told, neither raises. A call this store does not know is another database's.
    """
    delivered: list[Delivered] = []
    for file in await asyncio.to_thread(_files, spool_folder(home), only):
        with _taken(file) as descriptor:
            if descriptor is None:
                continue
            try:
                delivered.append(await _deliver(store, file, descriptor))
            except UnknownCall:
                continue
            except (StoreError, OSError) as error:
                problem = error.message if isinstance(error, StoreError) else f"{file} cannot be read."
                _log.warning("spool not delivered", extra={"call_id": file.stem, "error": type(error).__name__})
                delivered.append(Delivered(call=CallId(file.stem), records=0, problem=problem))
    return tuple(delivered)


async def deliver_or_raise(store: Store, home: Path, call: CallId) -> None:
    """Deliver the spool of a call, for whoever needs its whole log. Raises `StoreUnavailable` when that cannot be done
    now."""
    delivered = await deliver_spools(store, home, only=call)
    if is_spooled(home, call):
        why = "".join(f" {one.problem}" for one in delivered)
        raise StoreUnavailable(f"Records of call {call} wait in a spool that cannot be delivered now.{why}")


def is_spooled(home: Path, call: CallId) -> bool:
    """Whether records of a call wait in a spool file."""
    return (spool_folder(home) / f"{call}{SUFFIX}").exists()


def _files(folder: Path, only: CallId | None) -> list[Path]:
    if only is not None:
        return [folder / f"{only}{SUFFIX}"]
    try:
        return sorted(folder / name for name in os.listdir(folder) if name.endswith(SUFFIX) and name[0] != ".")
    except (FileNotFoundError, NotADirectoryError):
        return []


@contextmanager
def _taken(file: Path) -> Generator[int | None]:
    """The descriptor of a file that nobody else writes or delivers while this lasts; None: somebody does, or it is
    gone."""
    try:
        descriptor = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        yield None
        return
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            free = _is_at(file, descriptor)
        except BlockingIOError:
            free = False
        yield descriptor if free else None
    finally:
        os.close(descriptor)


def _is_at(file: Path, descriptor: int) -> bool:
    """Whether the file of that name is still the one that was opened."""
    try:
        return os.path.samestat(os.stat(file), os.fstat(descriptor))
    except FileNotFoundError:
        return False


async def _deliver(store: Store, file: Path, descriptor: int) -> Delivered:
    call = CallId(file.stem)
    read = read_spool(await asyncio.to_thread(_content, descriptor))
    records = tuple(record for batch in read.batches for record in batch.records)
    problem = ""
    if records:
        problem = await _append(store, call, Batch(read.batches[0].first, records))
    if read.damaged and not problem:
        problem = f"The file is damaged after its first {len(records)} records."
    if not problem:
        os.unlink(file)
        return Delivered(call=call, records=len(records))
    aside = file.with_suffix(REFUSED)
    os.replace(file, aside)
    _log.error("records of a call could not be delivered", extra={"call_id": call, "file": str(aside)})
    return Delivered(
        call=call, records=len(records) if read.damaged else 0, problem=f"{problem} It is kept as {aside}."
    )


def _content(descriptor: int) -> bytes:
    with open(descriptor, "rb", closefd=False) as file:
        return file.read()


async def _append(store: Store, call: CallId, batch: Batch) -> str:
    """Append what the log does not have yet; returns why it cannot be done at all. Raises `StoreError` when it cannot
    be done now."""
    try:
        await store.log.append(call, batch.records, expected_seq=batch.first)
        return ""
    except OutOfSequence as error:
        place = error.next
    except CallClosed:
        place = batch.end
    if place < batch.first:
        return f"The log of call {call} has {place} records, and what is to be added begins at {batch.first}."
    overlap = batch.records[: place - batch.first]
    stored = await store.log.read(call, start=batch.first, limit=len(overlap)) if overlap else ()
    if [_plain(entry.record) for entry in stored] != [_plain(record) for record in overlap]:
        return f"The log of call {call} holds something else from record {batch.first} on."
    rest = batch.records[len(overlap) :]
    if rest:
        await store.log.append(call, rest, expected_seq=place)
    return ""


def _plain(record: LogRecord) -> tuple[str, str, str, str]:
    return record.at, record.kind, record.type, encode(record.data)
