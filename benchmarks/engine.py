"""What one step of the engine costs: limit 50 µs, median, on a flow of 30 nodes.

    python benchmarks/engine.py [--runs 7] [--calls 40]

Six callers are served once, their words understood by rules, and every event they cause is kept: orders, corrections,
several values in one breath, a digression, silence, keys, look-ups that find, miss and fail. Then the same events are
folded again and again, each step timed by itself. The words are understood between steps, so that is not in the
figures; what a node does with them is, the reading of orders included.
"""

import argparse
import asyncio
import gc
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence

from _flows import FACTS, LIBRARY, PARCEL_DESK
from _table import middle, percentile, print_table, spread

from tollfree.flows.compile import compile_or_raise
from tollfree.flows.engine import START, step
from tollfree.flows.graph import Flow
from tollfree.flows.slots.reader import FlowSlotReader
from tollfree.language.understand.cascade import Understander
from tollfree.protocol.effects import Effect, HangUp, Listen, Lookup, Say, Transfer, Understand
from tollfree.protocol.events import (
    Answered,
    CallEnded,
    CallerSilent,
    CallerSpoke,
    CallEvent,
    CallStarted,
    EffectFailed,
    KeyPressed,
    LookedUp,
    Spoken,
    Transferred,
)
from tollfree.protocol.values import Value

LIMIT_US = 50.0

CALLERS: Mapping[str, Sequence[str]] = {
    "status": ("where is my order", "uh four one seven five five", "can you repeat that", "no", "goodbye"),
    "corrects": ("order status", "four one seven six six", "sorry, it was order 41755", "no thanks"),
    "orders": (
        "place an order",
        "two large margheritas and a cola",
        "make that three colas",
        "that's all",
        "yes",
        "it's jane doe, 212 555 0142, at half past six",
        "yes",
        "no",
    ),
    "returns": ("send something back", "order 41755, it arrived broken", "yes", "[silence]", "no"),
    "keys": ("[key 1]", "[key 41755#]", "[silence]", "billing", "goodbye"),
    "lost": ("mumble", "[silence]", "fhqwhgads", "blah", "real person please"),
}
"""What each says; when that is used up, they hang up."""


def caller_event(text: str) -> CallEvent:
    """A turn of a caller as an event."""
    if text == "[silence]":
        return CallerSilent()
    if text.startswith("[key "):
        return KeyPressed(keys=text[5:-1])
    return CallerSpoke(text=text)


def record(flow: Flow, turns: Sequence[str]) -> list[CallEvent]:
    """Serve one caller, and keep every event."""
    slots = {(g.id, slot.name): (slot.type, slot.cues) for g in flow.graphs.values() for slot in g.slots.values()}
    options = {choice_set.key: choice_set for choice_set in flow.choice_sets}
    mind = Understander(reader=FlowSlotReader(slots), facts=FACTS, models={}, options=options, embedder=None)
    waiting, said, kept = [CallStarted(facts=FACTS)], list(turns), list[CallEvent]()
    state, listening, lookups = START, False, 0
    while not state.over:
        event = waiting.pop(0) if waiting else caller_event(said.pop(0)) if listening and said else CallEnded()
        kept.append(event)
        done = step(flow, state, event)
        state, listening = done.state, listening and isinstance(event, Spoken)
        for effect in done.effects:
            listening = listening or isinstance(effect, Listen)
            lookups += isinstance(effect, Lookup)
            answer = result(mind, effect, lookups)
            waiting += [answer] if answer is not None else []
    return kept


def result(mind: Understander, effect: Effect, lookups: int) -> CallEvent | None:
    """What becomes of an effect: every fifth look-up finds nothing, every seventh fails."""
    match effect:
        case Say():
            return Spoken(effect=effect.id, heard=effect.text)
        case Understand():
            return Answered(effect=effect.id, answer=asyncio.run(mind.understand(effect.question, effect.said)))
        case Lookup():
            if lookups % 7 == 0:
                return EffectFailed(effect=effect.id, code="timeout", message="no answer within 5000 ms")
            record: Value = {"number": "41755", "status": "shipped", "total": "22.50", "returnable": True, "first": "J"}
            return LookedUp(effect=effect.id, found=lookups % 5 != 0, result=record)
        case Transfer():
            return Transferred(effect=effect.id, connected=True)
        case HangUp():
            return CallEnded(reason="hung_up")
        case _:
            return None


def fold(flow: Flow, logs: Sequence[Sequence[CallEvent]], calls: int) -> dict[str, list[float]]:
    """Microseconds of every step, by the event's type."""
    taken: dict[str, list[float]] = defaultdict(list)
    for _ in range(calls):
        for events in logs:
            state = START
            for event in events:
                begun = time.perf_counter_ns()
                state = step(flow, state, event).state
                taken[event.type].append((time.perf_counter_ns() - begun) / 1000)
    return taken


def main() -> None:
    """Prints the tables."""
    options = argparse.ArgumentParser(description="Microseconds a step of the engine takes.")
    options.add_argument("--runs", type=int, default=7)
    options.add_argument("--calls", type=int, default=40, help="times each caller is folded in a run")
    given = options.parse_args()
    flow = compile_or_raise(PARCEL_DESK, LIBRARY)
    logs = [record(flow, turns) for turns in CALLERS.values()]
    fold(flow, logs, 3)
    gc.collect()
    runs = [fold(flow, logs, given.calls) for _ in range(given.runs)]
    every = [[sample for samples in run.values() for sample in samples] for run in runs]
    medians, tails = ([percentile(run, percent) for run in every] for percent in (50, 95))
    nodes, events = len(flow.main.nodes), sum(map(len, logs))
    print_table(
        f"one step of the engine, {nodes} nodes, {events} events of {len(logs)} callers, median of {given.runs} runs",
        ("", "median (least-most)", "limit", "p95"),
        [("every step", spread(medians, "µs"), f"{LIMIT_US:.0f} µs", f"{middle(tails):.0f} µs")],
    )
    rows = []
    for kind in sorted(runs[0], key=lambda kind: -len(runs[0][kind])):
        half, most = ([percentile(run[kind], percent) for run in runs] for percent in (50, 95))
        share = len(runs[0][kind]) / len(every[0])
        rows.append((kind, f"{share:.0%}", f"{middle(half):.1f} µs", f"{middle(most):.0f} µs"))
    print_table("by event", ("event", "share", "median", "p95"), rows)


if __name__ == "__main__":
    main()
