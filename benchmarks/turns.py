"""Where turns of real people are taken to end, whole and with pauses made inside them.

    python benchmarks/turns.py [--engine whisper:tiny.en] [--pauses 300 500 800 1200]

Clips: the folders speech and turns of TOLLFREE_SHARED_DATA (by default ../shared/data). A pause is made by stretching
a natural dip of at least 80 ms to so many milliseconds of room tone: one pause a copy, each dip in turn. `digits` are
the copies of clips whose reference is a string of digits. No flow is behind them that could make sense of the words,
as there is in a call, so that what is waited is the longest that such turns are waited for.
"""

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from _table import percentile, print_table

from tollfree.calls.lines.sound_file import SUFFIXES, SoundFile
from tollfree.protocol.audio import HEARD_RATE, Samples
from tollfree.protocol.clock import SystemClock
from tollfree.speech.stt.base import Recognizer
from tollfree.speech.stt.registry import load_recognizer
from tollfree.speech.turns.endings import saying_numbers
from tollfree.speech.turns.evaluation import ClipTurns, Loudness, evaluate_clip
from tollfree.speech.turns.listener import Listener
from tollfree.speech.turns.silero import SileroActivity
from tollfree.wiring.settings import Settings

SHARED = Path(os.environ.get("TOLLFREE_SHARED_DATA", Path(__file__).parents[2] / "shared" / "data"))
SHORTEST_DIP_MS = 80.0
EDGE_MS = 200.0
"""Dips this near to either end are breaths, not pauses."""
LIMITS = {"cut at 800 ms": "10 %", "digits cut": "0 %"}


@dataclass(frozen=True)
class Clip:
    """One recording of a real person."""

    name: str
    said: str
    samples: Samples


def clips() -> list[Clip]:
    """Every clip that has a reference, each once."""
    found: dict[str, Clip] = {}
    for folder in (SHARED / "speech", SHARED / "turns"):
        if not (folder / "refs.json").exists():
            continue
        refs: dict[str, str] = json.loads((folder / "refs.json").read_text())
        for file in sorted(folder.iterdir()):
            if file.suffix.lower() in SUFFIXES and file.stem in refs:
                samples = np.concatenate(list(SoundFile(file).pieces([])))
                key = f"{refs[file.stem]} {len(samples)}"
                found.setdefault(key, Clip(file.name, refs[file.stem], samples))
    return list(found.values())


def paused(clip: Clip, pause_ms: float) -> Iterator[tuple[float, Samples]]:
    """Copies with one dip stretched, and where that begins."""
    loudness = Loudness(clip.samples)
    dips = [dip for dip in loudness.dips() if dip[1] - dip[0] >= SHORTEST_DIP_MS]
    for start_ms, end_ms in dips:
        inside = start_ms - loudness.start_ms >= EDGE_MS and loudness.end_ms - end_ms >= EDGE_MS
        if inside and end_ms - start_ms < pause_ms:
            middle = int((start_ms + end_ms) / 2 * HEARD_RATE / 1000)
            more = int((pause_ms - (end_ms - start_ms)) * HEARD_RATE / 1000)
            tone = np.random.default_rng(2).normal(0, 10, more).astype(np.int16)
            yield start_ms, np.concatenate([clip.samples[:middle], tone, clip.samples[middle:]])


async def play(name: str, samples: Samples, recognizer: Recognizer) -> ClipTurns:
    """One clip through the listener."""
    return await evaluate_clip(
        name,
        samples,
        listener=Listener(punctuates=recognizer.hearing.punctuates, quick=recognizer.hearing.quick),
        activity=SileroActivity(),
        recognizer=recognizer,
        clock=SystemClock(),
    )


async def whole(found: list[Clip], recognizer: Recognizer) -> list[tuple[str, ...]]:
    """The clips as they are."""
    turns = [await play(clip.name, clip.samples, recognizer) for clip in found]
    waited = [turn.waited_ms for turn in turns if turn.waited_ms is not None]
    decodes = [turn.decode_ms for turn in turns if turn.decode_ms is not None]
    cut = sum(turn.splits > 0 for turn in turns)
    return [
        ("waited p50", f"{percentile(waited, 50):.0f} ms", ""),
        ("waited p95", f"{percentile(waited, 95):.0f} ms", ""),
        ("of it, decode p50", f"{percentile(decodes, 50):.0f} ms", ""),
        ("cut at their own pauses", f"{cut} of {len(turns)}", ""),
    ]


async def with_pauses(found: list[Clip], recognizer: Recognizer, pause_ms: float) -> list[tuple[str, ...]]:
    """Copies with one made pause each."""
    counts = {False: [0, 0], True: [0, 0]}
    for clip in found:
        for at_ms, samples in paused(clip, pause_ms):
            turn = await play(clip.name, samples, recognizer)
            cut = any(at_ms <= commit.at_ms <= at_ms + pause_ms for commit in turn.commits)
            count = counts[saying_numbers(clip.said)]
            count[0] += cut
            count[1] += 1
    rows: list[tuple[str, ...]] = []
    for digits, label in ((False, f"cut at {pause_ms:.0f} ms"), (True, f"digits cut at {pause_ms:.0f} ms")):
        cut, count = counts[digits]
        share = f"{cut} of {count}, {100 * cut / count:.0f} %" if count else "none"
        rows.append((label, share, LIMITS["digits cut"] if digits else LIMITS.get(label, "")))
    return rows


async def measure(engine: str, pauses: list[float]) -> None:
    """Print the table of one recogniser."""
    found = clips()
    if not found:
        sys.stdout.write(f"There are no clips of real people at {SHARED}; set TOLLFREE_SHARED_DATA.\n")
        return
    recognizer = load_recognizer(engine, Settings().cache)
    try:
        await recognizer.warm_up()
        rows = await whole(found, recognizer)
        for pause_ms in pauses:
            rows += await with_pauses(found, recognizer, pause_ms)
    finally:
        await recognizer.aclose()
    print_table(f"Turns of {len(found)} clips of real people, {engine}", ("", "measured", "limit"), rows)


def main() -> None:
    """Prints the table."""
    options = argparse.ArgumentParser(description="Where turns of real people are taken to end.")
    options.add_argument("--engine", default="whisper:tiny.en")
    options.add_argument("--pauses", type=float, nargs="*", default=[300, 500, 800, 1200])
    given = options.parse_args()
    asyncio.run(measure(given.engine, given.pauses))


if __name__ == "__main__":
    main()
