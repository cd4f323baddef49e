"""Who calls, and whom, as LiveKit's SIP service says in the attributes of its participant."""

from collections.abc import Mapping
from dataclasses import dataclass

from tollfree.calls.phone.number import heard_number

CALL_ID, CALLER, CALLED = "sip.callID", "sip.phoneNumber", "sip.trunkPhoneNumber"


@dataclass(frozen=True, slots=True, kw_only=True)
class SipCaller:
    """A call from the telephone network."""

    caller: str
    """The caller's number in E.164; empty when it is withheld or is none."""
    called: str
    """The number that was called, in E.164 where it can be told, else as the provider sent it."""
    sip_call: str
    """LiveKit's id of the SIP call, for its logs."""


def sip_caller(attributes: Mapping[str, str], *, region: str = "") -> SipCaller | None:
    """Reads a participant's attributes. None: it does not come from the telephone network. `region` (ISO 3166):
    how a caller's number without its country code is read."""
    if CALL_ID not in attributes and CALLED not in attributes:
        return None
    called = attributes.get(CALLED, "")
    return SipCaller(
        caller=heard_number(attributes.get(CALLER, ""), region),
        called=heard_number(called, region) or called.strip(),
        sip_call=attributes.get(CALL_ID, ""),
    )
