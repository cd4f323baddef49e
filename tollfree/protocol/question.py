"""A closed question about what the caller said, its answer, and who can read a slot's value out of words.

The engine asks; rules, a classifier or a language model may answer; nobody but the engine moves the call.
"""

from dataclasses import dataclass
from typing import Protocol

from tollfree.protocol.facts import CallFacts
from tollfree.protocol.ids import FlowId, NodeId, SlotName
from tollfree.protocol.values import Value


@dataclass(frozen=True, slots=True)
class Said:
    """One finished contribution of the caller, as it was recognised."""

    text: str
    confidence: float = 1.0
    """How sure the recogniser is, 0 to 1. Typed text is 1."""
    alternatives: tuple[str, ...] = ()
    """Other readings of the same sound, best first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What the caller's words may mean at this moment. Small: examples and grammars live with the version."""

    flow: FlowId
    node: NodeId
    choices: tuple[str, ...] = ()
    """Closed set of this node: its intents, or built-in meanings such as `yes`, `no`, `refuse`, `done`."""
    handlers: tuple[str, ...] = ()
    """Reactions that work here, such as `person` and `repeat`. A choice of the node wins over them."""
    awaited: tuple[SlotName, ...] = ()
    """Slots asked for now: an utterance that is nothing but a value answers the first that can read it."""
    others: tuple[SlotName, ...] = ()
    """Slots of the flow that the caller may volunteer or correct; they need a cue or an unmistakable form."""
    known: tuple[SlotName, ...] = ()
    """Those of `awaited` and `others` that hold a value already: a new value for them is a correction."""
    confirming: SlotName | None = None
    """The slot whose value was just read back ("four one seven, is that right?")."""
    route: str | None = None
    """Which language-model route may be asked when rules and classifier are unsure; None: the default chain."""

    @property
    def choice_set(self) -> str:
        """The key of the classifier for this node's choices."""
        return f"{self.flow}/{self.node}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotReading:
    """A value found in what was said."""

    slot: SlotName
    value: Value
    """Canonical, see the slot type."""
    confidence: float
    """0 to 1. Below the slot's bar the value is read back before it counts."""
    heard: str
    """The words it was read from."""
    correction: bool = False
    """The caller marked it as replacing an earlier value ("sorry, it was …", "no, fifteen")."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the words meant: a choice, slots, both, or nothing."""

    choice: str | None = None
    """A member of the question's `choices` or `handlers`, never anything else."""
    slots: tuple[SlotReading, ...] = ()
    confidence: float = 0.0
    """Of the choice when there is one, else of the surest slot; 0 when nothing was understood."""
    decided_by: str = "none"
    """`rules`, `classifier`, `model:<route>`, `keypad`, `supervisor` or `none`."""
    evidence: str = ""
    """Why, for a person reading the log: the phrase that matched, the runner-up and its score."""

    @property
    def understood(self) -> bool:
        """Whether the words meant anything here."""
        return self.choice is not None or bool(self.slots)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A slot type's reading of some words."""

    value: Value
    confidence: float = 1.0
    start: int = 0
    """First character of the words it was read from."""
    end: int = 0
    """One past their last character."""


class SlotReader(Protocol):
    """Reads slot values out of words. Implemented by `tollfree.flows.slots`; `language` sees only this."""

    def read(self, flow: FlowId, slot: SlotName, said: str, facts: CallFacts) -> Reading | None:
        """The whole utterance as an answer to this slot: fillers are fine, unexplained words are not."""
        ...

    def find(self, flow: FlowId, slot: SlotName, said: str, facts: CallFacts) -> Reading | None:
        """A value mentioned inside a longer utterance, by its form or by a cue word near it."""
        ...


@dataclass(frozen=True, slots=True)
class Option:
    """One member of a choice set, and how people say it."""

    name: str
    examples: tuple[str, ...]
    """Whole utterances the classifier learns from."""
    phrases: tuple[str, ...] = ()
    """Words that mean this option whenever they are the whole utterance."""


@dataclass(frozen=True, slots=True)
class ChoiceSet:
    """The options of one question, as the classifier is trained on them at publish."""

    key: str
    """`Question.choice_set` of the questions it answers."""
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Collision:
    """Two examples of different options that mean nearly the same."""

    choice_set: str
    option: str
    example: str
    other_option: str
    other_example: str
    similarity: float
    """Cosine of their embeddings, -1 to 1."""


class Collisions(Protocol):
    """Finds examples that would be confused. Implemented by `tollfree.language`; `flows.checks` sees only this."""

    def __call__(self, choice_sets: tuple[ChoiceSet, ...]) -> tuple[Collision, ...]: ...
