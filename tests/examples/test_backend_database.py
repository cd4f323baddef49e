"""The corner shop kept in a file: it survives restarts, crowds and sudden death."""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections import OrderedDict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path

import httpx
import pytest
from corner_shop import orders, returns
from corner_shop.calendar import Calendar
from corner_shop.catalogue import read_catalogue
from corner_shop.shops import OneShop, SandboxShops

from .conftest import SHOP, Start, running

ORDER = {
    "items": [
        {"sku": "PZ-01", "quantity": 1, "options": {"size": "large"}},
        {"sku": "DR-01", "quantity": 3},
        {"sku": "HH-04", "quantity": 2},
    ],
    "account_id": "A1004",
}
ORDER_TOTAL = "52.25"
"""16.50 + 3 × 1.95 + 2 × 14.95"""
SEEDED = 32
"""Orders that every shop begins with."""


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path)) as connection:
        yield connection


def assert_consistent(path: Path) -> None:
    """Every order is whole: its lines are all there and add up to its total."""
    with opened(path) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        broken = """SELECT number FROM orders WHERE total IS NOT
            (SELECT sum(quantity * unit_price) FROM order_lines WHERE order_lines.number = orders.number)"""
        assert connection.execute(broken).fetchall() == []
        orphans = "SELECT key FROM answered WHERE operation = 'order' AND result NOT IN (SELECT number FROM orders)"
        assert connection.execute(orphans).fetchall() == []


def place(client: httpx.Client, key: str) -> str:
    return client.post("/orders", json=ORDER, headers={"Idempotency-Key": key}).json()["number"]


def test_a_kept_shop_is_the_same_for_every_call_and_after_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "shop.db"
    with running("--database", str(file)) as backend, backend.client("one") as one, backend.client("two") as two:
        assert one.get("/health").json()["mode"] == "database"
        assert place(one, "a") == "61001"
        assert two.get("/orders/61001").json()["total"] == ORDER_TOTAL
        assert place(two, "b") == "61002"
    with running("--database", str(file)) as backend, backend.client("three") as three:
        assert place(three, "a") == "61001"
        assert place(three, "c") == "61003"


def test_the_same_key_from_many_at_once_makes_one_row(tmp_path: Path, start: Start) -> None:
    file = tmp_path / "shop.db"
    with start("--database", str(file)).client() as client, ThreadPoolExecutor(16) as pool:
        numbers = set(pool.map(lambda _: place(client, "the one"), range(32)))
    assert numbers == {"61001"}
    with opened(file) as connection:
        assert connection.execute("SELECT count(*) FROM orders").fetchone() == (SEEDED + 1,)
        assert connection.execute("SELECT count(*) FROM order_lines WHERE number = 61001").fetchone() == (3,)


def test_two_backends_on_one_file_never_give_out_a_number_twice(tmp_path: Path, start: Start) -> None:
    file = tmp_path / "shop.db"
    with start("--database", str(file)).client() as one, start("--database", str(file)).client() as two:
        with ThreadPoolExecutor(8) as pool:
            numbers = list(pool.map(lambda n: place(one if n % 2 else two, f"key {n // 2}"), range(40)))
    assert len(set(numbers)) == 20
    assert_consistent(file)


def test_a_backend_killed_under_load_leaves_whole_orders_and_loses_none_it_confirmed(
    tmp_path: Path, start: Start
) -> None:
    file = tmp_path / "shop.db"
    backend = start("--database", str(file))
    confirmed: dict[str, str] = {}
    enough = threading.Event()

    def customer(name: int) -> None:
        with backend.client() as client:
            for turn in range(500):
                try:
                    confirmed[f"{name}/{turn}"] = place(client, f"{name}/{turn}")
                except httpx.TransportError:
                    return
                if len(confirmed) >= 40:
                    enough.set()

    with ThreadPoolExecutor(6) as pool:
        for name in range(6):
            pool.submit(customer, name)
        assert enough.wait(timeout=30)
        os.kill(backend.process.pid, signal.SIGKILL)
    assert backend.process.wait(timeout=10) == -signal.SIGKILL

    assert_consistent(file)
    assert len(set(confirmed.values())) == len(confirmed)
    with start("--database", str(file)).client() as client:
        assert {key: place(client, key) for key in confirmed} == confirmed


DIES_BETWEEN_THE_LINES = """
import os, signal, sys
from datetime import date
from pathlib import Path
from corner_shop import orders
from corner_shop.bodies import NewOrder
from corner_shop import orders, returns
from corner_shop.calendar import Calendar
from corner_shop.catalogue import read_catalogue
from corner_shop.shops import OneShop

catalogue, calendar = read_catalogue(Path(sys.argv[1])), Calendar(date(2026, 11, 22))
shop = OneShop(Path(sys.argv[2]), catalogue, calendar).of_call("")
lines = 0

def watch(statement):
    global lines
    lines += statement.startswith("INSERT INTO order_lines")
    if lines == 2:
        os.kill(os.getpid(), signal.SIGKILL)

shop.connection.set_trace_callback(watch)
with shop.writing() as connection:
    orders.place(connection, NewOrder.model_validate_json(sys.argv[3]), "k", catalogue, calendar)
"""


def test_a_process_killed_between_two_lines_of_an_order_leaves_no_trace_of_it(tmp_path: Path, start: Start) -> None:
    file = tmp_path / "shop.db"
    order = httpx.Request("POST", "http://shop/", json=ORDER).content.decode()
    command = [sys.executable, "-c", DIES_BETWEEN_THE_LINES, str(SHOP / "catalogue.csv"), str(file), order]
    ended = subprocess.run(command, cwd=SHOP / "backend", timeout=30, check=False)
    assert ended.returncode == -signal.SIGKILL
    assert_consistent(file)
    with start("--database", str(file)).client() as client:
        assert client.get("/orders/61001").status_code == 404
        assert place(client, "k") == "61001"


def test_a_database_of_another_version_is_refused_with_a_plain_sentence(tmp_path: Path) -> None:
    file = tmp_path / "shop.db"
    with opened(file) as connection:
        connection.execute("PRAGMA user_version = 7")
    command = [sys.executable, str(SHOP / "backend" / "serve.py"), "--port", "0", "--database", str(file)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert ended.returncode == 1
    assert "tables of version 7, not 1" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_file_that_is_no_database_is_refused_with_a_plain_sentence(tmp_path: Path) -> None:
    file = tmp_path / "shop.db"
    file.write_text("Dear diary, " * 200)
    command = [sys.executable, str(SHOP / "backend" / "serve.py"), "--port", "0", "--database", str(file)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert (ended.returncode, "Traceback" in ended.stderr) == (1, False)
    assert "cannot start" in ended.stderr


def test_a_locked_database_is_said_to_be_busy_and_serves_again_afterwards(tmp_path: Path, start: Start) -> None:
    file = tmp_path / "shop.db"
    with start("--database", str(file)).client() as client, opened(file) as connection:
        connection.execute("BEGIN IMMEDIATE")
        answer = client.post("/orders", json=ORDER)
        assert (answer.status_code, answer.json()["error"]["code"]) == (503, "database_busy")
        assert client.get("/orders/41755").status_code == 200
        connection.execute("ROLLBACK")
        assert place(client, "k") == "61001"


@pytest.mark.parametrize("today", [date(2026, 11, 22), date(2027, 1, 1), date(2028, 2, 29), date(2026, 3, 9)])
def test_the_policys_window_holds_on_whatever_day_the_shop_is_made(today: date) -> None:
    shops = SandboxShops(read_catalogue(SHOP / "catalogue.csv"), Calendar(today))
    with shops.of_call("").reading() as connection:
        assert returns.judge(orders.get(connection, "41533"), today).refusal is None
        assert returns.judge(orders.get(connection, "41532"), today).refusal == "too_old"
    shops.close()


def test_only_so_many_calls_shops_are_kept() -> None:
    catalogue = read_catalogue(SHOP / "catalogue.csv")
    shops = SandboxShops(catalogue, Calendar(date(2026, 11, 22)), limit=3)
    kept = OrderedDict((call, shops.of_call(call)) for call in ("a", "b", "c"))
    assert shops.of_call("a") is kept["a"]
    shops.of_call("d")  # "b" was used longest ago
    assert shops.of_call("a") is kept["a"]
    assert shops.of_call("c") is kept["c"]
    assert shops.of_call("b") is not kept["b"]
    with kept["b"].reading() as connection:  # whoever still works with it is not disturbed
        assert connection.execute("SELECT count(*) FROM orders").fetchone()[0] == SEEDED
    shops.close()


def test_a_shop_is_seeded_whole_or_not_at_all(tmp_path: Path) -> None:
    catalogue = read_catalogue(SHOP / "catalogue.csv")
    without_batteries = type(catalogue)({sku: item for sku, item in catalogue.items.items() if sku != "HH-01"})
    with pytest.raises(ValueError, match="Order 41755 of the seed: There is no item 'HH-01'"):
        OneShop(tmp_path / "shop.db", without_batteries, Calendar())
    with opened(tmp_path / "shop.db") as connection:
        assert connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
