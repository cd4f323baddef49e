"""A catalogue made ready for finding its items and options among words: exactly, in part, and nearly."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from rapidfuzz import fuzz, process

from tollfree.flows.catalogue import Catalogue, Item, OptionGroup, OptionValue
from tollfree.flows.ordering.operations import Choice
from tollfree.flows.ordering.stems import stems
from tollfree.flows.ordering.words import COMMON, WEAK

NEAREST = 3
"""Most alternatives that are ever offered: more cannot be held in mind."""
LONGEST_PHRASE = 8
"""Words of a name that are looked up together."""
MISHEARD_WORDS = 4
"""Words that may together be one misheard name."""

_LONG = 8
"""Letters from which a name may be misheard more freely."""
_SAME_LONG, _SAME_SHORT = 80.0, 85.0
"""Similarity (0 to 100, Indel) from which a misheard long or short name is taken for the name."""
_SAME_REST = 67.0
"""Similarity of the words in which a misheard name differs from the name."""
_SHORTEST = 4
"""Letters of a word at least, before it may be taken for another."""
_ALIKE = 60.0
"""Similarity from which an item is offered in place of something unknown."""
_JOINING = frozenset({"of", "and", "with", "the", "on", "in", "a", "n"})
"""Words that a part of a name neither begins nor ends with."""


@dataclass(frozen=True, slots=True)
class ValueRef:
    """An option value of an item, by places in the catalogue."""

    item: int
    group: int
    value: int


@dataclass(frozen=True, slots=True)
class Found:
    """What some words may mean: items, option values, or either."""

    length: int
    """Words covered."""
    items: tuple[int, ...] = ()
    """Places of items in the catalogue, best first."""
    full: bool = False
    """The words are a whole name or synonym of the items."""
    values: tuple[ValueRef, ...] = ()
    score: float = 1.0
    """0 to 1; below 1 when the words were misheard or are only part of a name."""


class Menu:
    """An index of one catalogue. Immutable once built; serves every call at once."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.items = catalogue.items
        self.places = {item.sku: place for place, item in enumerate(self.items)}
        self._full: dict[str, list[int]] = {}
        self._values: dict[str, list[ValueRef]] = {}
        self._phrases: list[tuple[int, frozenset[str]]] = []
        self._parts: dict[str, int] = {}
        self._spelled: dict[str, tuple[str, ...]] = {}
        self._longest = 1
        for place, item in enumerate(self.items):
            self._index_item(place, item)
            self._index_values(place, item)
        self._keys = tuple(dict.fromkeys([*self._full, *self._values]))
        self._words = tuple(word for word in self._parts if len(word) >= _SHORTEST)
        self._names = tuple(item.name.lower() for item in self.items)

    def _index_item(self, place: int, item: Item) -> None:
        for name in (item.name, *item.synonyms):
            self._index_name(place, stems(name))

    def _index_name(self, place: int, words: tuple[str, ...]) -> None:
        if not words:
            return
        owners = self._full.setdefault(self._key(words), [])
        if place not in owners:
            owners.append(place)
        bit = 1 << len(self._phrases)
        self._phrases.append((place, frozenset(words)))
        for word in {*words, *stems(self.items[place].category)}:
            self._parts[word] = self._parts.get(word, 0) | bit

    def _index_values(self, place: int, item: Item) -> None:
        own = set(stems(item.name)) - WEAK
        for group_place, group in enumerate(item.options):
            for value_place, value in enumerate(group.values):
                for name in (value.name, *value.synonyms):
                    words = stems(name.lower().removeprefix("with "))
                    refs = self._values.setdefault(self._key(words), []) if words else []
                    ref = ValueRef(place, group_place, value_place)
                    if ref not in refs:
                        refs.append(ref)
                    if len(words) > 1 and not group.many and own & set(words):
                        self._index_name(place, words)

    def _key(self, words: tuple[str, ...]) -> str:
        """The words run together, so that it does not matter where a recogniser divides them."""
        self._longest = max(self._longest, len(words))
        key = "".join(words)
        self._spelled.setdefault(key, words)
        return key

    def group(self, ref: ValueRef) -> OptionGroup:
        """The group an option value belongs to."""
        return self.items[ref.item].options[ref.group]

    def value(self, ref: ValueRef) -> OptionValue:
        """The option value itself."""
        return self.group(ref).values[ref.value]

    def choice(self, ref: ValueRef, off: bool = False) -> Choice:
        """The option value as an order holds it."""
        return Choice(self.group(ref).name, self.value(ref).name, off)

    def defaults(self, item: int) -> tuple[Choice, ...]:
        """The options an item is had with when nothing is said."""
        return tuple(
            Choice(group.name, group.default) for group in self.items[item].options if group.default is not None
        )

    def values_named(self, words: Sequence[str]) -> Sequence[ValueRef]:
        """The option values with exactly this name, as stems."""
        return self._values.get("".join(words), ())

    def implied(self, words: Sequence[str], items: Sequence[int]) -> tuple[ValueRef, ...]:
        """The options that a synonym names along with the item: "buffalo wings" are chicken wings with buffalo."""
        found = [ref for ref in self.values_named(words) if ref.item in items and not self.group(ref).many]
        for word in words:
            for ref in self._values.get(word, ()):
                if ref.item in items and not self.group(ref).many and word not in stems(self.items[ref.item].name):
                    found.append(ref)
        return tuple(found)

    def words_of(self, item: int) -> frozenset[str]:
        """Every stem of an item's names."""
        return frozenset(word for name in (self.items[item].name, *self.items[item].synonyms) for word in stems(name))

    def knows(self, word: str) -> bool:
        """Whether a stem is a word of any item's name, synonyms or category."""
        return word in self._parts

    def find(self, words: Sequence[str], start: int) -> Found | None:
        """What the stems from `start` mean: the longest reading, whole names before parts of names."""
        exact = self._exact(words, start)
        part = self._part(words, start)
        if exact is None or part is None:
            return exact or part
        if part.length > exact.length and (exact.items or words[start] not in WEAK):
            return part
        if part.length == exact.length and not exact.items:
            return replace(exact, items=part.items, score=part.score)
        return exact

    def _exact(self, words: Sequence[str], start: int) -> Found | None:
        longest = min(self._longest + 2, LONGEST_PHRASE, len(words) - start)
        for length in range(longest, 0, -1):
            if not words[start + length - 1] or not words[start]:
                continue
            key = "".join(words[start : start + length])
            items, values = self._full.get(key, ()), self._values.get(key, ())
            if items or values:
                return Found(length, tuple(items), bool(items), tuple(values))
        return None

    def _part(self, words: Sequence[str], start: int) -> Found | None:
        """The longest run of words that all belong to one name, in any order."""
        fitting, said, length, strong = -1, set[str](), 0, False
        for place in range(start, min(start + LONGEST_PHRASE, len(words))):
            word = words[place]
            if word in said or (not said and word in _JOINING):
                break
            left = fitting & self._parts.get(word, 0)
            if not left and (word != "of" or not said):
                break
            if word in _JOINING:
                continue
            fitting, length = left, place - start + 1
            said.add(word)
            strong = strong or (word not in WEAK and not word.isdigit())
        return self._rank(fitting, said, length) if strong else None

    def _rank(self, fitting: int, said: set[str], length: int) -> Found:
        """The items whose phrases are set in `fitting`, those covered best first."""
        covered: dict[int, float] = {}
        while fitting:
            place, phrase = self._phrases[(fitting & -fitting).bit_length() - 1]
            fitting &= fitting - 1
            covered[place] = max(covered.get(place, 0.0), len(said & phrase) / len(phrase))
        whole = tuple(place for place, share in covered.items() if share == 1.0)
        if whole:
            return Found(length, whole, True, score=0.95)
        ranked = sorted(covered, key=lambda place: (-covered[place], place))
        open_now = [place for place in ranked if self.items[place].available]
        return Found(length, tuple(open_now or ranked), score=0.6 + 0.3 * max(covered.values()))

    def misheard(self, words: Sequence[str], start: int) -> Found | None:
        """What the stems from `start` sound like, when they are nothing exactly. Costs a scan of all names."""
        best: Found | None = None
        for length in range(1, min(MISHEARD_WORDS, len(words) - start) + 1):
            last = words[start + length - 1]
            if not last or last.isdigit():
                break
            if length > 1 and last in COMMON:
                continue
            heard = "".join(words[start : start + length])
            if len(heard) < _SHORTEST:
                continue
            bar = _SAME_LONG if len(heard) >= _LONG else _SAME_SHORT
            near = process.extractOne(heard, self._keys, scorer=fuzz.ratio, score_cutoff=bar)
            if near is None or not self._differs_little(words[start : start + length], near[0]):
                continue
            if best is None or near[1] / 100 >= best.score:
                key = near[0]
                items = tuple(self._full.get(key, ()))
                best = Found(length, items, bool(items), tuple(self._values.get(key, ())), near[1] / 100)
        return best

    def _differs_little(self, heard: Sequence[str], key: str) -> bool:
        """Whether what the two do not share is alike too: "vegan pizza" is no "veggie pizza"."""
        name = self._spelled[key]
        mine = "".join(word for word in heard if word not in name)
        other = "".join(word for word in name if word not in heard)
        return fuzz.ratio(mine, other) >= _SAME_REST

    def repaired(self, word: str) -> str | None:
        """The word of a name that a misheard stem stands for."""
        if len(word) < _SHORTEST or word in COMMON:
            return None
        near = process.extractOne(word, self._words, scorer=fuzz.ratio, score_cutoff=_SAME_SHORT)
        return near[0] if near is not None else None

    def nearest(self, heard: str) -> tuple[int, ...]:
        """At most three available items whose names resemble the words, the most similar first."""
        near = process.extract(
            heard.lower(), self._names, scorer=fuzz.token_set_ratio, score_cutoff=_ALIKE, limit=4 * NEAREST
        )
        return tuple(place for _, _, place in near if self.items[place].available)[:NEAREST]


class _Same:
    """A key that is equal only for the very same catalogue: comparing two by value would cost more than it saves."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue

    def __hash__(self) -> int:
        return id(self.catalogue)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.catalogue is self.catalogue


@lru_cache(maxsize=32)
def _menu(key: _Same) -> Menu:
    return Menu(key.catalogue)


def menu_of(catalogue: Catalogue) -> Menu:
    """The catalogue's index, built once."""
    return _menu(_Same(catalogue))
