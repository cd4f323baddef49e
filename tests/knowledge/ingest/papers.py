"""Small documents of every kind, made on the spot."""

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path

import docx
import openpyxl
import pptx
from pypdf import PdfReader, PdfWriter

Text = tuple[float, float, float, str]
"""x and y from the page's bottom left, the letters' size, and the words."""


def pdf(
    pages: Sequence[Sequence[Text]],
    *,
    lines: Sequence[Sequence[tuple[float, float, float, float]]] = (),
    pictures: Sequence[int] = (),
) -> bytes:
    """A PDF with words where they are told to be, ruled lines, and pages that hold a picture."""
    objects: list[bytes] = [b"<< /Type /Catalog /Pages 2 0 R >>", b""]
    objects.append(b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
    objects.append(
        b"<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8 "
        b"/Length 1 >>\nstream\n\x80\nendstream"
    )
    kids: list[int] = []
    for number, texts in enumerate(pages):
        content = "".join(
            f"BT /F1 {size} Tf {x} {y} Td ({text.replace('(', chr(92) + '(').replace(')', chr(92) + ')')}) Tj ET\n"
            for x, y, size, text in texts
        )
        for x0, y0, x1, y1 in lines[number] if number < len(lines) else ():
            content += f"{x0} {y0} m {x1} {y1} l S\n"
        if number in pictures:
            content += "q 400 0 0 400 100 200 cm /Im1 Do Q\n"
        data = content.encode("cp1252")
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(data), data))
        kids.append(len(objects) + 1)
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents %d 0 R "
            b"/Resources << /Font << /F1 3 0 R >> /XObject << /Im1 4 0 R >> >> >>" % len(objects)
        )
    objects[1] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (
        len(kids),
        b" ".join(b"%d 0 R" % kid for kid in kids),
    )
    out, places = io.BytesIO(), list[int]()
    out.write(b"%PDF-1.4\n")
    for number, body in enumerate(objects, start=1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.write(b"".join(b"%010d 00000 n \n" % place for place in places))
    out.write(b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start))
    return out.getvalue()


def lines_of(text: str, *, x: float = 72, top: float = 700, size: float = 10, width: int = 90) -> list[Text]:
    """Running text as lines of about so many letters."""
    lines: list[str] = [""]
    for word in text.split():
        if len(lines[-1]) + len(word) > width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return [(x, top - 1.2 * size * number, size, line) for number, line in enumerate(lines)]


def encrypted(data: bytes, password: str) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(data)))
    writer.encrypt(password, algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def table_lines(x: Sequence[float], y: Sequence[float]) -> list[tuple[float, float, float, float]]:
    """The ruled lines of a table."""
    return [(x[0], at, x[-1], at) for at in y] + [(at, y[0], at, y[-1]) for at in x]


def handbook(path: Path) -> Path:
    file = docx.Document()
    file.add_heading("Staff handbook", 0)
    file.add_heading("Returns", 1)
    file.add_paragraph("Goods may be returned within thirty days.")
    file.add_heading("Cold food", 2)
    file.add_paragraph("It is not taken back.")
    file.add_paragraph("ice cream", style="List Bullet")
    file.add_paragraph("frozen pizza", style="List Bullet")
    file.add_heading("Shifts", 1)
    table = file.add_table(3, 2)
    for row, cells in enumerate((("Day", "Opens"), ("Monday", "nine"), ("Sunday", "eleven"))):
        for column, text in enumerate(cells):
            table.cell(row, column).text = text
    file.save(str(path))
    return path


def slides(path: Path) -> Path:
    file = pptx.Presentation()
    slide = file.slides.add_slide(file.slide_layouts[1])
    slide.shapes.title.text = "Delivery"
    slide.placeholders[1].text = "Within two days\nFree above forty dollars"
    slide.notes_slide.notes_text_frame.text = "Say that weekends do not count."
    bare = file.slides.add_slide(file.slide_layouts[5])
    bare.shapes.title.text = "Prices"
    table = bare.shapes.add_table(2, 2, 0, 0, 100, 100).table
    for row, cells in enumerate((("Size", "Price"), ("small", "3.00"))):
        for column, text in enumerate(cells):
            table.cell(row, column).text = text
    file.save(str(path))
    return path


def price_list(path: Path) -> Path:
    file = openpyxl.Workbook()
    sheet = file.active
    assert sheet is not None
    sheet.title = "Prices"
    sheet.append(["Price list of the summer"])
    sheet.append([])
    sheet.append(["Item", "Price", "Tax"])
    sheet.append(["Milk", 1.5, 0.07])
    sheet.append(["Bread", 3, 0.19])
    for row in (4, 5):
        sheet.cell(row, 2).number_format = '"$"0.00'
        sheet.cell(row, 3).number_format = "0%"
    stores = file.create_sheet("Stores")
    stores.append(["City", "Open"])
    stores.append(["Berlin", True])
    file.create_sheet("Secrets").sheet_state = "hidden"
    file.save(str(path))
    return path


def zip_bomb(path: Path, *, megabytes: int = 64, member: str = "word/document.xml") -> Path:
    """A document whose one part is spaces without end."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        with archive.open(member, "w", force_zip64=True) as part:
            for _ in range(megabytes):
                part.write(b" " * (1 << 20))
    return path
