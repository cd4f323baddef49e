"""From the end of a spoken question to the first sound of its answer: as soon as a line that never changes."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
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
from tollfree.calls.store.record import LogRecord
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
        self.asked_ms: list[float] = []

    async def retrieve(self, effect: Retrieve) -> tuple[Passage, ...]:
        self.asked_ms.append(self._clock.elapsed_ms())
        await self._clock.sleep(RETRIEVING_S)
        return (ANSWER,)


class TimedLog(FakeLog):
    """Knows when a turn was kept as what the caller said."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(Journal())
        self._clock = clock
        self.spoke_ms: list[float] = []

    async def append(self, call: CallId, records: Sequence[LogRecord], *, expected_seq: int) -> int:
        self.spoke_ms += [self._clock.elapsed_ms() for one in records if one.type == "caller_spoke"]
        return await super().append(call, records, expected_seq=expected_seq)


@dataclass(frozen=True)
class Waited:
    """What a caller's question led to, and when."""

    waited_ms: float
    """From the end of the question to the first sound of what follows."""
    asked_ms: list[float]
    """When passages were looked for."""
    spoke_ms: list[float]
    """When the turn was over."""


def waited(handlers: dict[str, Any], choice: str | None) -> Waited:
    """A call in which the question is asked."""
    faq = {"kind": "answer", "exits": dict.fromkeys(EXITS, "resume")}
    fixed = {"kind": "say", "say": FIXED, "exits": {"said": "resume"}}
    nodes = {"code": ask(), **({"faq": faq} if choice != "fixed" else {"fixed": fixed})}
    flow = compile_or_raise(flow_of(nodes, handlers), LIBRARY)
    meaning = Answer(choice=choice, confidence=0.8, decided_by="classifier") if choice else Answer()

    async def main(clock: Clock) -> Waited:
        media, sounded, knowledge, log = FakeMedia(), list[float](), SlowKnowledge(clock), TimedLog(clock)
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
            log,
            Performers(understands=FakeUnderstander({QUESTION: meaning}), knowledge=knowledge),
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
        waited_ms = next(at for at in sounded if at >= SPEECH_MS[1]) - SPEECH_MS[1]
        return Waited(waited_ms, knowledge.asked_ms, log.spoke_ms)

    return run_virtually(main)


QUESTIONS = pytest.mark.parametrize(
    ("handlers", "choice"),
    [
        ({"question": {"examples": ["a question"], "go": "faq", "when_unclear": True}}, "question"),
        ({"question": {"go": "faq", "when_unclear": True}}, None),
    ],
    ids=["an example of the handler", "words that nothing understands"],
)


@QUESTIONS
def test_an_answer_sounds_within_sixty_milliseconds_of_a_fixed_line(
    handlers: dict[str, Any], choice: str | None
) -> None:
    fixed = waited({"parking": {"examples": ["where to park"], "go": "fixed"}}, "fixed").waited_ms
    answered = waited(handlers, choice).waited_ms
    assert answered <= fixed + 60, f"{answered} ms, and {fixed} ms for a fixed line"


@QUESTIONS
def test_passages_are_looked_for_before_the_turn_is_over_and_once(handlers: dict[str, Any], choice: str | None) -> None:
    call = waited(handlers, choice)
    assert len(call.asked_ms) == len(call.spoke_ms) == 1
    assert SPEECH_MS[0] < call.asked_ms[0] < call.spoke_ms[0]
