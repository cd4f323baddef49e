"""What can go wrong between a call and the telephone network.

TollfreeError
└── PhoneError
    ├── BadNumber            what was written is no telephone number
    ├── NoLiveKit            no LiveKit server is configured
    ├── LiveKitAway          the LiveKit server cannot be reached
    ├── LiveKitRefused       it refuses our key, or the request
    ├── NoSipService         it has no SIP: it needs Redis, and a livekit-sip service beside it
    ├── CallerGone           the caller hung up while a person was looked for
    ├── NoWayToPerson        nothing is configured that would reach this person
    ├── NotPickedUp          a telephone rang, and nobody picked it up
    ├── NotInRoom            a call that is in no room cannot be joined
    └── TransferFailed       the telephone network refused, with its own reason
"""

from tollfree.protocol.errors import TollfreeError


class PhoneError(TollfreeError):
    """The root."""

    code = "phone_error"


class BadNumber(PhoneError):
    """What was written is no telephone number."""

    code = "bad_number"


class NoLiveKit(PhoneError):
    """No LiveKit server is configured."""

    code = "no_livekit"


class LiveKitAway(PhoneError):
    """The LiveKit server cannot be reached."""

    code = "livekit_away"
    retryable = True


class LiveKitRefused(PhoneError):
    """The LiveKit server refuses our key, or the request."""

    code = "livekit_refused"


class NoSipService(PhoneError):
    """The LiveKit server has no SIP."""

    code = "no_sip"


class CallerGone(PhoneError):
    """The caller hung up while a person was looked for."""

    code = "caller_gone"


class NoWayToPerson(PhoneError):
    """Nothing is configured that would reach this person."""

    code = "no_way_to_person"


class NotPickedUp(PhoneError):
    """A telephone rang, and nobody picked it up."""

    code = "not_picked_up"


class NotInRoom(PhoneError):
    """A call that is in no room cannot be joined."""

    code = "not_in_room"


class TransferFailed(PhoneError):
    """The telephone network refused."""

    code = "transfer_failed"
