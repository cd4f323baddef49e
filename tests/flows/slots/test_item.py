from decimal import Decimal

import pytest

from tests.flows.slots.spoken_forms import FACTS, table
from tollfree.flows.catalogue import Catalogue, Item
from tollfree.flows.slots.base import InvalidValue, Resources
from tollfree.flows.slots.item import ItemOptions, ItemSlot

MENU = Catalogue(
    "menu",
    (
        Item(sku="P1", name="Margherita Pizza", price=Decimal("9.50"), synonyms=("plain pizza", "cheese pizza")),
        Item(sku="P2", name="Pepperoni Pizza", price=Decimal("11")),
        Item(sku="D1", name="7UP", price=Decimal("2")),
        Item(sku="D2", name="2 Liter Cola", price=Decimal("3")),
        Item(sku="D3", name="Crème Brûlée", price=Decimal("5")),
        Item(sku="B1", name="Blueberry Muffin", price=Decimal("3")),
    ),
)
SLOT = ItemSlot(ItemOptions(catalogue="menu"), Resources({"menu": MENU}))

SAID = table("""
margherita pizza | P1
a margherita | P1
the margheritas please | P1
I'd like a plain pizza | P1
pepperoni | P2
peperoni pizza | P2
marguerita pizza | P1
seven up | D1
7 up | D1
two liter cola | D2
the creme brulee | D3
blueberry muffins | B1
blue berry muffin | B1
can I get the blueberry muffin please | B1
not the margherita, the pepperoni | P2
pizza |
lasagna |
I don't know |
the first one |
""")


@pytest.mark.parametrize(("said", "sku"), SAID)
def test_an_item_is_read(said: str, sku: str) -> None:
    reading = SLOT.read(said, FACTS)
    assert (SLOT.canonical(reading.value) if reading is not None else "") == sku


def test_an_item_is_found_in_a_sentence() -> None:
    reading = SLOT.find("the blueberry muffin I bought yesterday was stale", FACTS)
    assert reading is not None
    assert reading.value == {"sku": "B1", "name": "Blueberry Muffin"}


def test_only_items_of_the_catalogue_are_held() -> None:
    assert SLOT.check({"sku": "D1", "name": "whatever"}) == {"sku": "D1", "name": "7UP"}
    for value in ({"sku": "X"}, {"name": "7UP"}, None, 5, []):
        with pytest.raises(InvalidValue):
            SLOT.check(value)


def test_a_catalogue_that_is_not_there_has_no_items() -> None:
    assert ItemSlot(ItemOptions(catalogue="elsewhere")).read("margherita", FACTS) is None
