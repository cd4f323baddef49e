"""A small PDF writer: headings, columns of wrapped text, tables with lines. One font, no compression."""

from collections.abc import Sequence

COLUMN = 232
"""Points: the width of one of two columns."""
SIZE, LEADING = 10.0, 13.5
"""Points of the running text."""
_WIDE, _NARROW = "mwMW@%", "iljtfrI.,:;'()[]| "


class Page:
    """An A4 page; places are in points from the lower left corner."""

    def __init__(self) -> None:
        self._parts: list[str] = []

    @property
    def content(self) -> bytes:
        """Its drawing commands."""
        return "\n".join(self._parts).encode("cp1252")

    def text(self, x: float, y: float, words: str, size: float = SIZE, *, bold: bool = False) -> None:
        """One line."""
        escaped = words.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
        self._parts.append(f"BT /{'B' if bold else 'F'} {size:g} Tf {x:g} {y:g} Td ({escaped}) Tj ET")

    def heading(self, x: float, y: float, words: str, size: float) -> None:
        """One bold line."""
        self.text(x, y, words, size, bold=True)

    def column(self, x: float, y: float, sections: Sequence[tuple[str, Sequence[str]]]) -> None:
        """Sections from the top down: a heading, then paragraphs."""
        for heading, paragraphs in sections:
            self.heading(x, y, heading, 12)
            y -= LEADING + 3
            for paragraph in paragraphs:
                for line in wrapped(paragraph, COLUMN):
                    self.text(x, y, line)
                    y -= LEADING
                y -= 5
            y -= 8

    def table(self, x: float, y: float, widths: Sequence[float], rows: Sequence[Sequence[str]]) -> None:
        """Rows with lines around every cell; the first row is the headings."""
        for number, row in enumerate(rows):
            cells = [wrapped(cell, width - 10) for cell, width in zip(row, widths, strict=True)]
            height = max(len(lines) for lines in cells) * LEADING + 6
            left = x
            for lines, width in zip(cells, widths, strict=True):
                self._parts.append(f"0.5 w {left:g} {y - height:g} {width:g} {height:g} re S")
                for place, line in enumerate(lines):
                    self.text(left + 5, y - 12 - place * LEADING, line, bold=number == 0)
                left += width
            y -= height


def wrapped(text: str, width: float) -> list[str]:
    """Lines of at most that many points."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and _points(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines or [""]


def pdf(title: str, pages: Sequence[Page]) -> bytes:
    """The file."""
    kids = " ".join(f"{5 + 2 * number} 0 R" for number in range(len(pages)))
    objects: list[bytes] = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>",
    ]
    for number, page in enumerate(pages):
        resources = "<< /Font << /F 3 0 R /B 4 0 R >> >>"
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources {resources} "
            f"/Contents {6 + 2 * number} 0 R >>".encode()
        )
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(page.content), page.content))
    objects.append(f"<< /Title ({title}) >>".encode())
    written, places = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"), []
    for number, content in enumerate(objects, 1):
        places.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(written)
    written += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    written += b"".join(b"%010d 00000 n \n" % place for place in places)
    written += b"trailer\n<< /Size %d /Root 1 0 R /Info %d 0 R >>\n" % (len(objects) + 1, len(objects))
    return bytes(written + b"startxref\n%d\n%%%%EOF\n" % start)


def _points(text: str) -> float:
    """About how wide a line of running text is."""
    return sum(SIZE * (0.84 if c in _WIDE else 0.27 if c in _NARROW else 0.55) for c in text)
