"""The corner shop's catalogue and written policies agree with what its backend does."""

import re
from decimal import Decimal

import httpx
import phonenumbers
import pytest
from corner_shop import catalogue as shop_catalogue
from corner_shop.calendar import SUMMARY, WEEK, spoken_time
from corner_shop.returns import WINDOW_DAYS
from corner_shop.seed import ACCOUNTS, ORDERS
from corner_shop.wording import joined, line_text, plural

from tollfree.flows.catalogue_file import read_catalogue

from .conftest import SHOP

CSV = SHOP / "catalogue.csv"


def test_the_agent_and_the_shop_read_the_same_goods_and_prices_from_the_file() -> None:
    agents = read_catalogue("corner-shop", CSV.read_text(encoding="utf-8"))
    shops = shop_catalogue.read_catalogue(CSV)
    assert len(agents.items) >= 40
    assert [item.sku for item in agents.items] == list(shops.items)
    for item in agents.items:
        sold = shops.items[item.sku]
        assert (item.name, item.price * 100, item.available) == (sold.name, sold.price, sold.available)
        assert [(group.name, group.many, group.default) for group in item.options] == [
            (group.name, group.many, group.default) for group in sold.groups
        ]
        for group, sold_group in zip(item.options, sold.groups, strict=True):
            assert {value.name: int(value.extra * 100) for value in group.values} == sold_group.extras


def test_every_price_is_positive_whatever_is_chosen() -> None:
    for item in read_catalogue("corner-shop", CSV.read_text(encoding="utf-8")).items:
        least = sum((min(value.extra for value in group.values) for group in item.options if not group.many), Decimal())
        assert item.price + least > 0


def test_the_catalogue_is_served_as_it_is_written(shop: httpx.Client) -> None:
    items = shop.get("/catalogue").json()["items"]
    assert items[0]["sku"] == "PZ-01"
    assert set(items[0]) == {"sku", "name", "category", "price", "synonyms", "options", "available"}


def test_the_written_hours_are_those_the_shop_keeps() -> None:
    written = (SHOP / "policies" / "hours.md").read_text(encoding="utf-8")
    for day, opens, closes in WEEK:
        assert f"| {day} | {spoken_time(opens)} to {spoken_time(closes)} |" in written
    assert "Friday from 7 AM to 11 PM" in SUMMARY


def test_the_written_returns_policy_names_the_window_that_is_kept() -> None:
    written = (SHOP / "policies" / "returns.md").read_text(encoding="utf-8")
    assert {int(days) for days in re.findall(r"(\d+) days", written)} == {WINDOW_DAYS}


def test_customers_have_fictional_numbers_of_the_right_shape_and_orders_in_every_state() -> None:
    assert len(ACCOUNTS) >= 12
    for account in ACCOUNTS:
        assert re.fullmatch(r"\+1\d{3}55501\d\d", account.phone)
        assert phonenumbers.is_valid_number(phonenumbers.parse(account.phone))
    assert len(ORDERS) >= 30
    assert len({order.number for order in ORDERS}) == len(ORDERS)
    states = {"preparing", "ready", "out_for_delivery", "delivered", "cancelled", "returned"}
    assert {order.status for order in ORDERS} == states


@pytest.mark.parametrize(
    ("name", "several"),
    [
        ("pepperoni pizza", "pepperoni pizzas"),
        ("box of spaghetti", "boxes of spaghetti"),
        ("French fries", "French fries"),
        ("pastrami on rye", "pastramis on rye"),
        ("brownie", "brownies"),
        ("cherry", "cherries"),
        ("tray", "trays"),
        ("radish", "radishes"),
    ],
)
def test_several_of_a_thing_are_said_as_people_say_them(name: str, several: str) -> None:
    assert plural(name) == several


def test_a_line_is_said_with_its_number_its_size_and_what_is_on_it() -> None:
    assert (
        line_text("pizza", 2, ["large"], ["olives", "bacon", "basil"])
        == "two large pizzas with olives, bacon and basil"
    )
    assert line_text("umbrella", 1, [], []) == "an umbrella"
    assert line_text("onion rings", 1, [], []) == "onion rings"
    assert line_text("bottle of water", 14, [], []) == "14 bottles of water"
    assert joined([]) == ""
