"""What the caller's words mean for the call: handlers, corrections, volunteered values, and the node's own answer.

What was answered is held against the question that was asked, so that nothing outside its closed set ever counts.
"""

import re
from dataclasses import replace

from tollfree.flows.corrections import Correction, correct
from tollfree.flows.digressions import handle
from tollfree.flows.graph import Slot
from tollfree.flows.nodes.base import Heard, Leave
from tollfree.flows.nodes.intent import IntentNode
from tollfree.flows.nodes.run import RunNode
from tollfree.flows.questions import ASIDES, asks_on, leave_question, seek
from tollfree.flows.slots.base import InvalidValue
from tollfree.flows.state import Hearing
from tollfree.flows.transition import Transition
from tollfree.flows.wording import Line
from tollfree.protocol.events import Answered
from tollfree.protocol.ids import SlotName
from tollfree.protocol.question import Answer, Question, SlotReading
from tollfree.protocol.token import LEFT
from tollfree.protocol.values import Value, Values

SURE_UNASKED = 0.75
"""A volunteered value or a correction below this confidence is not taken: the caller is asked in its turn."""

_FILLERS = frozenset(
    "hello hi hey okay ok yes yeah yep mm hm mmhm mhm uh huh um ah oh right sure alright fine thanks thank you so well "
    "are still there anybody".split()
)
"""Words that are said to somebody who is thinking."""

ANSWERS = frozenset({"yes", "no", "refuse", "done", "cancel", "more", "unsure"})
"""Choices that mean nothing but as the answer to a question that was asked."""


def answered(call: Transition, event: Answered) -> None:
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
        if call.top.waiting is None and asks_on(call, hearing.said, answer):
            return
        _volunteer(call, question, answer.slots)
        _answer_aside(call, question, answer.slots)
        handle(call, str(answer.choice))
        return
    corrected = tuple(reading for reading in answer.slots if _corrects(question, reading))
    if corrected:
        _volunteer(call, question, tuple(reading for reading in answer.slots if reading not in corrected))
        if take_corrections(call, corrected, answer):
            return
    node = call.graph_of(call.top).nodes[call.top.node]
    anew = node.kind == IntentNode.kind and answer.choice is not None
    _volunteer(call, question, answer.slots, anew=anew)
    if call.top.waiting is not None:
        _hear_meanwhile(call, hearing, answer)
    elif answer.understood or not hearing.late:
        if answer.understood:
            leave_question(call)
        if answer.understood or not seek(call, hearing.said, answer):
            call.tell(Heard(hearing.said, answer))


def _hear_meanwhile(call: Transition, hearing: Hearing, answer: Answer) -> None:
    """Words that were said while the node waits for a result. Those that only say that somebody is there change
    nothing, and a caller who never stops gets the answer to what they asked last."""
    hears = call.graph_of(call.top).nodes[call.top.node].hears_while_waiting and not hearing.late
    if not hears or answer.choice == "no" or call.top.asides >= ASIDES or _says_nothing(hearing.said.text):
        return
    call.tell(Heard(hearing.said, answer))
    call.frames[-1] = replace(call.top, waiting=None, asides=call.top.asides + 1)


def _says_nothing(text: str) -> bool:
    return set(re.findall(r"[a-z]+", text.lower())) <= _FILLERS


def _unprompted(call: Transition, question: Question, answer: Answer) -> Answer:
    """Words that were said before the question, without what can only be an answer to it: a yes said while a tool
    worked must not place an order that is offered afterwards."""
    slots = call.slots_around()
    kept = tuple(
        reading
        for reading in answer.slots
        if reading.slot != question.confirming and not slots[reading.slot][1].type.answers_only
    )
    choice = None if answer.choice in ANSWERS else answer.choice
    return replace(answer, choice=choice, slots=kept)


def _within(call: Transition, question: Question, answer: Answer) -> Answer:
    """The answer, without anything that is outside the question's closed set or that its slot cannot hold."""
    choice = answer.choice if answer.choice in (*question.choices, *question.handlers) else None
    slots = call.slots_around()
    asked = {*question.awaited, *question.others}
    readings = (_checked(slots[reading.slot][1], reading) for reading in answer.slots if reading.slot in asked)
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
    slots = call.slots_around() if values else {}
    for scope in {slots[SlotName(name)][0] for name in values}:
        call.set_values({name: value for name, value in values.items() if slots[SlotName(name)][0] == scope}, scope)


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


def take_corrections(call: Transition, readings: tuple[SlotReading, ...], answer: Answer) -> bool:
    """Take new values for earlier slots. Returns whether that was all there was to the caller's words.

    Slots of several flows are not corrected in one breath: those of the outermost are, for going back there leaves
    the others.
    """
    slots = call.slots_around()
    sure = tuple(reading for reading in readings if reading.confidence >= SURE_UNASKED)
    if not sure:
        return False
    owner = min(slots[reading.slot][0] for reading in sure)
    sure = tuple(reading for reading in sure if slots[reading.slot][0] == owner)
    correction = _correction(call, owner, {reading.slot: reading.value for reading in sure})
    if correction is None:
        call.say(call.line(Line.TOO_LATE))
        call.come_back()
        return True
    call.scopes[owner] = correction.scope
    if owner == call.top.scope:
        call.frames[-1] = replace(call.top, sets={**call.top.sets, **{one.slot: one.value for one in sure}})
    facts = call.visit().facts
    spoken = " and ".join(slots[one.slot][1].type.say(one.value, facts) for one in sure)
    call.say(call.line(Line.CORRECTED, value=spoken))
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


def too_late(call: Transition, slot: SlotName, value: Value) -> bool:
    """Whether a value cannot be corrected any more, for something was done outside with the one before."""
    return _correction(call, call.slots_around()[slot][0], {slot: value}) is None


def _correction(call: Transition, owner: int, new: Values) -> Correction | None:
    """What new values in a scope mean; None when something was done outside that going back would do again."""
    graph = call.flow.graphs[call.scopes[owner].flow]
    under_way = [
        (place, frame)
        for place, frame in enumerate(call.frames)
        if frame.scope == owner and (frame.waiting is not None or graph.nodes[frame.node].kind == RunNode.kind)
    ]
    correction = correct(graph, call.scopes[owner], new, under_way)
    if correction is None or correction.back_to is None:
        return correction
    inner = call.scopes[owner + 1 :]
    busy = any(frame.scope > owner and frame.waiting is not None for frame in call.frames)
    if any(passed.world for scope in inner for passed in scope.trail) or (busy and call.acting):
        return None
    return correction
