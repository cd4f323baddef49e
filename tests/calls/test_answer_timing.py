"""From the end of a spoken question to the first sound of its answer: as soon as a line that never changes."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from tests.fakes.call import FakeLog, FakeUnderstander, Journal
from tests.fakes.listening import LoudActivity
from tests.fakes.media import FakeMedia
from tests.fakes.recognizer import ScriptedRecognizer
from tests.fakes.speaker import FakeSpeaker
from tests.flows.driven import FACTS, LIBRARY, ask, flow_of
from tollfree.calls.lines.spoken import Ears, SpokenLine
from tollfree.calls.media import Frame
from tollfree.calls.performing import Performers
from tollfree.calls.session import Session
from tollfree.calls.virtual_time import run_virtually
from tollfree.flows.compile import compile_or_raise
from tollfree.protocol.audio import HEARD_RATE
from tollfree.protocol.clock import Clock
from tollfree.protocol.effects import Retrieve
from tollfree.protocol.ids import CallId
from tollfree.protocol.passage import Passage
from tollfree.protocol.question import Answer
from tollfree.speech.tts.base import Clip
from tollfree.speech.turns.listener import Listener

TICK_MS = 20
SPEECH_MS = (1000, 2400)
QUESTION = "do you have any parking there?"
FIXED = "You can park behind the shop."
ANSWER = Passage(id="p1", text="…", speakable="There is parking on Ludlow Street.", score=0.9)
RETRIEVING_S = 0.03
RENDERING_S = 0.15
"""What a voice on the CPU takes for a first clause."""
EXITS = ("answered", "unknown", "failed", "silent")


class SlowSpeaker(FakeSpeaker):
    """Takes its time over what is not kept."""

    def __init__(self, clock: Clock, **how: Any) -> None:
        super().__init__(**how)
        self._clock = clock

    async def stream(self, text: str, *, ahead: bool = False) -> AsyncGenerator[Clip]:
        await self._clock.sleep(RENDERING_S)
        async for clip in super().stream(text):
            yield clip


class SlowKnowledge:
    """Finds its passage after a while."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def retrieve(self, effect: Retrieve) -> tuple[Passage, ...]:
        await self._clock.sleep(RETRIEVING_S)
        return (ANSWER,)


def waited_ms(handlers: dict[str, Any], choice: str | None) -> float:
    """From the end of the caller's question to the first sound of what follows."""
    faq = {"kind": "answer", "exits": dict.fromkeys(EXITS, "resume")}
    fixed = {"kind": "say", "say": FIXED, "exits": {"said": "resume"}}
    nodes = {"code": ask(), **({"faq": faq} if choice != "fixed" else {"fixed": fixed})}
    flow = compile_or_raise(flow_of(nodes, handlers), LIBRARY)
    meaning = Answer(choice=choice, confidence=0.8, decided_by="classifier") if choice else Answer()

    async def main(clock: Clock) -> float:
        media, sounded = FakeMedia(), list[float]()
        ears = Ears(
            recognizer=ScriptedRecognizer(QUESTION, clock=clock, takes_ms=60),
            activity=LoudActivity(),
            listener=Listener(),
        )
        line = SpokenLine(media, ears, SlowSpeaker(clock, kept=(FIXED, "Which code?")), clock)
        session = Session(
            CallId("c1"),
            flow,
            line,
            FakeLog(Journal()),
            Performers(understands=FakeUnderstander({QUESTION: meaning}), knowledge=SlowKnowledge(clock)),
            clock,
            timezone=ZoneInfo("UTC"),
            pause=clock.sleep,
        )
        await line.start()
        tone = np.tile(np.array([8000, -8000], np.int16), HEARD_RATE * TICK_MS // 2000)
        call = asyncio.ensure_future(session.run(FACTS))
        while clock.elapsed_ms() < 6000:
            now_ms = clock.elapsed_ms()
            loud = SPEECH_MS[0] <= now_ms < SPEECH_MS[1]
            media.tell(Frame(samples=tone if loud else np.zeros(len(tone), np.int16)))
            if media.take(TICK_MS).any():
                sounded.append(now_ms)
            await clock.sleep(TICK_MS / 1000)
        call.cancel()
        await asyncio.gather(call, return_exceptions=True)
        await line.close()
        return next(at for at in sounded if at >= SPEECH_MS[1]) - SPEECH_MS[1]

    return run_virtually(main)


@pytest.mark.parametrize(
    ("handlers", "choice"),
    [
        ({"question": {"examples": ["a question"], "go": "faq", "when_unclear": True}}, "question"),
        ({"question": {"go": "faq", "when_unclear": True}}, None),
    ],
    ids=["an example of the handler", "words that nothing understands"],
)
def test_an_answer_sounds_within_sixty_milliseconds_of_a_fixed_line(
    handlers: dict[str, Any], choice: str | None
) -> None:
    fixed = waited_ms({"parking": {"examples": ["where to park"], "go": "fixed"}}, "fixed")
    answered = waited_ms(handlers, choice)
    assert answered <= fixed + 60, f"{answered} ms, and {fixed} ms for a fixed line"
