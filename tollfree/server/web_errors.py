"""What visitors of web sites who press the button are refused, in words for them."""

from tollfree.server.errors import ServerError


class NoButton(ServerError):
    """There is no such button on web sites, or it is switched off."""

    code = "unknown_button"
    status = 404

    def __init__(self) -> None:
        super().__init__("Calls from web pages are switched off here.")


class ForeignSite(ServerError):
    """A web site that may not have the button."""

    code = "foreign_site"
    status = 403

    def __init__(self, origin: str) -> None:
        named = origin[:200] or "A page that does not say where it is from"
        super().__init__(f"{named} may not start calls. Whoever runs the agent can add it to its button's domains.")


class TooManyCalls(ServerError):
    """More calls than may begin."""

    code = "too_many_calls"
    status = 429
    retryable = True

    def __init__(self, wait_s: float) -> None:
        super().__init__("All lines are busy. Please try again in a moment.")
        self.retry_after_s = max(1, round(wait_s))


class NoWebCalls(ServerError):
    """Nothing carries calls from browsers."""

    code = "no_web_calls"
    status = 503
    retryable = True

    def __init__(self) -> None:
        super().__init__("Calls from web pages are not possible right now. Please try again later.")
