"""What the server refuses."""

from tollfree.protocol.errors import TollfreeError


class ServerError(TollfreeError):
    """The root. Its code is answered with the status of `status`."""

    status = 400


class SignedOut(ServerError):
    """Nobody is signed in, and no key was sent."""

    code = "signed_out"
    status = 401

    def __init__(self) -> None:
        super().__init__("Sign in, or send an API key as `Authorization: Bearer KEY`.")


class WrongPassword(ServerError):
    """The address and the password do not go together."""

    code = "wrong_password"
    status = 401

    def __init__(self) -> None:
        super().__init__("The address and the password do not go together.")


class TooManyTries(ServerError):
    """Too many wrong passwords."""

    code = "too_many_tries"
    status = 429
    retryable = True

    def __init__(self, wait_s: float) -> None:
        self.retry_after_s = max(1, round(wait_s))
        seconds = "a second" if self.retry_after_s == 1 else f"{self.retry_after_s} seconds"
        super().__init__(f"Too many wrong passwords. Try again in {seconds}.")


class NoToken(ServerError):
    """A browser's request that its own page did not make."""

    code = "csrf"
    status = 403

    def __init__(self) -> None:
        super().__init__("The header X-CSRF-Token is missing or not this sign-in's. Reload the page.")


class NotAllowed(ServerError):
    """Their role does not cover it."""

    code = "not_allowed"
    status = 403


class StaleLink(ServerError):
    """The link of the first start was used, or never was one."""

    code = "stale_link"
    status = 410

    def __init__(self) -> None:
        super().__init__("This link is not valid any more. Sign in; or ask an admin to add you.")


class NobodyByThatName(ServerError):
    """An address that is nobody's."""

    code = "unknown_user"
    status = 404

    def __init__(self, email: str) -> None:
        super().__init__(f"Nobody here has the address {email[:80]}. An admin of the installation can add them first.")


class WeakPassword(ServerError):
    """A password that is guessed."""

    code = "weak_password"
    status = 422


class Unfit(ServerError):
    """What was sent cannot be used."""

    code = "invalid_request"
    status = 422


class NeedsMatch(ServerError):
    """A save that does not say what it changes."""

    code = "needs_if_match"
    status = 428

    def __init__(self) -> None:
        super().__init__("Send If-Match with the ETag of what you changed, so that nobody's work is overwritten.")


class TooLarge(ServerError):
    """More than may be sent."""

    code = "too_large"
    status = 413


class TooManyWatchers(ServerError):
    """More watch than the server bears."""

    code = "too_many_watchers"
    status = 503
    retryable = True

    def __init__(self) -> None:
        super().__init__("Too many pages watch live calls. Close some, or try again in a moment.")


class NoRecording(ServerError):
    """There is no sound of this call."""

    code = "no_recording"
    status = 404

    def __init__(self, call: str) -> None:
        super().__init__(f"There is no such recording of call {call!r} here: it was not made, or was deleted.")


class TooMuch(ServerError):
    """More than can be done while somebody waits."""

    code = "too_much"
    status = 422


class Insecure(ServerError):
    """Passwords would travel where others can read them."""

    code = "insecure"


class Unguarded(Exception):
    """A route that does not say who may use it; the program is wrong."""
