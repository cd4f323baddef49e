"""What happens in a call, as the engine is told of it. The log of these is the truth about a call."""

from dataclasses import dataclass, field
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from tollfree.protocol.added import ADDED
from tollfree.protocol.facts import CallFacts
from tollfree.protocol.ids import EffectId
from tollfree.protocol.passage import Passage
from tollfree.protocol.question import Answer
from tollfree.protocol.values import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class CallStarted:
    """The first event of every call."""

    facts: CallFacts
    at: str = ""
    """When it happened, ISO 8601 with offset. Every event has it; nothing is decided by it."""
    type: Literal["call_started"] = "call_started"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerSpoke:
    """A finished turn of the caller."""

    text: str
    confidence: float = 1.0
    alternatives: tuple[str, ...] = ()
    at: str = ""
    type: Literal["caller_spoke"] = "caller_spoke"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPressed:
    """Keys of the phone's keypad, complete: up to the terminator or the pause after the last."""

    keys: str
    """`0`-`9`, `*`, `#`."""
    at: str = ""
    type: Literal["key_pressed"] = "key_pressed"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerSilent:
    """The caller said nothing for as long as the node waits."""

    at: str = ""
    type: Literal["caller_silent"] = "caller_silent"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerUnheard:
    """The caller spoke, and no recogniser could say what: none answered, or all failed. Nothing is known of the words,
    so this is neither silence nor a turn that was not understood."""

    at: str = ""
    type: Literal["caller_unheard"] = "caller_unheard"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """A line reached the caller's ear, whole or in part."""

    effect: EffectId
    heard: str
    """The words that were heard before an interruption, or all."""
    complete: bool = True
    unfinished: bool = field(default=False, metadata=ADDED)
    """`effect` is a composition: its first words were spoken before the rest was known, and are all that is said."""
    at: str = ""
    type: Literal["spoken"] = "spoken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What the caller's words meant."""

    effect: EffectId
    answer: Answer
    at: str = ""
    type: Literal["answered"] = "answered"


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedUp:
    """A tool answered."""

    effect: EffectId
    found: bool
    """False: the tool works, and there is no such thing."""
    result: Value = None
    at: str = ""
    type: Literal["looked_up"] = "looked_up"


@dataclass(frozen=True, slots=True, kw_only=True)
class Retrieved:
    """Passages for a query, best first. Empty: the project does not know."""

    effect: EffectId
    passages: tuple[Passage, ...] = ()
    at: str = ""
    type: Literal["retrieved"] = "retrieved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Composed:
    """Words were composed."""

    effect: EffectId
    text: str
    exit: str | None = None
    """The exit a talk chose, if it has reached its end."""
    cited: tuple[str, ...] = ()
    """Ids of the passages it rests on."""
    decided_by: str = "model"
    slots: dict[str, str] = field(default_factory=dict[str, str], metadata=ADDED)
    """Values that were picked out of the caller's words, as they were said; the flow's own grammar reads them."""
    ended: Literal["whole", "cut_short", "ungrounded"] = field(default="whole", metadata=ADDED)
    """`cut_short`: no more came after these words. `ungrounded`: what came next may not be said."""
    at: str = ""
    type: Literal["composed"] = "composed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Transferred:
    """A transfer came to its end."""

    effect: EffectId
    connected: bool
    """False: nobody took the call."""
    at: str = ""
    type: Literal["transferred"] = "transferred"


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectFailed:
    """An effect could not be performed, after every retry and fallback."""

    effect: EffectId
    code: str
    """Such as `timeout`, `no_engine`, `http_500`, `too_large`."""
    message: str = ""
    at: str = ""
    type: Literal["effect_failed"] = "effect_failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerFired:
    """A limit of the call was reached, or is near."""

    timer: Literal["call_limit", "call_limit_near"]
    at: str = ""
    type: Literal["timer_fired"] = "timer_fired"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallEnded:
    """The line is gone: hung up by the caller, by us, or broken."""

    reason: Literal["hung_up", "caller_hung_up", "line_lost", "error"] = "caller_hung_up"
    at: str = ""
    type: Literal["call_ended"] = "call_ended"


SupervisedAction: TypeAlias = Literal["set_slot", "choose_exit", "say", "take_over", "hand_back", "hang_up"]
"""What a person may do to a call. `take_over`: they talk to the caller themselves, and the agent is silent until
`hand_back`."""
LAPSED = "tollfree"
"""Who hands a call back that somebody has taken over and is not there for any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Supervised:
    """A person changed the call from the control tower."""

    action: SupervisedAction
    by: str
    """Who, as the audit names them. `LAPSED`: whoever had taken the call over is gone, and it was handed back for
    them."""
    name: str = ""
    """The slot, or the exit."""
    value: Value = None
    """The slot's value in its canonical form, or the line to say."""
    command: int = field(default=0, metadata=ADDED)
    """Id of the command that asked for it; 0: there was none. No command is performed twice."""
    at: str = ""
    type: Literal["supervised"] = "supervised"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallResumed:
    """The process that ran the call is gone, and another one goes on with it. Lines that were not reported as heard
    were not heard."""

    at: str = ""
    type: Literal["call_resumed"] = "call_resumed"


EffectResult: TypeAlias = LookedUp | Retrieved | Composed | Transferred | EffectFailed
"""The results a node waits for."""

CallEvent: TypeAlias = Annotated[
    CallStarted
    | CallerSpoke
    | KeyPressed
    | CallerSilent
    | CallerUnheard
    | Spoken
    | Answered
    | LookedUp
    | Retrieved
    | Composed
    | Transferred
    | EffectFailed
    | TimerFired
    | CallEnded
    | Supervised
    | CallResumed,
    Field(discriminator="type"),
]
