"""Two connections joined by this process."""

import asyncio

import numpy as np

from tests.calls.phone.connection import Connection
from tollfree.calls.phone.bridge import CUSHION, LATEST, Bridge
from tollfree.calls.playout import Playout
from tollfree.protocol.audio import SPOKEN_RATE


async def bridged() -> tuple[Connection, Connection, "asyncio.Task[object]"]:
    one, other = Connection(), Connection()
    await one.start(Playout())
    await other.start(Playout())
    assert one.playout is not None and other.playout is not None
    return one, other, asyncio.ensure_future(Bridge(one, one.playout, other, other.playout).run())


async def settle() -> None:
    for _ in range(200):
        await asyncio.sleep(0)


async def test_what_one_side_says_the_other_hears_at_its_own_rate_and_nobody_hears_themselves() -> None:
    one, other, running = await bridged()
    for _ in range(50):
        one.hear(20)
        await settle()
        assert np.abs(one.take()).max() == 0
        other.take()
    said = np.concatenate([other.take() for _ in range(3)])
    assert abs(int(np.median(said[: SPOKEN_RATE // 50])) - 8000) < 200
    running.cancel()


async def test_sound_after_a_gap_waits_for_a_cushion_and_then_does_not_break() -> None:
    one, other, running = await bridged()
    heard = []
    for _ in range(20):
        one.hear(20)
        one.hear(20)  # frames come in pairs: the network is uneven
        await settle()
        heard += [other.take(), other.take()]
    sound = np.concatenate(heard)
    first = int(np.argmax(np.abs(sound) > 4000))
    assert first >= CUSHION // 2
    loud = np.abs(sound[first + SPOKEN_RATE // 50 :]) > 4000
    assert loud.all()
    running.cancel()


async def test_what_piles_up_is_dropped_so_that_nobody_answers_what_was_said_long_ago() -> None:
    one, other, running = await bridged()
    for _ in range(200):
        one.hear(20)
    await settle()
    assert other.playout is not None
    assert other.playout.queued <= LATEST + CUSHION + SPOKEN_RATE // 50 * 2
    running.cancel()


async def test_it_ends_with_the_side_that_leaves() -> None:
    for side in (0, 1):
        *sides, running = await bridged()
        sides[side].press("5")
        sides[side].leave()
        assert await running is sides[side]
