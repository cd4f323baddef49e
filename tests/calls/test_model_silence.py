"""A language model that is slow or fails never leaves a caller in silence, whatever it had begun to say."""

from collections.abc import Sequence
from typing import Any

import pytest

from tests.calls.test_composing import TALK, TICK_MS, Call, Result
from tests.fakes.speaker import CHARACTER_MS
from tests.flows.driven import LIBRARY, flow_of
from tests.language.llm.scripted import OneModel, ScriptedModel, Step
from tests.language.llm.test_compose import SentencesForm
from tollfree.calls.virtual_time import run_virtually
from tollfree.flows.compile import compile_or_raise
from tollfree.language.llm.base import ModelRefused
from tollfree.language.llm.compose import ModelComposer
from tollfree.language.llm.prompts import Scene
from tollfree.protocol.clock import Clock

LONGEST_SILENCE_MS = 2500
INSTEAD = "Let me get somebody for you."
HALF = '{"say": "I am so sorry about all of that, we wi'
DRIP = tuple(step for word in range(200) for step in (0.4, "so "))


def called(*script: Step) -> Call:
    """A call whose model begins the talk as it is told."""
    failed = {"kind": "say", "say": INSTEAD, "exits": {"said": "bye"}}
    talk = {**TALK, "exits": {**TALK["exits"], "failed": "instead"}}
    flow = flow_of({"talk": talk, "instead": failed})

    async def main(clock: Clock) -> Call:
        call: Any = Call(clock, Result(""))
        call.flow = compile_or_raise(flow, LIBRARY)
        call.composer = ModelComposer(OneModel(ScriptedModel(clock, (script,))), Scene("The Shop"), SentencesForm())
        await call.run()
        return call

    return run_virtually(main)


def silences_ms(call: Call, until: int) -> float:
    """The longest silence from the call's beginning to its `until`th line's last sound."""
    sounded = [0.0, *call.sounded]
    return max(after - before - TICK_MS for before, after in zip(sounded, sounded[1 : until + 1], strict=False))


def lines(call: Call) -> list[str]:
    return [one.heard for one in call.spoken]


@pytest.mark.parametrize(
    "script",
    [(60.0,), ("", 60.0), ('{"say": "', *DRIP), (ModelRefused("500"),), (0.9, ModelRefused("500"))],
    ids=["silent", "empty", "drips", "refuses at once", "refuses late"],
)
def test_one_that_says_nothing_is_replaced_by_what_the_author_wrote(script: Sequence[Step]) -> None:
    call = called(*script)
    assert INSTEAD in lines(call)
    assert silences_ms(call, len(call.sounded)) <= LONGEST_SILENCE_MS


def test_after_a_second_the_caller_hears_that_it_takes_a_moment() -> None:
    call = called(60.0)
    assert lines(call)[0] == "One moment, please."
    assert call.sounded[0] == pytest.approx(1000, abs=3 * TICK_MS)


@pytest.mark.parametrize("then", [60.0, ModelRefused("gone")], ids=["stalls", "breaks off"])
def test_one_that_stops_within_its_sentence_ends_it_aloud(then: Step) -> None:
    call = called(HALF, then)
    [line] = [one for one in lines(call) if one.startswith("I am so sorry")]
    assert line.endswith("Sorry, I lost my thread. Could you say that once more?")
    assert call.sounded[0] <= LONGEST_SILENCE_MS
    assert silences_ms(call, int(0.9 * len(line) * CHARACTER_MS / TICK_MS)) <= LONGEST_SILENCE_MS


def test_one_that_stops_between_sentences_has_said_what_it_said() -> None:
    call = called('{"say": "I am so sorry about that. We wi', 60.0)
    assert "I am so sorry about that." in lines(call)
