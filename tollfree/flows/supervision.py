"""The control tower's hand on a call: the same moves as anybody's, through the same checks.

A call that somebody has taken over stands still: the agent says nothing, answers nothing and counts nothing, whatever
the caller says or does not say. Results that it waits for are kept. Where the supervisor moves it meanwhile, it is
moved, and the node it comes to is entered when it is handed back.
"""

from collections.abc import Iterable
from dataclasses import replace

from tollfree.flows.graph import Flow, Slot
from tollfree.flows.meaning import take_corrections, too_late
from tollfree.flows.nodes.base import Heard, Leave
from tollfree.flows.slots.base import InvalidValue
from tollfree.flows.state import CallState
from tollfree.flows.transition import Transition
from tollfree.flows.wording import Line
from tollfree.protocol.effects import Say
from tollfree.protocol.events import CallerSilent, CallerSpoke, CallerUnheard, CallEvent, KeyPressed, Supervised
from tollfree.protocol.ids import EffectId, ExitName, SlotName
from tollfree.protocol.question import Answer, Said, SlotReading
from tollfree.protocol.turn import Turn
from tollfree.protocol.values import Value


def refusal(flow: Flow, state: CallState, event: Supervised) -> str:
    """Why a call cannot be changed so, in a sentence; empty: it can."""
    if state.facts is None:
        return "The call has not begun yet."
    if state.over:
        return "The call is over."
    return _refusal(Transition(flow, state, event.at), event)


def supervised(call: Transition, event: Supervised) -> None:
    """Do what a supervisor asks for; what cannot be done changes nothing."""
    if _refusal(call, event):
        return
    match event.action:
        case "say":
            call.emit(Say(id=EffectId(""), text=str(event.value)))
        case "hang_up":
            call.hang_up("supervised")
        case "set_slot":
            _set_slot(call, event)
        case "choose_exit":
            _choose_exit(call, event)
        case "take_over":
            _take_over(call, event.by)
        case "hand_back":
            _hand_back(call)


def while_taken_over(call: Transition, event: CallEvent) -> bool:
    """Whether an event is the caller's while a person talks to them: it is kept, and nothing follows from it."""
    if not call.taken_over or not isinstance(event, CallerSpoke | KeyPressed | CallerSilent | CallerUnheard):
        return False
    call.listening = None
    if isinstance(event, CallerSpoke):
        call.remember(Turn("caller", event.text.strip()))
    return True


# What may be done


def _refusal(call: Transition, event: Supervised) -> str:
    match event.action:
        case "say" if not str(event.value or "").strip():
            return "There are no words to say."
        case "set_slot":
            return _slot_refusal(call, event)
        case "choose_exit":
            node = call.graph_of(call.top).nodes[call.top.node]
            exits = node.exits_of(node.config)
            return "" if event.name in exits else _no_such(f"The node {node.id} has no exit", event.name, exits)
        case "take_over" if not event.by:
            return "Nobody says who takes the call over."
        case "take_over" if call.taken_over and call.taken_over != event.by:
            return f"{call.taken_over} has taken the call over, and has to hand it back first."
        case "hand_back" if not call.taken_over:
            return "Nobody has taken the call over."
        case _:
            return ""


def _slot_refusal(call: Transition, event: Supervised) -> str:
    name = SlotName(event.name)
    slots = {name: slot for name, (_, slot) in call.slots_around().items() if not slot.internal}
    if name not in slots:
        return _no_such(f"The flow {call.graph_of(call.top).id} has no slot", event.name, slots)
    try:
        value = slots[name].type.check(event.value)
    except InvalidValue as invalid:
        return f"The slot {name} cannot hold this value: {invalid}"
    if _is_known(call, name) and not _is_awaited(call, name) and too_late(call, name, value):
        return f"It is too late to change {name}: what it was before has been acted on outside."
    return ""


def _no_such(what: str, name: str, known: Iterable[str]) -> str:
    return f"{what} {name!r}; it has: {', '.join(sorted(known)) or 'none'}."


# Doing it


def _set_slot(call: Transition, event: Supervised) -> None:
    name = SlotName(event.name)
    owner, slot = call.slots_around()[name]
    value = slot.type.check(event.value)
    answer = _answer(slot, value, event.by)
    if _is_awaited(call, name) and not call.taken_over:
        call.hearing = call.seeking = None
        call.tell(Heard(Said(""), answer))
    elif _is_awaited(call, name) or not _is_known(call, name):
        call.set_values({name: value}, owner)
    else:
        take_corrections(call, answer.slots, answer)


def _answer(slot: Slot, value: Value, by: str) -> Answer:
    reading = SlotReading(slot=slot.name, value=value, confidence=1.0, heard="", correction=True)
    return Answer(slots=(reading,), confidence=1.0, decided_by="supervisor", evidence=f"set by {by}")


def _is_awaited(call: Transition, name: SlotName) -> bool:
    """Whether the present node asks for a slot."""
    return call.top.entered and call.top.waiting is None and name in call.question().awaited


def _is_known(call: Transition, name: SlotName) -> bool:
    return call.scopes[call.slots_around()[name][0]].values.get(name) is not None


def _choose_exit(call: Transition, event: Supervised) -> None:
    frame = call.top
    node = call.graph_of(frame).nodes[frame.node]
    call.hearing = call.seeking = None
    call.moves = 0
    leave = Leave(
        exit=ExitName(event.name),
        decided_by="supervisor",
        evidence=f"chosen by {event.by}",
        world=node.world and frame.waiting is not None,
    )
    call.frames[-1] = replace(frame, waiting=None, arrived=None)
    call.leave(leave)


def _take_over(call: Transition, by: str) -> None:
    """What the caller has just said is answered by the person, so nobody works out what it means any more."""
    if not call.taken_over:
        call.taken_over = by
        call.hearing = call.seeking = call.listening = None
        call.holding = False


def _hand_back(call: Transition) -> None:
    """The agent goes on where the caller is, as after a digression."""
    withheld, call.withheld = call.withheld, ()
    call.taken_over, call.listening = "", None
    for line in withheld:
        call.say_aside(line)
    if call.top.waiting is not None and call.top.arrived is None:
        call.say_aside(call.line(Line.ONE_MOMENT))
    else:
        call.come_back()
