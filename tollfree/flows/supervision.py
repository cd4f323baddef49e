"""The control tower's hand on a call: the same moves as anybody's, through the same checks."""

from dataclasses import replace

from tollfree.flows.meaning import take_corrections
from tollfree.flows.nodes.base import Heard, Leave
from tollfree.flows.slots.base import InvalidValue
from tollfree.flows.transition import Transition
from tollfree.protocol.events import Supervised
from tollfree.protocol.ids import ExitName, SlotName
from tollfree.protocol.question import Answer, Said, SlotReading


def supervised(call: Transition, event: Supervised) -> None:
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
        call.hearing = call.seeking = None
        call.tell(Heard(Said(""), answer))
    elif call.scopes[call.top.scope].values.get(slot.name) is not None:
        take_corrections(call, answer.slots, answer)
    else:
        call.set_values({slot.name: value})


def _choose_exit(call: Transition, event: Supervised) -> None:
    frame = call.top
    node = call.graph_of(frame).nodes[frame.node]
    if event.name in node.exits_of(node.config):
        call.hearing = call.seeking = None
        leave = Leave(
            exit=ExitName(event.name),
            decided_by="supervisor",
            evidence=f"chosen by {event.by}",
            world=node.world and frame.waiting is not None,
        )
        call.frames[-1] = replace(frame, waiting=None)
        call.leave(leave)
