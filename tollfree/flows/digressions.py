"""Handlers: reactions that work at every node. Most are done at once; one with a node of its own digresses there, and
the caller comes back when that path ends."""

from tollfree.flows.graph import Handler
from tollfree.flows.state import Frame
from tollfree.flows.transition import Transition
from tollfree.flows.wording import Line

NOT_WHILE_ACTING = frozenset({"start_over", "goodbye"})
"""Handlers that wait while something outside is being changed: they would leave its result unheard."""


def handle(call: Transition, name: str) -> None:
    scope = call.handler_scope(name)
    if scope is None:
        return
    handler = call.flow.graphs[call.scopes[scope].flow].handlers[name]
    if call.acting and name in NOT_WHILE_ACTING and handler.go is None:
        call.say(call.line(Line.ONE_MOMENT))
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
            call.say_aside(call.line(Line.HOLD_ON))
    elif name == "start_over":
        if not handler.say:
            call.say(call.line(Line.START_OVER))
        call.close_above(0)
        call.begin()
    elif name == "goodbye":
        if not handler.say:
            call.say(call.line(Line.GOODBYE))
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
    return call.last_line or call.line(Line.NOTHING_TO_REPEAT)
