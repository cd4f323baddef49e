"""How a person is reached, and what the telephone network's answers mean."""

import pytest
from livekit import api

from tollfree.calls.errors import BadProject
from tollfree.calls.phone.errors import BadNumber, CallerGone, NoWayToPerson, TransferFailed
from tollfree.calls.phone.outcomes import forwarded, not_taken
from tollfree.calls.phone.ways import Await, Dial, Forward, Way, way_to
from tollfree.calls.project import settings_of
from tollfree.protocol.effects import Transfer
from tollfree.protocol.ids import EffectId

QUEUES = {"staff": ("+12125550142", "(212) 555-0143"), "desk": ()}
BOTH = ("+12125550142", "+12125550143")


def way(to: str, mode: str = "cold", *, phone: bool = True, trunk: bool = True) -> Way:
    assert mode in ("cold", "warm")
    effect = Transfer(id=EffectId("1"), to=to, mode="warm" if mode == "warm" else "cold")
    return way_to(effect, by_telephone=phone, can_dial=trunk, queues=QUEUES, region="US")


@pytest.mark.parametrize(
    ("to", "mode", "phone", "trunk", "expected"),
    [
        ("+12125550142", "cold", True, True, Forward(to=("tel:+12125550142",))),
        ("(212) 555-0142", "cold", True, False, Forward(to=("tel:+12125550142",))),
        ("+12125550142", "warm", True, True, Dial(numbers=("+12125550142",), told_first=True)),
        ("+12125550142", "warm", True, False, Forward(to=("tel:+12125550142",), untold=True)),
        ("+12125550142", "cold", False, True, Dial(numbers=("+12125550142",), told_first=False)),
        ("+12125550142", "warm", False, True, Dial(numbers=("+12125550142",), told_first=True)),
        ("staff", "warm", True, True, Dial(numbers=BOTH, told_first=True)),
        ("staff", "cold", True, True, Forward(to=tuple(f"tel:{one}" for one in BOTH))),
        ("staff", "warm", False, False, Await(queue="staff")),
        ("desk", "warm", True, True, Await(queue="desk")),
        ("desk", "cold", False, False, Await(queue="desk")),
        ("kitchen", "warm", False, True, Await(queue="kitchen")),
        ("sip:staff@pbx.example", "cold", True, False, Forward(to=("sip:staff@pbx.example",))),
    ],
)
def test_the_way_to_a_person_follows_from_the_flow_the_caller_and_what_is_configured(
    to: str, mode: str, phone: bool, trunk: bool, expected: Way
) -> None:
    assert way(to, mode, phone=phone, trunk=trunk) == expected


@pytest.mark.parametrize(
    ("to", "phone", "trunk", "words"),
    [
        ("", True, True, "came out empty"),
        ("  ", False, False, "came out empty"),
        ("+12125550142", False, False, "TOLLFREE_SIP_OUTBOUND_TRUNK"),
        ("sip:staff@pbx.example", False, True, "cannot be forwarded"),
    ],
)
def test_a_person_whom_nothing_reaches_is_told_with_what_would_help(
    to: str, phone: bool, trunk: bool, words: str
) -> None:
    with pytest.raises(NoWayToPerson, match=words):
        way(to, phone=phone, trunk=trunk)


def test_a_number_that_cannot_be_rung_is_refused() -> None:
    with pytest.raises(BadNumber):
        way("12345")


def error(code: int = 0, *, reason: str = "", twirp: str = "internal") -> api.SipCallError:
    meta = {"sip_status_code": str(code), "sip_status": "as it says"} if code else {}
    return api.SipCallError(twirp, "failed", status=500, metadata={**meta, "sip_transfer_reason": reason})


@pytest.mark.parametrize("code", [408, 480, 486, 487, 600, 603, 608])
def test_a_telephone_that_rang_and_was_not_taken_is_nobody(code: int) -> None:
    assert not_taken(error(code))


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (403, "does not allow"),
        (404, "not in service"),
        (405, "does not forward"),
        (503, "no line"),
        (588, "as it says"),
    ],
)
def test_a_network_that_refuses_is_a_failure_with_its_reason(code: int, words: str) -> None:
    with pytest.raises(TransferFailed, match=words):
        not_taken(error(code))


def test_a_transfer_that_nobody_took_is_nobody_and_one_whose_caller_left_is_over() -> None:
    assert not_taken(error(reason="STR_RINGING_TIMEOUT"))
    assert not_taken(error(486, reason="STR_REJECTED"))
    assert not_taken(error(twirp="deadline_exceeded"))
    with pytest.raises(TransferFailed, match="does not allow"):
        not_taken(error(403, reason="STR_REJECTED"))
    with pytest.raises(CallerGone):
        not_taken(error(reason="STR_CALL_ENDED"))


def answer(status: api.SIPTransferStatus, reason: api.SIPTransferReason, code: int = 0) -> bool:
    sip = api.SIPStatus(code=code)  # pyright: ignore[reportArgumentType]
    return forwarded(api.TransferSIPParticipantResponse(transfer_id="T", status=status, reason=reason, sip_status=sip))


def test_what_a_transfer_came_to_is_read_from_its_answer() -> None:
    failed, reasons = api.SIPTransferStatus.STS_TRANSFER_FAILED, api.SIPTransferReason
    assert answer(api.SIPTransferStatus.STS_TRANSFER_SUCCESSFUL, reasons.STR_COMPLETED)
    assert forwarded(api.TransferSIPParticipantResponse())
    assert not answer(failed, reasons.STR_RINGING_TIMEOUT)
    assert not answer(failed, reasons.STR_REJECTED, 486)
    with pytest.raises(TransferFailed, match="does not forward calls"):
        answer(failed, reasons.STR_REJECTED, 405)
    with pytest.raises(TransferFailed, match="STR_SUBSCRIPTION_TERMINATED"):
        answer(failed, reasons.STR_SUBSCRIPTION_TERMINATED)
    with pytest.raises(CallerGone):
        answer(failed, reasons.STR_CALL_ENDED)


def test_a_queues_numbers_are_checked_when_the_project_is_read() -> None:
    project = settings_of({"name": "The Shop", "queues": {"staff": {"numbers": ["(212) 555-0142"]}}}, "here")
    assert project.queues["staff"].numbers == ("(212) 555-0142",)
    with pytest.raises(BadProject, match="queue staff: '12' is no number that could be rung in US"):
        settings_of({"name": "The Shop", "queues": {"staff": {"numbers": ["12"]}}}, "here")
