"""The shop's documents on a plain shelf: read by simple means, found by meaning and words."""

import csv
import math
import re
from functools import cache

import pdfplumber
from docx import Document
from openpyxl import load_workbook

from tests.examples.conftest import SHOP
from tollfree.knowledge.base import Embeds, Query
from tollfree.protocol.ids import ProjectId
from tollfree.protocol.passage import Passage

KNOWN = 0.5
COMMON = frozenset(
    "and any are can did does for get have how long much please the there what when where you your".split()
)
FOLDER = SHOP / "knowledge"


class PlainShelf:
    """One project's passages, all compared with every question."""

    def __init__(self, project: ProjectId, passages: tuple[Passage, ...], embedder: Embeds) -> None:
        self._project = project
        self._passages = passages
        self._embedder = embedder
        self._vectors = embedder.encode([f"{one.source} {one.place} {one.text}" for one in passages])

    async def count(self, project: ProjectId) -> int:
        return len(self._passages) if project == self._project else 0

    async def retrieve(self, project: ProjectId, query: Query) -> tuple[Passage, ...]:
        if project != self._project:
            return ()
        asked = f"{query.context} {query.text}".strip()
        cosines = self._vectors @ self._embedder.encode([asked])[0]
        scored = sorted(
            (
                (_score(float(cosine), asked, one.text), one)
                for cosine, one in zip(cosines, self._passages, strict=True)
            ),
            key=lambda pair: -pair[0],
        )
        best = [Passage(**{**_fields(one), "score": score}) for score, one in scored[: query.k]]
        return tuple(best) if best[0].score >= KNOWN else ()


def _fields(passage: Passage) -> dict[str, str]:
    return {"id": passage.id, "text": passage.text, "source": passage.source, "place": passage.place}


def _score(cosine: float, asked: str, text: str) -> float:
    words, own = set(re.findall(r"[a-z]{3,}", asked.lower())) - COMMON, text.lower()
    share = sum(word.rstrip("s") in own for word in words) / max(1, len(words))
    return 1 / (1 + math.exp(-(-5.5 + 9 * cosine + 4 * share)))


@cache
def shop_passages() -> tuple[Passage, ...]:
    """Everything the shop's documents say."""
    return (*_policy(), *_handbook(), *_prices(), *_stores(), *_site())


def _policy() -> list[Passage]:
    found: list[Passage] = []
    with pdfplumber.open(FOLDER / "returns-and-delivery.pdf") as file:
        for left, right in ((0, 300), (300, 595)):
            text = file.pages[0].crop((left, 90, right, 842)).extract_text()
            for place, part in enumerate(re.split(r"\n(?=(?:Refunds|Damaged or|Pickup|Large orders))", text)):
                found.append(_passage(f"pdf-{left}-{place}", part, "Returns and delivery policy", "page 1"))
        head, *rows = file.pages[1].extract_tables()[0]
        for place, row in enumerate(rows):
            text = "; ".join(f"{heading}: {cell}" for heading, cell in zip(head, row, strict=True))
            found.append(_passage(f"pdf-t{place}", text, "Returns and delivery policy", "page 2"))
    return found


def _handbook() -> list[Passage]:
    sections: list[tuple[str, list[str]]] = []
    for paragraph in Document(str(FOLDER / "staff-handbook.docx")).paragraphs:
        if (paragraph.style.name if paragraph.style else "").startswith("Heading"):
            sections.append((paragraph.text, []))
        elif sections:
            sections[-1][1].append(paragraph.text)
    return [
        _passage(f"docx-{place}", "\n\n".join(lines), "Staff handbook", heading)
        for place, (heading, lines) in enumerate(sections)
    ]


def _prices() -> list[Passage]:
    found: list[Passage] = []
    for sheet in load_workbook(FOLDER / "price-list.xlsx", read_only=True).worksheets:
        head, *rows = sheet.iter_rows(values_only=True)
        for number, row in enumerate(rows, 2):
            text = "; ".join(f"{heading}: {cell}" for heading, cell in zip(head, row, strict=True) if cell)
            found.append(_passage(f"xlsx-{sheet.title}-{number}", text, "Price list", f"row {number} of {sheet.title}"))
    return found


def _stores() -> list[Passage]:
    with (FOLDER / "stores.csv").open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    return [
        _passage(
            f"csv-{place}", "; ".join(f"{h}: {c}" for h, c in zip(head, row, strict=True)), "Stores", f"row {place}"
        )
        for place, row in enumerate(rows, 2)
    ]


def _site() -> list[Passage]:
    found: list[Passage] = []
    for file in sorted((FOLDER / "site").glob("*.html")):
        text = file.read_text(encoding="utf-8")
        title = (re.search(r"<title>(.*?)</title>", text) or [""] * 2)[1]
        main = text[text.index("<main>") : text.index("</main>")]
        for place, part in enumerate(re.split(r"(?=<h[12]>)", main)):
            plain = re.sub(r"<[^>]+>", "", re.sub(r"<li>", "- ", part)).strip()
            if plain:
                found.append(_passage(f"{file.stem}-{place}", plain, title, plain.splitlines()[0]))
    return found


def _passage(id: str, text: str, source: str, place: str) -> Passage:
    return Passage(id=id, text=text, source=source, place=place)


def shop_shelf(project: ProjectId, embedder: Embeds) -> PlainShelf:
    """The corner shop's shelf; nobody else's documents are on it."""
    return PlainShelf(project, shop_passages(), embedder)
