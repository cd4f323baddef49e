"""Writes the shop's documents: a PDF policy, a DOCX handbook, an XLSX price list, a CSV of stores. The web site beside
them is written by hand. The same text gives the same bytes.

    python examples/corner-shop/knowledge/make.py            # writes them
    python examples/corner-shop/knowledge/make.py --check    # says which are out of date: exit code 1
"""

import argparse
import csv
import io
import re
import sys
import tempfile
import zipfile
from pathlib import Path

from docx import Document
from openpyxl import Workbook
from pdf import Page, pdf
from texts import ALLERGENS, DELIVERY, HANDBOOK, RETURN_TABLE, RETURNS, STORES, VEGETARIAN

HERE = Path(__file__).parent
LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""The time of every file inside an archive, so that no two runs differ."""
KITCHEN = frozenset({"pizza", "sub", "sandwich", "salad", "soup", "side", "drink", "hot drink", "dessert"})


def policy() -> bytes:
    """Two pages: two columns of text, then a table."""
    first = Page()
    first.heading(56, 770, "Returns and delivery policy", 20)
    first.text(56, 748, "Orchard Street Corner Shop", 10)
    first.column(56, 715, RETURNS)
    first.column(310, 715, DELIVERY)
    second = Page()
    second.heading(56, 770, "What can come back, and until when", 14)
    second.table(56, 745, (150, 110, 230), RETURN_TABLE)
    return pdf("Returns and delivery policy", [first, second])


def handbook() -> bytes:
    """Headings of two levels, paragraphs and bullets."""
    document = Document()
    document.core_properties.title = "Staff handbook"
    document.core_properties.author = "Orchard Street Corner Shop"
    document.add_heading("Staff handbook", 0)
    document.add_paragraph("What callers and customers ask, and what we tell them.")
    for heading, paragraphs in HANDBOOK:
        document.add_heading(heading, 1)
        for paragraph in paragraphs:
            bullet = paragraph.startswith("- ")
            document.add_paragraph(paragraph.removeprefix("- "), style="List Bullet" if bullet else None)
    written = io.BytesIO()
    document.save(written)
    return settled(written.getvalue())


def price_list() -> bytes:
    """A sheet of what the kitchen makes and one of groceries, at the catalogue's prices."""
    with (HERE.parent / "catalogue.csv").open(encoding="utf-8", newline="") as file:
        items = list(csv.DictReader(file))
    book = Workbook()
    sheets = {True: book.active, False: book.create_sheet()}
    for kitchen, title in ((True, "Kitchen"), (False, "Groceries and household")):
        sheet = sheets[kitchen]
        sheet.title = title
        sheet.append(["Item", "Category", "Price", "Vegetarian", "Allergens"])
        for item in items:
            if (item["category"] in KITCHEN) is kitchen:
                allergens = ALLERGENS.get(item["name"], ALLERGENS.get(item["category"], ""))
                vegetarian = "yes" if item["name"] in VEGETARIAN else ("no" if kitchen else "")
                sheet.append([item["name"], item["category"], f"${float(item['price']):.2f}", vegetarian, allergens])
    book.properties.title = "Price list"
    book.properties.creator = "Orchard Street Corner Shop"
    written = io.BytesIO()
    book.save(written)
    return settled(written.getvalue())


def stores() -> bytes:
    """A row a store: address, telephone, and the hours of each day."""
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows(STORES)
    return written.getvalue().encode()


def settled(archive: bytes) -> bytes:
    """The same archive with nothing in it of the moment it was written."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", b"2026-11-02T09:00:00Z", content)
            new.writestr(zipfile.ZipInfo(name, LONG_AGO), content, zipfile.ZIP_DEFLATED)
    return written.getvalue()


DOCUMENTS = {
    "returns-and-delivery.pdf": policy,
    "staff-handbook.docx": handbook,
    "price-list.xlsx": price_list,
    "stores.csv": stores,
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing; exit code 1 when something is out of date")
    check = parser.parse_args().check
    stale = []
    for name, make in DOCUMENTS.items():
        made, file = make(), HERE / name
        if not file.is_file() or file.read_bytes() != made:
            stale.append(name)
            if not check:
                with tempfile.NamedTemporaryFile(dir=HERE, delete=False) as part:
                    part.write(made)
                Path(part.name).chmod(0o644)
                Path(part.name).replace(file)
    for name in stale:
        sys.stdout.write(f"{name} {'is out of date' if check else 'written'}\n")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
