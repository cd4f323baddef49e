"""Every way to read an utterance as a string of characters, the likeliest first, by length.

"twenty two fifty" is 2250, or 20250 when six figures are asked for: a slot that knows its length chooses.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple


class Chunk(NamedTuple):
    """One token or more, read as some characters."""

    end: int
    """One past the last token it takes."""
    text: str
    """What it contributes; empty for separators ("dash")."""
    cost: float = 1.0
    """How unlikely. A plain chunk costs one, so that readings of fewer, longer chunks win."""
    doubt: float = 0.0
    """How much surer the reading would be without it, 0 to 1: homophones, dropped words."""


@dataclass(frozen=True, slots=True)
class Path:
    """One reading of all tokens."""

    text: str
    cost: float
    doubt: float
    """The largest doubt of its chunks."""


_KEPT = 3
"""Readings kept of each length: enough for "oh" as letter or zero, bounded for long utterances."""


def readings(count: int, chunks_from: Callable[[int], list[Chunk]], longest: int) -> Mapping[int, tuple[Path, ...]]:
    """The readings of `count` tokens by their length in characters, the cheapest first, at most three of each.

    `chunks_from` gives the chunks that begin at a token. Readings longer than `longest` are dropped. The work is
    proportional to tokens times `longest`, whatever the words.
    """
    reached: list[dict[int, list[Path]]] = [{} for _ in range(count + 1)]
    reached[0][0] = [Path("", 0.0, 0.0)]
    for place in range(count):
        here = reached[place]
        if not here:
            continue
        for chunk in chunks_from(place):
            there = reached[chunk.end]
            for length, paths in here.items():
                longer = length + len(chunk.text)
                if longer <= longest:
                    for path in paths:
                        _keep(there.setdefault(longer, []), path, chunk)
        reached[place] = {}
    return {length: tuple(paths) for length, paths in reached[count].items()}


def best(found: Mapping[int, tuple[Path, ...]]) -> Path | None:
    """The cheapest reading of any length."""
    return min((paths[0] for paths in found.values()), key=lambda path: path.cost, default=None)


def _keep(paths: list[Path], path: Path, chunk: Chunk) -> None:
    """Add the path with the chunk to the few cheapest, each text once."""
    cost = path.cost + chunk.cost
    if len(paths) == _KEPT and cost >= paths[-1].cost:
        return
    text = path.text + chunk.text
    for index, other in enumerate(paths):
        if other.text == text:
            if other.cost <= cost:
                return
            del paths[index]
            break
    paths.append(Path(text, cost, max(path.doubt, chunk.doubt)))
    paths.sort(key=lambda held: held.cost)
    del paths[_KEPT:]
