"""How complete an offered utterance is, judged by what the flow would make of it."""

from tollfree.flows.engine import Step
from tollfree.flows.state import CallState
from tollfree.protocol.completeness import Completeness
from tollfree.protocol.expectation import Patience
from tollfree.protocol.question import Answer

SURE = 0.9
"""Confidence from which an answer of known length counts as closed."""
NOT_UNDERSTOOD = frozenset({"unclear", "gave_up", "unknown"})
"""Exits that say the words did not help."""


def completeness(base: CallState, answer: Answer, taken: Step) -> Completeness:
    """From the answer on a branch that began at `base`, and the step it led to."""
    if not answer.understood or any(token.exit in NOT_UNDERSTOOD for token in taken.tokens):
        return Completeness.OPEN
    listening = base.listening
    if listening is None or answer.confidence < SURE or _denies(answer):
        return Completeness.LIKELY
    if listening.patience is Patience.SHORT:
        return Completeness.CERTAIN
    keypad = listening.keypad
    fixed = keypad is not None and keypad.min_length == keypad.max_length > 1
    if fixed and any(len(str(reading.value)) == keypad.max_length for reading in answer.slots if keypad):
        return Completeness.CERTAIN
    return Completeness.LIKELY


def _denies(answer: Answer) -> bool:
    """Whether it is a no: people often go on with what is right instead."""
    return answer.choice == "no" or any(reading.value is False for reading in answer.slots)
