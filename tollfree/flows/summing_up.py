"""What a call has been about, in a sentence or two, without a language model: the exits that were taken, and the values
the caller gave."""

from tollfree.flows.graph import Flow
from tollfree.flows.nodes.intent import IntentNode
from tollfree.flows.state import CallState

MOST_VALUES = 8


def summed_up(flow: Flow, state: CallState) -> str:
    """For a person who takes the call over, to be spoken. Says nothing that is personal."""
    wishes = _wishes(flow, state)
    caller = state.facts.caller if state.facts is not None else ""
    given = _given(flow, state)
    parts = [f"A caller from {caller} is on the line." if caller else "A caller is on the line."]
    if wishes:
        parts.append(f"They asked about {' and '.join(wishes)}.")
    if given:
        parts.append(f"They gave {', '.join(given)}.")
    return " ".join(parts)


def _wishes(flow: Flow, state: CallState) -> list[str]:
    """The intents they came with."""
    found: dict[str, None] = {}
    for scope in state.scopes:
        for passed in scope.trail:
            node = flow.graphs[scope.flow].nodes.get(passed.node)
            if isinstance(node, IntentNode) and passed.exit in node.config.intents:
                found[passed.exit.replace("_", " ")] = None
    return list(found)


def _given(flow: Flow, state: CallState) -> list[str]:
    """Slots that have a value, as people say them."""
    spoken: dict[str, str] = {}
    for scope in state.scopes:
        slots = flow.graphs[scope.flow].slots
        for name, slot in slots.items():
            value = scope.values.get(name)
            if value is None or slot.internal or slot.config.personal or state.facts is None:
                continue
            spoken[name] = f"{name.replace('_', ' ')} {slot.type.say(value, state.facts)}"
    return list(spoken.values())[:MOST_VALUES]
