"""What the caller does: speaks, presses keys, is silent, hears."""

from tollfree.flows.digressions import handle
from tollfree.flows.transition import Transition
from tollfree.flows.wording import Line
from tollfree.protocol.events import CallerSilent, CallerSpoke, CallerUnheard, KeyPressed, Spoken
from tollfree.protocol.question import Said
from tollfree.protocol.turn import Turn

UNHEARD = 2
"""Turns in a row that could not be heard, at which the caller is led to a person."""
UNHEARD_WITH_KEYS = 3
"""The same where keys can answer: nobody finds them in no time."""
PERSON_KEY = "0"
"""Pressed where it means nothing else, it asks for a person, as callers expect of any phone system."""


def caller_spoke(call: Transition, event: CallerSpoke) -> None:
    text = event.text.strip()
    if not text:
        call.listening = None
        return
    call.holding, call.listening, call.moves = False, None, 0
    call.unheard = 0
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
    call.unheard = 0
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


def no_words(call: Transition, event: CallerSilent | CallerUnheard) -> None:
    """The caller said nothing, or nothing that could be heard."""
    call.listening = None
    call.unheard = call.unheard + 1 if isinstance(event, CallerUnheard) else call.unheard
    if call.hearing is not None or call.seeking is not None or call.top.waiting is not None:
        return
    if isinstance(event, CallerUnheard):
        _unheard(call, event)
        return
    if call.holding:
        call.holding = False
        call.say_aside(call.line(Line.BACK))
        return
    call.tell(event)


def _unheard(call: Transition, event: CallerUnheard) -> None:
    """The ears failed, not the caller: they are told so, asked for keys where keys can answer, and led to a person when
    it happens again."""
    visit = call.visit()
    keys = visit.graph.nodes[visit.frame.node].expectation(visit).keypad is not None
    if call.unheard < (UNHEARD_WITH_KEYS if keys else UNHEARD):
        line = Line.USE_KEYS if keys else Line.CANNOT_HEAR
        call.say_aside(visit.graph.wording.say(line, visit.values, call.unheard - 1))
    elif call.handler_scope("person") is None or any(frame.handler == "person" for frame in call.frames):
        call.tell(CallerSilent(at=event.at))
    else:
        call.say(call.line(Line.CANNOT_HEAR_AT_ALL))
        handle(call, "person")


def spoken(call: Transition, event: Spoken) -> None:
    if event.unfinished:
        call.remember(Turn("agent", event.heard))
    elif any(effect == event.effect for effect, _ in call.speaking):
        call.speaking = tuple(pair for pair in call.speaking if pair[0] != event.effect)
        call.remember(Turn("agent", event.heard))
