"""The corner shop's documents: up to date with what they are made of, and with what the shop's computer says."""

import csv
import subprocess
import sys

import pytest
from openpyxl import load_workbook

from tests.examples.conftest import SHOP

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
