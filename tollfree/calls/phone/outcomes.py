"""What the telephone network's answers mean for a caller who waits for a person."""

from livekit import api

from tollfree.calls.phone.errors import CallerGone, TransferFailed
from tollfree.calls.phone.server import plain

NOT_TAKEN = frozenset({408, 480, 486, 487, 600, 603, 608})
"""SIP statuses (RFC 3261, 8197) of a telephone that rang and was not taken: timeout, unavailable, busy, cancelled,
busy everywhere, declined, rejected."""

_REASONS = {
    401: "the provider wants a name and a password that the trunk does not have",
    403: "the provider does not allow this call",
    404: "this number is not in service",
    405: "the provider does not forward calls (SIP REFER)",
    407: "the provider wants a name and a password that the trunk does not have",
    484: "this number is not complete",
    501: "the provider does not forward calls (SIP REFER)",
    503: "the provider has no line free",
}


def not_taken(error: api.ServerError) -> bool:
    """Whether a telephone rang and nobody took it. Otherwise raises `TransferFailed` with the network's reason, or
    `CallerGone`."""
    if error.metadata.get("sip_transfer_reason") in ("STR_RINGING_TIMEOUT", "STR_REJECTED"):
        status = _status(error)
        if status is None or status in NOT_TAKEN:
            return True
    if error.metadata.get("sip_transfer_reason") == "STR_CALL_ENDED":
        raise CallerGone("The caller hung up while they were being forwarded.") from error
    status = _status(error)
    if status in NOT_TAKEN or error.code == api.ServerErrorCode.DEADLINE_EXCEEDED:
        return True
    raise TransferFailed(f"The call could not be put through: {_reason(error, status)}.") from error


def forwarded(answer: api.TransferSIPParticipantResponse) -> bool:
    """Whether a caller who was forwarded has somebody. Raises `TransferFailed` or `CallerGone`."""
    if answer.status == api.SIPTransferStatus.STS_TRANSFER_SUCCESSFUL or not answer.transfer_id:
        return True  # a server older than these fields says nothing when it went well
    if answer.reason == api.SIPTransferReason.STR_CALL_ENDED:
        raise CallerGone("The caller hung up while they were being forwarded.")
    code = answer.sip_status.code
    taken = answer.reason in (api.SIPTransferReason.STR_RINGING_TIMEOUT, api.SIPTransferReason.STR_REJECTED)
    if code in NOT_TAKEN or (taken and not code):
        return False
    reason = _REASONS.get(code) or answer.sip_status.status or api.SIPTransferReason.Name(answer.reason)
    raise TransferFailed(f"The call could not be put through: {reason}.")


def _status(error: api.ServerError) -> int | None:
    written = error.metadata.get("sip_status_code")
    return int(written) if written is not None and written.isdecimal() else None


def _reason(error: api.ServerError, status: int | None) -> str:
    if status is None:
        return plain(error)
    return _REASONS.get(status) or error.metadata.get("sip_status") or f"SIP status {status}"
