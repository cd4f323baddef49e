"""Two connections joined: what is heard on one is played on the other, both ways.

A self-hosted LiveKit server cannot move a participant from one room to another (its `MoveParticipant` answers "not
implemented" up to 1.13.5), so a person who was told about the call in a room of their own is joined to the caller's
room by this process, which stays between them.
"""

import asyncio

import numpy as np
import soxr  # pyright: ignore[reportMissingTypeStubs]  # it ships without types

from tollfree.calls.media import Frame, Gone, Media
from tollfree.calls.playout import Playout
from tollfree.protocol.audio import HEARD_RATE, SPOKEN_RATE, Samples

CUSHION = SPOKEN_RATE * 40 // 1000
"""Samples of silence before sound that follows a gap: it takes up what frames come unevenly."""
LATEST = SPOKEN_RATE * 240 // 1000
"""Samples that may wait. Two machines' clocks drift apart; what has piled up by then is dropped."""


class Bridge:
    """Between two started connections."""

    def __init__(self, one: Media, to_one: Playout, other: Media, to_other: Playout) -> None:
        self._ways = ((one, to_other), (other, to_one))

    async def run(self) -> Media:
        """Carry sound until one side is gone: that side."""
        carrying = [asyncio.ensure_future(_carry(heard, played)) for heard, played in self._ways]
        try:
            done, _ = await asyncio.wait(carrying, return_when=asyncio.FIRST_COMPLETED)
            return next(iter(done)).result()
        finally:
            for task in carrying:
                task.cancel()
            await asyncio.gather(*carrying, return_exceptions=True)


async def _carry(heard: Media, played: Playout) -> Media:
    """One way, until the side that is heard is gone."""
    rate = soxr.ResampleStream(HEARD_RATE, SPOKEN_RATE, 1, dtype="int16", quality="MQ")
    while True:
        event = await heard.next()
        if isinstance(event, Gone):
            return heard
        if isinstance(event, Frame):
            _play(played, np.asarray(rate.resample_chunk(event.samples), np.int16))


def _play(played: Playout, samples: Samples) -> None:
    if played.queued > LATEST:
        played.clear()
    if not played.queued:
        played.play(np.zeros(CUSHION, np.int16))
    played.play(samples)
