"""Scripted callers with a voice, through a real LiveKit server, the real worker, and real engines."""

import asyncio
from pathlib import Path

import pytest

from tests.journeys.listening import audible_s, side
from tests.journeys.shop_line import Made, ShopLine

pytestmark = [pytest.mark.livekit, pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

CALLERS = (("hours-only", "am_michael"), ("status-number-in-words", "bf_emma"), ("return-in-policy", "bm_george"))


async def test_callers_take_the_path_that_they_take_in_writing_and_are_recorded_timed_and_replayed(line: ShopLine):
    before = len(line.children())
    calls: list[Made] = await asyncio.gather(*(line.make(name, voice) for name, voice in CALLERS))
    for made in calls:
        assert made.as_typed, made.words()
        assert made.call.outcome == "served"
        assert await line.replays(made.call.id) == ()
        recording = made.notes("recording")[0]["file"]
        assert all(audible_s(side(Path(recording), channel)) > 1 for channel in ("left", "right"))
        turns = [note for note in made.notes("turn") if "committed_ms" in note]
        assert len(turns) == len(made.live.caller.response_ms()) >= 2
        for note in turns:
            assert note["speech_end_ms"] <= note["offered_ms"] <= note["committed_ms"]
        assert len(made.notes("first_word")) == 1
    await line.settled(before)
