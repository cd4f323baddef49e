"""A metered recogniser hears as the one behind it does, and tells what it heard."""

import asyncio

import numpy as np
import pytest

from tests.fakes.recognizer import ScriptedRecognizer
from tollfree.calls.virtual_time import run_virtually
from tollfree.protocol.audio import HEARD_RATE
from tollfree.protocol.clock import Clock
from tollfree.protocol.usage import Used
from tollfree.speech.stt.base import RecognitionFailed, Urgency
from tollfree.speech.stt.metered import MeteredRecognizer

SOUND = np.full(HEARD_RATE * 2, 8000, np.int16)


def heard(urgency: Urgency, recognizer: type[ScriptedRecognizer] = ScriptedRecognizer, *, cancel: bool = False) -> Used:
    told: list[Used] = []

    async def test(clock: Clock) -> None:
        metered = MeteredRecognizer(recognizer("hello there", clock=clock, takes_ms=120), told.append, clock)
        assert (metered.name, metered.hearing) == ("fake:scripted", ScriptedRecognizer.hearing)
        task = asyncio.ensure_future(metered.transcribe(SOUND, urgency=urgency))
        if cancel:
            await asyncio.sleep(0.05)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        else:
            assert (await task).text == "hello there"

    run_virtually(test)
    [used] = told
    return used


@pytest.mark.parametrize(
    ("urgency", "purpose"), [(Urgency.COMMIT, "turn"), (Urgency.OFFER, "offer"), (Urgency.INTERIM, "interim")]
)
def test_each_decode_is_told_with_its_seconds_and_its_time(urgency: Urgency, purpose: str) -> None:
    used = heard(urgency)
    assert (used.engine, used.purpose, used.heard_s, used.came_to) == ("fake:scripted", purpose, 2.0, "used")
    assert used.took_ms == pytest.approx(120)


def test_a_decode_that_is_given_up_is_told_as_dropped() -> None:
    assert heard(Urgency.OFFER, cancel=True).came_to == "dropped"


@pytest.mark.parametrize(
    ("error", "came_to", "why"),
    [
        (RecognitionFailed("no"), "failed", "recognition_failed"),
        (ZeroDivisionError(), "failed", "ZeroDivisionError"),
        (TimeoutError(), "slow", "recognition_failed"),
    ],
)
async def test_one_that_fails_is_told_with_its_code(error: Exception, came_to: str, why: str) -> None:
    class Broken(ScriptedRecognizer):
        async def transcribe(self, *args: object, **how: object) -> None:
            if isinstance(error, TimeoutError):
                raise RecognitionFailed("late") from error
            raise error

    told: list[Used] = []
    clock = type("Still", (), {"elapsed_ms": lambda self: 0.0})()
    with pytest.raises((RecognitionFailed, ZeroDivisionError)):
        await MeteredRecognizer(Broken("x"), told.append, clock).transcribe(SOUND)
    assert [(used.came_to, used.why) for used in told] == [(came_to, why)]
