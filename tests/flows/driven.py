"""A call driven by hand: the smallest flow, one event at a time, and what came of it in words that tests can read."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from tollfree.flows.compile import compile_or_raise
from tollfree.flows.engine import START, Step, step
from tollfree.flows.graph import Flow
from tollfree.flows.library import Library, ToolInfo
from tollfree.protocol.effects import Compose, Effect, HangUp, Listen, Lookup, Retrieve, Say, Transfer, Understand
from tollfree.protocol.events import (
    Answered,
    CallerSilent,
    CallerSpoke,
    CallEvent,
    CallStarted,
    Composed,
    EffectFailed,
    KeyPressed,
    LookedUp,
    Retrieved,
    Spoken,
    Transferred,
)
from tollfree.protocol.expectation import Expectation
from tollfree.protocol.facts import CallFacts
from tollfree.protocol.ids import EffectId, SlotName
from tollfree.protocol.passage import Passage
from tollfree.protocol.question import Answer, Question, SlotReading
from tollfree.protocol.token import ENDED, ExitToken
from tollfree.protocol.values import Value

FACTS = CallFacts(started_at="2026-11-22T10:00:00-05:00", caller="+12125550100")
LIBRARY = Library(
    project={"name": "Test", "currency": "USD"},
    tools={
        "find": ToolInfo(name="find", world=False, required=("code",), arguments=("code", "name")),
        "post": ToolInfo(name="post", world=True, arguments=("code", "order")),
    },
)
CODE = {"type": "digits", "length": 3, "ask": "Which code?"}
AGE = {"type": "number", "ask": "How old?"}
ENDS = {
    "person": {"kind": "transfer", "to": "staff", "exits": dict.fromkeys(("connected", "nobody", "failed"), "bye")},
    "bye": {"kind": "end"},
}
"""What every small flow needs to pass the checks: a person and an end."""

_AWAITED = (Lookup, Retrieve, Compose, Transfer)


def flow_of(
    nodes: Mapping[str, Any], handlers: Mapping[str, Any] | None = None, name: str = "made", **head: Any
) -> dict[str, Any]:
    """A flow that begins at the first of `nodes` and passes the checks, once every exit is wired. Anybody may change
    it: nothing in it is shared."""
    document = {
        "flow": name,
        "start": next(iter(nodes)),
        "handlers": {"person": {"go": "person"}, **(handlers or {})},
        **head,
        "nodes": {**nodes, **ENDS},
    }
    return deepcopy(document)


def ask(target: str = "bye", **fields: Any) -> dict[str, Any]:
    """An `ask` node for a code of three digits, unless `slots` says otherwise. All its exits lead to `target`."""
    exits = dict.fromkeys(("given", "refused", "gave_up", "silent"), target) | fields.pop("exits", {})
    return {"kind": "ask", "slots": {"code": CODE}, "exits": exits, **fields}


def lookup(target: str = "bye", **fields: Any) -> dict[str, Any]:
    """A `lookup` of the tool `find` with the code. All its exits lead to `target`."""
    exits = dict.fromkeys(("found", "missing", "failed"), target) | fields.pop("exits", {})
    return {"kind": "lookup", "tool": "find", "with": {"code": "{{ code }}"}, "exits": exits, **fields}


def reading(slot: str, value: Value, confidence: float = 1.0, *, correction: bool = False) -> SlotReading:
    """A value as the rules would have found it."""
    return SlotReading(slot=SlotName(slot), value=value, confidence=confidence, heard=str(value), correction=correction)


class Call:
    """A call on a flow, from `CallStarted` on."""

    def __init__(
        self,
        document: Mapping[str, Any],
        *,
        library: Library = LIBRARY,
        others: Mapping[str, Mapping[str, Any]] | None = None,
        facts: CallFacts = FACTS,
    ) -> None:
        self.flow: Flow = compile_or_raise(document, library, others)
        self.state = START
        self.events: list[CallEvent] = []
        self.steps: list[Step] = []
        self.take(CallStarted(facts=facts))

    def take(self, event: CallEvent) -> "Call":
        """One event."""
        taken = step(self.flow, self.state, event)
        self.state = taken.state
        self.events.append(event)
        self.steps.append(taken)
        return self

    # What a caller does

    def says(self, text: str, *slots: SlotReading, choice: str | None = None, by: str = "rules") -> "Call":
        """Words, and what they are understood to mean."""
        self.spoke(text)
        return self.means(*slots, choice=choice, by=by)

    def spoke(self, text: str) -> "Call":
        """Words whose meaning is not known yet."""
        return self.take(CallerSpoke(text=text))

    def means(self, *slots: SlotReading, choice: str | None = None, by: str = "rules") -> "Call":
        """What the latest words mean."""
        confidence = min((one.confidence for one in slots), default=0.9 if choice else 0.0)
        answer = Answer(choice=choice, slots=slots, confidence=confidence, decided_by=by)
        return self.take(Answered(effect=self.latest(Understand).id, answer=answer))

    def keys(self, keys: str) -> "Call":
        return self.take(KeyPressed(keys=keys))

    def silent(self) -> "Call":
        return self.take(CallerSilent())

    # What comes back

    def found(self, result: Value = None) -> "Call":
        return self.take(LookedUp(effect=self.latest(Lookup).id, found=True, result=result))

    def missing(self) -> "Call":
        return self.take(LookedUp(effect=self.latest(Lookup).id, found=False))

    def failed(self, code: str = "timeout") -> "Call":
        """The latest effect with a result could not be performed."""
        return self.take(EffectFailed(effect=self._latest_awaited().id, code=code, message="too slow"))

    def retrieved(self, *passages: Passage) -> "Call":
        return self.take(Retrieved(effect=self.latest(Retrieve).id, passages=passages))

    def composed(self, text: str, exit: str | None = None, cited: tuple[str, ...] = ()) -> "Call":
        return self.take(Composed(effect=self.latest(Compose).id, text=text, exit=exit, cited=cited))

    def transferred(self, connected: bool) -> "Call":
        return self.take(Transferred(effect=self.latest(Transfer).id, connected=connected))

    def heard(self, text: str | None = None) -> "Call":
        """The latest line reached the caller's ear: whole, or as far as `text`."""
        say = self.latest(Say)
        return self.take(Spoken(effect=say.id, heard=say.text if text is None else text, complete=text is None))

    # What came of it

    def latest(self, kind: type[Any]) -> Any:
        """The latest effect of a kind."""
        return next(effect for effect in reversed(self.effects) if isinstance(effect, kind))

    def _latest_awaited(self) -> Effect:
        return next(effect for effect in reversed(self.effects) if isinstance(effect, _AWAITED))

    @property
    def effects(self) -> list[Effect]:
        """Everything asked for so far."""
        return [effect for taken in self.steps for effect in taken.effects]

    @property
    def tokens(self) -> list[ExitToken]:
        """Every visit that ended."""
        return [token for taken in self.steps for token in taken.tokens]

    @property
    def path(self) -> list[str]:
        """`node.exit` of every token; `end` nodes, which have no exits, are left out."""
        return [token.step for token in self.tokens if token.exit != ENDED]

    @property
    def last(self) -> tuple[Effect, ...]:
        """What the latest event asked for."""
        return self.steps[-1].effects

    @property
    def lines(self) -> list[str]:
        """What the latest event had the agent say."""
        return [effect.text for effect in self.last if isinstance(effect, Say)]

    @property
    def listens(self) -> bool:
        """Whether the latest event began to listen."""
        return any(isinstance(effect, Listen) for effect in self.last)

    @property
    def expectation(self) -> Expectation:
        """How the caller is listened to."""
        found: Expectation = self.latest(Listen).expectation
        return found

    @property
    def question(self) -> Question:
        """The latest question about the caller's words."""
        found: Question = self.latest(Understand).question
        return found

    @property
    def node(self) -> str:
        """Where the caller is; empty when the call is over."""
        return self.state.frames[-1].node if self.state.frames else ""

    @property
    def values(self) -> Mapping[str, Value]:
        """The variables of the flow the caller is in, or was in last."""
        scope = self.state.frames[-1].scope if self.state.frames else -1
        return self.state.scopes[scope].values

    @property
    def latest_arguments(self) -> Mapping[str, Value]:
        """What the latest look-up was given."""
        arguments: Mapping[str, Value] = self.latest(Lookup).arguments
        return arguments

    @property
    def waiting(self) -> EffectId | None:
        """The effect whose result the caller's node waits for."""
        return self.state.frames[-1].waiting if self.state.frames else None

    @property
    def hung_up(self) -> str:
        """The outcome the call was hung up with; empty while it goes on."""
        return next((effect.outcome for effect in self.effects if isinstance(effect, HangUp)), "")
