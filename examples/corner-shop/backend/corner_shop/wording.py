"""Ordered things as they are said on the phone: "two large pepperoni pizzas with extra cheese"."""

from collections.abc import Sequence

NUMBERS = ("no", "a", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
"""Quantities up to a dozen; larger ones stay figures."""
BEFORE_NAME = ("size", "length", "count", "color", "scent", "flavor", "grind", "roast", "sauce", "shots", "style")
"""Option groups whose value stands before the item's name."""


def joined(parts: Sequence[str]) -> str:
    """A list as it is said: "a", "a and b", "a, b and c"."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def plural(name: str) -> str:
    """Several of something: "boxes of spaghetti", "cherry colas", "onion rings"."""
    for link in (" of ", " on ", " and "):
        head, found, tail = name.partition(link)
        if found:
            return plural(head) + found + tail
    if name.endswith(("ch", "sh", "x", "ss")):
        return name + "es"
    if name.endswith("s"):
        return name
    if name.endswith("y") and name[-2:-1] not in "aeiou":
        return name[:-1] + "ies"
    return name + "s"


def line_text(name: str, quantity: int, before: Sequence[str], after: Sequence[str]) -> str:
    """One line of an order. `before` and `after` are option values that differ from the usual."""
    noun = " ".join([*before, name if quantity == 1 else plural(name)])
    count = NUMBERS[quantity] if 0 <= quantity < len(NUMBERS) else str(quantity)
    if quantity == 1 and plural(name) == name and " of " not in name:
        count = ""
    elif count == "a" and noun[0].lower() in "aeiou":
        count = "an"
    text = f"{count} {noun}".strip()
    return f"{text} with {joined(after)}" if after else text
