"""What reading a value costs, by slot type: a whole answer, and a search in a sentence that holds none.

    python benchmarks/slots.py [--runs 5]

A typed turn may try every slot of its flow, so these are fractions of the 15 ms a turn may take.
"""

import argparse
import gc
import time
from collections.abc import Callable, Mapping

from _flows import FACTS, LIBRARY
from _table import middle, print_table

from tollfree.flows.slots.base import Resources
from tollfree.flows.slots.registry import SLOT_TYPES, make

REPEATS = 200
SENTENCE = "well I was wondering whether you could maybe help me with the thing that arrived at our place the other day"
ANSWERS: Mapping[str, tuple[dict[str, object], str]] = {
    "digits": ({"length": 5}, "uh four one, no, four two seven double five"),
    "code": ({}, "a as in alpha, b as in bravo, one two three"),
    "number": ({}, "two thousand and twenty six point five"),
    "quantity": ({}, "a couple of dozen"),
    "money": ({}, "twenty two fifty"),
    "date": ({}, "next tuesday, no, wednesday"),
    "date_range": ({}, "from monday to the end of next week"),
    "time": ({}, "half past three in the afternoon"),
    "phone": ({}, "two one two, five five five, oh one four two"),
    "email": ({}, "jane dot doe at gmail dot com"),
    "name": ({}, "it's jane doe, spelled d o e"),
    "yes_no": ({}, "yeah that's right"),
    "choice": ({"choices": {"pickup": ["collect"], "delivery": ["bring it"], "post": []}}, "uh, bring it please"),
    "item": ({"catalogue": "menu"}, "the pepperoni pizza please"),
    "text": ({}, "it broke when I took it out of the box"),
}
"""By type: options, and an answer as people give it."""


def microseconds(work: Callable[[], object]) -> float:
    """Of one run of the work, over many."""
    gc.collect()
    begun = time.perf_counter()
    for _ in range(REPEATS):
        work()
    return (time.perf_counter() - begun) / REPEATS * 1e6


def main() -> None:
    """Prints the table."""
    options = argparse.ArgumentParser(description="Microseconds a slot's reading takes.")
    options.add_argument("--runs", type=int, default=5)
    given = options.parse_args()
    rows: list[tuple[str, ...]] = []
    for name in SLOT_TYPES:
        settings, answer = ANSWERS[name]
        slot_type = make(name, settings, Resources(LIBRARY.catalogues))
        reading = slot_type.read(answer, FACTS)
        read = [microseconds(lambda s=slot_type, a=answer: s.read(a, FACTS)) for _ in range(given.runs)]
        find = [microseconds(lambda s=slot_type: s.find(SENTENCE, FACTS, ("thing",))) for _ in range(given.runs)]
        value = slot_type.canonical(reading.value) if reading is not None else "(nothing)"
        rows.append((name, f"{middle(read):,.0f} µs", f"{middle(find):,.0f} µs", f"{answer} → {value}"))
    print_table(
        f"reading a slot, median of {given.runs} runs of {REPEATS}", ("type", "read", "find nothing", "answer"), rows
    )


if __name__ == "__main__":
    main()
