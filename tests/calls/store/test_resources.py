import pytest

from tests.calls.store.shop import SHOP
from tollfree.calls.store.errors import UnknownResource
from tollfree.calls.store.store import Store


async def test_a_tool_is_added_replaced_and_removed(shop: Store) -> None:
    await shop.tools.save(SHOP, "orders.find", {"url": "http://a/"})
    await shop.tools.save(SHOP, "orders.find", {"url": "http://b/"})
    await shop.tools.save(SHOP, "accounts.find", {"url": "http://c/"})
    assert await shop.tools.get(SHOP, "orders.find") == {"url": "http://b/"}
    assert list(await shop.tools.all(SHOP)) == ["accounts.find", "orders.find"]
    await shop.tools.delete(SHOP, "orders.find")
    with pytest.raises(UnknownResource, match="no tool named 'orders.find'"):
        await shop.tools.get(SHOP, "orders.find")
    with pytest.raises(UnknownResource):
        await shop.tools.delete(SHOP, "orders.find")


async def test_a_catalogue_keeps_its_text_to_the_letter(shop: Store) -> None:
    text = "sku,name,price\r\np1,Piña colada 🍍,4.50\r\n"
    await shop.catalogues.save(SHOP, "menu", "old", format="json")
    await shop.catalogues.save(SHOP, "menu", text, format="csv")
    stored = await shop.catalogues.get(SHOP, "menu")
    assert (stored.text, stored.format) == (text, "csv")
    assert await shop.catalogues.all(SHOP) == {"menu": stored}
    await shop.catalogues.delete(SHOP, "menu")
    with pytest.raises(UnknownResource, match="no catalogue named 'menu'"):
        await shop.catalogues.get(SHOP, "menu")
    with pytest.raises(UnknownResource):
        await shop.catalogues.delete(SHOP, "menu")


async def test_characters_that_postgresql_cannot_hold_are_replaced_on_both(shop: Store) -> None:
    await shop.catalogues.save(SHOP, "menu", "a\0b\ud800c", format="csv")
    assert (await shop.catalogues.get(SHOP, "menu")).text == "a\ufffdb\ufffdc"
