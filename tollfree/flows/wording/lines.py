"""The engine's own lines: what every flow can say without its author having written it, and may be told otherwise."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from tollfree.flows.wording.template import BadTemplate, Template
from tollfree.protocol.values import Values


class Line(StrEnum):
    """The occasions. A flow gives its own words under these names in `wording:`."""

    DID_NOT_UNDERSTAND = "did_not_understand"
    """The caller said something that answers nothing here; the question follows."""
    DID_NOT_HEAR = "did_not_hear"
    """The caller said nothing; the question follows."""
    CANNOT_HEAR = "cannot_hear"
    """The caller spoke, and the speech recogniser failed; the question stands."""
    USE_KEYS = "use_keys"
    """The same, where the keys of a telephone can answer the question."""
    CANNOT_HEAR_AT_ALL = "cannot_hear_at_all"
    """It failed again: the caller is led to a person."""
    NOT_VALID = "not_valid"
    """A value the slot cannot hold. `problem` is a sentence: "I need five digits and heard four."."""
    CONFIRM = "confirm"
    """Reads `value` back and asks whether it is right."""
    YES_OR_NO = "yes_or_no"
    """The answer to `confirm` was neither."""
    NOT_RIGHT = "not_right"
    """The caller said that `confirm` was wrong, and not what is right; the question follows."""
    CORRECTED = "corrected"
    """The caller changed something: the new `value`."""
    TOO_LATE = "too_late"
    """The caller changed something that has been acted on already."""
    YOUR_QUESTION = "your_question"
    """Invites the question an `answer` node is there for."""
    WHAT_TO_CHANGE = "what_to_change"
    """The caller said no to an order that was read back."""
    DROP_ORDER = "drop_order"
    """The caller seems to want nothing of the order any more: shall it be dropped?"""
    LEFT_OUT = "left_out"
    """The caller did not say which of several things they want in an order; it goes on without."""
    HOLD_ON = "hold_on"
    """The caller asked for a moment."""
    BACK = "back"
    """The caller is quiet after a moment was granted."""
    START_OVER = "start_over"
    """The caller asked to begin again."""
    NOTHING_TO_REPEAT = "nothing_to_repeat"
    """The caller asked to repeat, and nothing was said yet."""
    ONE_MOMENT = "one_moment"
    """Something takes longer than a second, and the author gave no words for it."""
    STILL_CONNECTING = "still_connecting"
    """The caller waits for a person, and has heard nothing for a while; said again and again."""
    ANYTHING_ELSE = "anything_else"
    """After an answer: is there another question?"""
    GO_ON = "go_on"
    """After an answer from a document that says more: does the caller want to hear on?"""
    RESUMED = "resumed"
    """The call was interrupted on our side and goes on; what was not heard follows, or the question."""
    TROUBLE = "trouble"
    """Something failed on our side."""
    NOT_CERTAIN = "not_certain"
    """A model was about to say something that nothing supports; said in its place, perhaps in mid-sentence."""
    LOST_THREAD = "lost_thread"
    """A model stopped in mid-sentence."""
    NEARLY_OVER = "nearly_over"
    """The call will soon have reached its limit."""
    TOO_LONG = "too_long"
    """The call has reached its limit."""
    GOODBYE = "goodbye"
    """The last words."""


PARAMETERS: Mapping[Line, frozenset[str]] = {
    Line.NOT_VALID: frozenset({"problem"}),
    Line.CONFIRM: frozenset({"value"}),
    Line.CORRECTED: frozenset({"value"}),
}
"""What a line is given besides the flow's variables."""

_ENGLISH: Mapping[Line, tuple[str, ...]] = {
    Line.DID_NOT_UNDERSTAND: (
        "Sorry, I didn't get that.",
        "I'm sorry, I still didn't understand.",
        "I'm having trouble understanding. Let's try once more.",
    ),
    Line.DID_NOT_HEAR: ("Sorry, I didn't hear anything.", "I still can't hear you."),
    Line.CANNOT_HEAR: (
        "I'm sorry, I couldn't hear that on our side. Please say it once more.",
        "I'm sorry, that didn't reach me either. Please say it again.",
    ),
    Line.USE_KEYS: (
        "I'm sorry, I can't hear you well at the moment. Please answer with the keys on your phone.",
        "I still can't hear you. Please use the keys on your phone.",
    ),
    Line.CANNOT_HEAR_AT_ALL: (
        "I'm sorry, I can't hear you at the moment. I'll find somebody who can.",
        "I'm sorry, I still can't hear you. I'll find somebody who can.",
    ),
    Line.NOT_VALID: (
        '{{ problem | default("I can\'t use that one.") }}',
        "{{ problem | default('That one is not possible either.') }} Let's try again.",
    ),
    Line.CONFIRM: ("I have {{ value }}. Is that right?", "So that's {{ value }}. Is that correct?"),
    Line.YES_OR_NO: ("Please say yes or no.", "Sorry, is that a yes or a no?"),
    Line.NOT_RIGHT: ("Sorry about that.", "My mistake. Let's try again."),
    Line.CORRECTED: ("Okay, {{ value }}.", "Got it, {{ value }}."),
    Line.TOO_LATE: (
        "I'm sorry, that is done already, so I can't change it now.",
        "I'm afraid that is done as well, and can't be changed any more.",
    ),
    Line.YOUR_QUESTION: ("What would you like to know?", "What's your question?"),
    Line.WHAT_TO_CHANGE: ("What would you like to change?", "Okay, what should I change?"),
    Line.DROP_ORDER: ("Shall I drop the whole order?", "Do you want me to drop the order?"),
    Line.LEFT_OUT: ("All right, I'll leave that one out.", "Okay, without that one, then."),
    Line.HOLD_ON: ("Take your time.", "Sure, I'll wait."),
    Line.BACK: ("I'm still here whenever you're ready.", "No hurry. Just say when you're ready."),
    Line.START_OVER: ("Okay, let's start over.", "Sure, from the beginning."),
    Line.NOTHING_TO_REPEAT: ("I haven't said anything yet.", "There's nothing to repeat yet."),
    Line.ONE_MOMENT: ("One moment, please.", "Just a moment more.", "Thanks for waiting, it's taking a little longer."),
    Line.STILL_CONNECTING: (
        "I'm still trying to reach somebody. Please hold.",
        "Thank you for holding. I'm still trying to reach somebody.",
    ),
    Line.ANYTHING_ELSE: ("Is there anything else you'd like to know?", "Anything else?"),
    Line.GO_ON: ("Shall I go on?", "Would you like to hear more?"),
    Line.RESUMED: ("Sorry, we were cut off for a moment.",),
    Line.TROUBLE: ("I'm sorry, something went wrong on our side.", "I'm sorry, that still isn't working on our side."),
    Line.NOT_CERTAIN: (
        "Sorry, I can't say that for certain. What else can I do for you?",
        "I'm sorry, I don't know that for certain either.",
    ),
    Line.LOST_THREAD: ("Sorry, I lost my thread. Could you say that once more?", "Sorry, could you say that again?"),
    Line.NEARLY_OVER: ("Just so you know, we have about a minute left on this call.",),
    Line.TOO_LONG: ("I'm sorry, we've reached the time limit for this call.",),
    Line.GOODBYE: ("Thanks for calling. Goodbye.",),
}


class BadWording(BadTemplate):
    """One line of a flow's `wording:` that cannot be used."""

    code = "bad_wording"

    def __init__(self, name: str, message: str, line: int = 1) -> None:
        super().__init__(message, line)
        self.name = name
        """As the flow writes it."""


@dataclass(frozen=True, slots=True)
class Wording:
    """All lines, each in several variants so that the agent does not repeat itself word for word."""

    lines: Mapping[Line, tuple[Template, ...]]

    def say(self, line: Line, values: Values, attempt: int = 0) -> str:
        """The line for this attempt, from 0: each variant in turn, so two attempts in a row never sound the same.
        Never raises; what `values` lacks says nothing."""
        variants = self.lines[line]
        return variants[attempt % len(variants)].render(values)

    def template(self, line: Line, attempt: int = 0) -> Template:
        """The template that `say` renders."""
        variants = self.lines[line]
        return variants[attempt % len(variants)]

    def fixed(self) -> tuple[str, ...]:
        """The texts of all lines without variables, which can be rendered to speech before any call."""
        return tuple(one.render({}) for variants in self.lines.values() for one in variants if one.fixed)

    def overridden(self, words: Mapping[str, str | Sequence[str]]) -> tuple["Wording", tuple[BadWording, ...]]:
        """These lines with a flow's own in their place, and every fault found; a faulty line stays as it was."""
        lines = dict(self.lines)
        faults: list[BadWording] = []
        for name, given in words.items():
            if name not in Line.__members__.values():
                known = ", ".join(Line)
                faults.append(BadWording(name, f"There is no line `{name}`; there are {known}."))
                continue
            variants = (given,) if isinstance(given, str) else tuple(given)
            try:
                lines[Line(name)] = _variants(name, variants)
            except BadTemplate as e:
                faults.append(e if isinstance(e, BadWording) else BadWording(name, e.message, e.line))
        return Wording(lines), tuple(faults)


def _variants(name: str, variants: Sequence[str]) -> tuple[Template, ...]:
    compiled = tuple(Template.compile(variant) for variant in variants)
    if not compiled or any(one.fixed and not one.render({}) for one in compiled):
        raise BadWording(name, f"The line `{name}` is empty; leave it out to keep the usual words.")
    return compiled


ENGLISH = Wording({line: tuple(Template.compile(text) for text in texts) for line, texts in _ENGLISH.items()})
"""The lines of a flow that has none of its own."""
