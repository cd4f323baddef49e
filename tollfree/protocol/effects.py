"""What the engine asks the session to do. The result of each comes back as an event that names its effect."""

from dataclasses import dataclass, field
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from tollfree.protocol.expectation import Expectation
from tollfree.protocol.ids import EffectId
from tollfree.protocol.passage import Passage
from tollfree.protocol.question import Question, Said
from tollfree.protocol.turn import Turn
from tollfree.protocol.values import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """Speak a line. Answered by `Spoken` once it was heard or interrupted; the call does not wait for it."""

    id: EffectId
    text: str
    interruptible: Literal["always", "after_first_sentence", "never"] = "always"
    fixed: bool = False
    """The text has no variables in it, so it can be rendered before any call."""
    type: Literal["say"] = "say"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listen:
    """Wait for the caller. Answered by `CallerSpoke`, `KeyPressed`, `CallerSilent` or `CallEnded`."""

    id: EffectId
    expectation: Expectation = Expectation()
    type: Literal["listen"] = "listen"


@dataclass(frozen=True, slots=True, kw_only=True)
class Understand:
    """Say what the words mean. Answered by `Answered`."""

    id: EffectId
    question: Question
    said: Said
    type: Literal["understand"] = "understand"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """Call a tool of the project. Answered by `LookedUp` or `EffectFailed`."""

    id: EffectId
    tool: str
    arguments: dict[str, Value] = field(default_factory=dict[str, Value])
    waiting: str = ""
    """Said once if the tool takes longer than a second."""
    world: bool = True
    """It may change something outside: performed only after the turn is committed, and never twice."""
    type: Literal["lookup"] = "lookup"


@dataclass(frozen=True, slots=True, kw_only=True)
class Retrieve:
    """Find passages of the project's knowledge. Answered by `Retrieved` or `EffectFailed`."""

    id: EffectId
    query: str
    tags: tuple[str, ...] = ()
    context: str = ""
    """The question before it, for one that does not stand by itself ("and on Sundays?")."""
    confidence: float = 1.0
    """How sure the recogniser is of the words; 1 when they were typed."""
    waiting: str = ""
    type: Literal["retrieve"] = "retrieve"


@dataclass(frozen=True, slots=True, kw_only=True)
class Compose:
    """Have words composed: a cited answer, the next line of a talk, a summary. Answered by `Composed`."""

    id: EffectId
    purpose: Literal["answer", "talk", "summary"]
    instructions: str
    """The author's goal or the question to answer."""
    said: str = ""
    exits: tuple[str, ...] = ()
    """For a talk: the closed set it may end with."""
    when: tuple[str, ...] = ()
    """For each of these, when it is to be taken."""
    slots: dict[str, str] = field(default_factory=dict[str, str])
    """For a talk: values it may pick out of the caller's words, and how each is asked for."""
    history: tuple[Turn, ...] = ()
    """The conversation before `said`, oldest first: only what was heard."""
    values: dict[str, Value] = field(default_factory=dict[str, Value])
    """What the flow knows, by name. Data, never instructions."""
    grounded: bool | None = None
    """Whether numbers, prices, dates and addresses may be said only where passages, values or the caller have them.
    None: as the purpose has it, which is so for an answer and not for a talk."""
    passages: tuple[str, ...] = ()
    """Ids of the passages it may use; nothing else counts as known."""
    quoted: tuple[Passage, ...] = ()
    """What those passages say, as it was found: the composer looks nothing up, today or in a call that is taken up.
    Data, never instructions."""
    context: str = ""
    """The question before, for one that does not stand by itself."""
    route: str | None = None
    waiting: str = ""
    type: Literal["compose"] = "compose"


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """Hand the caller to a person. Answered by `Transferred` or `EffectFailed`."""

    id: EffectId
    to: str
    mode: Literal["cold", "warm"] = "cold"
    summary: str = ""
    """What the person is told first, in a warm transfer."""
    waiting: str = ""
    """Said when nobody has the caller after a second."""
    world: bool = True
    type: Literal["transfer"] = "transfer"


@dataclass(frozen=True, slots=True, kw_only=True)
class HangUp:
    """End the call, after everything said so far was heard. Answered by `CallEnded`."""

    id: EffectId
    outcome: str
    world: bool = True
    type: Literal["hang_up"] = "hang_up"


Effect: TypeAlias = Annotated[
    Say | Listen | Understand | Lookup | Retrieve | Compose | Transfer | HangUp, Field(discriminator="type")
]
