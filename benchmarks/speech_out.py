"""Speech out: how long voices take for the time they speak, how early the first sound comes, and what needs no voice
at all because it was rendered at publish.

Usage: benchmarks/speech_out.py [--voice NAME ...] [--runs N] [--threads N]
"""

import argparse
import asyncio
import logging
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path

from _table import middle, print_table, spread

from tollfree.calls.fixed_lines import fixed_lines
from tollfree.calls.lines.script import read_script_file
from tollfree.calls.project import read_folder
from tollfree.flows.compile import compile_or_raise
from tollfree.flows.graph import Flow
from tollfree.rehearse.scripts import rehearse
from tollfree.rehearse.shop import PROJECT, backend, bring_up_to_date, shop_folder
from tollfree.speech.stt.base import UnknownEngine
from tollfree.speech.tts.base import Voice
from tollfree.speech.tts.clauses import clauses, sentences
from tollfree.speech.tts.registry import load_voice
from tollfree.speech.tts.renderings import Renderings
from tollfree.speech.tts.speaker import CachedSpeaker
from tollfree.wiring.office import Office
from tollfree.wiring.settings import Settings

VOICES = ("kokoro:af_heart", "piper:en_US-joe-medium")
TEXTS = {
    "one word": "Sure.",
    "a question": "What is your order number?",
    "two clauses": "Your table is booked for Tuesday, and we will call you back.",
    "with figures": "Your order 41755 comes to $14.50, and it will be ready at 3pm.",
    "an order": (
        "I have a large pepperoni pizza with extra cheese, two cans of Sprite, and a garden salad with ranch dressing. "
        "That comes to forty-one dollars and fifty cents. Is that right?"
    ),
}


@dataclass
class Measured:
    """Figures of one voice and text over several runs."""

    rtf: list[float] = field(default_factory=list[float])
    """Seconds of processor time per second of sound."""
    first_ms: list[float] = field(default_factory=list[float])
    """Wall-clock time from the text to its first clip."""
    first_work_ms: list[float] = field(default_factory=list[float])
    """Processor time of the same: what a free core would take."""
    whole_ms: list[float] = field(default_factory=list[float])
    sound_ms: list[float] = field(default_factory=list[float])
    waits_ms: list[float] = field(default_factory=list[float])
    """Silence that a caller would hear inside the text, because a clause was not there when the one before was over."""


async def measure(voice: Voice, text: str, runs: int) -> Measured:
    """Stream a text, never seen before, several times."""
    found = Measured()
    for _ in range(runs):
        with tempfile.TemporaryDirectory() as folder:
            speaker = CachedSpeaker(voice, Renderings(Path(folder)))
            began, worked = time.perf_counter(), time.process_time()
            arrived: list[float] = []
            sound = 0.0
            playhead = waits = 0.0
            async with aclosing(speaker.stream(text)) as stream:
                async for clip in stream:
                    if not arrived:
                        found.first_work_ms.append((time.process_time() - worked) * 1000)
                    arrived.append((time.perf_counter() - began) * 1000)
                    waits += max(0.0, arrived[-1] - playhead) if playhead else 0.0
                    playhead = max(playhead, arrived[-1]) + clip.ms
                    sound += clip.ms
            found.rtf.append((time.process_time() - worked) * 1000 / sound)
            found.first_ms.append(arrived[0])
            found.whole_ms.append(arrived[-1])
            found.sound_ms.append(sound)
            found.waits_ms.append(waits)
            await speaker.aclose()
    return found


async def voices_table(names: Sequence[str], runs: int, threads: int) -> None:
    rows: list[list[str]] = []
    for name in names:
        began = time.perf_counter()
        try:
            voice = load_voice(name, Settings().cache, threads)
        except UnknownEngine as missing:
            sys.stderr.write(f"{name} is left out: {missing.message}\n")
            continue
        await voice.warm_up()
        loaded = f"{time.perf_counter() - began:.1f} s"
        for label, text in TEXTS.items():
            found = await measure(voice, text, runs)
            rows.append(
                [
                    f"{name}, {label}",
                    f"{middle(found.sound_ms) / 1000:.1f} s",
                    spread(found.rtf, "", 2),
                    spread(found.first_work_ms, "ms", 0),
                    spread(found.first_ms, "ms", 0),
                    f"{middle(found.whole_ms):.0f} ms",
                    f"{middle(found.waits_ms):.0f} ms",
                    loaded,
                ]
            )
            loaded = ""
        await voice.aclose()
    head = [
        "voice, text",
        "sound",
        "CPU s per s of sound",
        "CPU to first clip",
        "first clip",
        "last clip",
        "waits inside",
        "load",
    ]
    print_table(f"Rendering, {threads} thread(s), median of {runs} runs (least-most)", head, rows)


async def shop_table() -> None:
    """Of everything the shop's scripted callers hear: how much was rendered at publish."""
    folder = read_folder(shop_folder())
    flow = compile_or_raise(folder.flows["support"], folder.library, folder.flows)
    fixed = _pieces(flow)
    said = await _said_in_calls()
    whole = [text for text in said if all(sentence in fixed for sentence in sentences(text))]
    begun = [text for text in said if sentences(text)[0] in fixed]
    spoken = [sentence for text in said for sentence in sentences(text)]
    ready = [sentence for sentence in spoken if sentence in fixed]
    rows = [
        _share("lines", len(whole), len(said)),
        _share("lines whose first sentence is ready", len(begun), len(said)),
        _share("sentences", len(ready), len(spoken)),
        _share("different lines", len(set(whole)), len(set(said))),
        _share("characters", sum(map(len, ready)), sum(map(len, spoken))),
    ]
    size = sum(map(len, fixed_lines(flow)))
    title = f"The corner shop: {len(fixed_lines(flow))} fixed lines ({size} characters) rendered at publish"
    print_table(title, ["heard by scripted callers", "ready", "of", "share"], rows)
    waiting = [clauses(text)[0] for text in said if sentences(text)[0] not in fixed]
    if waiting:
        lengths = sorted(map(len, waiting))
        sys.stdout.write(f"First clauses that must be rendered: median {middle(lengths):.0f} characters\n")


def _pieces(flow: Flow) -> frozenset[str]:
    return frozenset(sentence for line in fixed_lines(flow) for sentence in sentences(line))


def _share(label: str, part: int, whole: int) -> list[str]:
    return [label, str(part), str(whole), f"{part / max(whole, 1):.0%}"]


async def _said_in_calls() -> list[str]:
    """Every line of every scripted call whose backend is well."""
    said: list[str] = []
    callers = sorted((shop_folder() / "callers").glob("*.txt"))
    with tempfile.TemporaryDirectory() as home:
        async with backend(shop_folder(), 0) as port, await Office.open(Settings(home=Path(home))) as office:
            await bring_up_to_date(office, shop_folder(), port)
            for script in (read_script_file(file) for file in callers):
                if "backend" in script.directives:
                    continue
                done = await rehearse(office, PROJECT, script)
                async for entry in office.store.log.stream(done.summary.call):
                    if (entry.record.kind, entry.record.type) == ("effect", "say"):
                        said.append(str(entry.record.data["text"]))
    return [text for text in said if sentences(text)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--voice", action="append", help="such as kokoro:af_heart; may be repeated")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    logging.disable(logging.INFO)
    asyncio.run(shop_table())
    asyncio.run(voices_table(tuple(args.voice or VOICES), args.runs, args.threads))


if __name__ == "__main__":
    main()
