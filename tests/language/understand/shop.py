"""The question of a small shop, with the handlers every flow has."""

from tollfree.protocol.ids import FlowId, NodeId
from tollfree.protocol.question import ChoiceSet, Option, Question

HANDLERS = (
    Option("person", ("talk to a human", "I want to speak to a person", "representative")),
    Option("repeat", ("can you repeat that", "say that again please", "I didn't hear you")),
    Option("hold_on", ("hold on a second", "wait I need to find it", "hang on let me get my card")),
    Option("start_over", ("start over", "can we begin from the beginning")),
    Option("goodbye", ("goodbye", "have a nice day goodbye")),
)
INTENTS = (
    Option("order", ("I'd like to order", "can I get two pizzas", "I want to buy something", "place an order")),
    Option("status", ("where is my order", "has it shipped", "when will my package arrive", "track my parcel")),
    Option(
        "return",
        ("I want to send this back", "return an item", "I want my money back", "it arrived broken"),
        ("refund",),
    ),
)
REASON = ChoiceSet("support/reason", (*INTENTS, *HANDLERS))
ASK = ChoiceSet("support/ask", HANDLERS)
NAMES = tuple(option.name for option in HANDLERS)


def question(node: str, **fields: object) -> Question:
    """A question of the flow `support` at which every handler works."""
    return Question(flow=FlowId("support"), node=NodeId(node), handlers=NAMES, **fields)  # type: ignore[arg-type]
