"""The engine: `step(flow, state, event) -> Step`. A pure function: no I/O, no clock, no randomness.

Only an exit token moves a call. Rules, classifiers and models answer closed questions; what they answer is
held against the question here, so that nothing outside the closed set ever counts.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import assert_never

from tollfree.flows.corrections import correct
from tollfree.flows.graph import Flow, Handler, Slot
from tollfree.flows.nodes.base import Heard, Leave
from tollfree.flows.nodes.intent import IntentNode
from tollfree.flows.slots.base import InvalidValue
from tollfree.flows.state import CallState, Frame, Turn
from tollfree.flows.transition import Transition
from tollfree.flows.wording import Line
from tollfree.protocol.effects import Effect
from tollfree.protocol.events import (
    Answered,
    CallEnded,
    CallerSilent,
    CallerSpoke,
    CallEvent,
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
from tollfree.protocol.ids import EffectId, ExitName, SlotName
from tollfree.protocol.question import Answer, Question, Said, SlotReading
from tollfree.protocol.token import LEFT, ExitToken
from tollfree.protocol.values import Value

PERSON_KEY = "0"
"""Pressed where it means nothing else, it asks for a person, as callers expect of any phone system."""

SURE_UNASKED = 0.75
"""A volunteered value or a correction below this confidence is not taken: the caller is asked in its turn."""

ANSWERS = frozenset({"yes", "no", "refuse", "done", "cancel", "more", "unsure"})
"""Choices that mean nothing but as the answer to a question that was asked."""

NOT_WHILE_ACTING = frozenset({"start_over", "goodbye"})
"""Handlers that wait while something outside is being changed: they would leave its result unheard."""

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
            _caller_spoke(call, event)
        case KeyPressed():
            _key_pressed(call, event)
        case CallerSilent():
            _caller_silent(call, event)
        case Spoken():
            _spoken(call, event)
        case Answered():
            _answered(call, event)
        case LookedUp() | Retrieved() | Composed() | Transferred():
            _result(call, event.effect, event)
        case EffectFailed():
            _failed(call, event)
        case TimerFired():
            call.say(call.flow.main.wording.say(Line.TOO_LONG, {}, 0))
            call.hang_up("time_limit")
        case CallEnded():
            call.finish(event.reason)
        case Supervised():
            _supervised(call, event)
        case _:
            assert_never(event)


# The caller


def _caller_spoke(call: Transition, event: CallerSpoke) -> None:
    text = event.text.strip()
    if not text:
        call.listening = None
        return
    call.holding, call.listening, call.moves = False, None, 0
    call.remember(Turn("caller", text))
    said = Said(text, event.confidence, event.alternatives)
    if call.hearing is not None:
        said = Said(f"{call.hearing.said.text} {text}", min(call.hearing.said.confidence, event.confidence))
    call.last_said = said.text
    call.understand(said)


def _key_pressed(call: Transition, event: KeyPressed) -> None:
    call.holding, call.listening, call.moves = False, None, 0
    visit = call.visit()
    node = visit.graph.nodes[visit.frame.node]
    if not node.listens or visit.frame.waiting is not None:
        return
    if event.keys.rstrip("#") == PERSON_KEY and not node.takes_keys(visit, PERSON_KEY):
        scope = call.handler_scope("person")
        if scope is not None:
            _handle(call, "person")
            return
    call.hearing = None
    call.tell(event)


def _caller_silent(call: Transition, event: CallerSilent) -> None:
    call.listening = None
    if call.hearing is not None or call.top.waiting is not None:
        return
    if call.holding:
        call.holding = False
        call.say_aside(_line(call, Line.BACK))
        return
    call.tell(event)


def _spoken(call: Transition, event: Spoken) -> None:
    if any(effect == event.effect for effect, _ in call.speaking):
        call.speaking = tuple(pair for pair in call.speaking if pair[0] != event.effect)
        call.remember(Turn("agent", event.heard))


# What was understood


def _answered(call: Transition, event: Answered) -> None:
    hearing = call.hearing
    if hearing is None or hearing.effect != event.effect:
        return
    call.hearing = None
    if hearing.visit != call.top.visit:
        call.understand(hearing.said, late=True)
        return
    question = call.question()
    answer = _within(call, question, event.answer)
    if hearing.late:
        answer = _unprompted(call, question, answer)
    if answer.choice in question.handlers and answer.choice not in question.choices:
        _volunteer(call, question, answer.slots)
        _answer_aside(call, question, answer.slots)
        _handle(call, str(answer.choice))
        return
    corrected = tuple(reading for reading in answer.slots if _corrects(question, reading))
    if corrected:
        _volunteer(call, question, tuple(reading for reading in answer.slots if reading not in corrected))
        if _correct(call, corrected, answer):
            return
    kind = call.graph_of(call.top).nodes[call.top.node].kind
    _volunteer(call, question, answer.slots, anew=kind == IntentNode.kind and answer.choice is not None)
    if call.top.waiting is None and (answer.understood or not hearing.late):
        call.tell(Heard(hearing.said, answer))


def _unprompted(call: Transition, question: Question, answer: Answer) -> Answer:
    """Words that were said before the question, without what can only be an answer to it: a yes said while a tool
    worked must not place an order that is offered afterwards."""
    slots = call.graph_of(call.top).slots
    kept = tuple(
        reading
        for reading in answer.slots
        if reading.slot != question.confirming and not slots[reading.slot].type.answers_only
    )
    choice = None if answer.choice in ANSWERS else answer.choice
    return replace(answer, choice=choice, slots=kept)


def _within(call: Transition, question: Question, answer: Answer) -> Answer:
    """The answer, without anything that is outside the question's closed set or that its slot cannot hold."""
    choice = answer.choice if answer.choice in (*question.choices, *question.handlers) else None
    slots = call.graph_of(call.top).slots
    asked = {*question.awaited, *question.others}
    readings = (_checked(slots[reading.slot], reading) for reading in answer.slots if reading.slot in asked)
    return replace(answer, choice=choice, slots=tuple(reading for reading in readings if reading is not None))


def _checked(slot: Slot, reading: SlotReading) -> SlotReading | None:
    try:
        return replace(reading, value=slot.type.check(reading.value))
    except InvalidValue:
        return None


def _corrects(question: Question, reading: SlotReading) -> bool:
    return reading.slot in question.others and reading.slot in question.known and reading.correction


def _volunteer(call: Transition, question: Question, readings: tuple[SlotReading, ...], *, anew: bool = False) -> None:
    """Keep values the caller gave unasked, so that they are never asked for. `anew`: they came with a new wish, so
    they are about that, whatever was said before ("and where is order 52140?")."""
    values: dict[str, Value] = {
        reading.slot: reading.value
        for reading in readings
        if reading.slot in question.others
        and (anew or reading.slot not in question.known)
        and reading.confidence >= SURE_UNASKED
    }
    if values:
        call.set_values(values)


def _answer_aside(call: Transition, question: Question, readings: tuple[SlotReading, ...]) -> None:
    """Keep sure values for what is asked for, said along with a handler's words: the node finds them on resuming."""
    slots = call.graph_of(call.top).slots
    values: dict[str, Value] = {
        reading.slot: reading.value
        for reading in readings
        if reading.slot in question.awaited
        and reading.slot not in question.known
        and reading.confidence >= SURE_UNASKED
        and not slots[reading.slot].internal
        and slots[reading.slot].config.confirm != "always"
    }
    if values:
        call.set_values(values)


def _correct(call: Transition, readings: tuple[SlotReading, ...], answer: Answer) -> bool:
    """Take new values for earlier slots. Returns whether that was all there was to the caller's words."""
    frame = call.top
    graph = call.graph_of(frame)
    sure = tuple(reading for reading in readings if reading.confidence >= SURE_UNASKED)
    if not sure:
        return False
    under_way = [
        (place, other)
        for place, other in enumerate(call.frames)
        if other.scope == frame.scope and other.waiting is not None
    ]
    correction = correct(graph, call.scopes[frame.scope], {one.slot: one.value for one in sure}, under_way)
    if correction is None:
        call.say(_line(call, Line.TOO_LATE))
        call.come_back()
        return True
    call.scopes[frame.scope] = correction.scope
    call.frames[-1] = replace(frame, sets={**frame.sets, **{one.slot: one.value for one in sure}})
    facts = call.visit().facts
    spoken = " and ".join(graph.slots[one.slot].type.say(one.value, facts) for one in sure)
    call.say(_line(call, Line.CORRECTED, value=spoken))
    if correction.back_to is not None:
        corrected = " and ".join(one.slot for one in sure)
        call.close_above(correction.frame + 1)
        call.leave_token(Leave(exit=LEFT, decided_by=answer.decided_by, evidence=f"{corrected} was corrected"))
        call.enter(correction.back_to)
        return True
    if answer.choice is None and len(answer.slots) == len(sure):
        call.come_back()
        return True
    return False


# Handlers


def _handle(call: Transition, name: str) -> None:
    scope = call.handler_scope(name)
    if scope is None:
        return
    handler = call.flow.graphs[call.scopes[scope].flow].handlers[name]
    if call.acting and name in NOT_WHILE_ACTING and handler.go is None:
        call.say(_line(call, Line.ONE_MOMENT))
        return
    last_heard = _last_heard(call)
    call.say(handler.say.render(call.values_of(call.top)))
    if handler.go is not None:
        _digress(call, handler, scope)
    elif name == "repeat":
        call.say(last_heard)
    elif name == "hold_on":
        call.holding = True
        if not handler.say:
            call.say_aside(_line(call, Line.HOLD_ON))
    elif name == "start_over":
        if not handler.say:
            call.say(_line(call, Line.START_OVER))
        call.close_above(0)
        call.begin()
    elif name == "goodbye":
        if not handler.say:
            call.say(_line(call, Line.GOODBYE))
        call.hang_up("goodbye")
    else:
        call.come_back()


def _digress(call: Transition, handler: Handler, scope: int) -> None:
    """Serve a handler at its node, above where the caller was; asked for twice, it begins anew."""
    assert handler.go is not None
    running = next(
        (i for i, f in enumerate(call.frames) if (f.opened_by, f.handler, f.scope) == ("handler", handler.name, scope)),
        None,
    )
    if running is not None:
        call.close_above(running)
    call.open(Frame(scope=scope, node=handler.go, visit=0, opened_by="handler", handler=handler.name))


def _last_heard(call: Transition) -> str:
    return call.last_line or _line(call, Line.NOTHING_TO_REPEAT)


# Results of effects


def _result(call: Transition, effect: EffectId, event: EffectResult) -> None:
    """Tell the frame that waits for it; a suspended frame gets it when the caller is back."""
    for place, frame in enumerate(call.frames):
        if frame.waiting != effect:
            continue
        if place == len(call.frames) - 1:
            call.frames[-1] = replace(frame, waiting=None)
            call.tell(event)
        else:
            call.frames[place] = replace(frame, arrived=event)


def _failed(call: Transition, event: EffectFailed) -> None:
    if call.hearing is not None and call.hearing.effect == event.effect:
        evidence = f"{event.code}: {event.message}"
        _answered(call, Answered(effect=event.effect, answer=Answer(evidence=evidence), at=event.at))
        return
    call.speaking = tuple(pair for pair in call.speaking if pair[0] != event.effect)
    _result(call, event.effect, event)


# The control tower


def _supervised(call: Transition, event: Supervised) -> None:
    match event.action:
        case "say":
            call.say(str(event.value or ""))
        case "hang_up":
            call.hang_up("supervised")
        case "set_slot":
            _set_slot(call, event)
        case "choose_exit":
            _choose_exit(call, event)


def _set_slot(call: Transition, event: Supervised) -> None:
    slot = call.graph_of(call.top).slots.get(SlotName(event.name))
    if slot is None or slot.internal:
        return
    try:
        value = slot.type.check(event.value)
    except InvalidValue:
        return
    answer = Answer(
        slots=(SlotReading(slot=slot.name, value=value, confidence=1.0, heard="", correction=True),),
        confidence=1.0,
        decided_by="supervisor",
        evidence=f"set by {event.by}",
    )
    question = call.question()
    if slot.name in question.awaited and call.top.waiting is None:
        call.hearing = None
        call.tell(Heard(Said(""), answer))
    elif call.scopes[call.top.scope].values.get(slot.name) is not None:
        _correct(call, answer.slots, answer)
    else:
        call.set_values({slot.name: value})


def _choose_exit(call: Transition, event: Supervised) -> None:
    frame = call.top
    node = call.graph_of(frame).nodes[frame.node]
    if event.name in node.exits_of(node.config):
        call.hearing = None
        leave = Leave(
            exit=ExitName(event.name),
            decided_by="supervisor",
            evidence=f"chosen by {event.by}",
            world=node.world and frame.waiting is not None,
        )
        call.frames[-1] = replace(frame, waiting=None)
        call.leave(leave)


def _line(call: Transition, line: Line, **values: str) -> str:
    graph = call.graph_of(call.top)
    return graph.wording.say(line, {**call.values_of(call.top), **values}, 0)
