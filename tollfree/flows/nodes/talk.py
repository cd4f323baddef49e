"""The `talk` kind: a language model pursues a written goal; it ends only by choosing one of the author's exits."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from pydantic import Field

from tollfree.flows.build import Build
from tollfree.flows.document import Lines, Name, NodeConfig, SlotConfig, Text
from tollfree.flows.graph import Slot
from tollfree.flows.nodes.base import STAY, UNNUMBERED, Heard, Leave, Look, Node, NodeEffect, NodeEvent, Reaction, Visit
from tollfree.flows.slots.base import InvalidValue
from tollfree.flows.state import Local
from tollfree.flows.wording import Line
from tollfree.protocol.added import ADDED
from tollfree.protocol.effects import Compose, Say
from tollfree.protocol.events import CallerSilent, Composed, EffectFailed
from tollfree.protocol.ids import ExitName, NodeId, SlotName
from tollfree.protocol.turn import Turn
from tollfree.protocol.values import Value, Values

GAVE_UP, FAILED, SILENT = (ExitName(name) for name in ("gave_up", "failed", "silent"))

UNCERTAIN = 2
"""So many lines in a row that nothing supports, and the exit is `failed`."""

_SENTENCE_ENDS = re.compile(r"[.!?…][\"'”’)]*$")
_WORD = re.compile(r"[^\W_]+")


class TalkConfig(NodeConfig):
    """A free conversation with a goal."""

    kind: Literal["talk"] = "talk"
    goal: Text
    """What the conversation is for, and its rules; a template."""
    opening: Lines = ""
    """The first line; without it the model begins."""
    outcomes: dict[Name, str] = Field(min_length=1)
    """How it may end: an exit, and when the model should take it."""
    slots: dict[Name, SlotConfig] = Field(default_factory=dict)
    """Values the model may pick out of what the caller says; `ask` says what each is. A value counts when the slot's
    own grammar reads it and the caller said its words. None of them is certain to be there in the end."""
    grounded: bool = False
    """Whether a number, price, date or address may only be said where the variables, the goal or the caller have it.
    A clause that has another is not said."""
    turns: int = Field(default=12, ge=1, le=100)
    """After this many turns of the caller, the exit is `gave_up`."""
    silences: int = Field(default=2, ge=1, le=10)
    """After this many silences in a row, the exit is `silent`."""
    route: str | None = None
    """The language-model route; by default that of the intent the caller is served for."""
    while_waiting: Text = ""
    """Said once when the model takes longer than a second; by default, the line `one_moment`."""


@dataclass(frozen=True, slots=True)
class Talking(Local):
    """How long the conversation has lasted."""

    turns: int = 0
    silences: int = 0
    uncertain: int = field(default=0, metadata=ADDED)
    """Lines in a row that were broken off because nothing supports them."""


class TalkNode(Node[TalkConfig]):
    """Turn by turn: the caller's words, composed words, until an exit is chosen."""

    kind = "talk"
    config_model = TalkConfig
    look = Look(
        title="Talk",
        help="Has a language model pursue a goal, until one of its outcomes is reached.",
        icon="messages-square",
        starter={"goal": "Find out what the caller needs.", "outcomes": {"done": "the caller has what they need"}},
        exits_from="outcomes",
    )
    closed_exits = (GAVE_UP, FAILED, SILENT)
    silent_exits = frozenset({FAILED, SILENT})
    listens = True
    takes_any_words = True
    hears_while_waiting = True

    def __init__(self, node_id: NodeId, config: TalkConfig, build: Build) -> None:
        super().__init__(node_id, config, build)
        self.goal = build.template("goal", config.goal)
        self.opening = build.prompt("opening", config.opening)
        self.waiting = build.template("while_waiting", config.while_waiting)
        compiled = ((SlotName(name), build.slot(SlotName(name), slot)) for name, slot in config.slots.items())
        self.slots: Mapping[SlotName, Slot] = {name: slot for name, slot in compiled if slot is not None}

    @classmethod
    def exits_of(cls, config: NodeConfig) -> tuple[str, ...]:
        assert isinstance(config, TalkConfig)
        return (*config.outcomes, GAVE_UP, FAILED, SILENT)

    @classmethod
    def silent_exits_of(cls, config: NodeConfig) -> frozenset[str]:
        """The model may choose an exit before the caller speaks, unless there is an opening to answer."""
        assert isinstance(config, TalkConfig)
        return cls.silent_exits if config.opening else cls.silent_exits | frozenset(config.outcomes)

    def enter(self, visit: Visit) -> Reaction:
        if self.opening:
            say = Say(id=UNNUMBERED, text=self.opening.render(visit.values), fixed=self.opening.fixed())
            return Reaction(effects=(say,), local=Talking())
        return Reaction(effects=(self._compose(visit, visit.state.last_said),), local=Talking())

    def resume(self, visit: Visit) -> Reaction:
        return Reaction(effects=(self._compose(visit, ""),))

    def react(self, visit: Visit, event: NodeEvent) -> Reaction:
        local = visit.frame.local
        assert isinstance(local, Talking)
        match event:
            case Heard(said=said):
                local = replace(local, turns=local.turns + 1, silences=0)
                if local.turns > self.config.turns:
                    return Reaction(local=local, then=Leave(exit=GAVE_UP, evidence=f"{self.config.turns} turns"))
                return Reaction(effects=(self._compose(visit, said.text),), local=local)
            case Composed():
                return self._composed(visit, local, event)
            case EffectFailed(code=code, message=message):
                return Reaction(then=Leave(exit=FAILED, evidence=f"{code}: {message}"))
            case CallerSilent():
                return self._silent(visit, local)
            case _:
                return STAY

    def _compose(self, visit: Visit, said: str) -> Compose:
        compose = Compose(
            id=UNNUMBERED,
            purpose="talk",
            instructions=self.goal.render(visit.values),
            said=said,
            exits=tuple(self.config.outcomes),
            slots=self._wanted(visit),
            grounded=self.config.grounded or None,
            route=self.config.route or visit.state.route,
            waiting=self.waiting.render(visit.values),
        )
        if visit.facts.models is None:
            return compose
        return replace(
            compose,
            when=tuple(self.config.outcomes.values()),
            history=_before(visit.state.turns, said),
            values=dict(visit.told_models),
        )

    def _wanted(self, visit: Visit) -> dict[str, str]:
        """Slots that have no value yet, and what each is."""
        missing = {name: slot for name, slot in self.slots.items() if visit.values.get(name) is None}
        return {str(name): slot.ask.render(visit.values) or name.replace("_", " ") for name, slot in missing.items()}

    def _composed(self, visit: Visit, local: Talking, event: Composed) -> Reaction:
        local = replace(local, uncertain=local.uncertain + 1 if event.ended == "ungrounded" else 0)
        sets = self._picked(visit, event.slots)
        text = self._finished(visit, local, event)
        effects: tuple[NodeEffect, ...] = (Say(id=UNNUMBERED, text=text),) if text else ()
        if event.exit in self.config.outcomes:
            leave = Leave(exit=ExitName(event.exit), decided_by=event.decided_by, evidence="chosen by the model")
            return Reaction(effects=effects, local=local, sets=sets, then=leave)
        if local.uncertain >= UNCERTAIN:
            why = f"{local.uncertain} lines in a row that nothing supports"
            return Reaction(local=local, sets=sets, then=Leave(exit=FAILED, evidence=why))
        if not effects:
            return Reaction(then=Leave(exit=FAILED, evidence="nothing was composed"))
        return Reaction(effects=effects, local=local, sets=sets)

    def _finished(self, visit: Visit, local: Talking, event: Composed) -> str:
        """The words, with an end where they were broken off."""
        if event.ended == "ungrounded":
            end = visit.graph.wording.say(Line.NOT_CERTAIN, visit.values, local.uncertain - 1)
        elif event.ended == "cut_short" and not _SENTENCE_ENDS.search(event.text):
            end = visit.graph.wording.say(Line.LOST_THREAD, visit.values, local.turns)
        else:
            return event.text
        return f"{event.text} {end}".strip()

    def _picked(self, visit: Visit, picked: Mapping[str, str]) -> Values:
        """Values that the model found: those their grammar reads, out of words that the caller said."""
        said = _words(turn.text for turn in visit.state.turns if turn.who == "caller")
        values: dict[str, Value] = {}
        for name, slot in self.slots.items():
            words = picked.get(name, "")
            reading = slot.type.read(words, visit.facts) if words and _words([words]) <= said else None
            if reading is None:
                continue
            try:
                values[name] = slot.type.check(reading.value)
            except InvalidValue:
                continue
        return values

    def _silent(self, visit: Visit, local: Talking) -> Reaction:
        local = replace(local, silences=local.silences + 1)
        if local.silences >= self.config.silences:
            return Reaction(local=local, then=Leave(exit=SILENT, evidence=f"silent {local.silences} times"))
        line = visit.graph.wording.say(Line.DID_NOT_HEAR, visit.values, local.silences - 1)
        return Reaction(effects=(Say(id=UNNUMBERED, text=line),), local=local)


def _before(turns: tuple[Turn, ...], said: str) -> tuple[Turn, ...]:
    """The conversation without the caller's words that are to be answered."""
    if said and turns and turns[-1] == Turn("caller", said):
        return turns[:-1]
    return turns


def _words(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(word.casefold() for text in texts for word in _WORD.findall(text))
