"""What the caller does: speaks, presses keys, is silent, hears."""

from tollfree.flows.digressions import handle
from tollfree.flows.transition import Transition
from tollfree.flows.wording import Line
from tollfree.protocol.events import CallerSilent, CallerSpoke, KeyPressed, Spoken
from tollfree.protocol.question import Said
from tollfree.protocol.turn import Turn

PERSON_KEY = "0"
"""Pressed where it means nothing else, it asks for a person, as callers expect of any phone system."""


def caller_spoke(call: Transition, event: CallerSpoke) -> None:
    text = event.text.strip()
    if not text:
        call.listening = None
        return
    call.holding, call.listening, call.moves = False, None, 0
    call.remember(Turn("caller", text))
    said = Said(text, event.confidence, event.alternatives)
    if call.hearing is not None:
        said = Said(f"{call.hearing.said.text} {text}", min(call.hearing.said.confidence, event.confidence))
    elif call.seeking is not None:
        said = Said(f"{call.seeking.said.text} {text}", min(call.seeking.said.confidence, event.confidence))
    call.seeking = None
    call.last_said = said.text
    call.understand(said)


def key_pressed(call: Transition, event: KeyPressed) -> None:
    call.holding, call.listening, call.moves = False, None, 0
    visit = call.visit()
    node = visit.graph.nodes[visit.frame.node]
    busy = not node.listens or visit.frame.waiting is not None
    if event.keys.rstrip("#") == PERSON_KEY and (busy or not node.takes_keys(visit, PERSON_KEY)):
        scope = call.handler_scope("person")
        if scope is not None:
            handle(call, "person")
            return
    if busy:
        return
    call.hearing = call.seeking = None
    call.tell(event)


def caller_silent(call: Transition, event: CallerSilent) -> None:
    call.listening = None
    if call.hearing is not None or call.seeking is not None or call.top.waiting is not None:
        return
    if call.holding:
        call.holding = False
        call.say_aside(call.line(Line.BACK))
        return
    call.tell(event)


def spoken(call: Transition, event: Spoken) -> None:
    if any(effect == event.effect for effect, _ in call.speaking):
        call.speaking = tuple(pair for pair in call.speaking if pair[0] != event.effect)
        call.remember(Turn("agent", event.heard))
