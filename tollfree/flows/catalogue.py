"""What a project sells: items with options and prices, as the `order` kind and the `item` slot read them."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionValue:
    """One way to have an item: "large"."""

    name: str
    extra: Decimal = Decimal(0)
    """Added to the item's price; may be negative."""
    synonyms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionGroup:
    """A choice an item offers: its size, its crust, its toppings."""

    name: str
    values: tuple[OptionValue, ...]
    default: str | None = None
    """Taken when the caller does not say; None: the caller is asked, unless `many`."""
    many: bool = False
    """Several values, or none, may be taken ("extra cheese and olives")."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """Something that can be ordered."""

    sku: str
    """The project's own code, unique in its catalogue."""
    name: str
    """As the agent says it, in the singular."""
    price: Decimal
    """For one, in the project's currency, without options."""
    category: str = ""
    synonyms: tuple[str, ...] = ()
    """Other names callers use."""
    options: tuple[OptionGroup, ...] = ()
    available: bool = True


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All items of one list."""

    name: str
    items: tuple[Item, ...] = ()
