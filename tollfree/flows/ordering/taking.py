"""An order while one utterance is read: the operations so far, and the order as they leave it."""

from collections.abc import Sequence

from tollfree.flows.catalogue import Catalogue
from tollfree.flows.ordering.cart import Cart, Line, Problem, apply
from tollfree.flows.ordering.menu import NEAREST, Menu
from tollfree.flows.ordering.operations import Change, Choice, Operation, Remove, Which

GUESSED = 0.75
"""Confidence of an operation whose target was inferred, not named."""


class Taking:
    """Collects operations, one after the other, and keeps the order as it will then be."""

    def __init__(self, menu: Menu, catalogue: Catalogue, cart: Cart) -> None:
        self.menu = menu
        self.catalogue = catalogue
        self.cart = cart
        """The order after the operations so far: what the next words refer to."""
        self.operations: list[Operation] = []
        self.split: int | None = None
        """The line that was last divided: "one large and one small" divides it twice."""

    def emit(self, operation: Operation) -> None:
        """Notes the operation and applies it, so that later words can refer to what it did."""
        self.operations.append(operation)
        if isinstance(operation, Change) and operation.count is not None:
            self.split = operation.line
        after = apply(self.cart, operation, self.catalogue)
        if not isinstance(after, Problem):
            self.cart = after

    def last(self) -> Line | None:
        """The line touched last."""
        return self.cart.line(self.cart.last) if self.cart.last is not None else None

    def ask_which(self, lines: Sequence[Line], operation: Change | Remove, heard: str) -> None:
        """Several lines fit: the caller is asked."""
        self.emit(Which(lines=tuple(line.id for line in lines[:NEAREST]), operation=operation, heard=heard))

    def has(self, place: int, choice: Choice) -> bool:
        """Whether an item has this option."""
        return any(
            group.name == choice.group and value.name == choice.value
            for group in self.menu.items[place].options
            for value in group.values
        )


def overlaid(options: Sequence[Choice], changes: Sequence[Choice], menu: Menu, place: int | None) -> tuple[Choice, ...]:
    """The options with the changes laid over them: one value a group, unless the group allows several."""
    many = set[str]() if place is None else {group.name for group in menu.items[place].options if group.many}
    groups = {change.group for change in changes} - many
    return (*(choice for choice in options if choice.group not in groups and choice not in changes), *changes)
