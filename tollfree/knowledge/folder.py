"""A project's folder of knowledge: its name, its writer's lock, and which index in it is live.

HOME/shop/                  nobody else's
HOME/shop/lock              held by the one who writes
HOME/shop/live.json         which index is in use, and whose vectors are in it
HOME/shop/index/3/          that index; empty when it lies in an object store
HOME/shop/index/3/searched/ what is searched of it, for the present version of its table
HOME/shop/jobs              locked by the process that works off the project's jobs
HOME/shop/uploads/          documents that people sent
"""

import asyncio
import errno
import fcntl
import json
import os
import re
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from tollfree.knowledge.errors import (
    BadKnowledgeFolder,
    IndexDamaged,
    IndexUnusable,
    KnowledgeBusy,
    KnowledgeGone,
)

LOOK_S = 0.05
"""Seconds between two looks whether a lock is free."""
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
LOCK, LIVE, _INDEX = "lock", "live.json", "index"


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """The index that is in use."""

    index: int
    """Its number, one more with every rebuild."""
    embedder: str
    """Whose vectors are in it."""
    dimensions: int


def project_folder(home: Path, project: str) -> Path:
    """Where a project's knowledge is kept; it need not exist. Raises `BadKnowledgeFolder` for a name that no project
    may have, and for a folder that a symbolic link leads out of."""
    if not _NAME.fullmatch(project):
        raise BadKnowledgeFolder(
            f"{project!r} cannot name a folder of knowledge; use lower-case letters, digits and hyphens, 64 at most."
        )
    folder = home / project
    for path in (folder, folder / _INDEX):
        refuse_link(path)
    return folder


def index_folder(folder: Path, number: int) -> Path:
    """Where an index is kept. Raises `BadKnowledgeFolder` when a symbolic link leads elsewhere."""
    path = folder / _INDEX / str(number)
    refuse_link(path)
    for where, folders, files in os.walk(path):
        for name in (*folders, *files):
            refuse_link(Path(where, name))
    return path


def numbers(folder: Path) -> Iterator[int]:
    """The numbers of all indexes that there are, finished or not."""
    with suppress(FileNotFoundError):
        for path in (folder / _INDEX).iterdir():
            if path.name.isdecimal():
                yield int(path.name)


def stamp(folder: Path) -> tuple[int, int] | None:
    """Another value whenever another index is live; None: there is none."""
    try:
        status = os.stat(folder / LIVE, follow_symlinks=False)
    except (FileNotFoundError, NotADirectoryError):
        return None
    return status.st_ino, status.st_mtime_ns


def read_live(folder: Path) -> Live | None:
    """The index in use; None: the project has none yet. Raises `IndexDamaged` when the note of it is."""
    path = folder / LIVE
    refuse_link(path)
    try:
        noted = json.loads(path.read_text(encoding="utf-8"))
        return Live(index=int(noted["index"]), embedder=str(noted["embedder"]), dimensions=int(noted["dimensions"]))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise IndexDamaged(
            f"{path} cannot be read ({error}). Run `tollfree knowledge rebuild {folder.name}`, which reads the "
            "documents anew, or put the folder back from a backup."
        ) from error


def write_live(folder: Path, live: Live) -> None:
    """Make an index the one in use: who reads meanwhile finds the old note or the new one. Raises `IndexUnusable`."""
    path = folder / LIVE
    draft = folder / f".{LIVE}"
    try:
        with draft.open("w", encoding="utf-8") as file:
            json.dump(asdict(live), file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, path)
    except OSError as error:
        with suppress(OSError):
            draft.unlink()
        raise IndexUnusable(f"{path} cannot be written ({error.strerror}). Make room on the disk.") from error


@asynccontextmanager
async def writer_lock(folder: Path, wait_s: float, *, make: bool = True, name: str = LOCK) -> AsyncGenerator[None]:
    """Be the only one who writes here, in all processes of this machine; the kernel lets go of it however a process
    ends. `make`: make the folder where there is none; `name`: of the file that is locked. Raises `KnowledgeBusy` when
    it is not free within so many seconds, `KnowledgeGone` when the folder was removed meanwhile, or `IndexUnusable`."""
    until = asyncio.get_running_loop().time() + wait_s
    descriptor = _lock_file(folder, name, make)
    try:
        while not _taken(descriptor):
            if asyncio.get_running_loop().time() >= until:
                raise KnowledgeBusy(
                    f"Somebody else is writing to the knowledge of {folder.name}. Try again when that is done."
                )
            await asyncio.sleep(LOOK_S)
        if not _is_at(folder / name, descriptor):
            raise gone(folder)
        yield
    finally:
        os.close(descriptor)


def gone(folder: Path) -> KnowledgeGone:
    """What is said to somebody who waited to write, and whom a removal came before."""
    return KnowledgeGone(
        f"The knowledge of {folder.name} was deleted meanwhile, so nothing was written to it. If the project is there "
        "again, give the command again."
    )


def _lock_file(folder: Path, name: str, make: bool) -> int:
    """The descriptor of the file that is locked. It is kept open while waiting: so the folder's removal is seen."""
    path = folder / name
    while True:
        try:
            if make:
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            return os.open(path, os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        except FileNotFoundError as error:
            if not make:
                raise gone(folder) from error
        except OSError as error:
            if error.errno == errno.ELOOP:
                raise BadKnowledgeFolder(f"{path} is a symbolic link; remove it.") from error
            raise IndexUnusable(f"{path} cannot be made ({error.strerror}).") from error


def _taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_at(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), os.stat(path))
    except FileNotFoundError:
        return False


def refuse_link(path: Path) -> None:
    """Raises `BadKnowledgeFolder` for a symbolic link."""
    if path.is_symlink():
        raise BadKnowledgeFolder(f"{path} is a symbolic link; knowledge is kept in its own folder. Remove the link.")
