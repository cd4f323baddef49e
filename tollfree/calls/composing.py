"""Words that are being composed, spoken while the rest of them is thought of: from the moment at which the call, and
not only a plan, asks for them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tollfree.calls.line import Line
from tollfree.calls.performing import Awaited
from tollfree.flows.state import CallState
from tollfree.protocol.effects import Compose, Effect, Say
from tollfree.protocol.events import Composed
from tollfree.protocol.ids import EffectId


@dataclass(slots=True, eq=False)
class Composition:
    """One composition under way. A plan that is made anew may compose for the same effect again: that is another."""

    effect: EffectId
    text: str = ""
    """What there is of it, whole clauses."""
    asked_for: bool = False
    """The call waits for it, so that it may be spoken."""
    begun: bool = False
    """It is being spoken."""


@dataclass(frozen=True, slots=True)
class Words:
    """A composition has grown."""

    composition: Composition
    text: str


class Composing:
    """The compositions of one call."""

    def __init__(self, line: Line, *, began: Callable[[], None], taken_back: Callable[[], None]) -> None:
        """`began`, `taken_back`: the agent is given something to say, or has nothing to say after all."""
        self._line = line
        self._began = began
        self._taken_back = taken_back
        self._under_way: dict[EffectId, Composition] = {}
        self._becomes: dict[EffectId, EffectId] = {}
        """What a line was composed as, by the line's own id."""

    def start(self, effect: Awaited) -> Composition:
        """An effect is begun, by the call or by a plan; only a `Compose` ever grows."""
        composition = Composition(effect.id)
        live = self._under_way.get(effect.id)
        if isinstance(effect, Compose) and not (live is not None and live.asked_for):  # else it is a plan that is void
            self._under_way[effect.id] = composition
        return composition

    def ask_for(self, effect: Awaited, state: CallState) -> None:
        """The call waits for an effect: what there is of it is spoken."""
        composition = self._under_way.get(effect.id)
        if composition is not None and isinstance(effect, Compose) and effect.purpose != "summary":
            composition.asked_for = True
            self._speak(composition, state)

    def grow(self, words: Words, state: CallState) -> None:
        """There is more of a composition: it is spoken, or rendered where it only may be said."""
        composition = words.composition
        if self._under_way.get(composition.effect) is not composition:
            return
        composition.text = words.text
        if composition.asked_for:
            self._speak(composition, state)
        else:
            self._line.prepare(Say(id=EffectId(""), text=words.text))

    def came_to(self, effect: EffectId, event: object, effects: Sequence[Effect]) -> None:
        """A composition is over, and `effects` follow from it: the line that says its words goes on from what was
        begun of them. Where there is none, or it is given up, what was begun is taken back."""
        composition = self._under_way.pop(effect, None)
        if composition is None or not composition.begun:
            return
        line = next((one for one in effects if isinstance(one, Say)), None)
        if isinstance(event, Composed) and line is not None and line.text.startswith(composition.text):
            self._becomes[line.id] = effect
        else:
            self._line.take_back(effect)
            self._taken_back()

    def say(self, say: Say, state: CallState) -> bool:
        """Say a line if it is one that was begun; whether it was. One that words cut short which are not understood
        yet is not taken up again."""
        composition = self._becomes.pop(say.id, None)
        if composition is not None:
            self._line.adopt(composition, say, anew=not state.working_out)
        return composition is not None

    def go_on(self, state: CallState) -> None:
        """The caller's words are understood: what is composed still is spoken."""
        for composition in self._under_way.values():
            if composition.asked_for:
                self._speak(composition, state)

    def _speak(self, composition: Composition, state: CallState) -> None:
        """Unless the caller has turned to something else: then its line is said when they are back."""
        if not composition.text or state.over or not state.frames or state.frames[-1].waiting != composition.effect:
            return
        if state.working_out or state.taken_over:  # their words may ask for something else, or of somebody else
            return
        if not composition.begun:
            composition.begun = True
            self._began()
        self._line.begin(Say(id=composition.effect, text=composition.text))
