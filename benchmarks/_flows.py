"""The flows that benchmarks run: one of thirty nodes, written; one of any size, generated."""

from decimal import Decimal

from tollfree.flows.catalogue import Catalogue, Item, OptionGroup, OptionValue
from tollfree.flows.library import Library, ToolInfo
from tollfree.protocol.facts import CallFacts
from tollfree.protocol.values import Value

FACTS = CallFacts(started_at="2026-11-22T14:05:00-05:00")

_SIZE = OptionGroup(
    name="size",
    values=(OptionValue(name="regular"), OptionValue(name="large", extra=Decimal(4), synonyms=("big",))),
    default="regular",
)
_MENU = Catalogue(
    "menu",
    (
        Item(sku="p1", name="margherita", price=Decimal("9.50"), options=(_SIZE,)),
        Item(sku="p2", name="pepperoni pizza", price=Decimal("11.00"), options=(_SIZE,)),
        *(
            Item(sku=f"d{place}", name=name, price=Decimal("2.50"))
            for place, name in enumerate(("cola", "lemonade", "sparkling water", "orange juice", "espresso", "tea"))
        ),
        *(
            Item(sku=f"s{place}", name=name, price=Decimal("5.25"))
            for place, name in enumerate(("green salad", "garlic bread", "tiramisu", "olive bowl", "tomato soup"))
        ),
    ),
)


def _tool(name: str, *arguments: str, world: bool = False) -> ToolInfo:
    return ToolInfo(name=name, world=world, required=arguments, arguments=arguments)


LIBRARY = Library(
    project={"name": "the corner shop", "currency": "USD"},
    tools={
        tool.name: tool
        for tool in (
            _tool("orders.find", "number"),
            _tool("orders.place", "items", "total", world=True),
            _tool("returns.open", "number", "reason", world=True),
            _tool("callbacks.ask", "phone", "name", "time", world=True),
        )
    },
    catalogues={"menu": _MENU},
)


def _say(line: str, then: str) -> Value:
    return {"kind": "say", "say": line, "exits": {"said": then}}


def _ask(then: str, otherwise: str = "to_a_person", **slots: Value) -> Value:
    exits = {"given": then, "refused": otherwise, "gave_up": otherwise, "silent": otherwise}
    return {"kind": "ask", "slots": slots, "exits": exits}


def _lookup(tool: str, found: str, missing: str, *, save: str = "", **arguments: Value) -> Value:
    kept: dict[str, Value] = {"save": save} if save else {}
    exits: Value = {"found": found, "missing": missing, "failed": "trouble"}
    return {"kind": "lookup", "tool": tool, "with": arguments, **kept, "exits": exits}


_NUMBER: Value = {"type": "digits", "length": 5, "ask": "What is your order number?", "cues": ["order"]}

PARCEL_DESK: dict[str, Value] = {
    "flow": "desk",
    "start": "welcome",
    "variables": {"order": "record", "asked": {"type": "number", "default": 0}},
    "handlers": {
        "person": {"go": "to_a_person"},
        "hours": {"examples": ["when are you open", "what are your opening hours"], "go": "hours"},
        "repeat": {},
    },
    "nodes": {
        "welcome": _say("Thanks for calling {{ project.name }}.", "is_open"),
        "is_open": {
            "kind": "branch",
            "when": [{"if": 'call.weekday == "monday" and call.time < "08:00"', "exit": "closed"}],
            "exits": {"closed": "closed", "otherwise": "reason"},
        },
        "closed": _say("We are closed right now.", "reason"),
        "reason": {
            "kind": "intent",
            "ask": "How can I help?",
            "intents": {
                "status": {"examples": ["where is my order", "order status", "has it shipped"], "key": "1"},
                "order": {"examples": ["place an order", "I'd like to order"], "key": "2"},
                "return": {"examples": ["send something back", "I want to return this"], "key": "3"},
                "billing": {"examples": ["a question about my bill"], "phrases": ["billing"]},
            },
            "exits": {
                "status": "which_order",
                "order": "take_order",
                "return": "which_return",
                "billing": "to_a_person",
                "unclear": "narrow_down",
                "silent": "to_a_person",
            },
        },
        "narrow_down": _ask(
            "chosen",
            topic={
                "type": "choice",
                "ask": "Is it about an order or about a return?",
                "choices": {"order": ["ordering", "my order"], "return": ["returning", "sending back"]},
            },
        ),
        "chosen": {
            "kind": "branch",
            "when": [{"if": 'topic == "order"', "exit": "order"}],
            "exits": {"order": "which_order", "otherwise": "which_return"},
        },
        "which_order": _ask("find_order", number=_NUMBER),
        "find_order": _lookup("orders.find", "by_status", "no_such_order", save="order", number="{{ number }}"),
        "no_such_order": _say("I cannot find order {{ number | digits }}.", "more"),
        "by_status": {
            "kind": "branch",
            "when": [
                {"if": 'order.status == "shipped"', "exit": "shipped"},
                {"if": 'order.status in ["delivered", "returned"]', "exit": "delivered"},
            ],
            "exits": {"shipped": "shipped", "delivered": "delivered", "otherwise": "preparing"},
        },
        "shipped": _say("Order {{ number | digits }} is on its way. It comes to {{ order.total | money }}.", "more"),
        "delivered": _say("Order {{ number | digits }} was delivered.", "more"),
        "preparing": _say("We are packing order {{ number | digits }}.", "more"),
        "take_order": {
            "kind": "order",
            "catalogue": "menu",
            "ask": "What would you like?",
            "save": "basket",
            "tool": "orders.place",
            "with": {"items": "{{ basket['items'] }}", "total": "{{ basket.total }}"},
            "exits": {
                "placed": "who_for",
                "cancelled": "more",
                "gave_up": "to_a_person",
                "silent": "to_a_person",
            },
        },
        "who_for": _ask(
            "call_back",
            name={"type": "name", "ask": "What is your name?"},
            phone={"type": "phone", "ask": "And your phone number?"},
            pick_up={"type": "time", "ask": "When will you pick it up?", "cues": ["at"]},
        ),
        "call_back": _lookup(
            "callbacks.ask",
            "ready_at",
            "ready_at",
            phone="{{ phone }}",
            name="{{ name }}",
            time="{{ pick_up }}",
        ),
        "ready_at": _say("Thank you, {{ name }}. It is ready at {{ pick_up | time }}.", "more"),
        "which_return": _ask(
            "find_return",
            number=_NUMBER,
            why={"type": "text", "ask": "What is wrong with it?"},
        ),
        "find_return": _lookup("orders.find", "in_policy", "no_such_order", save="order", number="{{ number }}"),
        "in_policy": {
            "kind": "branch",
            "when": [{"if": "order.returnable", "exit": "yes"}],
            "exits": {"yes": "agree", "otherwise": "too_late"},
        },
        "agree": _ask(
            "open_return",
            agreed={"type": "yes_no", "ask": "I can refund {{ order.total | money }}. Shall I?"},
        ),
        "open_return": _lookup("returns.open", "refunded", "too_late", number="{{ number }}", reason="{{ why }}"),
        "refunded": _say("Done. The money is with you in five days.", "more"),
        "too_late": _say("I am sorry, that order cannot be returned.", "more"),
        "more": _ask("goes_on", otherwise="bye", again={"type": "yes_no", "ask": "Is there anything else?"}),
        "goes_on": {
            "kind": "branch",
            "when": [{"if": "again", "exit": "yes"}],
            "exits": {"yes": "reason", "otherwise": "bye"},
        },
        "hours": _say("We are open from eight to eight, every day but Monday.", "resume"),
        "trouble": _say("I am sorry, our system does not answer.", "to_a_person"),
        "to_a_person": {
            "kind": "transfer",
            "to": "staff",
            "say": "I'll connect you with somebody who can help.",
            "exits": {"connected": "bye", "nobody": "bye", "failed": "bye"},
        },
        "bye": {"kind": "end", "say": "Thanks for calling. Goodbye."},
    },
}
"""A shop's desk: every kind that needs no knowledge and no language model."""


def generated(nodes: int, seed: int) -> dict[str, Value]:
    """A flow of so many nodes in sections that each ask, look up, decide, say and offer a way on.

    No text is in two flows of different seeds, so that nothing compiled before is found again.
    """
    entries: dict[str, Value] = {}
    sections = (nodes - 4) // 8
    for place in range(sections):
        after = f"choose_{place + 1}" if place + 1 < sections else "bye"
        entries |= _section(f"{seed}-{place}", place, after)
    spare = nodes - 4 - len(entries)
    for place in range(spare):
        entries[f"spare_{place}"] = _say(f"Note {seed}-{place}.", "choose_0" if place == 0 else f"spare_{place - 1}")
    entries["welcome"] = _say(
        f"Welcome {seed} to {{{{ project.name }}}}.", f"spare_{spare - 1}" if spare else "choose_0"
    )
    entries["trouble"] = _say(f"I am sorry, {seed} does not answer.", "to_a_person")
    entries["to_a_person"] = {
        "kind": "transfer",
        "to": "staff",
        "say": f"I'll connect you, {seed}.",
        "exits": {"connected": "bye", "nobody": "bye", "failed": "bye"},
    }
    entries["bye"] = {"kind": "end", "say": f"Goodbye {seed}."}
    return {"flow": "large", "start": "welcome", "handlers": {"person": {"go": "to_a_person"}}, "nodes": entries}


def _section(tag: str, place: int, after: str) -> dict[str, Value]:
    number, found, day, total = f"number_{place}", f"found_{place}", f"day_{place}", f"total_{place}"
    return {
        f"choose_{place}": {
            "kind": "intent",
            "ask": [f"What about {tag}?", f"Once more, what about {tag}?"],
            "intents": {
                name: {"examples": [f"{words} {tag} number {example}" for example in range(12)]}
                for name, words in (("look", "please look up"), ("book", "book me a"), ("skip", "never mind about"))
            },
            "exits": {
                "look": f"which_{place}",
                "book": f"when_{place}",
                "skip": after,
                "unclear": "to_a_person",
                "silent": "to_a_person",
            },
        },
        f"which_{place}": _ask(
            f"look_{place}", **{number: {"type": "digits", "length": 5, "ask": f"Which number, for {tag}?"}}
        ),
        f"look_{place}": _lookup(
            "orders.find", f"decide_{place}", f"missing_{place}", save=found, number=f"{{{{ {number} }}}}"
        ),
        f"decide_{place}": {
            "kind": "branch",
            "when": [
                {"if": f'{found}.total > {place}.25 and {found}.status in ["open", "{tag}"]', "exit": "open"},
                {"if": f"days_between({found}.day, call.date) <= {place + 1} or {found}.late is empty", "exit": "late"},
            ],
            "exits": {"open": f"tell_{place}", "late": f"missing_{place}", "otherwise": after},
        },
        f"tell_{place}": _say(
            f"Number {{{{ {number} | digits }}}} of {tag} comes to {{{{ {found}.total | money }}}}"
            f"{{% if {found}.late %}}, and is late{{% endif %}}.",
            after,
        ),
        f"missing_{place}": _say(f"I cannot find {{{{ {number} | digits }}}}, {tag}.", after),
        f"when_{place}": _ask(
            f"booked_{place}",
            **{
                day: {"type": "date", "ask": f"Which day, for {tag}?"},
                total: {"type": "money", "ask": f"How much, for {tag}?", "confirm": "always"},
            },
        ),
        f"booked_{place}": _say(f"{tag}: {{{{ {total} | money }}}} on {{{{ {day} | date }}}}.", after),
    }
