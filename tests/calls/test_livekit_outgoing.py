"""The agent's sound on its way into a room, at a sender that only keeps what it is given."""

import asyncio

import numpy as np
from livekit import rtc

from tollfree.calls.lines.livekit.outgoing import FRAME, LEAD_MS, Outgoing
from tollfree.calls.lines.livekit.pace import FRAME_MS
from tollfree.calls.playout import Playout
from tollfree.calls.virtual_time import run_virtually
from tollfree.protocol.audio import SPOKEN_RATE, Samples
from tollfree.protocol.clock import Clock


class Sender:
    """Plays what it is given in time, as WebRTC's does; nothing where it has nothing."""

    def __init__(self) -> None:
        self.cleared = 0
        self._waiting: list[Samples] = []
        self.sent: list[Samples] = []

    async def capture_frame(self, frame: rtc.AudioFrame) -> None:
        self._waiting.append(np.frombuffer(frame.data, np.int16).copy())

    def clear_queue(self) -> None:
        self.cleared += 1
        self._waiting.clear()

    async def aclose(self) -> None: ...

    async def play(self, seconds: float) -> None:
        for _ in range(round(seconds * 1000 / FRAME_MS)):
            await asyncio.sleep(FRAME_MS / 1000)
            self.sent.append(self._waiting.pop(0) if self._waiting else np.zeros(FRAME, np.int16))

    def loud(self) -> list[bool]:
        return [bool(frame.any()) for frame in self.sent]


def speech(ms: int, rest_ms: int = 0) -> Samples:
    """Sound with a rest behind it, as clips of sentences have."""
    return np.concatenate(
        [np.full(SPOKEN_RATE * ms // 1000, 100, np.int16), np.zeros(SPOKEN_RATE * rest_ms // 1000, np.int16)]
    )


async def started(playout: Playout) -> tuple[Sender, "asyncio.Task[None]"]:
    sender = Sender()
    outgoing = Outgoing(sender)
    outgoing.playout, outgoing.heard = playout, True
    return sender, asyncio.create_task(outgoing.run())


def test_a_rest_between_two_sentences_lasts_as_long_as_it_was_made() -> None:
    async def test(_: Clock) -> None:
        playout = Playout()
        sender, running = await started(playout)
        await sender.play(0.5)
        playout.play(speech(200, rest_ms=260))
        playout.play(speech(200))
        await sender.play(1.5)
        loud = sender.loud()
        first, last = loud.index(True), len(loud) - loud[::-1].index(True)
        assert (last - first) * FRAME_MS == 200 + 260 + 200
        assert sender.cleared == 1
        running.cancel()

    run_virtually(test)


def test_the_first_word_does_not_wait_behind_silence() -> None:
    async def test(_: Clock) -> None:
        playout = Playout()
        sender, running = await started(playout)
        await sender.play(1.0)
        before = len(sender.sent)
        playout.play(speech(200))
        await sender.play(0.5)
        assert (sender.loud().index(True) - before) * FRAME_MS < LEAD_MS
        running.cancel()

    run_virtually(test)
