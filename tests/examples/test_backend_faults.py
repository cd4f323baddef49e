"""The corner shop's backend, broken on purpose."""

import json
import time

import httpx
import pytest

from .conftest import Backend, Start


def break_it(shop: httpx.Client, **rule: object) -> None:
    call = shop.headers["Tollfree-Call"]
    assert shop.post("/faults", json={"call": call, **rule}).status_code == 200


def test_an_error_is_answered_as_long_as_the_rule_lasts(shop: httpx.Client) -> None:
    break_it(shop, kind="500", path="/orders", times=2)
    statuses = [shop.get("/orders/41755").status_code for _ in range(3)]
    assert statuses == [500, 500, 200]


def test_a_rule_hits_only_its_path_its_method_and_its_call(shop: httpx.Client, sandbox: Backend) -> None:
    break_it(shop, kind="500", path="/orders", method="POST")
    assert shop.post("/orders", json={}).status_code == 500
    assert shop.get("/orders/41755").status_code == 200
    with sandbox.client("another call") as other:
        assert other.post("/orders", json={}).status_code == 422


def test_mending_mends_everything_and_health_never_breaks(shop: httpx.Client) -> None:
    break_it(shop, kind="500")
    assert (shop.get("/hours").status_code, shop.get("/health").status_code) == (500, 200)
    assert shop.delete("/faults").json() == {"faults": []}
    assert shop.get("/hours").status_code == 200


@pytest.mark.parametrize("kind", ["rubbish", "bad_json"])
def test_rubbish_is_no_json(shop: httpx.Client, kind: str) -> None:
    answer = shop.get("/orders/41755", headers={"Shop-Fault": kind})
    assert answer.status_code == 200
    with pytest.raises(json.JSONDecodeError):
        answer.json()


@pytest.mark.parametrize("kind", ["hang", "drip"])
def test_a_shop_that_hangs_or_drips_never_finishes(shop: httpx.Client, kind: str) -> None:
    break_it(shop, kind=kind, seconds=0.05)
    with pytest.raises((httpx.ReadTimeout, TimeoutError)), shop.stream("GET", "/hours", timeout=0.4) as answer:
        began = time.monotonic()
        for _ in answer.iter_bytes():
            if time.monotonic() - began > 0.4:
                raise TimeoutError


def test_a_slow_answer_is_late_and_right(shop: httpx.Client) -> None:
    break_it(shop, kind="slow", seconds=0.2)
    with pytest.raises(httpx.ReadTimeout):
        shop.get("/orders/41755", timeout=0.05)
    assert shop.get("/orders/41755").json()["number"] == "41755"


def test_a_huge_answer_is_fifty_megabytes_and_can_be_left_early(shop: httpx.Client) -> None:
    taken = 0
    with shop.stream("GET", "/hours", headers={"Shop-Fault": "huge"}) as answer:
        for part in answer.iter_bytes():
            taken += len(part)
            if taken > 200_000:
                break
    assert shop.get("/hours").status_code == 200
    assert len(shop.get("/hours", headers={"Shop-Fault": "huge"}).json()["filler"]) == 50_000_000


def test_a_cut_answer_breaks_off(shop: httpx.Client) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        shop.get("/hours", headers={"Shop-Fault": "cut"})


def test_a_redirect_leads_where_nobody_should_follow(shop: httpx.Client) -> None:
    answer = shop.get("/hours", headers={"Shop-Fault": "redirect"})
    assert (answer.status_code, answer.headers["location"][:23]) == (302, "http://169.254.169.254/")


def test_a_rule_that_makes_no_sense_is_refused(shop: httpx.Client) -> None:
    assert shop.post("/faults", json={"kind": "gremlins"}).status_code == 422


def test_without_the_option_nobody_can_break_it(start: Start) -> None:
    with start("--sandbox").client() as client:
        assert client.post("/faults", json={"kind": "500"}).status_code == 404
        assert client.get("/hours", headers={"Shop-Fault": "500"}).status_code == 200


@pytest.mark.parametrize(("failure", "status"), [("500", 500), ("rubbish", 200)])
def test_it_can_be_broken_from_the_start(start: Start, failure: str, status: int) -> None:
    with start("--fail", failure).client() as client:
        answer = client.get("/orders/41755")
        assert (answer.status_code, "41755" in answer.text) == (status, False)


def test_a_shop_that_is_down_answers_nothing(start: Start) -> None:
    with start("--fail", "down").client() as client, pytest.raises(httpx.TransportError):
        client.get("/orders/41755")


def test_a_shop_that_is_slow_is_slower_than_anybody_waits(start: Start) -> None:
    with start("--fail", "slow").client(timeout_s=0.3) as client, pytest.raises(httpx.ReadTimeout):
        client.get("/orders/41755")
