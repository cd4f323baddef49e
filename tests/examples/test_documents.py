"""The corner shop's documents: up to date with what they are made of, and with what the shop's computer says."""

import csv
import re
import subprocess
import sys
from pathlib import Path

import pytest
from docx import Document
from openpyxl import load_workbook

from tests.examples.conftest import SHOP
from tollfree.knowledge.base import Query
from tollfree.rehearse.shop import PROJECT
from tollfree.wiring.documents import take_in_documents
from tollfree.wiring.office import Office
from tollfree.wiring.settings import Settings

FOLDER = SHOP / "knowledge"


def test_they_are_what_their_script_writes() -> None:
    done = subprocess.run(
        [sys.executable, str(FOLDER / "make.py"), "--check"], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


def test_the_price_list_has_the_catalogues_prices() -> None:
    with (SHOP / "catalogue.csv").open(encoding="utf-8", newline="") as file:
        wanted = {item["name"]: f"${float(item['price']):.2f}" for item in csv.DictReader(file)}
    found: dict[str, str] = {}
    for sheet in load_workbook(FOLDER / "price-list.xlsx").worksheets:
        for item, _, price, *_ in sheet.iter_rows(min_row=2, values_only=True):
            found[str(item)] = str(price)
    assert found == wanted


@pytest.mark.parametrize("day", range(7))
def test_the_main_stores_hours_are_those_of_the_shops_computer(day: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(SHOP / "backend"))
    from corner_shop.calendar import WEEK, spoken_time

    with (FOLDER / "stores.csv").open(encoding="utf-8", newline="") as file:
        store = next(csv.DictReader(file))
    name, opens, closes = WEEK[day]
    assert store[name] == f"{spoken_time(opens)} to {spoken_time(closes)}"


async def test_the_shops_own_documents_tell_its_opening_hours(tmp_path: Path) -> None:
    async with await Office.open(Settings(home=tmp_path)) as office:
        await office.store.projects.new(PROJECT, name="Shop", settings={"name": "Shop"})
        await take_in_documents(office, PROJECT, SHOP)
        for question in ("what are your opening hours", "is the kiosk open on saturdays", "are you open on christmas"):
            found = await office.knowledge.retrieve(PROJECT, Query(text=question))
            assert found and found[0].place == "Opening hours", question


def test_the_handbook_has_the_hours_of_the_list_of_stores() -> None:
    document = " ".join(paragraph.text for paragraph in Document(str(FOLDER / "staff-handbook.docx")).paragraphs)
    section = document[document.index("Opening hours") : document.index("Parking")]
    with (FOLDER / "stores.csv").open(encoding="utf-8", newline="") as file:
        hours = {value for store in csv.DictReader(file) for name, value in store.items() if name.endswith("day")}
    assert {value for value in hours if value not in section} == set()
    assert set(re.findall(r"\d+ AM to \d+ PM", section)) == hours - {"closed"}
