"""One mention of something while an utterance is read: how many, which item, which options, without what."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from tollfree.flows.ordering.menu import Found, Menu, ValueRef
from tollfree.flows.ordering.operations import Choice
from tollfree.flows.ordering.stems import stems


@dataclass(slots=True)
class Mention:
    """Filled word by word, then turned into an operation."""

    start: int = -1
    """First token; -1: nothing was said yet."""
    end: int = -1
    item: Found | None = None
    quantity: int | None = None
    article: bool = False
    """The quantity is only "a" or "an"."""
    of: bool = False
    """"two of …": the quantity is a part of what follows."""
    values: list[tuple[ValueRef, ...]] = field(default_factory=list[tuple[ValueRef, ...]])
    """For each option word, what it may mean for which item."""
    value_words: list[str] = field(default_factory=list[str])
    """The option words themselves."""
    leave_out: list[str] = field(default_factory=list[str])
    ordinal: int | None = None
    that: bool = False
    """"it", "that one": what was mentioned last."""
    other: bool = False
    """"the other one"."""
    all: bool = False
    more: bool = False
    """"another", "the same again"."""
    only: bool = False
    """"just one": so many in all."""
    strange: list[str] = field(default_factory=list[str])
    """Words before the item that mean nothing here."""
    correcting: bool = False
    """It replaces what was just said: "no, three"."""
    named: str = ""
    """The caller's words for the thing, unknown ones included."""
    ordered: bool = False
    """The caller said that they want it: "I'd like", "add"."""

    @property
    def empty(self) -> bool:
        """Whether nothing was said that an operation could be made of."""
        return not (
            self.item
            or self.quantity is not None
            or self.values
            or self.leave_out
            or self.ordinal is not None
            or self.that
            or self.all
            or self.other
            or self.more
            or self.strange
        )

    @property
    def points_back(self) -> bool:
        """Whether it speaks of something mentioned before, without its name."""
        return self.ordinal is not None or self.that or self.all or self.other

    @property
    def points(self) -> bool:
        """Whether it names a line rather than something new."""
        return self.item is not None or self.points_back

    def cover(self, start: int, end: int) -> None:
        """Notes that these tokens belong to it."""
        self.start = start if self.start < 0 else min(self.start, start)
        self.end = max(self.end, end)


def fits(item: int, refs: tuple[ValueRef, ...]) -> ValueRef | None:
    """The meaning an option word has for this item; None: the item has no such option."""
    return next((ref for ref in refs if ref.item == item), None)


def choices_for(
    menu: Menu, item: int, mention: Mention, held: Iterable[Choice] | None = None
) -> tuple[tuple[Choice, ...], tuple[str, ...]]:
    """The mention's options and left-out things as this item knows them: choices, and words it has no option for.

    `held` are the options the item is had with before; None: its defaults.
    """
    before = set(held) if held is not None else set(menu.defaults(item))
    chosen: dict[tuple[str, str], Choice] = {}
    groups: dict[str, tuple[str, str]] = {}
    for refs in mention.values:
        ref = fits(item, refs)
        if ref is None:
            continue
        choice = menu.choice(ref)
        key = (choice.group, choice.value)
        if not menu.group(ref).many and choice.group in groups:
            chosen.pop(groups[choice.group], None)
        groups[choice.group] = key
        chosen[key] = choice
    without: list[str] = []
    for words in mention.leave_out:
        choice = left_out(menu, item, words, before | set(chosen.values()))
        if choice is None:
            without.append(words)
        else:
            chosen[choice.group, choice.value] = choice
    return tuple(chosen.values()), tuple(without)


def can_leave_out(menu: Menu, item: int, words: str) -> bool:
    """Whether the words name something the item may be had with or without."""
    return left_out(menu, item, words, ()) is not None or any(
        ref.item == item and menu.group(ref).many for ref in menu.values_named(stems(words))
    )


def left_out(menu: Menu, item: int, words: str, held: Collection[Choice]) -> Choice | None:
    """The option that leaves this out: a value of its own ("no onions"), or one of several that are held, taken away.

    None for something that is no option, and for an extra that was not taken: it may be in the item anyway, so the
    kitchen has to be told in words.
    """
    for phrase in (f"no {words}", f"without {words}"):
        for ref in menu.values_named(stems(phrase)):
            if ref.item == item:
                return menu.choice(ref)
    for ref in menu.values_named(stems(words)):
        if ref.item == item and menu.group(ref).many and menu.choice(ref) in held:
            return menu.choice(ref, off=True)
    return None


def unused(item: int, mention: Mention) -> int:
    """How many of the mention's option words mean nothing for this item."""
    return sum(1 for refs in mention.values if fits(item, refs) is None)
