"""The reactions every flow has, and how callers ask for them."""

from collections.abc import Mapping

from tollfree.flows.build import Build
from tollfree.flows.document import FlowHead, HandlerConfig
from tollfree.flows.graph import Handler
from tollfree.protocol.ids import NodeId
from tollfree.protocol.question import Option

BUILT_IN: Mapping[str, tuple[str, ...]] = {
    "repeat": (
        "can you repeat that",
        "say that again please",
        "what did you say",
        "sorry I didn't catch that",
        "pardon",
        "come again",
        "I didn't hear you",
        "one more time please",
    ),
    "hold_on": (
        "hold on a second",
        "just a moment",
        "give me a minute",
        "one sec",
        "wait I need to find it",
        "hang on let me get my card",
        "bear with me",
        "can you wait a moment",
    ),
    "start_over": (
        "start over",
        "let's start again",
        "can we begin from the beginning",
        "go back to the start",
        "restart please",
        "I want to start from scratch",
    ),
    "goodbye": (
        "goodbye",
        "bye bye",
        "that's all thank you bye",
        "have a nice day goodbye",
        "I'm done thanks bye",
        "see you later",
        "I have to go now",
    ),
}
"""Handlers that need no node, with the usual ways to say them: the classifier learns from these. A flow may add
its own examples, give them a node, or switch them off."""

PERSON = "person"
PERSON_EXAMPLES = (
    "talk to a human",
    "I want to speak to a person",
    "real person please",
    "can I talk to someone",
    "representative",
    "agent please",
    "operator",
    "get me a human being",
    "put me through to somebody",
    "let me speak with the manager",
    "I don't want to talk to a machine",
    "transfer me to customer service",
)
"""The usual ways to ask for a person; the handler itself needs a node, which the flow gives."""


def configured(head: FlowHead) -> dict[str, HandlerConfig]:
    """Handlers that work in a flow: the built-in ones it has not switched off, and its own."""
    handlers = {name: HandlerConfig() for name in BUILT_IN} | dict(head.handlers)
    return {name: config for name, config in handlers.items() if config.enabled}


def examples_of(name: str, config: HandlerConfig) -> tuple[str, ...]:
    """How callers ask for a handler: the usual ways, then the author's."""
    usual = PERSON_EXAMPLES if name == PERSON else BUILT_IN.get(name, ())
    return tuple(dict.fromkeys([*usual, *config.examples]))


def compile_handlers(head: FlowHead, build: Build) -> dict[str, Handler]:
    """The handlers of a flow, with what is wrong with them noted."""
    compiled: dict[str, Handler] = {}
    for name, config in configured(head).items():
        built_in = name in BUILT_IN
        if name == PERSON and config.go is None:
            build.fault("unwired_exit", "The handler `person` has no `go`; name the node that transfers the caller.")
        if not built_in and name != PERSON and config.go is None and not config.say:
            build.fault("unwired_exit", f"The handler `{name}` does nothing; give it `go` or `say`.")
        if not examples_of(name, config) and not config.phrases and not config.when_unclear:
            build.fault("missing_examples", f"The handler `{name}` has no examples; write how callers ask for it.")
        go = NodeId(config.go) if config.go is not None else None
        say = build.prompt(f"handlers.{name}.say", config.say)
        compiled[name] = Handler(name, built_in, go, say, config.when_unclear)
    return compiled


def options(head: FlowHead) -> tuple[Option, ...]:
    """What the classifier learns of a flow's handlers."""
    return tuple(Option(name, examples_of(name, config), config.phrases) for name, config in configured(head).items())
