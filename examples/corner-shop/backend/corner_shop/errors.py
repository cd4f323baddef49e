"""Why the shop refuses a request.

ShopError
├── NotFound      404  no such account, order or request
├── Invalid       422  the request cannot be carried out as it is written; every fault is listed
├── Conflict      409  the same idempotency key with another request, or a price that has changed
└── TooLarge      413  a body beyond the limit
"""


class ShopError(Exception):
    """A plain sentence for a person and a code for a program, answered as JSON."""

    status = 400
    """HTTP status of the answer."""

    def __init__(self, code: str, message: str, details: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.details = details
        """Every fault found, when there are several."""


class NotFound(ShopError):
    """There is no such thing."""

    status = 404


class Invalid(ShopError):
    """The request is well formed and cannot be carried out."""

    status = 422


class Conflict(ShopError):
    """The request contradicts what the shop already holds."""

    status = 409


class TooLarge(ShopError):
    """The body is larger than any honest request."""

    status = 413
