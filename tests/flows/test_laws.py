"""Laws of the engine, for every flow and every order of events."""

from dataclasses import replace
from random import Random
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.flows.generated import CLOSED, FACTS, compiled, documents, results, stray
from tollfree.flows.engine import START, Step, replay, step
from tollfree.flows.graph import Flow
from tollfree.flows.transition import MOVES_UNHEARD
from tollfree.protocol.effects import Effect, Listen, Lookup, Say, Transfer
from tollfree.protocol.events import (
    LAPSED,
    CallEnded,
    CallerSilent,
    CallerSpoke,
    CallerUnheard,
    CallEvent,
    CallStarted,
    EffectFailed,
    KeyPressed,
    LookedUp,
    Supervised,
    TimerFired,
    Transferred,
)
from tollfree.protocol.token import ENDED, LEFT

law = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])


class Live:
    """A call as a session would run it, keeping what came of it."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.state = START
        self.events: list[CallEvent] = []
        self.steps: list[Step] = []
        self.open: list[Effect] = []

    def take(self, event: CallEvent) -> Step:
        taken = step(self.flow, self.state, event)
        self.state = taken.state
        self.events.append(event)
        self.steps.append(taken)
        done = getattr(event, "effect", None)
        # A stray event that names an effect of another kind is no result of it: the call goes on waiting.
        waited = {frame.waiting for frame in taken.state.frames}
        self.open = [effect for effect in self.open if effect.id != done or effect.id in waited]
        self.open += [effect for effect in taken.effects if not isinstance(effect, Listen)]
        return taken

    @property
    def tokens(self) -> list[Any]:
        return [token for taken in self.steps for token in taken.tokens]


@st.composite
def calls(draw: st.DrawFn, *, checked: bool) -> Live:
    document = draw(documents(checked=checked))
    flow = compiled(document).flow
    while flow is None:  # an unchecked flow that does not compile at all says nothing about the engine
        document = draw(documents(checked=True))
        flow = compiled(document).flow
    live = Live(flow)
    live.take(CallStarted(facts=FACTS))
    for _ in range(draw(st.integers(0, 25))):
        if live.open and draw(st.integers(0, 3)):
            live.take(draw(results(draw(st.sampled_from(live.open)))))
        else:
            live.take(draw(stray()))
    return live


@law
@given(documents(checked=True))
def test_a_flow_wired_by_the_rules_has_no_errors(document: dict[str, Any]) -> None:
    assert compiled(document).errors == ()


@law
@given(calls(checked=True))
def test_every_visit_leaves_exactly_one_token_of_its_kinds_exits(live: Live) -> None:
    live.take(CallEnded())
    tokens = live.tokens
    assert len(tokens) == live.state.visits_made
    for token in tokens:
        kind = live.flow.graphs[token.flow].nodes[token.node].kind
        assert token.exit in (*CLOSED[kind], LEFT) or (kind == "end" and token.exit == ENDED)


@law
@given(calls(checked=True))
def test_a_replay_of_the_log_gives_the_identical_state(live: Live) -> None:
    assert replay(live.flow, live.events) == live.state


@law
@given(calls(checked=True))
def test_a_call_always_waits_for_something_or_is_over(live: Live) -> None:
    if live.state.over:
        return
    waiting = live.state.frames[-1].waiting
    hearing, seeking = live.state.hearing, live.state.seeking
    listens = live.state.listening is not None
    open_ids = {effect.id for effect in live.open}
    for one in (hearing, seeking):
        if one is not None and one.effect in open_ids:
            return
    assert listens or waiting in open_ids


@law
@given(calls(checked=True), st.randoms(use_true_random=False))
def test_a_caller_who_falls_silent_is_brought_to_an_end_whatever_tools_answer(live: Live, random: Random) -> None:
    for _ in range(400):
        if live.state.over:
            break
        if live.state.taken_over:  # whoever has the call is seen to be gone, sooner or later
            live.take(Supervised(action="hand_back", by=LAPSED))
        waiting = [effect for effect in live.open if not isinstance(effect, Say)]
        live.take(_any_result(waiting[0], random) if waiting else CallerSilent())
    assert live.state.over
    assert live.state.outcome


def _any_result(effect: Effect, random: Random) -> CallEvent:
    """What an effect may come to, no words of the caller among it."""
    match effect:
        case Lookup():
            results: list[CallEvent] = [LookedUp(effect=effect.id, found=found, result={}) for found in (True, False)]
        case Transfer():
            results = [Transferred(effect=effect.id, connected=connected) for connected in (True, False)]
        case _:
            results = []
    return random.choice([*results, EffectFailed(effect=effect.id, code="timeout")])


@law
@given(documents(checked=False), st.randoms(use_true_random=False))
def test_no_flow_moves_on_for_ever_without_a_word_of_the_caller(document: dict[str, Any], random: Random) -> None:
    """Not even one that fails the checks, were it run: the engine itself bounds its moves."""
    outlines = compiled(document)
    if outlines.flow is None:
        return
    live = Live(outlines.flow)
    live.take(CallStarted(facts=FACTS))
    while not live.state.over and (waiting := [effect for effect in live.open if not isinstance(effect, Say)]):
        live.take(_any_result(waiting[0], random))
    assert live.state.visits_made <= 3 * MOVES_UNHEARD


@law
@given(calls(checked=True))
def test_while_a_person_has_the_call_the_agent_neither_speaks_nor_acts_nor_moves(live: Live) -> None:
    for event, before, taken in zip(live.events[1:], live.steps, live.steps[1:], strict=False):
        if not (before.state.taken_over and taken.state.taken_over):
            continue
        by_hand = isinstance(event, Supervised)
        allowed = (Listen, Say) if by_hand and event.action == "say" else (Listen,)
        assert all(isinstance(effect, allowed) for effect in taken.effects)
        assert by_hand or not taken.tokens


@law
@given(calls(checked=True), st.lists(stray(), max_size=8))
def test_what_a_caller_does_while_a_person_has_the_call_changes_nothing_but_the_history(
    live: Live, meanwhile: list[CallEvent]
) -> None:
    live.take(Supervised(action="take_over", by="somebody"))
    if not live.state.taken_over:
        return
    before = live.state
    for event in meanwhile:
        if isinstance(event, CallerSpoke | KeyPressed | CallerSilent | CallerUnheard):
            live.take(event)
    after = replace(live.state, turns=before.turns, effects_made=before.effects_made)
    assert after == before


@law
@given(calls(checked=True))
def test_a_call_that_is_handed_back_goes_on_and_one_at_its_limit_ends_whoever_has_it(live: Live) -> None:
    live.take(Supervised(action="take_over", by="somebody"))
    if live.state.over:
        return
    again = step(live.flow, live.state, TimerFired(timer="call_limit"))
    assert again.state.over and any(isinstance(effect, Say) for effect in again.effects)
    live.take(Supervised(action="hand_back", by=LAPSED))
    assert not live.state.taken_over and not live.state.withheld
    assert live.state.over or live.state.frames[-1].entered


@law
@given(calls(checked=True))
def test_effect_ids_are_never_used_twice(live: Live) -> None:
    ids = [effect.id for taken in live.steps for effect in taken.effects]
    assert len(ids) == len(set(ids))


@law
@given(calls(checked=True))
def test_the_last_effect_of_a_call_hangs_up_and_nothing_follows(live: Live) -> None:
    over_at = next((place for place, taken in enumerate(live.steps) if taken.state.over), None)
    if over_at is not None:
        assert all(not taken.effects and not taken.tokens for taken in live.steps[over_at + 1 :])
