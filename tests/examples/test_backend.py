"""The corner shop's backend, over real HTTP: what it answers to a call."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from .conftest import Backend, Start

PIZZAS = {
    "items": [
        {"sku": "PZ-02", "quantity": 2, "options": {"size": "large", "toppings": ["extra cheese", "bacon"]}},
        {"sku": "DR-02", "quantity": 1},
    ],
    "account_id": "A1001",
}
PIZZAS_TOTAL = "45.45"
"""2 × (14.50 + 4.00 + 1.50 + 1.75) + 1.95"""


def error(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


# accounts


@pytest.mark.parametrize("phone", ["+12125550142", "12125550142", "2125550142", "(212) 555-0142", " 12125550142"])
def test_an_account_is_found_however_its_phone_number_is_written(shop: httpx.Client, phone: str) -> None:
    account = shop.get("/accounts", params={"phone": phone}).json()
    assert (account["id"], account["first_name"]) == ("A1001", "Maya")
    assert account["order_numbers"] == ["52118", "41755", "41532"]
    assert account["open_order_numbers"] == ["52118"]


def test_an_account_is_found_by_its_email_in_any_case(shop: httpx.Client) -> None:
    assert shop.get("/accounts", params={"email": "Priya_Raman@Example.org"}).json()["id"] == "A1003"
    assert shop.get("/accounts/A1003").json()["name"] == "Priya Raman"


@pytest.mark.parametrize(
    ("query", "answer"),
    [
        ({"phone": "+12125550100"}, (404, "account_not_found")),
        ({"email": "nobody@example.com"}, (404, "account_not_found")),
        ({"phone": "twelve"}, (422, "phone_invalid")),
        ({"phone": "+1"}, (422, "phone_invalid")),
        ({}, (422, "query_invalid")),
        ({"phone": "+12125550142", "email": "x@example.com"}, (422, "query_invalid")),
    ],
)
def test_an_account_that_is_not_there_or_not_asked_for_rightly_is_said_so(
    shop: httpx.Client, query: dict[str, str], answer: tuple[int, str]
) -> None:
    assert error(shop.get("/accounts", params=query)) == answer


def test_an_accounts_orders_come_newest_first_and_may_be_none(shop: httpx.Client) -> None:
    listed = shop.get("/accounts/A1002/orders").json()
    assert [order["number"] for order in listed["orders"]] == ["41780", "41702", "40917"]
    assert shop.get("/accounts/A1012/orders").json() == {"count": 0, "orders": []}
    assert error(shop.get("/accounts/A9999/orders")) == (404, "account_not_found")


# orders


@pytest.mark.parametrize(
    ("number", "status", "text"),
    [
        ("52118", "out_for_delivery", "is out for delivery and should be with you in about 15 minutes"),
        ("52134", "preparing", "is being prepared and should be ready in about 20 minutes"),
        ("52140", "ready", "is ready and waiting at the counter"),
        ("41755", "delivered", "was delivered on Monday, November 16"),
        ("41771", "delivered", "was picked up on Friday, November 20"),
        ("41699", "cancelled", "was cancelled"),
        ("41650", "returned", "was returned and has been refunded"),
    ],
)
def test_an_order_tells_what_has_become_of_it(shop: httpx.Client, number: str, status: str, text: str) -> None:
    order = shop.get(f"/orders/{number}").json()
    assert (order["number"], order["status"], order["status_text"]) == (number, status, text)


def test_an_order_lists_its_items_as_they_are_said(shop: httpx.Client) -> None:
    order = shop.get("/orders/52118").json()
    assert order["summary"] == "two large pepperoni pizzas and a Diet Coke"
    assert (order["total"], order["customer"], order["placed_date"]) == ("38.95", "Maya Torres", "2026-11-22")


@pytest.mark.parametrize("number", ["00000", "1", "123456", "4175a", "٤١٧٥٥", "' OR 1=1", "9" * 500])
def test_a_number_that_is_no_orders_is_not_found(shop: httpx.Client, number: str) -> None:
    assert error(shop.get(f"/orders/{number}")) == (404, "order_not_found")


def test_an_order_is_priced_by_the_shop_with_defaults_filled_in(shop: httpx.Client) -> None:
    answer = shop.post("/orders", json={**PIZZAS, "total": PIZZAS_TOTAL})
    order = answer.json()
    assert (answer.status_code, order["number"], order["total"]) == (201, "61001", PIZZAS_TOTAL)
    assert order["summary"] == "two large pepperoni pizzas with extra cheese and bacon and a Diet Coke"
    assert order["items"][0]["options"]["crust"] == "regular crust"
    assert (order["customer"], order["phone"], order["status"]) == ("Maya Torres", "+12125550142", "preparing")
    assert shop.get("/accounts/A1001").json()["latest_order_number"] == "61001"


def test_a_total_that_is_not_what_the_caller_was_told_orders_nothing(shop: httpx.Client) -> None:
    assert error(shop.post("/orders", json={**PIZZAS, "total": "45.00"})) == (409, "price_changed")
    assert error(shop.get("/orders/61001")) == (404, "order_not_found")


def test_every_fault_of_an_order_is_told_at_once(shop: httpx.Client) -> None:
    items = [
        {"sku": "PZ-02", "quantity": 1, "options": {"size": "huge", "sprinkles": "yes"}},
        {"sku": "PZ-01", "quantity": 1},
        {"sku": "DE-05", "quantity": 1},
        {"sku": "XX-99", "quantity": 1},
        {"sku": "SB-01", "quantity": 1, "options": {"bread": ["rye", "whole wheat"]}},
    ]
    answer = shop.post("/orders", json={"items": items, "total": "lots"})
    assert error(answer) == (422, "order_invalid")
    assert answer.json()["error"]["details"] == [
        "pepperoni pizza has no choice of 'sprinkles'.",
        "pepperoni pizza has no size 'huge'.",
        "cheese pizza needs a size: small, medium, large.",
        "tiramisu is sold out.",
        "There is no item 'XX-99'.",
        "turkey sub takes one bread, not 2.",
        "total 'lots' is not an amount of money such as 22.50.",
    ]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b'{"items": []}',
        b'{"items": [{"sku": "DR-02", "quantity": 0}]}',
        b'{"items": [{"sku": "DR-02", "quantity": 100}]}',
        b'{"items": [{"sku": "DR-02", "quantity": 1.5}]}',
        b'{"items": [{"sku": "DR-02", "quantity": true}]}',
        b'{"items": [{"sku": "DR-02", "quantity": 1}], "phone": "555"}',
        b"\xff\xfe\x00",
    ],
)
def test_a_body_that_makes_no_sense_is_refused_with_its_faults(shop: httpx.Client, body: bytes) -> None:
    answer = shop.post("/orders", content=body)
    assert error(answer) == (422, "body_invalid")
    assert answer.json()["error"]["details"]


def test_a_delivery_goes_to_the_accounts_address_and_needs_one(shop: httpx.Client) -> None:
    order = shop.post("/orders", json={**PIZZAS, "fulfilment": "delivery"}).json()
    assert (order["address"], order["eta_minutes"]) == ("18 Orchard Street", 45)
    guest = {"items": PIZZAS["items"], "fulfilment": "delivery", "name": "Ann"}
    assert error(shop.post("/orders", json=guest)) == (422, "address_missing")
    assert error(shop.post("/orders", json={**PIZZAS, "account_id": "A0"})) == (404, "account_not_found")


def test_a_body_or_header_beyond_any_honest_size_is_refused(shop: httpx.Client) -> None:
    assert error(shop.post("/orders", content=b"x" * 70_000)) == (413, "body_too_large")
    assert error(shop.get("/orders/41755", headers={"Tollfree-Call": "c" * 201})) == (422, "header_invalid")
    assert error(shop.get("/nowhere")) == (404, "http_404")
    assert error(shop.put("/orders")) == (405, "http_405")


# one key, one order


def test_the_same_key_gives_the_same_order_again(shop: httpx.Client) -> None:
    first = shop.post("/orders", json=PIZZAS, headers={"Idempotency-Key": "k"})
    again = shop.post("/orders", json=PIZZAS, headers={"Idempotency-Key": "k"})
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert shop.post("/orders", json=PIZZAS, headers={"Idempotency-Key": "l"}).json()["number"] == "61002"


def test_a_key_used_for_another_order_is_refused(shop: httpx.Client) -> None:
    shop.post("/orders", json=PIZZAS, headers={"Idempotency-Key": "k"})
    other = {**PIZZAS, "note": "ring twice"}
    assert error(shop.post("/orders", json=other, headers={"Idempotency-Key": "k"})) == (409, "key_reused")


def test_an_order_that_was_refused_does_not_use_up_its_key(shop: httpx.Client) -> None:
    refused = shop.post("/orders", json={**PIZZAS, "total": "1.00"}, headers={"Idempotency-Key": "k"})
    placed = shop.post("/orders", json=PIZZAS, headers={"Idempotency-Key": "k"})
    assert (refused.status_code, placed.status_code) == (409, 201)


def test_orders_of_one_key_at_the_same_time_make_one_order(shop: httpx.Client) -> None:
    def place(key: str) -> str:
        return shop.post("/orders", json=PIZZAS, headers={"Idempotency-Key": key}).json()["number"]

    with ThreadPoolExecutor(16) as pool:
        numbers = list(pool.map(place, ["one"] * 16 + ["two"] * 16))
    assert len(set(numbers[:16])) == len(set(numbers[16:])) == 1
    assert set(numbers) == {"61001", "61002"}


# a shop for every call


def test_the_first_order_of_every_call_has_the_same_number(sandbox: Backend) -> None:
    for call in ("first caller", "second caller"):
        with sandbox.client(call) as client:
            assert client.post("/orders", json=PIZZAS).json()["number"] == "61001"
            assert client.post("/orders", json=PIZZAS).json()["number"] == "61002"


def test_what_one_call_changes_no_other_call_sees(sandbox: Backend) -> None:
    with sandbox.client("changes") as one, sandbox.client("looks") as other:
        assert one.post("/orders/41755/returns", json={"reason": "too loud"}).json()["accepted"]
        assert one.get("/orders/41755").json()["status"] == "returned"
        assert other.get("/orders/41755").json()["status"] == "delivered"


# returns


@pytest.mark.parametrize(
    ("number", "refusal"),
    [
        ("41755", None),
        ("41533", None),  # the thirtieth day
        ("41532", "too_old"),  # the thirty-first
        ("40917", "too_old"),
        ("41780", "perishable"),
        ("41729", "perishable"),
        ("52118", "not_delivered"),
        ("52140", "not_delivered"),
        ("41699", "cancelled"),
        ("41650", "already_returned"),
    ],
)
def test_a_return_follows_the_policy_and_keeps_the_reason(shop: httpx.Client, number: str, refusal: str | None) -> None:
    order = shop.get(f"/orders/{number}").json()
    assert (order["returnable"], order["refusal"]) == (refusal is None, refusal)
    answer = shop.post(f"/orders/{number}/returns", json={"reason": "It's “not” what I wanted 🙁"})
    taken = answer.json()
    assert answer.status_code == (201 if refusal is None else 200)
    assert (taken["accepted"], taken["refusal"]) == (refusal is None, refusal)
    assert taken["refund"] == order["refund"]
    [kept] = shop.get(f"/orders/{number}/returns").json()["returns"]
    assert kept == taken
    assert kept["reason"] == "It's “not” what I wanted 🙁"


def test_of_a_mixed_order_only_what_keeps_comes_back(shop: httpx.Client) -> None:
    taken = shop.post("/orders/41760/returns", json={"reason": "wrong scent"}).json()
    assert (taken["accepted"], taken["items"], taken["refund"]) == (True, ["HH-08"], "24.00")


def test_items_of_a_return_may_be_named_and_must_be_in_the_order(shop: httpx.Client) -> None:
    assert error(shop.post("/orders/41755/returns", json={"reason": "x", "items": ["HH-99"]}))[0] == 422
    milk = shop.post("/orders/41760/returns", json={"reason": "sour", "items": ["GR-02"]}).json()
    assert (milk["accepted"], milk["refusal"]) == (False, "perishable")
    batteries = shop.post("/orders/41755/returns", json={"reason": "flat", "items": ["HH-01"]}).json()
    assert (batteries["accepted"], batteries["refund"]) == (True, "13.00")


def test_an_order_is_returned_once_however_often_it_is_asked(shop: httpx.Client) -> None:
    def ask(key: str) -> bool:
        body = {"reason": "changed my mind"}
        return shop.post("/orders/41702/returns", json=body, headers={"Idempotency-Key": key}).json()["accepted"]

    with ThreadPoolExecutor(8) as pool:
        accepted = list(pool.map(ask, ["a", "b", "c", "d", "e", "f", "g", "h"]))
    assert accepted.count(True) == 1
    winner = "abcdefgh"[accepted.index(True)]
    assert ask(winner)  # the same request again tells the same
    assert len(shop.get("/orders/41702/returns").json()["returns"]) == 8


def test_a_return_needs_a_reason_and_an_order(shop: httpx.Client) -> None:
    assert error(shop.post("/orders/41755/returns", json={"reason": "  "})) == (422, "body_invalid")
    assert error(shop.post("/orders/99999/returns", json={"reason": "x"})) == (404, "order_not_found")


# hours and staff


def test_hours_tell_of_today_the_week_and_holidays(shop: httpx.Client) -> None:
    hours = shop.get("/hours").json()
    assert (hours["open_now"], hours["day"]["weekday"], hours["day"]["text"]) == (True, "Sunday", "8 AM to 8 PM")
    assert [day["closed_for"] for day in hours["week"]] == [None, None, None, None, "Thanksgiving", None, None]
    christmas = shop.get("/hours", params={"date": "2026-12-25"}).json()["day"]
    assert (christmas["opens"], christmas["text"]) == (None, "closed for Christmas Day")


@pytest.mark.parametrize("date", ["tomorrow", "2026-02-30", "9999-12-31"])
def test_a_date_that_is_none_is_refused(shop: httpx.Client, date: str) -> None:
    assert error(shop.get("/hours", params={"date": date})) == (422, "date_invalid")


def test_callers_wait_for_staff_in_the_order_in_which_they_came(shop: httpx.Client) -> None:
    def ask(**body: str) -> Any:
        return shop.post("/staff/requests", json=body, headers={"Idempotency-Key": body["reason"]}).json()

    first = ask(kind="transfer", reason="angry")
    second = ask(kind="callback", phone="+12125550142", reason="later", summary="Wants a refund")
    assert [first["position"], second["position"]] == [1, 2]
    assert (second["wait_minutes"], second["staff_on_duty"]) == (8, True)
    assert ask(kind="transfer", reason="angry")["id"] == first["id"]
    left = shop.delete(f"/staff/requests/{first['id']}").json()
    assert (left["state"], left["position"]) == ("withdrawn", None)
    assert [waiting["id"] for waiting in shop.get("/staff/requests").json()["waiting"]] == [second["id"]]
    assert shop.get(f"/staff/requests/{second['id']}").json()["position"] == 1
    assert second["call"].startswith("test test_callers_wait")


def test_a_callback_needs_a_number(shop: httpx.Client) -> None:
    assert error(shop.post("/staff/requests", json={"kind": "callback"})) == (422, "phone_missing")
    assert error(shop.get("/staff/requests/77")) == (404, "request_not_found")


# the real clock


def test_without_a_date_given_the_shop_lives_today(start: Start) -> None:
    with start().client() as client:
        assert client.get("/orders/41533").json()["returnable"]
        assert client.get("/orders/41532").json()["refusal"] == "too_old"
        assert client.get("/orders/52118").json()["status"] == "out_for_delivery"
