"""The `ask` kind: collects one or more slots in any order, several per utterance; confirms, corrects, repairs."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from pydantic import Field

from tollfree.flows.build import Build
from tollfree.flows.document import Lines, Name, NodeConfig, SlotConfig
from tollfree.flows.graph import Slot
from tollfree.flows.nodes.base import (
    STAY,
    UNNUMBERED,
    Heard,
    Leave,
    Look,
    Node,
    NodeEvent,
    NodeQuestion,
    Reaction,
    Visit,
)
from tollfree.flows.slots.base import InvalidValue
from tollfree.flows.state import Local, Passed
from tollfree.flows.wording import Line
from tollfree.protocol.effects import Say
from tollfree.protocol.events import CallerSilent, KeyPressed
from tollfree.protocol.expectation import Expectation, Keypad
from tollfree.protocol.ids import ExitName, NodeId, SlotName
from tollfree.protocol.question import Answer, Said, SlotReading
from tollfree.protocol.values import Value, Values, ValueType

GIVEN, REFUSED, GAVE_UP, SILENT = (ExitName(name) for name in ("given", "refused", "gave_up", "silent"))

SURE = 0.75
"""A reading below this confidence is read back before it counts (`confirm: when_unsure`)."""

YES_KEY, NO_KEY = "1", "2"
"""Keys that answer a read-back."""


class AskConfig(NodeConfig):
    """Asks for values."""

    kind: Literal["ask"] = "ask"
    slots: dict[Name, SlotConfig] = Field(min_length=1)
    """What to ask for, in this order; the caller may give several at once, in any order."""
    say: Lines = ""
    """Said before the first question."""
    anew: bool = False
    """Ask even when the caller has given it already ("could you check the number?")."""
    attempts: int = Field(default=3, ge=1, le=10)
    """After this many answers in a row that gave nothing, the exit is `gave_up`."""
    silences: int = Field(default=2, ge=1, le=10)
    """After this many silences in a row, the exit is `silent`."""


@dataclass(frozen=True, slots=True)
class Asking(Local):
    """What has been given in this visit, and what is being read back."""

    given: tuple[SlotName, ...] = ()
    """Slots that have their value."""
    unsure: tuple[tuple[SlotName, Value], ...] = ()
    """Values heard but not confirmed; the first is the one being read back."""
    attempts: int = 0
    silences: int = 0
    confidence: float = 1.0
    """Of the least sure value taken."""
    decided_by: str = "engine"

    @property
    def confirming(self) -> SlotName | None:
        """The slot whose value was read back."""
        return self.unsure[0][0] if self.unsure else None


class AskNode(Node[AskConfig]):
    """Asks until every slot has a value, the caller refuses, or patience ends."""

    kind = "ask"
    config_model = AskConfig
    look = Look(
        title="Ask",
        help="Asks for one or more values, reads them back where needed, and keeps them.",
        icon="message-circle-question-mark",
        starter={"slots": {"code": {"type": "digits", "length": 5, "ask": "What is the number?"}}},
    )
    closed_exits = (GIVEN, REFUSED, GAVE_UP, SILENT)
    silent_exits = frozenset({SILENT})
    listens = True

    def __init__(self, node_id: NodeId, config: AskConfig, build: Build) -> None:
        super().__init__(node_id, config, build)
        self.intro = build.prompt("say", config.say)
        compiled = ((SlotName(name), build.slot(SlotName(name), slot)) for name, slot in config.slots.items())
        self.slots: Mapping[SlotName, Slot] = {name: slot for name, slot in compiled if slot is not None}
        for name, slot in self.slots.items():
            if not slot.ask and not slot.config.optional:
                build.fault("missing_prompt", f"Slot `{name}` has no `ask`; write how the agent asks for it.")

    def sets(self) -> Mapping[str, Mapping[str, ValueType]]:
        return {GIVEN: {name: slot.type.value_type for name, slot in self.slots.items() if not slot.config.optional}}

    def enter(self, visit: Visit) -> Reaction:
        given = self._given_before(visit)
        unsure = tuple((name, given[name]) for name in self.slots if name in given and self._unconfirmed(visit, name))
        for name, _ in unsure:
            del given[name]
        local = Asking(given=tuple(name for name in self.slots if name in given), unsure=unsure)
        if not unsure and self._missing(local) is None:
            leave = Leave(exit=GIVEN, evidence="given earlier")
            return Reaction(local=local, sets=given, then=leave)
        intro = self.intro.render(visit.values)
        say = (Say(id=UNNUMBERED, text=intro, fixed=self.intro.fixed()),) if intro else ()
        return Reaction(effects=(*say, self._prompt(visit, local)), local=local, sets=given)

    def resume(self, visit: Visit) -> Reaction:
        """What was said along with the words that led away counts as given."""
        local = self._local(visit)
        aside: Values = {name: visit.frame.sets[name] for name in self.slots if name in visit.frame.sets}
        if all(name in local.given for name in aside):
            return Reaction(effects=(self._prompt(visit, local),))
        unsure = tuple(pair for pair in local.unsure if pair[0] not in aside)
        return self._progress(visit, replace(local, unsure=unsure), aside)

    def question(self, visit: Visit) -> NodeQuestion:
        local = self._local(visit)
        first = self._missing(local)
        if local.confirming is not None:
            first = local.confirming
        rest = (name for name, slot in self.slots.items() if name != first and not slot.type.answers_only)
        awaited = (first, *rest) if first is not None else tuple(rest)
        if local.confirming is not None:
            return NodeQuestion(choices=("yes", "no", "refuse"), awaited=awaited, confirming=local.confirming)
        return NodeQuestion(choices=("refuse",), awaited=awaited)

    def expectation(self, visit: Visit) -> Expectation:
        local = self._local(visit)
        if local.confirming is not None:
            # One key answers; more are the value again.
            again = self.slots[local.confirming].type.expectation().keypad
            return Expectation(keypad=again if again is not None else Keypad(max_length=1))
        missing = self._missing(local)
        if missing is None:
            return Expectation()
        slot = self.slots[missing]
        expectation = slot.type.expectation()
        if slot.config.keypad is False:
            return replace(expectation, keypad=None)
        if slot.config.keypad and expectation.keypad is None:
            return replace(expectation, keypad=Keypad())
        return expectation

    def takes_keys(self, visit: Visit, keys: str) -> bool:
        local = self._local(visit)
        if local.confirming is not None:
            return keys in (YES_KEY, NO_KEY) or len(keys) > 1
        missing = self._missing(local)
        return missing is not None and self.expectation(visit).keypad is not None

    def react(self, visit: Visit, event: NodeEvent) -> Reaction:
        local = self._local(visit)
        match event:
            case Heard(said=said, answer=answer):
                return self._heard(visit, replace(local, silences=0), said, answer)
            case KeyPressed(keys=keys):
                return self._keys(visit, replace(local, silences=0), keys.rstrip("#"))
            case CallerSilent():
                return self._silent(visit, local)
            case _:
                return STAY

    def _heard(self, visit: Visit, local: Asking, said: Said, answer: Answer) -> Reaction:
        mine = {reading.slot: reading for reading in answer.slots if reading.slot in self.slots}
        if answer.choice == "refuse" and not mine:
            return Reaction(
                local=local, then=Leave(exit=REFUSED, decided_by=answer.decided_by, evidence=answer.evidence)
            )
        accepted: dict[str, Value] = {}
        unsure = dict(local.unsure)
        confirming = local.confirming
        if confirming is not None and (
            answer.choice == "yes" or (confirming in mine and mine[confirming].value == unsure[confirming])
        ):
            accepted[confirming] = unsure.pop(confirming)
            mine.pop(confirming, None)
        elif confirming is not None and answer.choice == "no":
            unsure.pop(confirming)
        for slot, reading in mine.items():
            unsure.pop(slot, None)
            if self._must_confirm(slot, reading.confidence):
                unsure[slot] = reading.value
            else:
                accepted[slot] = reading.value
        confidence = min((local.confidence, *(reading.confidence for reading in mine.values())))
        decided_by = answer.decided_by if (mine or accepted) else local.decided_by
        after = replace(local, unsure=tuple(unsure.items()), confidence=confidence, decided_by=decided_by)
        if not accepted and after.given and not after.unsure and self._missing(after) is None:
            # What was dropped is optional, and all else is there.
            return self._progress(visit, after, accepted)
        if not accepted or all(self._known(visit, local, name, value) for name, value in accepted.items()):
            new_value = bool(mine)
            return self._without_progress(visit, after, said, new_value, rejected=answer.choice == "no")
        return self._progress(visit, after, accepted)

    def _progress(self, visit: Visit, local: Asking, accepted: Values) -> Reaction:
        given = tuple(dict.fromkeys([*local.given, *(SlotName(name) for name in accepted)]))
        local = replace(local, given=given, attempts=0)
        if local.confirming is None and self._missing(local) is None:
            leave = Leave(exit=GIVEN, confidence=local.confidence, decided_by=local.decided_by)
            return Reaction(local=local, sets=accepted, then=leave)
        values = {**visit.values, **accepted}
        return Reaction(effects=(self._prompt(replace(visit, values=values), local),), local=local, sets=accepted)

    def _without_progress(
        self, visit: Visit, local: Asking, said: Said, new_value: bool, rejected: bool = False
    ) -> Reaction:
        """An answer that brought no value nearer to counting; `rejected`: the caller said it is wrong."""
        local = replace(local, attempts=local.attempts + 1)
        if local.attempts > self.config.attempts or (local.attempts == self.config.attempts and not new_value):
            return Reaction(
                local=local, then=Leave(exit=GAVE_UP, confidence=0.0, evidence=f"{local.attempts} attempts")
            )
        if local.confirming is not None:
            prompt = self._prompt(visit, local)
            if not new_value and not rejected:
                hint = visit.graph.wording.say(Line.YES_OR_NO, visit.values, local.attempts - 1)
                prompt = replace(prompt, text=f"{hint} {prompt.text}")
            return Reaction(effects=(prompt,), local=local)
        return Reaction(effects=(self._repair(visit, local, said, rejected),), local=local)

    def _repair(self, visit: Visit, local: Asking, said: Said, rejected: bool) -> Say:
        """Ask again, saying what was missing."""
        missing = self._missing(local)
        slot = self.slots[missing] if missing is not None else next(iter(self.slots.values()))
        nth = local.attempts - 1
        if slot.again and not rejected:
            return Say(id=UNNUMBERED, text=slot.again.render(visit.values, nth), fixed=slot.again.fixed(nth))
        wording = visit.graph.wording
        if rejected:
            sorry = wording.say(Line.NOT_RIGHT, visit.values, nth)
        elif problem := slot.type.problem(said.text, visit.facts):
            sorry = wording.say(Line.NOT_VALID, {**visit.values, "problem": problem}, nth)
        else:
            sorry = wording.say(Line.DID_NOT_UNDERSTAND, visit.values, nth)
        return Say(id=UNNUMBERED, text=f"{sorry} {slot.ask.render(visit.values, local.attempts)}".strip())

    def _keys(self, visit: Visit, local: Asking, keys: str) -> Reaction:
        if local.confirming is not None and keys in (YES_KEY, NO_KEY):
            choice = "yes" if keys == YES_KEY else "no"
            return self._heard(visit, local, Said(keys), Answer(choice=choice, confidence=1.0, decided_by="keypad"))
        slot_name = local.confirming or self._missing(local)
        slot = self.slots[slot_name] if slot_name is not None else None
        reading = slot.type.keys(keys, visit.facts) if slot is not None and slot.config.keypad is not False else None
        if slot is None or reading is None:
            return self._without_progress(visit, local, Said(" ".join(keys)), new_value=False)
        try:
            value = slot.type.check(reading.value)
        except InvalidValue:
            return self._without_progress(visit, local, Said(" ".join(keys)), new_value=False)
        sure = SlotReading(slot=slot.name, value=value, confidence=1.0, heard=keys)
        return self._heard(visit, local, Said(keys), Answer(slots=(sure,), confidence=1.0, decided_by="keypad"))

    def _silent(self, visit: Visit, local: Asking) -> Reaction:
        local = replace(local, silences=local.silences + 1)
        if local.silences >= self.config.silences:
            return Reaction(local=local, then=Leave(exit=SILENT, evidence=f"silent {local.silences} times"))
        still = visit.graph.wording.say(Line.DID_NOT_HEAR, visit.values, local.silences - 1)
        say = Say(id=UNNUMBERED, text=f"{still} {self._prompt(visit, local).text}")
        return Reaction(effects=(say,), local=local)

    def _prompt(self, visit: Visit, local: Asking) -> Say:
        """Read back what is unsure, else ask for what is missing."""
        if local.unsure:
            name, value = local.unsure[0]
            spoken = self.slots[name].type.say(value, visit.facts)
            text = visit.graph.wording.say(Line.CONFIRM, {**visit.values, "value": spoken}, max(local.attempts - 1, 0))
            return Say(id=UNNUMBERED, text=text)
        missing = self._missing(local)
        ask = self.slots[missing].ask if missing is not None else self.intro
        return Say(id=UNNUMBERED, text=ask.render(visit.values, local.attempts), fixed=ask.fixed(local.attempts))

    def _known(self, visit: Visit, local: Asking, name: str, value: Value) -> bool:
        """Whether the caller only said again what has been taken already."""
        return name in local.given and visit.values.get(name) == value

    def _missing(self, local: Asking) -> SlotName | None:
        """The next slot to ask for."""
        for name, slot in self.slots.items():
            if name not in local.given and not slot.config.optional:
                return name
        return None

    def _must_confirm(self, slot: SlotName, confidence: float) -> bool:
        confirm = self.slots[slot].config.confirm
        return confirm == "always" or (confirm == "when_unsure" and confidence < SURE)

    def _unconfirmed(self, visit: Visit, name: SlotName) -> bool:
        """Whether a value must be read back still: it was volunteered, to no node that asks for it."""
        if self.slots[name].config.confirm != "always":
            return False
        trail = visit.state.scopes[visit.frame.scope].trail
        askers = (visit.graph.nodes[passed.node] for passed in trail if name in passed.sets)
        return not any(isinstance(node, AskNode) and name in node.slots for node in askers)

    def _given_before(self, visit: Visit) -> dict[str, Value]:
        """Slots the caller has given already, and not to this node: those it asks for again when it is revisited,
        unless the caller has named another value since."""
        if self.config.anew:
            return {}
        trail = visit.state.scopes[visit.frame.scope].trail
        asked = {name for name in self.slots if _last_set(trail, name) == self.id}
        given: dict[str, Value] = {}
        for name, slot in self.slots.items():
            value = visit.values.get(name)
            if value is None or name in asked:
                continue
            try:
                given[name] = slot.type.check(value)
            except InvalidValue:
                continue
        return given

    def _local(self, visit: Visit) -> Asking:
        local = visit.frame.local
        assert isinstance(local, Asking)
        return local


def _last_set(trail: tuple[Passed, ...], name: str) -> NodeId | None:
    """The node whose visit last gave a variable its value."""
    return next((passed.node for passed in reversed(trail) if name in passed.sets), None)
