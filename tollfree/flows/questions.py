"""Questions nobody had asked for: words that mean nothing where they are said are looked for in the knowledge, and
answered by it when something is found for sure. What a node can use is never taken from it: it is asked first.
"""

from dataclasses import replace

from tollfree.flows.digressions import handle
from tollfree.flows.follow_up import context_of
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

ASIDES = 8
"""Questions answered so during one visit. After these the node's own repair goes on, so that its attempts run out."""


def seek(call: Transition, said: Said, answer: Answer) -> bool:
    """Look for words in the knowledge before they count as not understood; whether that is done."""
    top = call.top
    node = call.graph_of(top).nodes[top.node]
    if node.takes_any_words or top.asides >= ASIDES:
        return False
    handler = _handler(call)
    if handler is None:
        return False
    scope = call.handler_scope(handler.name)
    assert scope is not None and handler.go is not None
    config = call.flow.graphs[call.scopes[scope].flow].nodes[handler.go].config
    tags = config.tags if isinstance(config, AnswerConfig) else ()
    context = context_of(said.text, call.asked)
    retrieve = Retrieve(id=EffectId(""), query=said.text, tags=tags, context=context, confidence=said.confidence)
    call.seeking = Seeking(call.ask_aside(retrieve), said, answer, top.visit, handler.name)
    return True


def sought(call: Transition, event: EffectResult) -> None:
    """The knowledge has answered, or failed: a digression, or the node hears that it was not understood."""
    seeking, call.seeking = call.seeking, None
    if seeking is None or seeking.visit != call.top.visit:
        return
    passages = event.passages if isinstance(event, Retrieved) else ()
    if not passages or passages[0].score < SURE_UNASKED:
        call.tell(Heard(seeking.said, seeking.answer))
        return
    call.frames[-1] = replace(call.top, asides=call.top.asides + 1)
    call.found = passages
    handle(call, seeking.handler)
    call.found = ()


def is_question_for(call: Transition, name: str) -> bool:
    """Whether a handler of this name means a question, and the caller is where questions are answered."""
    scope = call.handler_scope(name)
    if scope is None or call.graph_of(call.top).nodes[call.top.node].kind != AnswerNode.kind:
        return False
    return call.flow.graphs[call.scopes[scope].flow].handlers[name].when_unclear


def _handler(call: Transition) -> Handler | None:
    """The handler for such words: this flow's, or one of the flows around it."""
    for name in call.handlers():
        scope = call.handler_scope(name)
        handler = call.flow.graphs[call.scopes[scope].flow].handlers[name] if scope is not None else None
        if handler is not None and handler.when_unclear and handler.go is not None:
            return handler
    return None
