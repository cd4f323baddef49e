"""How an order is said: lines, what changed, totals, and the questions it leaves open."""

import re
from collections.abc import Collection, Sequence
from decimal import Decimal

from tollfree.flows.catalogue import Catalogue, Item
from tollfree.flows.ordering.cart import MOST_LINES, MOST_OF_ONE, Cart, Line, OptionQuestion, Problem
from tollfree.flows.ordering.menu import menu_of
from tollfree.flows.ordering.operations import Ambiguous, Choice, Which
from tollfree.flows.ordering.stems import stem
from tollfree.flows.wording.spoken import Unspeakable, listed, money, number, pluralised

LINES_AT_ONCE = 5
"""Lines said in one breath; a longer list cannot be followed by ear."""
VALUES_AT_ONCE = 5
"""Values of an option offered in one question."""

_PLACES = {
    **dict.fromkeys("size length portion shots volume".split(), "size"),
    **dict.fromkeys(
        "flavor flavour kind type variety color colour scent style roast grind strength temperature".split(), "kind"
    ),
    **dict.fromkeys("count pieces".split(), "count"),
    **dict.fromkeys("bread roll bun".split(), "on"),
}
"""Where the values of an option group are said, by its name: before the item ("a large pizza"), before its noun
("a carton of vanilla ice cream"), as how many it is ("twelve wings"), or behind "on". Others come behind "with"."""
_AN = re.compile(r"(?!eu|uni|use|usb|one\b|once)[aeiou]|hour|hono", re.IGNORECASE)
"""Words that "an" stands before."""
_APART = (" of ", " on ", " with ", " in ")
"""What divides a name's noun from the rest: of "bottle of water" there are "two bottles of water"."""


def say_line(line: Line, catalogue: Catalogue, *, count: bool = True) -> str:
    """ "two large pepperoni pizzas with mushrooms", "a garden salad without onions"; `count=False`: "large …"."""
    item = _item(catalogue, line.sku)
    said = _Said(line.options, item)
    name = _of_kind(line.name, said.kinds)
    if (count and line.quantity > 1) or said.by_count:
        name = _several(name)
    words = " ".join([*said.sizes, *said.by_count, name])
    if count and said.by_count:
        words = f"{number(line.quantity)} orders of {words}" if line.quantity > 1 else words
    elif count:
        words = _counted(words, line.quantity, line.name)
    return " ".join([words, said.tail(line.without)]).strip()


def say_lines(lines: Sequence[Line], catalogue: Catalogue) -> str:
    """Lines as a sentence lists them."""
    return _listed([say_line(line, catalogue) for line in lines])


def say_changes(before: Cart, after: Cart, catalogue: Catalogue) -> str:
    """What an utterance did: "Okay, a Coke and two lattes.", "I've taken off the garden salad."; empty: nothing."""
    if not after.lines and before.lines:
        return "Okay, I've taken everything off."
    held = {line.id: line for line in before.lines}
    changed = [line for line in after.lines if held.get(line.id) != line]
    gone = [line for line in before.lines if after.line(line.id) is None]
    replaced = {line.sku for line in changed}
    removed = [line for line in gone if line.sku not in replaced]
    sentences: list[str] = []
    if removed:
        sentences.append(
            f"I've taken off {_listed([f'the {say_line(line, catalogue, count=False)}' for line in removed])}."
        )
    if changed:
        shown = changed[:LINES_AT_ONCE]
        more = f", and {number(len(changed) - len(shown))} more" if len(changed) > len(shown) else ""
        sentences.append(f"Okay, {say_lines(shown, catalogue)}{more}.")
    return " ".join(sentences)


def say_so_far(before: Cart, after: Cart, catalogue: Catalogue) -> str:
    """The running read-back: the whole order while it is short, then only what changed and how many lines there are."""
    changes = say_changes(before, after, catalogue)
    if not after.lines or not changes:
        return changes
    whole_is_new = all(held is None or held != line for line in after.lines for held in [before.line(line.id)])
    if whole_is_new and len(after.lines) <= LINES_AT_ONCE:
        return changes
    if len(after.lines) <= LINES_AT_ONCE:
        return f"{changes} So far: {say_lines(after.lines, catalogue)}."
    return f"{changes} That's {number(pieces(after))} items so far."


def say_cart(cart: Cart, catalogue: Catalogue) -> str:
    """The whole order, read back before it is placed, five lines a sentence."""
    sentences: list[str] = []
    for start in range(0, len(cart.lines), LINES_AT_ONCE):
        opening = "I have" if start == 0 else "Then"
        sentences.append(f"{opening} {say_lines(cart.lines[start : start + LINES_AT_ONCE], catalogue)}.")
    return " ".join(sentences)


def say_total(cart: Cart, currency: str) -> str:
    """ "That comes to twenty-six dollars and fifty cents." """
    return f"That comes to {say_money(cart.total, currency)}."


def say_money(amount: Decimal, currency: str) -> str:
    """An amount in the project's currency; a currency nobody knows is said by its code."""
    try:
        return money(str(amount), currency)
    except Unspeakable:
        return f"{number(str(amount))} {currency}".strip()


def pieces(cart: Cart) -> int:
    """How many things are on the order."""
    return sum(line.quantity for line in cart.lines)


def ask_which_item(question: Ambiguous, catalogue: Catalogue) -> str:
    """ "Did you mean the turkey club or the turkey sub?" """
    names = [f"the {item.name}" for sku in question.candidates if (item := _item(catalogue, sku)) is not None]
    if not names:
        return "Which one would you like?"
    if len(names) == 1:
        return f"Did you mean {names[0]}?"
    if question.more:
        return f"Which one would you like? There's {_listed(names)}, among others."
    return f"Did you mean {_listed(names, 'or')}?"


def ask_which_line(question: Which, cart: Cart, catalogue: Catalogue) -> str:
    """ "Do you mean the large cheese pizza or the small cheese pizza?" """
    lines = [line for number in question.lines if (line := cart.line(number)) is not None]
    names = [f"the {say_line(line, catalogue, count=False)}" for line in lines]
    if len(set(names)) < 2:
        return "Which one do you mean?"
    return f"Do you mean {_listed(names, 'or')}?"


def ask_option(question: OptionQuestion) -> str:
    """ "Which dressing would you like for the garden salad: ranch, Italian or balsamic?" """
    group, line = question.group, question.line
    names = [value.name for value in group.values]
    name = _several(line.name) if line.quantity > 1 else line.name
    asked = f"{'What' if group.name.lower() == 'size' else 'Which'} {group.name} would you like for the {name}"
    if len(names) <= VALUES_AT_ONCE:
        return f"{asked}: {_listed(names, 'or')}?"
    return f"{asked}? There's {_listed(names[: VALUES_AT_ONCE - 1])}, among others."


def say_problem(problem: Problem, catalogue: Catalogue) -> str:
    """Why something could not be done, and what could be instead."""
    offers = [item.name for sku in problem.alternatives if (item := _item(catalogue, sku)) is not None]
    offer = f" We do have {_listed(offers)}." if offers else ""
    match problem.code:
        case "unknown":
            return f"I'm sorry, we don't have {problem.heard}.{offer}"
        case "unavailable":
            verb = "aren't" if _is_plural(problem.heard) else "isn't"
            return f"I'm sorry, the {problem.heard} {verb} available right now.{offer}"
        case "absent":
            return f"There's no {problem.heard} in your order."
        case "too_many":
            return f"I can take at most {number(MOST_OF_ONE)} of one item, so I've left the {problem.heard} as it was."
        case "too_many_lines":
            most = number(MOST_LINES)
            return f"An order can have at most {most} different items, so I couldn't add the {problem.heard}."
        case "unknown_option":
            return f"I'm sorry, we can't make the {problem.heard} that way."
        case _:
            return "I'm sorry, that isn't in your order any more."


def _item(catalogue: Catalogue, sku: str) -> Item | None:
    menu = menu_of(catalogue)
    place = menu.places.get(sku)
    return None if place is None else menu.items[place]


class _Said:
    """A line's options sorted by where they are said. Defaults go without saying, but for how many come together."""

    def __init__(self, options: Collection[Choice], item: Item | None) -> None:
        self.sizes: list[str] = []
        self.kinds: list[str] = []
        self.by_count: list[str] = []
        self.on: list[str] = []
        self.having: list[str] = []
        self.lacking: list[str] = []
        groups = {group.name: group for group in item.options} if item is not None else {}
        for choice in options:
            group = groups.get(choice.group)
            if group is None or choice.value != group.default or _PLACES.get(group.name.lower()) == "count":
                self._place(choice, group is not None and group.many)

    def _place(self, choice: Choice, many: bool) -> None:
        kind = choice.group.lower()
        if _is_denial(choice):
            self.lacking.append(choice.value.partition(" ")[2])
        elif many or kind not in _PLACES:
            self.having.append(choice.value)
        else:
            places = {"size": self.sizes, "kind": self.kinds, "count": self.by_count, "on": self.on}
            places[_PLACES[kind]].append(choice.value)

    def tail(self, without: Sequence[str]) -> str:
        """What is said behind the name."""
        lacking = [*self.lacking, *without]
        parts = [f"{word} {_listed(held)}" for word, held in (("on", self.on), ("with", self.having)) if held]
        return " and ".join(
            [*([" ".join(parts)] if parts else []), *([f"without {_listed(lacking)}"] if lacking else [])]
        )


def _is_denial(choice: Choice) -> bool:
    """Whether the value's own name leaves something out: "no onions"."""
    return choice.value.lower().startswith(("no ", "without "))


def _of_kind(name: str, kinds: Sequence[str]) -> str:
    """ "a bag of dark roast coffee beans", "a mint tea" (and not "a mint tea hot tea")."""
    head, of, noun = name.rpartition(" of ")
    last = stem(noun.rpartition(" ")[2].lower())
    named = any(stem(word.lower()) == last for kind in kinds for word in kind.split())
    return f"{head}{of}{' '.join(kinds if named else [*kinds, noun])}"


def _several(name: str) -> str:
    """The plural of an item's name."""
    for part in _APART:
        head, found, tail = name.partition(part)
        if found:
            return f"{_several(head)}{found}{tail}"
    return name if _is_plural(name) else pluralised(name)


def _is_plural(name: str) -> bool:
    last = name.rpartition(" ")[2].lower()
    return len(last) > 3 and last.endswith("s") and not last.endswith(("ss", "us"))


def _counted(words: str, quantity: int, name: str) -> str:
    """The words with how many in front: "a", "an", a number, or nothing for one of what is plural anyway."""
    if quantity != 1:
        return f"{number(quantity)} {words}"
    head = name.partition(" of ")[0]
    if _is_plural(head) and head.partition(" ")[0].lower() not in ("dozen", "pair"):
        return words
    return f"{'an' if _AN.match(words) else 'a'} {words}"


def _listed(parts: Sequence[str], last: str = "and") -> str:
    return listed(list(parts), last=last)
