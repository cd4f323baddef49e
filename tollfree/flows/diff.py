"""What changed between two documents of a flow, place by place."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeGuard

from tollfree.protocol.values import Value, Values


@dataclass(frozen=True, slots=True)
class Change:
    """One difference."""

    kind: Literal["added", "removed", "changed"]
    place: tuple[str, ...]
    """Names from the top: `("nodes", "welcome", "say")`."""
    before: Value = None
    after: Value = None

    @property
    def node(self) -> str:
        """The node it is in; empty outside nodes."""
        return self.place[1] if len(self.place) > 1 and self.place[0] == "nodes" else ""


def diff(before: Values, after: Values) -> tuple[Change, ...]:
    """Every difference, in the order of the newer document; what was removed comes last."""
    return tuple(_mappings((), before, after))


def _mappings(place: tuple[str, ...], before: Values, after: Values) -> Iterator[Change]:
    for name, value in after.items():
        here = (*place, name)
        if name not in before:
            yield Change("added", here, None, value)
        else:
            yield from _values(here, before[name], value)
    for name, value in before.items():
        if name not in after:
            yield Change("removed", (*place, name), value, None)


def _values(place: tuple[str, ...], before: Value, after: Value) -> Iterator[Change]:
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        yield from _mappings(place, before, after)
    elif not _same(before, after):
        yield Change("changed", place, before, after)


def _same(before: Value, after: Value) -> bool:
    """Lists and tuples alike; true is not 1."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        return before.keys() == after.keys() and all(_same(part, after[name]) for name, part in before.items())
    if _is_list(before) and _is_list(after):
        return len(before) == len(after) and all(map(_same, before, after))
    return isinstance(before, bool) == isinstance(after, bool) and before == after


def _is_list(value: Value) -> TypeGuard[Sequence[Value]]:
    return isinstance(value, Sequence) and not isinstance(value, str)
