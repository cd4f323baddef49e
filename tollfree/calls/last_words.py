"""What a caller still hears of a call in which this program, or their line, has failed."""

import asyncio
import logging

from tollfree.calls.line import Line
from tollfree.protocol.effects import Say
from tollfree.protocol.ids import CallId, EffectId

LAST_WORDS_S = 10.0
"""Seconds that an apology may take on a line that may be broken."""

_log = logging.getLogger(__name__)


async def say_last_words(line: Line, call: CallId, words: str) -> None:
    """Tell the caller, as far as the line still can, that this is our fault; then close it."""
    try:
        line.say(Say(id=EffectId(""), text=words, fixed=True))
    except Exception as error:  # noqa: BLE001  the line may be what broke, and nobody is left to tell
        _log.warning("line broken", extra={"call_id": call, "error": type(error).__name__})
    try:
        async with asyncio.timeout(LAST_WORDS_S):
            await line.hang_up()
    except Exception as error:  # noqa: BLE001  as above
        _log.warning("line broken", extra={"call_id": call, "error": type(error).__name__})
