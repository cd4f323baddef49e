"""Says goodbye to callers whom nobody will serve, and hangs up: a room is never left in silence."""

import asyncio
import logging
from contextlib import suppress

from tollfree.calls.errors import CallError
from tollfree.calls.lines.livekit import LiveKitMedia
from tollfree.calls.phone.server import LiveKitServer
from tollfree.calls.playout import Playout
from tollfree.worker.announcing import announce
from tollfree.worker.log_lines import marked
from tollfree.worker.notices import Notice, Notices
from tollfree.worker.relief import Relief, keeps_company
from tollfree.worker.rooms import PARTING, close_room, companion_token

CALLER_S = 5.0
"""Seconds to wait in a room for its caller, unless told."""
SAY_S = 20.0
"""Seconds in which a goodbye must be said, joining the room included: then it is hung up all the same."""

_log = logging.getLogger(__name__)


class Parting:
    """Says notices in rooms that have no agent. Needs no models."""

    def __init__(self, livekit: LiveKitServer, notices: Notices) -> None:
        self._livekit = livekit
        self._notices = notices

    async def tell(self, room: str, notice: Notice, *, caller_s: float = CALLER_S, relief_s: float = 0.0) -> None:
        """Say a notice to the caller and close the room, also where it cannot be said. Somebody who takes the caller
        over meanwhile has them; `relief_s`: how long that is waited for, in silence."""
        media = LiveKitMedia.dialled(self._livekit.url, companion_token(self._livekit, room, PARTING))
        outcome = "broken_off"
        try:
            async with asyncio.timeout(caller_s + relief_s + SAY_S):
                outcome = await self._say(media, notice, caller_s, relief_s)
        except CallError as error:
            outcome = error.code
        except TimeoutError:
            outcome = "too_slow"
        finally:
            await media.close()
            if outcome != "served" and not media.lost:  # lost: another worker says the same here
                await close_room(self._livekit, room)
            _log.info("a parting", extra={"room": marked(room), "notice": notice.name, "outcome": outcome})

    async def _say(self, media: LiveKitMedia, notice: Notice, caller_s: float, relief_s: float) -> str:
        playout = Playout()
        relief = Relief(media.room, playout.clear, takes_over=keeps_company)
        await media.start(playout)
        await media.caller(caller_s)
        if relief.there:
            return "served"
        with suppress(TimeoutError):
            async with asyncio.timeout(relief_s):
                await relief.come.wait()
        if relief_s and await relief.arrived():
            return "served"
        saying = asyncio.ensure_future(announce(media, playout, self._notices.sound(notice)))
        relieved = asyncio.ensure_future(relief.come.wait())
        try:
            await asyncio.wait([saying, relieved], return_when=asyncio.FIRST_COMPLETED)
            if relieved.done():
                return "served"
            return "told" if saying.result() else "caller_hung_up"
        finally:
            saying.cancel()
            relieved.cancel()
            await asyncio.gather(saying, relieved, return_exceptions=True)
