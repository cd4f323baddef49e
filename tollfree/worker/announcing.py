"""Speaks notices into a room."""

import asyncio

from tollfree.calls.media import Gone, Media
from tollfree.calls.playout import Playout
from tollfree.protocol.audio import Samples, spoken_ms


async def announce(media: Media, playout: Playout, sound: Samples) -> bool:
    """Play a notice to its end. Whether the caller is still there."""
    playout.play(sound)
    return await stays(media, spoken_ms(playout.queued) / 1000)


async def stays(media: Media, seconds: float) -> bool:
    """Whether the caller is still there after so long; returns at once when they are not. What they say is let go."""
    try:
        async with asyncio.timeout(seconds):
            while not isinstance(await media.next(), Gone):
                pass
    except TimeoutError:
        return True
    return False
