"""Who is in a room: which participant is the caller, and what is known of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from livekit import rtc

from tollfree.calls.phone.people import ROLE

CALLER_KINDS = frozenset(
    {
        rtc.ParticipantKind.PARTICIPANT_KIND_STANDARD,
        rtc.ParticipantKind.PARTICIPANT_KIND_SIP,
        rtc.ParticipantKind.PARTICIPANT_KIND_CONNECTOR,
    }
)
"""Kinds behind which is a person: browsers and apps, telephones, and the server's bridges to other networks."""

LEFT = frozenset(
    {
        rtc.DisconnectReason.CLIENT_INITIATED,
        rtc.DisconnectReason.PARTICIPANT_REMOVED,
        rtc.DisconnectReason.USER_REJECTED,
        rtc.DisconnectReason.USER_UNAVAILABLE,
    }
)
"""Reasons for which a participant who left does not come back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomCaller:
    """The caller, as the room knows them."""

    identity: str
    """Unique in the room; kept when the same caller comes back. May be personal."""
    kind: Literal["web", "phone"]
    attributes: Mapping[str, str] = field(default_factory=dict[str, str])
    """For a phone `sip.phoneNumber`, `sip.trunkPhoneNumber`, `sip.callID` and others. Personal."""


def is_caller(participant: rtc.RemoteParticipant) -> bool:
    """Whether a participant may be the caller. Hidden participants are not shown to us at all."""
    return participant.kind in CALLER_KINDS and not participant.attributes.get(ROLE)


def first_caller(participants: Iterable[rtc.RemoteParticipant]) -> rtc.RemoteParticipant | None:
    """The caller among those in the room: who joined first."""
    callers = [participant for participant in participants if is_caller(participant)]
    return min(callers, key=lambda one: one.joined_at.timestamp() if one.joined_at else 0.0, default=None)


def described(participant: rtc.RemoteParticipant) -> RoomCaller:
    """What is known of the caller."""
    phone = participant.kind == rtc.ParticipantKind.PARTICIPANT_KIND_SIP
    return RoomCaller(
        identity=participant.identity,
        kind="phone" if phone else "web",
        attributes=dict(participant.attributes),
    )


def reason_name(reason: "rtc.DisconnectReason.ValueType | None") -> str:
    """A reason for leaving in the room's own word, for a log."""
    return "unknown" if reason is None else rtc.DisconnectReason.Name(reason).lower()
