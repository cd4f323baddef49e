"""Recognisers one behind the other."""

import asyncio

import numpy as np
import pytest

from tests.fakes.recognizer import ScriptedRecognizer
from tests.speech.stt.contract import RecognizerContract
from tollfree.network.breaker import State
from tollfree.protocol.audio import Samples
from tollfree.protocol.clock import SystemClock
from tollfree.protocol.transcript import Transcript
from tollfree.protocol.usage import Used
from tollfree.speech.stt.base import Hints, RecognitionFailed, Recognizer, Urgency
from tollfree.speech.stt.chain import RecognizerChain, patience

SOUND = np.full(16_000, 8_000, np.int16)


class Broken(ScriptedRecognizer):
    """Fails until it is mended, or never answers."""

    def __init__(self, *, hangs: bool = False) -> None:
        super().__init__("from the first")
        self.name = "fake:broken"
        self.hangs = hangs
        self.mended = False
        self.asked = 0
        self.given_up = 0
        self.begun = asyncio.Event()

    async def transcribe(
        self, samples: Samples, hints: Hints | None = None, *, urgency: Urgency = Urgency.COMMIT
    ) -> Transcript:
        self.asked += 1
        self.begun.set()
        if self.mended:
            return await super().transcribe(samples, hints, urgency=urgency)
        if self.hangs:
            try:
                await asyncio.Event().wait()
            finally:
                self.given_up += 1
        raise RecognitionFailed("the server is gone", code="unreachable")


class Hands(SystemClock):
    """A clock that moves when it is told to, and whose sleepers wake at once."""

    def __init__(self) -> None:
        self.ms = 0.0
        self.slept: list[float] = []

    def elapsed_ms(self) -> float:
        return self.ms

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        for _ in range(20):  # whoever can answer at once does
            await asyncio.sleep(0)
        self.ms += seconds * 1000


class TestContract(RecognizerContract):
    @pytest.fixture
    def recognizer(self) -> Recognizer:
        return RecognizerChain((ScriptedRecognizer("good morning"), Broken()), SystemClock())

    @pytest.fixture
    def speech(self) -> Samples:
        return np.tile(SOUND, 2)


@pytest.mark.parametrize("hangs", [False, True])
async def test_what_the_first_cannot_hear_the_second_does_in_the_same_turn(hangs: bool):
    clock, first, told = Hands(), Broken(hangs=hangs), list[Used]()
    chain = RecognizerChain((first, ScriptedRecognizer("from the second")), clock)
    heard = await chain.transcribe_for(told.append, SOUND)
    assert heard.text == "from the second"
    assert [(one.engine, one.came_to, one.why, one.heard_s) for one in told] == [
        ("fake:broken", "slow" if hangs else "failed", "recognition_late" if hangs else "unreachable", 1.0),
        ("fake:scripted", "used", "", 1.0),
    ]
    assert first.given_up == hangs
    assert clock.slept == [patience(SOUND)]


async def test_who_fails_is_passed_over_for_a_while_and_then_tried_again():
    clock, first = Hands(), Broken()
    chain = RecognizerChain((first, ScriptedRecognizer("from the second")), clock)
    for _ in range(6):
        assert (await chain.transcribe(SOUND)).text == "from the second"
    assert first.asked == 2
    assert chain.health["fake:broken"].state is State.OPEN
    first.mended = True
    clock.ms += 3_000
    assert (await chain.transcribe(SOUND)).text == "from the first"
    assert chain.health["fake:broken"].state is State.CLOSED


async def test_the_last_one_is_waited_for_however_long_it_takes_and_its_failure_is_the_chain_s():
    clock, first, last = Hands(), Broken(), Broken()
    chain = RecognizerChain((first, last), clock)
    for _ in range(5):
        with pytest.raises(RecognitionFailed, match="gone"):
            await chain.transcribe(SOUND)
    assert first.asked + last.asked >= 5  # somebody is asked, though both have failed
    assert all(slept == patience(SOUND) for slept in clock.slept)


async def test_a_caption_is_worth_one_try():
    first, second = Broken(), ScriptedRecognizer("from the second")
    chain = RecognizerChain((first, second), Hands())
    with pytest.raises(RecognitionFailed):
        await chain.transcribe(SOUND, urgency=Urgency.INTERIM)
    assert second.heard == []


async def test_who_gives_up_says_nothing_of_the_recogniser():
    first = Broken(hangs=True)
    chain = RecognizerChain((first, ScriptedRecognizer("no")), SystemClock())
    asked = asyncio.ensure_future(chain.transcribe(SOUND))
    await first.begun.wait()
    asked.cancel()
    await asyncio.gather(asked, return_exceptions=True)
    assert first.given_up == 1
    assert chain.health["fake:broken"].failed == 0
