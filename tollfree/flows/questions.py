"""Questions nobody had asked for: words that mean nothing where they are said are looked for in the knowledge, and
answered by it when something is found for sure. What a node can use is never taken from it: it is asked first.
"""

from dataclasses import replace

from tollfree.flows.digressions import handle
from tollfree.flows.follow_up import context_of, continues
from tollfree.flows.graph import Handler
from tollfree.flows.nodes.answer import AnswerConfig, AnswerNode
from tollfree.flows.nodes.base import Heard
from tollfree.flows.state import Seeking
from tollfree.flows.transition import Transition
from tollfree.protocol.effects import Retrieve
from tollfree.protocol.events import EffectResult, Retrieved
from tollfree.protocol.ids import EffectId
from tollfree.protocol.question import Answer, Said

SURE_UNASKED = 0.6
"""A passage below this score is not taken for an answer to words that may not have been a question."""

_UNMISTAKABLE = frozenset({"rules", "keypad", "supervisor"})
_IN_BETWEEN = frozenset({"repeat", "hold_on"})

ASIDES = 8
"""Questions answered so during one visit. After these the node's own repair goes on, so that its attempts run out."""


def seek(call: Transition, said: Said, answer: Answer) -> bool:
    """Look for words in the knowledge before they count as not understood; whether that is done."""
    top = call.top
    node = call.graph_of(top).nodes[top.node]
    handler = _handler(call)
    if node.takes_any_words or top.asides >= ASIDES or handler is None:
        return False
    scope = call.handler_scope(handler.name)
    assert scope is not None and handler.go is not None
    config = call.flow.graphs[call.scopes[scope].flow].nodes[handler.go].config
    retrieve = Retrieve(
        id=EffectId(""),
        query=said.text,
        tags=config.tags if isinstance(config, AnswerConfig) else (),
        context=context_of(said.text, call.asked),
        confidence=said.confidence,
    )
    call.seeking = Seeking(call.ask_aside(retrieve), said, answer, top.visit, handler.name)
    return True


def sought(call: Transition, event: EffectResult) -> None:
    """The knowledge has answered, or failed: a digression, or the words mean what they would have meant."""
    seeking, call.seeking = call.seeking, None
    if seeking is None or seeking.visit != call.top.visit:
        return
    passages = event.passages if isinstance(event, Retrieved) else ()
    if passages and passages[0].score >= SURE_UNASKED:
        call.frames[-1] = replace(call.top, asides=call.top.asides + 1)
        call.found = passages
        handle(call, seeking.handler)
        call.found = ()
    elif seeking.answer.choice is not None:
        leave_question(call)
        handle(call, seeking.answer.choice)
    else:
        call.tell(Heard(seeking.said, seeking.answer))


def asks_on(call: Transition, said: Said, answer: Answer) -> bool:
    """Words that ask for a handler may be a question all the same: where questions are answered, and as the
    continuation of one that was just answered ("and on Sundays?"). Whether they are taken for one."""
    name = str(answer.choice)
    answering = isinstance(call.graph_of(call.top).nodes[call.top.node], AnswerNode)
    scope = call.handler_scope(name)
    means_question = scope is not None and call.flow.graphs[call.scopes[scope].flow].handlers[name].when_unclear
    continued = bool(call.asked) and answer.decided_by not in _UNMISTAKABLE and continues(said.text)
    if answering and _handler(call) is not None and (means_question or continued):
        call.tell(Heard(said, replace(answer, choice=None) if continued and not means_question else answer))
        return True
    if continued and not means_question and seek(call, said, answer):
        return True
    if not means_question and name not in _IN_BETWEEN:
        leave_question(call)
    return False


def leave_question(call: Transition) -> None:
    """The caller has turned to something else: nothing leans on the question before it any more."""
    if not isinstance(call.graph_of(call.top).nodes[call.top.node], AnswerNode):
        call.asked = ""


def _handler(call: Transition) -> Handler | None:
    """The handler for such words: this flow's, or one of the flows around it."""
    for name in call.handlers():
        scope = call.handler_scope(name)
        handler = call.flow.graphs[call.scopes[scope].flow].handlers[name] if scope is not None else None
        if handler is not None and handler.when_unclear and handler.go is not None:
            return handler
    return None
