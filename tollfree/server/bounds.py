"""How much a request may send, and what is told when the program itself fails."""

import logging
from contextlib import suppress

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tollfree.server.answers import failed, refusal
from tollfree.server.errors import TooLarge
from tollfree.server.settings import ServerSettings

_log = logging.getLogger(__name__)


class Bounds:
    """Counts what comes in. An error that nobody expected is told as `failed`, and logged by its type: its text may
    hold a caller's words."""

    def __init__(self, app: ASGIApp, settings: ServerSettings) -> None:
        self._app = app
        self._most = settings.max_body_mb * 2**20
        self._most_uploaded = settings.max_upload_mb * 2**20

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes on what is within bounds."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        upload = headers.get("content-type", "").startswith("multipart/form-data")
        most = self._most_uploaded if upload else self._most
        length = headers.get("content-length", "")
        if length.isdecimal() and int(length) > most:
            await refusal(_too_large(most))(scope, receive, send)
            return
        began = False
        got = 0

        async def bounded() -> Message:
            nonlocal got
            message = await receive()
            if message["type"] == "http.request":
                got += len(message.get("body", b""))
                if got > most:
                    raise _too_large(most)  # whoever reads it may tell that in words of their own: see `noted`
            return message

        async def noted(message: Message) -> None:
            nonlocal began
            if got > most and not began:
                return  # whoever reads bodies takes ours for a fault of the body, and tells that
            began = began or message["type"] == "http.response.start"
            await send(message)

        try:
            with suppress(TooLarge):
                await self._app(scope, bounded, noted)
            if got > most and not began:
                await refusal(_too_large(most))(scope, receive, send)
        except Exception as error:  # noqa: BLE001 - the server's door: recorded and answered
            _log.error("a request failed", extra={"path": str(scope["path"]), "error": type(error).__name__})
            if not began:
                await failed()(scope, receive, send)


def _too_large(most: int) -> TooLarge:
    return TooLarge(f"The request is larger than {most // 2**20} MiB, which is the most that may be sent at once.")
