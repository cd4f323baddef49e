"""What an engine server refuses, and why it may not start.

TollfreeError
└── ServingError
    ├── NoKey       it may not listen beyond this machine without an API key
    └── Refusal     a request that is answered with an error
"""

from tollfree.protocol.errors import TollfreeError


class ServingError(TollfreeError):
    """The root."""

    code = "serving_error"


class NoKey(ServingError):
    """Whoever reaches the server may use it, so one that others reach needs a key."""

    code = "no_api_key"


class Refusal(ServingError):
    """A request that is answered with an error. The message is shown to whoever asked."""

    code = "refused"

    def __init__(self, message: str, *, code: str, status: int = 400, retry_after_s: int | None = None) -> None:
        """`status` is HTTP's. `retry_after_s`: the same request may succeed after so long."""
        super().__init__(message, code=code, retryable=retry_after_s is not None)
        self.status = status
        self.retry_after_s = retry_after_s
