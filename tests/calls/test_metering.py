"""What engines do for a call is in its log, with the turn and the intent that it was for, and nothing waits for it."""

import asyncio
from typing import Any

import pytest

from tests.calls.test_session import Rig
from tests.fakes.call import FakeLog, FakeUnderstander
from tests.flows.driven import FACTS, LIBRARY, ask, flow_of
from tollfree.calls.metering import Metered, Metering, intent_of, metered_of
from tollfree.flows.compile import compile_or_raise
from tollfree.protocol.events import CallerSpoke
from tollfree.protocol.ids import ExitName, FlowId, NodeId
from tollfree.protocol.question import Answer, Question, Said
from tollfree.protocol.token import ExitToken
from tollfree.protocol.usage import Used

INTENTS = {"order": {"examples": ["I want pizza"]}, "status": {"examples": ["where is it"]}}
WANTS = compile_or_raise(
    flow_of(
        {
            "reason": {
                "kind": "intent",
                "ask": "How can I help?",
                "intents": INTENTS,
                "exits": {"order": "code", "status": "bye", "unclear": "person", "silent": "person"},
            },
            "code": ask(),
        }
    ),
    LIBRARY,
)


def offer(**fields: Any) -> Used:
    return Used(kind="stt", engine="fake:ear", purpose="offer", heard_s=1.5, **fields)


def token(exit: str, node: str = "reason") -> ExitToken:
    return ExitToken(flow=FlowId("made"), node=NodeId(node), exit=ExitName(exit))


def begun(**how: Any) -> tuple[Metering, list[Metered]]:
    noted: list[Metered] = []
    metering = Metering(noted.append)
    metering.begin(WANTS, noted.append, **how)
    return metering, noted


def told(noted: list[Metered]) -> list[tuple[str, int, str]]:
    return [(one.used.purpose, one.turn, one.intent) for one in noted]


def test_the_last_offer_before_the_callers_words_is_their_turn_and_the_others_are_not() -> None:
    metering, noted = begun()
    metering(Used(kind="stt", engine="fake:ear", purpose="interim", heard_s=0.5))
    metering(offer())
    metering(offer())
    assert told(noted) == [("interim", 1, ""), ("offer", 1, "")]
    metering.spoke()
    assert told(noted)[2:] == [("turn", 1, "")]
    metering(offer(came_to="dropped"))
    metering(offer())
    metering.end()
    assert told(noted)[3:] == [("offer", 2, ""), ("offer", 2, "")]


def test_work_is_for_the_present_turn_or_for_the_next_one_while_it_is_planned() -> None:
    planning = False
    metering, noted = begun(ahead=lambda: planning, turns=3)
    metering(Used(kind="tts", engine="fake:hum", purpose="line"))
    planning = True
    metering(Used(kind="llm", engine="fast", purpose="choose"))
    assert told(noted) == [("line", 3, ""), ("choose", 4, "")]


def test_work_is_for_what_the_caller_wants_by_then() -> None:
    metering, noted = begun()
    metering.left(token("unclear"))
    metering(Used(kind="llm", engine="fast"))
    metering.left(token("order"))
    metering.left(token("given", "code"))
    metering(Used(kind="llm", engine="smart"))
    assert [one.intent for one in noted] == ["", "order"]


def test_only_exits_that_name_an_intent_do() -> None:
    exits = ("order", "unclear", "silent", "left")
    assert [intent_of(WANTS, token(exit)) for exit in exits] == ["order", "", "", ""]
    assert intent_of(WANTS, token("order", "nowhere")) == "" and intent_of(WANTS, token("given", "code")) == ""


def test_what_is_done_before_the_log_can_be_written_is_noted_first_and_what_comes_after_it_is_late() -> None:
    late: list[Metered] = []
    noted: list[Metered] = []
    metering = Metering(late.append)
    metering(Used(kind="tts", engine="early"))
    metering.begin(WANTS, noted.append)
    metering.end()
    metering(Used(kind="llm", engine="summary"))
    assert [one.used.engine for one in noted] == ["early"] and [one.used.engine for one in late] == ["summary"]


@pytest.mark.parametrize(
    "used",
    [
        Used(kind="stt", engine="whisper:tiny.en", purpose="turn", heard_s=2.25, took_ms=120.5),
        Used(
            kind="llm",
            engine="fast",
            model="Qwen/Qwen3",
            purpose="choose",
            effect="e3",
            prompt_tokens=900,
            cached_tokens=800,
            completion_tokens=12,
            gpu_s=0.25,
            first_ms=80.0,
            took_ms=300.0,
            came_to="slow",
            why="model_slow",
        ),
        Used(kind="tts", engine="kokoro:af_heart", kept_characters=40),
    ],
)
def test_a_note_reads_as_what_was_noted(used: Used) -> None:
    metered = Metered(used=used, turn=2, intent="order")
    assert metered_of(metered.data()) == metered
    assert not {"kind", "type", "at", "seq"} & metered.data().keys(), "these are the record's own"


@pytest.mark.parametrize("data", [{}, {"work": "dreaming"}, {"work": 3}])
def test_a_note_of_something_else_is_none(data: dict[str, Any]) -> None:
    assert metered_of(data) is None


def test_a_number_that_is_none_is_left_out() -> None:
    found = metered_of({"work": "llm", "engine": "fast", "prompt_tokens": "many", "took_ms": True, "turn": "x"})
    assert found == Metered(used=Used(kind="llm", engine="fast"))


# In a session


class Noticing:
    """Understands, and keeps accounts of it."""

    def __init__(self, metering: Metering, understands: FakeUnderstander) -> None:
        self._metering = metering
        self._understands = understands

    async def understand(self, question: Question, said: Said) -> Answer:
        answer = await self._understands.understand(question, said)
        self._metering(Used(kind="llm", engine="fast", purpose="choose", prompt_tokens=100))
        return answer


async def served(rig: Rig, metering: Metering) -> None:
    session = rig.session_with(metering=metering)
    await session.run(FACTS)


def usage(log: FakeLog) -> list[Metered]:
    notes = (record.data for record in log.records if (record.kind, record.type) == ("note", "usage"))
    return [one for note in notes if (one := metered_of(note)) is not None]


async def test_a_sessions_log_has_what_was_used_and_replays_all_the_same() -> None:
    rig, late = Rig(), list[Metered]()
    metering = Metering(late.append)
    rig.understander = Noticing(metering, rig.understander)  # type: ignore[assignment]
    metering(offer())
    await served(rig, metering)
    assert [(one.used.kind, one.used.purpose, one.turn) for one in usage(rig.log)] == [
        ("stt", "turn", 1),
        ("llm", "choose", 1),
    ]
    assert late == [] and rig.journal.entries[-1] == "kept event call_ended"


async def test_usage_makes_no_write_of_its_own() -> None:
    class CountingLog(FakeLog):
        writes = 0

        async def append(self, *args: Any, **how: Any) -> int:
            self.writes += 1
            return await super().append(*args, **how)

    async def writes(used: int) -> int:
        rig = Rig()
        rig.log = CountingLog(rig.journal)
        metering = Metering()
        for _ in range(used):
            metering(Used(kind="tts", engine="fake:hum", purpose="line", characters=5))
        await served(rig, metering)
        assert len(usage(rig.log)) == used
        return rig.log.writes

    assert await writes(5) == await writes(0)


async def test_what_is_given_up_as_a_call_ends_is_noted() -> None:
    rig = Rig(turns=[CallerSpoke(text="one two three")])
    metering = Metering(lambda metered: pytest.fail("nothing is late here"))

    class Slow:
        async def understand(self, question: Question, said: Said) -> Answer:
            try:
                rig.line.tell(rig.line.turn(True))  # the caller hangs up meanwhile
                await asyncio.Event().wait()
                raise AssertionError
            finally:
                metering(Used(kind="llm", engine="fast", came_to="dropped"))

    rig.understander = Slow()  # type: ignore[assignment]
    await served(rig, metering)
    assert [one.used.came_to for one in usage(rig.log)] == ["dropped"]
