"""A project's folder of knowledge: its name, its writer's lock, which index in it is live, and how it is removed.

HOME/shop/                  nobody else's
HOME/shop/lock              held by the one who writes
HOME/shop/live.json         which index is in use, and whose vectors are in it
HOME/shop/index/3/          that index
"""

import asyncio
import errno
import fcntl
import json
import os
import re
import shutil
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from tollfree.knowledge.errors import BadKnowledgeFolder, IndexUnusable, KnowledgeBusy

LOOK_S = 0.05
"""Seconds between two looks whether a lock is free."""
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_LOCK, LIVE, _INDEX = "lock", "live.json", "index"


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
        _refuse_link(path)
    return folder


def index_folder(folder: Path, number: int) -> Path:
    """Where an index is kept. Raises `BadKnowledgeFolder` when a symbolic link leads elsewhere."""
    path = folder / _INDEX / str(number)
    _refuse_link(path)
    with suppress(OSError):
        for part in path.iterdir():
            _refuse_link(part)
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
    """The index in use; None: the project has none yet. Raises `IndexUnusable` when the note of it is damaged."""
    path = folder / LIVE
    try:
        noted = json.loads(path.read_text(encoding="utf-8"))
        return Live(index=int(noted["index"]), embedder=str(noted["embedder"]), dimensions=int(noted["dimensions"]))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise IndexUnusable(
            f"{path} cannot be read ({error}). Put it back from a backup, or delete the folder and add the documents "
            "again."
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


def remove_folder(folder: Path) -> None:
    """Remove a project's knowledge, and nothing that a symbolic link in it leads to. Raises `IndexUnusable`."""
    try:
        shutil.rmtree(folder)
    except FileNotFoundError:
        pass
    except OSError as error:
        raise IndexUnusable(f"{folder} cannot be removed ({error.strerror}).") from error


@asynccontextmanager
async def writer_lock(folder: Path, wait_s: float) -> AsyncGenerator[None]:
    """Be the only one who writes here, in all processes of this machine; the kernel lets go of it however a process
    ends. Makes the folder. Raises `KnowledgeBusy` when it is not free within so many seconds, or `IndexUnusable`."""
    until = asyncio.get_running_loop().time() + wait_s
    while (descriptor := _locked(folder)) is None:
        if asyncio.get_running_loop().time() >= until:
            raise KnowledgeBusy(
                f"Somebody else is writing to the knowledge of {folder.name}. Try again when that is done."
            )
        await asyncio.sleep(LOOK_S)
    try:
        yield
    finally:
        os.close(descriptor)


def _locked(folder: Path) -> int | None:
    """The descriptor of the locked file; None when somebody has it."""
    path = folder / _LOCK
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except FileNotFoundError:  # deleted since it was made
        return None
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise BadKnowledgeFolder(f"{path} is a symbolic link; remove it.") from error
        raise IndexUnusable(f"{path} cannot be made ({error.strerror}).") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.path.samestat(os.fstat(descriptor), os.stat(path)):
            return descriptor
    except (BlockingIOError, FileNotFoundError):  # somebody has it, or the project was deleted while we waited
        pass
    os.close(descriptor)
    return None


def _refuse_link(path: Path) -> None:
    if path.is_symlink():
        raise BadKnowledgeFolder(f"{path} is a symbolic link; knowledge is kept in its own folder. Remove the link.")
