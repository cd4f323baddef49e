"""The `order` kind: collects items from a catalogue, reads them back with a total, and places the order once."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from pydantic import Field

from tollfree.flows.build import Build
from tollfree.flows.catalogue import Catalogue
from tollfree.flows.catalogue_file import BadCatalogue, catalogue_from_json
from tollfree.flows.document import Lines, Name, NodeConfig, Part, Text
from tollfree.flows.nodes.base import (
    STAY,
    UNNUMBERED,
    Heard,
    Leave,
    Look,
    Node,
    NodeEffect,
    NodeEvent,
    NodeQuestion,
    Reaction,
    Visit,
)
from tollfree.flows.nodes.lookup import check_tool, reads_of, rendered
from tollfree.flows.ordering.cart import Cart, Problem, apply, open_questions
from tollfree.flows.ordering.operations import Add, Ambiguous, Clear, Dismiss, Operation
from tollfree.flows.ordering.reading import OrderReading, read_order
from tollfree.flows.ordering.receipt import order_record
from tollfree.flows.ordering.wording import (
    ask_option,
    ask_which_item,
    ask_which_line,
    say_cart,
    say_problem,
    say_so_far,
    say_total,
)
from tollfree.flows.ordering.words_slot import OrderWords
from tollfree.flows.state import Local
from tollfree.flows.wording import Line, Template
from tollfree.protocol.effects import Lookup, Say
from tollfree.protocol.events import CallerSilent, EffectFailed, KeyPressed, LookedUp
from tollfree.protocol.expectation import Expectation, Keypad
from tollfree.protocol.ids import ExitName, NodeId, SlotName
from tollfree.protocol.question import Answer
from tollfree.protocol.values import Value, ValueType

PLACED, CANCELLED, GAVE_UP, SILENT = (ExitName(name) for name in ("placed", "cancelled", "gave_up", "silent"))

CALLING_OFF = ("cancel", "forget", "scrap", "scratch", "drop")
"""First words of those who want nothing any more; others only want another order."""

SURE_TO_DROP, SURE_OF_NOTHING = 0.75, 0.6
"""The classifier's confidence from which a caller who wants nothing any more is taken at their word: with things
ordered, which would be lost, and without. Below it, they are asked."""

PROBLEMS_SAID = 3
"""Of what could not be done with one utterance, so many things are told."""

YES_KEY, NO_KEY = "1", "2"
"""Keys that answer a question for a yes."""

SURE_AT_ONCE = 0.6
"""Words that led here are taken as an order without asking, when they read as one at least so surely."""


class CatalogueTool(Part):
    """A catalogue that a tool answers when the node is entered."""

    tool: str
    """One of the project's tools; it answers a list of items with a catalogue's fields."""
    with_: dict[str, Value] = Field(default_factory=dict, alias="with")
    """Its arguments; text is a template."""


class OrderConfig(NodeConfig):
    """Takes an order."""

    kind: Literal["order"] = "order"
    catalogue: str | CatalogueTool
    """One of the project's catalogues, or a tool that answers one."""
    ask: Lines
    """How the agent begins."""
    more: Lines = "Anything else?"
    """How it asks for further items."""
    confirm: Lines = "Shall I place the order?"
    """What it asks after reading the order and its total back."""
    save: Name = "order"
    """The variable that takes the order: `items`, `count`, `total`, `summary`."""
    tool: str | None = None
    """The tool that places the order, once; without one, the flow goes on with the order alone."""
    with_: dict[str, Value] = Field(default_factory=dict, alias="with")
    """Its arguments; text is a template that may read the order."""
    receipt: Name | None = None
    """The variable that takes the tool's answer."""
    while_waiting: Text = ""
    """Said once when the tool takes longer than a second."""
    attempts: int = Field(default=3, ge=1, le=10)
    """After this many answers in a row that did nothing, the exit is `gave_up`."""
    silences: int = Field(default=2, ge=1, le=10)
    """After this many silences in a row, the exit is `silent`."""


@dataclass(frozen=True, slots=True)
class Ordering(Local):
    """The order so far."""

    phase: Literal["loading", "taking", "confirming", "dropping", "placing"] = "taking"
    catalogue: Catalogue | None = None
    """When a tool answered it."""
    cart: Cart = field(default_factory=Cart)
    attempts: int = 0
    rejected: int = 0
    """Read-backs the caller said no to since the order last changed."""
    silences: int = 0


class OrderNode(Node[OrderConfig]):
    """Items, questions about them, read-back, confirmation, one order."""

    kind = "order"
    config_model = OrderConfig
    look = Look(
        title="Order",
        help="Takes an order from a catalogue, reads it back with its total, and places it.",
        icon="shopping-cart",
        starter={"catalogue": "menu", "ask": "What would you like?"},
    )
    closed_exits = (PLACED, CANCELLED, GAVE_UP, SILENT)
    # A catalogue that cannot be fetched gives up before the caller has spoken.
    silent_exits = frozenset({GAVE_UP, SILENT})
    listens = True

    def __init__(self, node_id: NodeId, config: OrderConfig, build: Build) -> None:
        super().__init__(node_id, config, build)
        self.ask = build.prompt("ask", config.ask)
        self.more = build.prompt("more", config.more)
        self.confirm = build.prompt("confirm", config.confirm)
        self.waiting = build.template("while_waiting", config.while_waiting)
        self.catalogue, self.fetch = self._catalogue(config, build)
        self.words = SlotName(f"{node_id}_words")
        build.own_slot(self.words, OrderWords(self.catalogue))
        with build.setting(config.save):
            self.arguments = build.values("with", config.with_)
        info = check_tool(config.tool, config.with_, build) if config.tool else None
        self.world = info.world if info is not None else config.tool is not None

    def _catalogue(self, config: OrderConfig, build: Build) -> tuple[Catalogue, Mapping[str, Template | Value] | None]:
        if isinstance(config.catalogue, CatalogueTool):
            check_tool(config.catalogue.tool, config.catalogue.with_, build)
            return Catalogue("fetched"), build.values("catalogue.with", config.catalogue.with_)
        catalogue = build.library.catalogues.get(config.catalogue)
        if catalogue is None:
            message = f"The project has no catalogue `{config.catalogue}`; add it, or correct the name."
            build.fault("unknown_catalogue", message)
        return catalogue if catalogue is not None else Catalogue(config.catalogue), None

    @classmethod
    def silent_exits_of(cls, config: NodeConfig) -> frozenset[str]:
        assert isinstance(config, OrderConfig)
        return cls.silent_exits if isinstance(config.catalogue, CatalogueTool) else frozenset({SILENT})

    def sets(self) -> Mapping[str, Mapping[str, ValueType]]:
        placed = {self.config.save: ValueType.RECORD}
        return {PLACED: placed | ({self.config.receipt: ValueType.RECORD} if self.config.receipt else {})}

    @property
    def depends_on(self) -> frozenset[str]:
        return reads_of(self.arguments) - {self.config.save}

    def enter(self, visit: Visit) -> Reaction:
        if isinstance(self.config.catalogue, CatalogueTool):
            arguments = rendered(self.fetch or {}, visit.values)
            waiting = self.waiting.render(visit.values)
            lookup = Lookup(
                id=UNNUMBERED, tool=self.config.catalogue.tool, arguments=arguments, waiting=waiting, world=False
            )
            return Reaction(effects=(lookup,), local=Ordering(phase="loading"))
        return self._begin(visit, Ordering())

    def resume(self, visit: Visit) -> Reaction:
        local = self._local(visit)
        return Reaction(effects=(self._say(self._prompt(visit, local)),))

    def question(self, visit: Visit) -> NodeQuestion:
        return NodeQuestion(choices=("yes", "no", "done", "cancel"), awaited=(self.words,))

    def expectation(self, visit: Visit) -> Expectation:
        names = tuple(item.name for item in self._menu(self._local(visit)).items)
        keypad = Keypad(max_length=1) if self._asks_for_yes(visit) else None
        return Expectation(vocabulary=names[:60], keypad=keypad)

    def takes_keys(self, visit: Visit, keys: str) -> bool:
        return self._asks_for_yes(visit) and keys in (YES_KEY, NO_KEY)

    def react(self, visit: Visit, event: NodeEvent) -> Reaction:
        local = self._local(visit)
        match event:
            case Heard(said=said, answer=answer):
                local = replace(local, silences=0)
                reading = read_order(said.text, self._menu(local), local.cart)
                if _calls_off(reading.operations):
                    return Reaction(
                        local=local, then=Leave(exit=CANCELLED, decided_by="rules", evidence=said.text[:80])
                    )
                if reading.operations:
                    return self._apply(visit, local, reading)
                return self._meant(visit, local, replace(answer, choice="done") if reading.done else answer)
            case KeyPressed(keys=keys):
                choice = {YES_KEY: "yes", NO_KEY: "no"}.get(keys.rstrip("#")) if self._asks_for_yes(visit) else None
                answer = Answer(choice=choice, confidence=1.0, decided_by="keypad")
                return self._meant(visit, replace(local, silences=0), answer)
            case CallerSilent():
                return self._silent(visit, local)
            case LookedUp():
                return self._loaded(visit, local, event) if local.phase == "loading" else self._placed(local, event)
            case EffectFailed(code=code, message=message):
                leave = Leave(exit=GAVE_UP, decided_by="tool", evidence=f"{code}: {message}", world=self._sent(local))
                return Reaction(local=local, then=leave)
            case _:
                return STAY

    # Taking the order

    def _begin(self, visit: Visit, local: Ordering) -> Reaction:
        """Ask, unless the words that led here are an order already ("two large pizzas, please")."""
        reading = read_order(visit.state.last_said, self._menu(local), local.cart)
        ordered = any(isinstance(operation, Add | Ambiguous) for operation in reading.operations)
        if ordered and reading.confidence >= SURE_AT_ONCE:
            return self._apply(visit, local, replace(reading, done=False))
        say = Say(id=UNNUMBERED, text=self.ask.render(visit.values), fixed=self.ask.fixed())
        return Reaction(effects=(say,), local=local)

    def _apply(self, visit: Visit, local: Ordering, reading: OrderReading) -> Reaction:
        menu = self._menu(local)
        cart, problems = _applied(local.cart, reading.operations, menu)
        said = dict.fromkeys(say_problem(problem, menu) for problem in problems)
        words = [say_so_far(local.cart, cart, menu), *list(said)[:PROBLEMS_SAID]]
        changed = cart != local.cart and _is_progress(local.cart, cart)
        confirming = local.phase == "confirming" or reading.done
        after = replace(local, cart=cart, attempts=local.attempts + 1)
        if changed:
            after = replace(after, attempts=0, rejected=0)
        if after.attempts >= self.config.attempts:
            return self._leave_out(visit, after) if cart.unsettled else self._give_up(after)
        after = replace(after, phase="confirming" if confirming and self._complete(after) else "taking")
        words.append(self._prompt(visit, after))
        return Reaction(effects=(self._say(" ".join(word for word in words if word)),), local=after)

    def _meant(self, visit: Visit, local: Ordering, answer: Answer) -> Reaction:
        if local.phase == "dropping" and answer.choice == "no":
            local = replace(local, phase="taking")
            return Reaction(effects=(self._say(self._prompt(visit, local)),), local=local)
        dropping = local.phase == "dropping" and answer.choice == "yes"
        if answer.choice != "cancel" and not dropping:
            return self._answered(visit, local, answer.choice)
        needed = SURE_TO_DROP if local.cart.lines else SURE_OF_NOTHING
        if dropping or local.phase == "dropping" or answer.decided_by != "classifier" or answer.confidence >= needed:
            leave = Leave(exit=CANCELLED, decided_by=answer.decided_by, evidence=answer.evidence)
            return Reaction(local=local, then=leave)
        if not local.cart.lines:
            return self._answered(visit, local, None)
        local = replace(local, phase="dropping")
        return Reaction(effects=(self._say(self._prompt(visit, local)),), local=local)

    def _answered(self, visit: Visit, local: Ordering, choice: str | None) -> Reaction:
        """The words did nothing to the order: they are about it."""
        if local.phase == "confirming":
            if choice in ("yes", "done"):
                return self._place(visit, local)
            if choice == "no":
                return self._rejected(visit, replace(local, phase="taking", rejected=local.rejected + 1))
        elif choice in ("done", "no") and local.cart.unsettled:
            return self._leave_out(visit, local, done=choice == "done")
        elif choice in ("done", "no") and self._complete(local):
            after = replace(local, phase="confirming", attempts=0)
            return Reaction(effects=(self._say(self._prompt(visit, after)),), local=after)
        elif choice == "done" and not local.cart.lines:
            return Reaction(local=local, then=Leave(exit=CANCELLED, evidence="nothing was ordered"))
        after = replace(local, attempts=local.attempts + 1)
        if after.attempts >= self.config.attempts:
            return self._leave_out(visit, after) if after.cart.unsettled else self._give_up(after)
        prompt = self._prompt(visit, after)
        if choice is None:
            sorry = visit.graph.wording.say(Line.DID_NOT_UNDERSTAND, visit.values, after.attempts - 1)
            prompt = f"{sorry} {prompt}"
        return Reaction(effects=(self._say(prompt),), local=after)

    def _leave_out(self, visit: Visit, local: Ordering, *, done: bool = False) -> Reaction:
        """The caller does not say which one they meant: the order goes on without it."""
        cart = local.cart
        while cart.unsettled:
            without = apply(cart, Dismiss(), self._menu(local))
            cart = replace(cart, unsettled=cart.unsettled[1:]) if isinstance(without, Problem) else without
        after = replace(local, cart=cart, attempts=0)
        after = replace(after, phase="confirming" if done and self._complete(after) else "taking")
        left = visit.graph.wording.say(Line.LEFT_OUT, visit.values)
        return Reaction(effects=(self._say(f"{left} {self._prompt(visit, after)}"),), local=after)

    def _rejected(self, visit: Visit, local: Ordering) -> Reaction:
        """The caller said no to the order as it was read back."""
        if local.rejected >= self.config.attempts:
            return Reaction(local=local, then=Leave(exit=GAVE_UP, evidence=f"rejected {local.rejected} times"))
        change = visit.graph.wording.say(Line.WHAT_TO_CHANGE, visit.values, local.rejected - 1)
        return Reaction(effects=(self._say(change),), local=local)

    def _silent(self, visit: Visit, local: Ordering) -> Reaction:
        local = replace(local, silences=local.silences + 1)
        if local.silences >= self.config.silences:
            return Reaction(local=local, then=Leave(exit=SILENT, evidence=f"silent {local.silences} times"))
        still = visit.graph.wording.say(Line.DID_NOT_HEAR, visit.values, local.silences - 1)
        return Reaction(effects=(self._say(f"{still} {self._prompt(visit, local)}"),), local=local)

    def _give_up(self, local: Ordering) -> Reaction:
        leave = Leave(exit=GAVE_UP, confidence=0.0, evidence=f"not understood {local.attempts} times")
        return Reaction(local=local, then=leave)

    def _prompt(self, visit: Visit, local: Ordering) -> str:
        """The next thing to ask, in the order's present state."""
        menu, cart = self._menu(local), local.cart
        if local.phase == "dropping":
            return visit.graph.wording.say(Line.DROP_ORDER, visit.values, local.attempts)
        if cart.unsettled:
            first = cart.unsettled[0]
            return ask_which_item(first, menu) if isinstance(first, Ambiguous) else ask_which_line(first, cart, menu)
        options = open_questions(cart, menu)
        if options:
            return ask_option(options[0])
        if local.phase == "confirming":
            total = say_total(cart, visit.facts.currency)
            return f"{say_cart(cart, menu)} {total} {self.confirm.render(visit.values, local.attempts)}"
        if cart.lines:
            return self.more.render(visit.values, local.attempts)
        return self.ask.render(visit.values, local.attempts)

    # Placing it

    def _place(self, visit: Visit, local: Ordering) -> Reaction:
        order = order_record(local.cart, self._menu(local))
        sets: dict[str, Value] = {self.config.save: order}
        local = replace(local, phase="placing", attempts=0)
        if self.config.tool is None:
            return Reaction(local=local, sets=sets, then=Leave(exit=PLACED))
        lookup = Lookup(
            id=UNNUMBERED,
            tool=self.config.tool,
            arguments=rendered(self.arguments, {**visit.values, **sets}),
            waiting=self.waiting.render(visit.values),
            world=self.world,
        )
        return Reaction(effects=(lookup,), local=local, sets=sets)

    def _placed(self, local: Ordering, event: LookedUp) -> Reaction:
        if not event.found:
            leave = Leave(exit=GAVE_UP, decided_by="tool", evidence="the tool found nothing", world=self.world)
            return Reaction(local=local, then=leave)
        sets = {self.config.receipt: event.result} if self.config.receipt else {}
        return Reaction(local=local, sets=sets, then=Leave(exit=PLACED, decided_by="tool", world=self.world))

    def _loaded(self, visit: Visit, local: Ordering, event: LookedUp) -> Reaction:
        try:
            catalogue = catalogue_from_json("fetched", event.result)
        except BadCatalogue as bad:
            leave = Leave(exit=GAVE_UP, decided_by="tool", evidence=f"bad_catalogue: {bad.message}")
            return Reaction(local=local, then=leave)
        return self._begin(visit, replace(local, phase="taking", catalogue=catalogue))

    def _sent(self, local: Ordering) -> bool:
        """Whether the tool that places the order was called."""
        return local.phase == "placing" and self.world

    def _complete(self, local: Ordering) -> bool:
        """Whether the order can be read back: there is something in it, and nothing left to ask."""
        return bool(local.cart.lines) and not local.cart.unsettled and not open_questions(local.cart, self._menu(local))

    def _asks_for_yes(self, visit: Visit) -> bool:
        return self._local(visit).phase in ("confirming", "dropping")

    def _menu(self, local: Ordering) -> Catalogue:
        return local.catalogue if local.catalogue is not None else self.catalogue

    def _say(self, text: str) -> NodeEffect:
        return Say(id=UNNUMBERED, text=text)

    def _local(self, visit: Visit) -> Ordering:
        local = visit.frame.local
        assert isinstance(local, Ordering)
        return local


def _calls_off(operations: tuple[Operation, ...]) -> bool:
    """Whether the caller drops the whole order ("cancel my order"), rather than beginning it anew ("start over")."""
    last = operations[-1] if operations else None
    return isinstance(last, Clear) and last.heard.lower().startswith(CALLING_OFF)


def _is_progress(before: Cart, after: Cart) -> bool:
    """Whether something was settled, or asked about for the first time; the same question twice is no progress."""
    return after.lines != before.lines or not before.unsettled or len(after.unsettled) < len(before.unsettled)


def _applied(cart: Cart, operations: tuple[Operation, ...], menu: Catalogue) -> tuple[Cart, list[Problem]]:
    problems: list[Problem] = []
    for operation in operations:
        after = apply(cart, operation, menu)
        if isinstance(after, Problem):
            problems.append(after)
        else:
            cart = after
    return cart, problems
