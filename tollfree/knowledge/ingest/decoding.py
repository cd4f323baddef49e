"""Text out of bytes whose encoding nobody told, a line at a time."""

from collections.abc import Iterator
from pathlib import Path

from charset_normalizer import from_bytes

from tollfree.knowledge.ingest.fault import Faults

SAMPLE_BYTES = 1 << 18
"""Of a file that are looked at when it is not UTF-8."""
MAX_LINE_BYTES = 1 << 20
"""A longer line is read in pieces."""
LAST_RESORT = "cp1252"
"""What most text was saved in that is not UTF-8."""


def decoded_lines(file: Path, faults: Faults) -> Iterator[str]:
    """The lines of a text file with their ends, `\\n`, whatever encodings it mixes. Memory holds one line.

    UTF-8 is believed line by line; lines that are not are read in the file's other encoding, which is noted.
    """
    with file.open("rb") as opened:
        head = opened.read(4096)
        if wide := _wide(head):
            with file.open(encoding=wide, errors="replace", newline=None) as text:
                while line := text.readline(MAX_LINE_BYTES):
                    yield line.removeprefix("\ufeff").replace("\x00", "")
            return
        opened.seek(0)
        yield from _narrow_lines(file, iter(lambda: opened.readline(MAX_LINE_BYTES), b""), faults)


def _wide(head: bytes) -> str:
    """UTF-16 or UTF-32 by its mark or its empty bytes; empty: none of them."""
    for mark, name in ((b"\xff\xfe\x00\x00", "utf-32"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if head.startswith(mark):
            return name
    if b"\x00" not in head:
        return ""
    return "utf-16-le" if head[1::2].count(0) > head[::2].count(0) else "utf-16-be"


def _narrow_lines(file: Path, lines: Iterator[bytes], faults: Faults) -> Iterator[str]:
    other, utf8, foreign = "", 0, 0
    rest = b""
    for raw in lines:
        raw, rest = rest + raw, b""
        if not raw.endswith(b"\n") and len(raw) >= MAX_LINE_BYTES:
            raw, rest = _whole_letters(raw)
        try:
            line = raw.decode("utf-8")
            utf8 += not raw.isascii()
        except UnicodeDecodeError:
            other = other or _other_encoding(file)
            line = raw.decode(other, "replace")
            foreign += 1
        yield line.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    if rest:
        yield rest.decode("utf-8", "replace")
    if utf8 and foreign:
        faults.warn(
            "mixed_encodings",
            f"It mixes encodings: {foreign} of its lines are not UTF-8 and were read as {other}.",
            "If letters look wrong, save it as UTF-8.",
        )


def _whole_letters(raw: bytes) -> tuple[bytes, bytes]:
    """Cut before a letter of UTF-8 that the end of what was read may have cut."""
    for back in range(1, 4):
        if raw[-back] >= 0xC0:
            return raw[:-back], raw[-back:]
    return raw, b""


def _other_encoding(file: Path) -> str:
    """The likeliest encoding that is not UTF-8, of the lines that need one."""
    sample: list[bytes] = []
    size = 0
    with file.open("rb") as opened:
        for raw in iter(lambda: opened.readline(MAX_LINE_BYTES), b""):
            try:
                raw.decode("utf-8")
            except UnicodeDecodeError:
                sample.append(raw)
                size += len(raw)
            if size > SAMPLE_BYTES:
                break
    if size < 200:  # too little to tell by
        return LAST_RESORT
    best = from_bytes(b"".join(sample)).best()
    return best.encoding if best is not None and best.encoding not in ("utf_8", "ascii") else LAST_RESORT
