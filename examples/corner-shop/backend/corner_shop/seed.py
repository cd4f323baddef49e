"""The customers and orders that every shop begins with. Dates are counted back from today, so that what is within
the returns policy stays within it whenever the shop is started.
"""

import sqlite3
from dataclasses import astuple, dataclass, field
from datetime import datetime, timedelta

from corner_shop import orders
from corner_shop.accounts import Account
from corner_shop.calendar import Calendar
from corner_shop.catalogue import Catalogue, Given, Priced
from corner_shop.orders import Line, Order


def _account(number: int, name: str, phone: str, email: str, address: str, member_since: str) -> Account:
    return Account(id=f"A{number}", name=name, phone=phone, email=email, address=address, member_since=member_since)


ACCOUNTS = (
    _account(1001, "Maya Torres", "+12125550142", "maya.torres@example.com", "18 Orchard Street", "2021-03-14"),
    _account(1002, "Daniel Okafor", "+12125550117", "dan.okafor@example.com", "402 Grand Street", "2019-11-02"),
    _account(1003, "Priya Raman", "+17185550163", "priya_raman@example.org", "77 Court Street", "2022-06-21"),
    _account(1004, "Leo Martinelli", "+17185550128", "leo@martinelli.example", "9 Carroll Street", "2018-01-30"),
    _account(1005, "Grace Chen", "+16465550190", "grace.chen88@example.com", "230 Broome Street", "2023-02-08"),
    _account(1006, "Samuel Weiss", "+19175550105", "sam.weiss@example.net", "55 Essex Street", "2017-09-12"),
    _account(1007, "Aisha Rahman", "+13475550171", "aisha-rahman@example.com", "12 Henry Street", "2024-04-05"),
    _account(1008, "Patrick O'Neill", "+12125550188", "patrick.oneill@example.com", "310 Bowery", "2020-12-19"),
    _account(1009, "Nora Lindqvist", "+19175550134", "nora.l@example.org", "61 Rivington Street", "2025-01-17"),
    _account(1010, "Hector Ruiz", "+13475550159", "hector.ruiz@example.com", "145 Clinton Street", "2016-05-25"),
    _account(1011, "Emily Novak", "+16465550112", "emily_novak@example.net", "28 Delancey Street", "2023-10-03"),
    _account(1012, "Tom Baker", "+17185550199", "tom.baker@example.com", "84 Smith Street", "2024-08-29"),
    _account(1013, "Rosa Delgado", "+12125550150", "rosa@delgado.example", "7 Pitt Street", "2015-07-07"),
    _account(1014, "Kenji Sato", "+19175550146", "kenji.sato@example.org", "199 Allen Street", "2022-12-31"),
)
"""Fictional numbers (555-01xx) and addresses (example domains). A1012 has never ordered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seeded:
    """An order as it is written below."""

    number: int
    account: int
    status: str
    items: tuple[tuple[str, int, Given], ...]
    """Code, quantity, options."""
    placed_days: int = 0
    """Days before today on which it was placed. The open ones of today were placed half an hour ago."""
    delivered_days: int | None = None
    """Days before today on which it reached the customer."""
    eta: int | None = None
    pickup: bool = False
    note: str = field(default="")


_LARGE = {"size": "large"}
_MEDIUM = {"size": "medium"}
_USB_C = {"connector": "usb c"}

ORDERS = (
    # under way
    Seeded(
        number=52118, account=1001, status="out_for_delivery", eta=15, items=(("PZ-02", 2, _LARGE), ("DR-02", 1, {}))
    ),
    Seeded(
        number=52131,
        account=1003,
        status="preparing",
        eta=35,
        items=(("SB-01", 1, {"length": "whole"}), ("SI-07", 1, {})),
    ),
    Seeded(
        number=52134,
        account=1004,
        status="preparing",
        eta=20,
        pickup=True,
        items=(("SI-06", 1, {"sauce": "buffalo"}), ("DR-01", 2, {})),
    ),
    Seeded(
        number=52140,
        account=1006,
        status="ready",
        pickup=True,
        items=(("SW-04", 1, {"extras": ["pickles"]}), ("DR-08", 1, {})),
    ),
    Seeded(
        number=52142,
        account=1008,
        status="out_for_delivery",
        eta=10,
        items=(("PZ-04", 1, _MEDIUM), ("SA-01", 1, {"dressing": "ranch"})),
    ),
    Seeded(
        number=52147,
        account=1010,
        status="preparing",
        eta=40,
        items=(("PZ-06", 3, _LARGE), ("SI-03", 2, {"count": "twelve"})),
    ),
    # delivered lately, with things that may come back
    Seeded(
        number=41755,
        account=1001,
        status="delivered",
        placed_days=7,
        delivered_days=6,
        items=(("HH-05", 1, _USB_C), ("HH-01", 2, {})),
    ),
    Seeded(
        number=41702, account=1002, status="delivered", placed_days=12, delivered_days=10, items=(("HH-04", 1, {}),)
    ),
    Seeded(
        number=41688, account=1005, status="delivered", placed_days=15, delivered_days=14, items=(("PN-06", 1, {}),)
    ),
    Seeded(
        number=41760,
        account=1007,
        status="delivered",
        placed_days=4,
        delivered_days=3,
        items=(("HH-08", 2, {"scent": "lavender"}), ("GR-02", 1, {})),
    ),
    Seeded(
        number=41590,
        account=1009,
        status="delivered",
        placed_days=22,
        delivered_days=21,
        items=(("PN-03", 2, {}), ("PN-01", 4, {})),
    ),
    Seeded(
        number=41533,
        account=1011,
        status="delivered",
        placed_days=31,
        delivered_days=30,
        items=(("HH-09", 2, {"color": "red"}),),
    ),
    Seeded(
        number=41771,
        account=1013,
        status="delivered",
        placed_days=2,
        delivered_days=2,
        pickup=True,
        items=(("HH-03", 4, {}),),
    ),
    Seeded(
        number=41744,
        account=1014,
        status="delivered",
        placed_days=9,
        delivered_days=8,
        items=(("PN-04", 1, {"roast": "dark roast"}),),
    ),
    # delivered lately, but food
    Seeded(
        number=41780,
        account=1002,
        status="delivered",
        placed_days=1,
        delivered_days=1,
        items=(("PZ-01", 1, _LARGE), ("DE-01", 2, {})),
    ),
    Seeded(
        number=41767,
        account=1003,
        status="delivered",
        placed_days=3,
        delivered_days=3,
        items=(("SA-02", 1, {}), ("SO-01", 1, {})),
    ),
    Seeded(
        number=41751,
        account=1006,
        status="delivered",
        placed_days=6,
        delivered_days=6,
        pickup=True,
        items=(("SW-01", 2, {"bread": "rye"}),),
    ),
    Seeded(
        number=41729,
        account=1010,
        status="delivered",
        placed_days=11,
        delivered_days=11,
        items=(("GR-03", 2, {}), ("GR-04", 1, {})),
    ),
    Seeded(
        number=41776,
        account=1014,
        status="delivered",
        placed_days=1,
        delivered_days=1,
        items=(("CF-03", 2, {"milk": "oat milk"}), ("DE-04", 2, {})),
    ),
    # delivered too long ago
    Seeded(
        number=41532, account=1001, status="delivered", placed_days=32, delivered_days=31, items=(("HH-10", 1, {}),)
    ),
    Seeded(
        number=40917,
        account=1002,
        status="delivered",
        placed_days=75,
        delivered_days=74,
        items=(("HH-05", 1, {"connector": "lightning"}),),
    ),
    Seeded(
        number=40755,
        account=1004,
        status="delivered",
        placed_days=92,
        delivered_days=90,
        items=(("HH-09", 1, {}), ("PZ-03", 1, _MEDIUM)),
    ),
    Seeded(
        number=41204, account=1008, status="delivered", placed_days=46, delivered_days=45, items=(("PN-06", 2, {}),)
    ),
    Seeded(
        number=40338, account=1013, status="delivered", placed_days=140, delivered_days=139, items=(("HH-04", 2, {}),)
    ),
    Seeded(
        number=39914,
        account=1010,
        status="delivered",
        placed_days=210,
        delivered_days=210,
        pickup=True,
        items=(("SB-04", 4, {}),),
    ),
    # cancelled
    Seeded(number=41699, account=1003, status="cancelled", placed_days=13, items=(("PZ-05", 2, _LARGE),)),
    Seeded(
        number=52125,
        account=1005,
        status="cancelled",
        items=(("SB-03", 1, {}), ("DR-12", 1, {})),
        note="Ordered twice by mistake",
    ),
    Seeded(number=41310, account=1011, status="cancelled", placed_days=40, items=(("SW-02", 1, {}),)),
    # returned
    Seeded(number=41650, account=1004, status="returned", placed_days=18, delivered_days=17, items=(("HH-02", 1, {}),)),
    Seeded(
        number=41601,
        account=1007,
        status="returned",
        placed_days=21,
        delivered_days=20,
        items=(("HH-07", 1, {}), ("HH-06", 2, {})),
    ),
    Seeded(number=41488, account=1009, status="returned", placed_days=36, delivered_days=35, items=(("PN-02", 3, {}),)),
    Seeded(number=41122, account=1014, status="returned", placed_days=51, delivered_days=50, items=(("HH-08", 1, {}),)),
)
"""At least three in each state. 41533 came on the last day of the returns window, 41532 one day too late."""


def plant(connection: sqlite3.Connection, catalogue: Catalogue, calendar: Calendar) -> None:
    """Stores the customers and their orders, inside the caller's transaction. Raises ValueError for an order that
    the catalogue cannot fill."""
    for account in ACCOUNTS:
        connection.execute("INSERT INTO accounts VALUES (?, ?, ?, ?, ?, ?)", astuple(account))
    customers = {account.id: account for account in ACCOUNTS}
    for seeded in ORDERS:
        orders.insert(connection, _order(seeded, customers[f"A{seeded.account}"], catalogue, calendar.now()))


def _order(seeded: Seeded, customer: Account, catalogue: Catalogue, now: datetime) -> Order:
    lines = tuple(_line(seeded.number, catalogue, *item) for item in seeded.items)
    placed = now - (timedelta(days=seeded.placed_days) if seeded.placed_days else timedelta(minutes=30))
    delivered = now.date() - timedelta(days=seeded.delivered_days) if seeded.delivered_days is not None else None
    return Order(
        number=seeded.number,
        account=customer.id,
        customer=customer.name,
        phone=customer.phone,
        status=seeded.status,
        fulfilment="pickup" if seeded.pickup else "delivery",
        address="" if seeded.pickup else customer.address,
        note=seeded.note,
        total=sum(line.unit_price * line.quantity for line in lines),
        placed_at=placed.isoformat(),
        delivered_on=delivered.isoformat() if delivered else None,
        eta_minutes=seeded.eta,
        lines=lines,
    )


def _line(number: int, catalogue: Catalogue, sku: str, quantity: int, options: Given) -> Line:
    priced = catalogue.price(sku, options)
    if not isinstance(priced, Priced):
        raise ValueError(f"Order {number} of the seed: {' '.join(priced)}")
    return orders.sold(priced, quantity)
