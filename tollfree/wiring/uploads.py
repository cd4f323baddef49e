"""Documents that people send: kept in the project's folder of knowledge, under names that are safe to have."""

import asyncio
import errno
import os
import re
import secrets
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

from tollfree.knowledge.errors import KnowledgeError
from tollfree.knowledge.folder import refuse_link
from tollfree.knowledge.shelf import KnowledgeShelf
from tollfree.protocol.ids import ProjectId

UPLOADS = "uploads"
LONGEST = 150
"""Bytes of a name; file systems take 255."""
_CHUNK = 1 << 20
_UNSAFE = re.compile(r'[<>:"|?*]')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE)
"""Names that are devices to Windows, where a backup may be unpacked."""
_FULL = (errno.ENOSPC, errno.EDQUOT)


class NotKept(KnowledgeError):
    """A document that was sent cannot be kept."""

    code = "not_kept"


class Sent(Protocol):
    """A document as it comes."""

    @property
    def filename(self) -> str | None: ...

    async def read(self, size: int = -1) -> bytes: ...


def uploads_folder(shelf: KnowledgeShelf, project: ProjectId) -> Path:
    """Where a project's are; it need not exist. Raises `BadKnowledgeFolder`."""
    folder = Path(os.path.abspath(shelf.folder(project) / UPLOADS))
    refuse_link(folder)
    return folder


async def keep(shelf: KnowledgeShelf, project: ProjectId, sent: Iterable[Sent]) -> list[Path]:
    """Keep them all, each whole or not at all; one of the same name that was sent before is replaced, and several of
    one name that are sent together are numbered. Raises `NotKept` or `BadKnowledgeFolder`."""
    folder = uploads_folder(shelf, project)
    taken: set[str] = set()
    kept: list[Path] = []
    for one in sent:
        name = _numbered(safe_name(one.filename or ""), taken)
        taken.add(name.casefold())
        kept.append(await _write(folder, name, one))
    return kept


def discard(shelf: KnowledgeShelf, project: ProjectId, sources: Iterable[str]) -> None:
    """Remove the files of those sources that were sent; of others nothing."""
    folder = uploads_folder(shelf, project)
    for source in sources:
        if is_upload(folder, source):
            Path(source).unlink(missing_ok=True)


def is_upload(folder: Path, source: str) -> bool:
    """Whether a source is a document that was sent."""
    return os.path.dirname(source) == str(folder)


def safe_name(given: str) -> str:
    """A file's own name, whatever was sent as one: without folders, nothing hidden, no device, no character that only
    a machine sees, and not too long. What it is a document of, its ending tells, so that stays."""
    name = unicodedata.normalize("NFC", given.replace("\\", "/").rpartition("/")[2])
    name = "".join(
        " " if one.isspace() else one for one in name if one.isspace() or unicodedata.category(one)[0] != "C"
    )
    name = " ".join(_UNSAFE.sub("_", name).split()).strip(" .~")
    stem, dot, ending = name.rpartition(".")
    if not dot or not ending.isascii() or not ending.isalnum() or len(ending) > 10:
        stem, ending = name, ""
    ending = f".{ending}" if ending else ""
    stem = stem.encode()[: LONGEST - len(ending)].decode("utf-8", "ignore").strip(" .") or "document"
    return f"_{stem}{ending}" if _RESERVED.match(stem) else f"{stem}{ending}"


def _numbered(name: str, taken: set[str]) -> str:
    stem, ending = os.path.splitext(name)
    number = 2
    while name.casefold() in taken:
        name, number = f"{stem} ({number}){ending}", number + 1
    return name


async def _write(folder: Path, name: str, sent: Sent) -> Path:
    draft = folder / f".{secrets.token_hex(8)}"
    path = folder / name
    try:
        await asyncio.to_thread(lambda: folder.mkdir(mode=0o700, parents=True, exist_ok=True))
        file = await asyncio.to_thread(draft.open, "xb")
        try:
            while part := await sent.read(_CHUNK):
                await asyncio.to_thread(file.write, part)
        finally:
            await asyncio.to_thread(file.close)
        await asyncio.to_thread(os.replace, draft, path)
    except OSError as error:
        full = error.errno in _FULL
        remedy = "Make room on the disk." if full else "See who may write there."
        raise NotKept(
            f"{name} cannot be kept: {error.strerror}. {remedy}",
            code="store_full" if full else NotKept.code,
            retryable=not full,
        ) from error
    finally:
        await asyncio.to_thread(lambda: draft.unlink(missing_ok=True))
    return path
