"""What a file is, by what is in it; its extension is only believed where the content leaves the question open."""

import json
import re
import zipfile
from collections import Counter
from enum import StrEnum
from pathlib import Path

from tollfree.knowledge.ingest.errors import BadDocument
from tollfree.knowledge.ingest.fault import Faults

HEAD_BYTES = 65_536
"""Of a file's beginning that are looked at."""


class Kind(StrEnum):
    """Which loader reads a document."""

    PDF = "pdf"
    DOCX = "docx"
    PPTX = "pptx"
    XLSX = "xlsx"
    CSV = "csv"
    HTML = "html"
    MARKDOWN = "markdown"
    JSON = "json"
    TEXT = "text"


EXTENSIONS = {
    **{".pdf": Kind.PDF, ".docx": Kind.DOCX, ".docm": Kind.DOCX, ".pptx": Kind.PPTX, ".xlsx": Kind.XLSX},
    **{".xlsm": Kind.XLSX, ".csv": Kind.CSV, ".tsv": Kind.CSV, ".html": Kind.HTML, ".htm": Kind.HTML},
    **{".xhtml": Kind.HTML, ".md": Kind.MARKDOWN, ".markdown": Kind.MARKDOWN, ".json": Kind.JSON},
    **{".jsonl": Kind.JSON, ".ndjson": Kind.JSON, ".txt": Kind.TEXT, ".text": Kind.TEXT, ".log": Kind.TEXT},
}
"""What each extension promises."""
MEDIA_TYPES = {
    "text/csv": ".csv",
    "text/markdown": ".md",
    "application/json": ".json",
    "text/tab-separated-values": ".tsv",
}
"""The extension that stands for a web answer's content type, where its URL has none that says more."""

_OFFICE = {
    "word/document.xml": Kind.DOCX,
    "ppt/presentation.xml": Kind.PPTX,
    "xl/workbook.xml": Kind.XLSX,
}
_FOREIGN = (
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"II*\x00", "a picture"),
    (b"MM\x00*", "a picture"),
    (b"{\\rtf", "an RTF document"),
    (b"\x1f\x8b", "a compressed file"),
    (b"Rar!", "an archive"),
    (b"7z\xbc\xaf", "an archive"),
    (b"ID3", "a sound"),
    (b"OggS", "a sound"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"SQLite format 3\x00", "a database"),
)
_JSON_BEGINS = re.compile(r"\{\s*(\"|\})|\[\s*([\[{\"\]]|-?\d|true|false|null)")
_HTML_TAGS = (b"<!doctype html", b"<html", b"<head", b"<body", b"<article", b"<main", b"<h1", b"<div", b"<p>")
_CAPABLE = "tollfree reads PDF, DOCX, PPTX, XLSX, CSV, HTML, Markdown, JSON and plain text."


def kind_of(file: Path, name: str, faults: Faults) -> Kind:
    """The kind of a file whose name (a path or URL's path) may promise another, which is noted.

    Raises `BadDocument` for what is empty, encrypted, or nothing that can be read; OSError as the file does.
    """
    with file.open("rb") as opened:
        head = opened.read(HEAD_BYTES)
    if not head.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        raise BadDocument("empty", "The file is empty.", "Remove it, or save it again with its content.")
    promised = EXTENSIONS.get(Path(name).suffix.lower())
    found = _binary_kind(file, head) or _text_kind(head, promised)
    if promised is not None and promised is not found:
        faults.warn(
            "wrong_extension",
            f"Its name ends in {Path(name).suffix.lower()}, but its content is {_called(found)}; it was read as that.",
            f"Rename it to end in .{_usual_extension(found)}.",
        )
    return found


def _binary_kind(file: Path, head: bytes) -> Kind | None:
    if b"%PDF-" in head[:1024]:
        return Kind.PDF
    if head.startswith(b"PK\x03\x04") or head.startswith(b"PK\x05\x06"):
        return _zip_kind(file)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        if "EncryptedPackage".encode("utf-16-le") in file.read_bytes()[: 8 << 20]:
            raise BadDocument(
                "encrypted", "It is protected by a password.", "Save a copy without the password and add that."
            )
        raise BadDocument(
            "not_supported",
            "It is in the Office format of before 2007.",
            "Open it and save it as .docx, .xlsx or .pptx.",
        )
    for magic, called in _FOREIGN:
        if head.startswith(magic):
            raise BadDocument("not_supported", f"It is {called}, which holds no text to read.", _CAPABLE)
    return None


def _zip_kind(file: Path) -> Kind:
    try:
        with zipfile.ZipFile(file) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        raise BadDocument(
            "damaged", "It begins like an Office document, and its content is damaged.", "Save or fetch it again."
        ) from error
    for member, kind in _OFFICE.items():
        if member in names:
            return kind
    raise BadDocument("not_supported", "It is a ZIP archive, not a document.", "Unpack it and add the folder.")


def _text_kind(head: bytes, promised: Kind | None) -> Kind:
    if head[:2] not in (b"\xff\xfe", b"\xfe\xff") and b"\x00" in head and not _looks_utf16(head):
        raise BadDocument("not_supported", "It is not text, and no kind of document that is known.", _CAPABLE)
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(_HTML_TAGS) or (start.startswith((b"<?xml", b"<!--")) and b"<html" in start[:2048]):
        return Kind.HTML
    if _looks_json(head):
        return Kind.JSON
    if promised is Kind.MARKDOWN or promised is Kind.TEXT:
        return promised
    if promised is Kind.CSV or (promised is None and _looks_tabular(head)):
        return Kind.CSV if _looks_tabular(head) or promised is Kind.CSV else Kind.TEXT
    return Kind.HTML if promised is Kind.HTML else Kind.TEXT


def _looks_utf16(head: bytes) -> bool:
    """Text of two bytes a letter without a mark: one of each two is nothing, the other is something."""
    sample = head[: 2000 - len(head[:2000]) % 2]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    strange = sum(byte < 9 for byte in sample) - even - odd  # no letter of a text
    return max(even, odd) > 0.4 * len(sample) / 2 and min(even, odd) + strange < 0.05 * len(sample) / 2


def _looks_json(head: bytes) -> bool:
    """Whether it begins as JSON, whole or a record a line, goes on."""
    text = head.decode("utf-8", "replace").lstrip("\ufeff \t\r\n")
    if _JSON_BEGINS.match(text) is None:
        return False
    if len(head) == HEAD_BYTES:
        return True  # what was looked at ends in its middle
    for candidate in (text, text.partition("\n")[0]):
        try:
            json.loads(candidate)
            return True
        except json.JSONDecodeError:
            continue
        except (RecursionError, ValueError):
            return True
    return False


def _looks_tabular(head: bytes) -> bool:
    """Whether most lines have the same number of commas, semicolons, tabs or bars, at least one."""
    lines = [line for line in head.decode("utf-8", "replace").splitlines()[:50] if line.strip()]
    if len(lines) < 3:
        return False
    for mark in ",;\t|":
        (count, times), *_ = Counter(line.count(mark) for line in lines).most_common(1)
        if count > 0 and times >= 0.8 * len(lines):
            return True
    return False


def _called(kind: Kind) -> str:
    return {Kind.TEXT: "plain text", Kind.MARKDOWN: "Markdown", Kind.CSV: "a table in CSV"}.get(
        kind, kind.value.upper()
    )


def _usual_extension(kind: Kind) -> str:
    return {Kind.MARKDOWN: "md", Kind.TEXT: "txt"}.get(kind, kind.value)
