"""The engine: `step(flow, state, event) -> Step`. A pure function: no I/O, no clock, no randomness.

Only an exit token moves a call. Rules, classifiers and models answer closed questions; what they answer is
held against the question here, so that nothing outside the closed set ever counts.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import assert_never

from tollfree.flows.caller import caller_spoke, key_pressed, no_words, spoken
from tollfree.flows.graph import Flow
from tollfree.flows.meaning import answered
from tollfree.flows.questions import sought
from tollfree.flows.resumption import call_resumed
from tollfree.flows.state import CallState
from tollfree.flows.supervision import supervised, while_taken_over
from tollfree.flows.transition import Transition
from tollfree.flows.wording import Line
from tollfree.protocol.effects import Effect
from tollfree.protocol.events import (
    Answered,
    CallEnded,
    CallerSilent,
    CallerSpoke,
    CallerUnheard,
    CallEvent,
    CallResumed,
    CallStarted,
    Composed,
    EffectFailed,
    EffectResult,
    KeyPressed,
    LookedUp,
    Retrieved,
    Spoken,
    Supervised,
    TimerFired,
    Transferred,
)
from tollfree.protocol.question import Answer
from tollfree.protocol.token import ExitToken

START = CallState()
"""The state before the first event."""


@dataclass(frozen=True, slots=True)
class Step:
    """What came of one event."""

    state: CallState
    effects: tuple[Effect, ...] = ()
    """What the session has to do, in this order."""
    tokens: tuple[ExitToken, ...] = ()
    """Exit tokens of the visits that ended, in order."""


def step(flow: Flow, state: CallState, event: CallEvent) -> Step:
    """The state after an event, and what is to be done about it. Never raises on any event, in any order."""
    if state.over or (state.facts is None) != isinstance(event, CallStarted):
        return Step(state)
    transition = Transition(flow, state, event.at)
    if not while_taken_over(transition, event):
        _apply(transition, event)
    transition.settle()
    return Step(transition.state(), tuple(transition.effects), tuple(transition.tokens))


def replay(flow: Flow, events: Iterable[CallEvent]) -> CallState:
    """The state that a log of events leads to."""
    state = START
    for event in events:
        state = step(flow, state, event).state
    return state


def _apply(call: Transition, event: CallEvent) -> None:
    match event:
        case CallStarted():
            call.facts = event.facts
            call.begin()
        case CallerSpoke():
            caller_spoke(call, event)
        case KeyPressed():
            key_pressed(call, event)
        case CallerSilent() | CallerUnheard():
            no_words(call, event)
        case Spoken():
            spoken(call, event)
        case Answered():
            answered(call, event)
        case LookedUp() | Retrieved() | Composed() | Transferred() | EffectFailed():
            _result(call, event)
        case TimerFired():
            _timer_fired(call, event)
        case CallEnded():
            call.finish(event.reason)
        case Supervised():
            supervised(call, event)
        case CallResumed():
            call_resumed(call)
        case _:
            assert_never(event)


def _timer_fired(call: Transition, event: TimerFired) -> None:
    match event.timer:
        case "call_limit_near" if call.taken_over:
            pass  # the control tower shows it to the person who talks to the caller
        case "call_limit_near":
            call.say_aside(call.line(Line.NEARLY_OVER))
        case "call_limit":
            call.taken_over = ""
            call.say(call.flow.main.wording.say(Line.TOO_LONG, {}, 0))
            call.hang_up("time_limit")


def _result(call: Transition, event: EffectResult) -> None:
    """Tell the frame that waits for it; a suspended frame gets it when the caller is back, and any frame of a call
    that a person has taken over when it is handed back."""
    if isinstance(event, EffectFailed):
        if call.hearing is not None and call.hearing.effect == event.effect:
            evidence = f"{event.code}: {event.message}"
            answered(call, Answered(effect=event.effect, answer=Answer(evidence=evidence), at=event.at))
            return
        call.speaking = tuple(pair for pair in call.speaking if pair[0] != event.effect)
    if call.seeking is not None and call.seeking.effect == event.effect:
        sought(call, event)
        return
    for place, frame in enumerate(call.frames):
        if frame.waiting != event.effect:
            continue
        if place == len(call.frames) - 1 and not call.taken_over:
            call.frames[-1] = replace(frame, waiting=None)
            call.tell(event)
        else:
            call.frames[place] = replace(frame, arrived=event)
