"""Whether an Office document may be unpacked: a few kilobytes can unfold to more than a machine's memory."""

import zipfile
import zlib
from pathlib import Path

from tollfree.knowledge.ingest.errors import BadDocument

MAX_MEMBERS = 20_000
"""Files within a document; the largest real ones have a few thousand."""
MAX_INFLATED_BYTES = 1 << 30
"""Of all members together."""
MAX_XML_BYTES = 400 << 20
"""Of one member of XML: the readers hold most of them in memory."""
MAX_RATIO = 300
"""How much smaller compression may have made a member of more than `RATIO_FROM_BYTES`; dense sheets reach 50."""
RATIO_FROM_BYTES = 32 << 20
"""Below this a member does no harm however well it was compressed."""

_CHUNK = 1 << 20


def check_zip(file: Path) -> None:
    """Raises `BadDocument` when the archive is damaged, encrypted or unfolds to too much.

    Sizes are first taken as declared, then proved by inflating every member of XML without keeping it.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
            if len(members) > MAX_MEMBERS:
                raise _bomb(f"It holds {len(members)} files within it")
            if any(member.flag_bits & 1 for member in members):
                raise BadDocument(
                    "encrypted", "It is protected by a password.", "Save a copy without the password and add that."
                )
            _check_declared(members)
            for member in members:
                if not _is_picture(member.filename):
                    _check_inflated(archive, member)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError) as error:
        raise BadDocument(
            "damaged", "Its content is damaged: it does not unpack.", "Save or fetch it again."
        ) from error


def _check_declared(members: list[zipfile.ZipInfo]) -> None:
    if sum(member.file_size for member in members) > MAX_INFLATED_BYTES:
        raise _bomb("It unfolds to more than 1 GB")
    for member in members:
        _check_member(member, member.file_size)


def _check_member(member: zipfile.ZipInfo, inflated: int) -> None:
    if inflated > MAX_XML_BYTES and not _is_picture(member.filename):
        raise _bomb(f"Its part {member.filename} unfolds to more than {MAX_XML_BYTES >> 20} MB")
    if inflated > RATIO_FROM_BYTES and inflated > MAX_RATIO * max(1, member.compress_size):
        raise _bomb(f"Its part {member.filename} unfolds to more than {MAX_RATIO} times its size")


def _check_inflated(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    inflated = 0
    with archive.open(member) as stream:
        while part := stream.read(_CHUNK):
            if not inflated and member.filename.endswith((".xml", ".rels")) and _has_document_type(part):
                raise BadDocument(
                    "bomb",
                    f"Its part {member.filename} declares entities of its own, as no Office program does.",
                    "If you do not know the file, delete it.",
                )
            inflated += len(part)
            _check_member(member, inflated)


def _has_document_type(start: bytes) -> bool:
    """Whether XML brings its own entities, which can unfold without end."""
    text = start.replace(b"\x00", b"")  # of UTF-16
    return b"<!DOCTYPE" in text or b"<!ENTITY" in text


def _is_picture(name: str) -> bool:
    return "/media/" in name


def _bomb(what: str) -> BadDocument:
    return BadDocument(
        "bomb",
        f"{what}, so it was not opened.",
        "If it is a real document, save it anew in parts; if you do not know it, delete it.",
    )
