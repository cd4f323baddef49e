"""Telephone numbers as people write them and networks send them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tollfree.calls.phone.answering import answering
from tollfree.calls.phone.errors import BadNumber
from tollfree.calls.phone.number import e164, heard_number, looks_like_number, same_number
from tollfree.calls.phone.sip_caller import SipCaller, sip_caller
from tollfree.calls.store.store import Store
from tollfree.protocol.ids import ProjectId

SHOP = ProjectId("shop")


@pytest.mark.parametrize(
    ("written", "region", "number"),
    [
        ("(212) 555-0100", "US", "+12125550100"),
        ("+1 212 555 0100", "GB", "+12125550100"),
        ("020 7946 0018", "GB", "+442079460018"),
        ("+442079460018", "US", "+442079460018"),
    ],
)
def test_a_number_is_read_as_it_is_dialled_in_the_region(written: str, region: str, number: str) -> None:
    assert e164(written, region) == number


@pytest.mark.parametrize("written", ["", "shop", "12", "+999 123", "2125550100 ext 5", "+1 212 555 010"])
def test_what_cannot_be_rung_is_refused_with_an_example(written: str) -> None:
    with pytest.raises(BadNumber, match=r"\+12125550100"):
        e164(written, "US")


@pytest.mark.parametrize(
    ("sent", "region", "number"),
    [
        ("+12125550142", "", "+12125550142"),
        ("12125550142", "", "+12125550142"),
        ("2125550142", "US", "+12125550142"),
        ("442079460018", "US", "+442079460018"),
        ("anonymous", "US", ""),
        ("Restricted", "", ""),
        ("sip-phone-7", "", ""),
        ("", "", ""),
        ("+", "", ""),
        ("100", "US", ""),
    ],
)
def test_a_callers_number_is_what_the_network_sends_or_nothing(sent: str, region: str, number: str) -> None:
    assert heard_number(sent, region) == number


@given(st.text(max_size=30), st.sampled_from(["", "US", "GB"]))
@settings(max_examples=200, deadline=None)
def test_whatever_a_network_sends_is_a_number_in_e164_or_nothing(sent: str, region: str) -> None:
    heard = heard_number(sent, region)
    assert heard == "" or (heard[0] == "+" and heard[1:].isdigit())


def test_a_queue_is_told_from_a_number() -> None:
    assert all(looks_like_number(one) for one in ("+12125550100", "(212) 555-0100", "911"))
    assert not any(looks_like_number(one) for one in ("staff", "line 2", "", "2nd floor", "sip:a@b"))


def test_the_called_number_is_known_without_its_plus_and_without_its_country() -> None:
    known = ("+12125550100", "+442079460018")
    for sent in ("+12125550100", "12125550100", "2125550100", " +1 (212) 555-0100 "):
        assert same_number(sent, known) == "+12125550100"
    assert same_number("02079460018", known) == "+442079460018"
    assert same_number("5550100", known) is None
    assert same_number("anonymous", known) is None


def test_a_number_that_could_be_two_is_neither() -> None:
    assert same_number("2079460018", ("+442079460018", "+12079460018")) is None


def test_a_caller_on_the_telephone_is_read_from_the_attributes_of_their_participant() -> None:
    attributes = {
        "sip.callID": "SCL_1",
        "sip.phoneNumber": "+12125550142",
        "sip.trunkPhoneNumber": "12125550100",
        "sip.trunkID": "ST_1",
    }
    assert sip_caller(attributes) == SipCaller(caller="+12125550142", called="+12125550100", sip_call="SCL_1")


def test_a_withheld_number_is_no_callers_number_and_an_odd_called_one_is_kept() -> None:
    found = sip_caller({"sip.callID": "SCL_1", "sip.phoneNumber": "anonymous", "sip.trunkPhoneNumber": "front-desk"})
    assert found == SipCaller(caller="", called="front-desk", sip_call="SCL_1")


def test_somebody_in_a_browser_does_not_call_from_the_telephone_network() -> None:
    assert sip_caller({}) is None
    assert sip_caller({"tollfree.role": "person"}) is None


async def test_the_agent_that_answers_is_found_by_what_the_network_sends(kept: Store) -> None:
    await kept.projects.new(SHOP)
    await kept.numbers.add("+12125550100", SHOP, "main")
    await kept.numbers.add("+12125550101", SHOP, "returns")
    assert await answering(kept, "12125550100") == (SHOP, "main")
    found = await answering(kept, "+12125550101")
    assert found is not None and (found.project, found.agent) == (SHOP, "returns")
    assert await answering(kept, "+12125550199") is None
    assert await answering(kept, "") is None
