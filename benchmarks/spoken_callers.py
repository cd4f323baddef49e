"""Callers of the corner shop with a voice: which of them take the path that they take in writing.

Every recorded caller (examples/corner-shop/callers/spoken, three voices) calls the published shop through the wav line
in virtual time, heard by the real recogniser, spoken to by the real voice, served by the real backend. A caller
answers what is read back to them, and says a turn again, once, when asked again, as whoever spoke would; neither is an
exit. Nothing is asserted.

usage: benchmarks/spoken_callers.py [--stt NAME] [--voice NAME] [--words] [VOICE/CALLER …]
"""

import argparse
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from _table import print_table

from tollfree.calls.lines.script import read_script_file
from tollfree.calls.virtual_time import run_virtually
from tollfree.protocol.clock import Clock
from tollfree.rehearse.shop import PROJECT, backend, bring_up_to_date, shop_folder
from tollfree.rehearse.spoken import SpokenRehearsal, Typed, rehearse_spoken, spoken_callers, type_out
from tollfree.wiring.engines import Engines
from tollfree.wiring.office import Office
from tollfree.wiring.settings import Settings


@dataclass(frozen=True)
class Timed:
    """One call, and what it cost."""

    rehearsed: SpokenRehearsal
    work_s: float
    """Processor seconds of this process."""


async def play(clock: Clock, settings: Settings, only: list[str], *, words: bool) -> list[Timed]:
    """The calls, one after the other."""
    shop = shop_folder()
    timed: list[Timed] = []
    async with backend(shop, 0) as port, await Office.open(settings, clock) as office:
        await bring_up_to_date(office, shop, port)
        engines = Engines.load(settings)
        typed: dict[str, Typed] = {}
        for voice, name in spoken_callers(shop / "callers" / "spoken"):
            if only and f"{voice.name}/{name}" not in only:
                continue
            script = read_script_file(shop / "callers" / f"{name}.txt")
            if name not in typed:
                typed[name] = await type_out(office, PROJECT, script)
            began = time.process_time()
            rehearsed = await rehearse_spoken(office, engines, PROJECT, script, voice, typed[name])
            timed.append(Timed(rehearsed, time.process_time() - began))
            mark = "as typed" if rehearsed.typed_path else "OTHERWISE"
            sys.stderr.write(f"{mark} {voice.name}/{name}\n")
            if words and not rehearsed.typed_path:
                sys.stderr.write("".join(f"  {line}\n" for line in rehearsed.words))
            sys.stderr.flush()
        await engines.aclose()
    return timed


def left_at(rehearsed: SpokenRehearsal) -> str:
    """The first exit that is not the script's."""
    wanted, taken = rehearsed.script.path or (), rehearsed.summary.path
    place = next(
        (i for i, (a, b) in enumerate(zip(wanted, taken, strict=False)) if a != b), min(map(len, (wanted, taken)))
    )
    there = taken[place] if place < len(taken) else "nothing"
    return "" if rehearsed.typed_path else f"{there} for {wanted[place] if place < len(wanted) else 'the end'}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("only", nargs="*", metavar="VOICE/CALLER")
    parser.add_argument("--stt", default=Settings().stt)
    parser.add_argument("--voice", default=Settings().voice)
    parser.add_argument("--words", action="store_true", help="what was said in calls that went otherwise")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        settings = Settings(home=Path(home), recording="none", stt=options.stt, voice=options.voice)
        timed = run_virtually(
            lambda clock: play(clock, settings, options.only, words=options.words), start=datetime.now(UTC)
        )
    rows = [
        (
            f"{one.rehearsed.voice}/{one.rehearsed.script.name}",
            "yes" if one.rehearsed.typed_path else "no",
            str(one.rehearsed.read_back),
            str(one.rehearsed.repeated),
            f"{one.work_s:.1f} s",
            left_at(one.rehearsed),
        )
        for one in timed
    ]
    good = sum(one.rehearsed.typed_path for one in timed)
    title = f"Spoken callers on the typed path: {good} of {len(timed)}, heard by {options.stt}"
    print_table(title, ("caller", "typed path", "read back", "said again", "work", "left at"), rows)
    if timed:
        print_table("Work a call", ("", "median"), [("", f"{statistics.median(t.work_s for t in timed):.1f} s")])


if __name__ == "__main__":
    main()
