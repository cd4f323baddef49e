"""Whisper on a turn's own length against its window of 30 s, on real people's clips and on degraded copies of them.

    python benchmarks/whisper.py [--models tiny.en base] [--clips DIR ...] [--runs 3] [--only clean|degraded]

Every clip is heard by both, taking turns, so that other work on the machine disturbs both alike. The full window is
faster-whisper's own model with the same weights, once following one reading and once five side by side. Targets:
word errors at most 1.1 times, median time at most 0.3 times, 95th percentile at most 1.0 times the full window's.
`--clips` names further folders with a `refs.json` (name → what is said).
"""

import argparse
import json
import os
import statistics
import sys
import time
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import soxr
from _table import percentile, print_table

from tollfree.protocol.audio import HEARD_RATE, Samples
from tollfree.speech.stt.base import Urgency
from tollfree.speech.stt.english_words import english_words, word_errors
from tollfree.speech.stt.sound_file import read_recording
from tollfree.speech.stt.turn_hearing import TurnHearing
from tollfree.speech.stt.turn_window import TurnWindow
from tollfree.speech.stt.voice_gate import VoiceGate
from tollfree.speech.stt.whisper_engine import WINDOW, Engine
from tollfree.speech.stt.whisper_settings import WhisperSettings
from tollfree.weights.find import find
from tollfree.wiring.settings import Settings

SHARED = Path(os.environ.get("TOLLFREE_SHARED_DATA", Path(__file__).parents[2] / "shared" / "data"))
CHOSEN_ON = frozenset(
    {"cards001", "cards003", "cards005", "dg_nope", "lv0870", "lv0890", "numbers", "vosktest", "vosktest8k"}
    | {"ps_card1", "ps_card3", "ps_card5"}
)
"""Clips that settings were chosen on; the rest were only measured. `ps_*` are the `cards*` recordings again."""
WAYS = ("full window, 1 reading", "full window, 5 readings", "the turn's length")
MOST_TOKENS = 220


@dataclass(frozen=True)
class Clip:
    """A stretch of sound and what is said in it."""

    name: str
    group: str
    said: str
    samples: Samples


@dataclass
class Tally:
    """What one way of hearing did on one group of clips."""

    words: int = 0
    errors: int = 0
    wall_ms: list[float] = field(default_factory=list[float])
    cpu_ms: list[float] = field(default_factory=list[float])
    looks: list[int] = field(default_factory=list[int])

    @property
    def wer(self) -> float:
        """Word errors in percent."""
        return 100 * self.errors / max(self.words, 1)


def as_heard(sound: np.ndarray) -> Samples:
    """Floats as callers are heard."""
    return np.clip(np.round(sound * 32_767), -32_768, 32_767).astype(np.int16)


def degraded(samples: Samples, seed: int) -> dict[str, Samples]:
    """The same clip over a telephone, in noise, quiet, and from across a room."""
    rng = np.random.default_rng(seed)
    sound = samples / 32_768
    loud = float(np.sqrt(np.mean(sound[np.abs(sound) > 0.02 * np.abs(sound).max()] ** 2)))
    narrow = soxr.resample(soxr.resample(sound, HEARD_RATE, 8_000), 8_000, HEARD_RATE)[: len(sound)]
    steps = np.round(np.sign(narrow) * np.log1p(255 * np.abs(narrow)) / np.log(256) * 127) / 127  # G.711's μ-law
    telephone = np.sign(steps) * (256 ** np.abs(steps) - 1) / 255
    spectrum = np.fft.rfft(rng.standard_normal(len(sound)))
    pink = np.fft.irfft(spectrum / np.sqrt(np.maximum(np.arange(len(spectrum)), 1)), len(sound))
    pink *= loud / np.sqrt(np.mean(pink**2))
    room = rng.standard_normal(int(0.4 * HEARD_RATE)) * np.exp(-np.arange(int(0.4 * HEARD_RATE)) / (0.08 * HEARD_RATE))
    room *= 0.9 / np.sqrt(np.sum(room**2))
    room[0] = 1
    return {
        "8 kHz": as_heard(telephone),
        "noise 20 dB": as_heard(sound + 0.1 * pink),
        "noise 10 dB": as_heard(sound + 10 ** (-10 / 20) * pink),
        "quiet -30 dB": as_heard(sound * 10 ** (-30 / 20)),
        "echo": as_heard(0.3 * np.convolve(sound, room)[: len(sound)]),
    }


def clips_of(folders: Sequence[Path], only: str) -> list[Clip]:
    """Every clip and its degraded copies."""
    clips: list[Clip] = []
    for folder in folders:
        for name, said in json.loads((folder / "refs.json").read_text()).items():
            samples = read_recording(next(folder.glob(f"{name}.*"))).samples
            split = "chosen on" if name in CHOSEN_ON else "only measured"
            if only != "degraded":
                clips.append(Clip(name, f"{split}, clean", said, samples))
            if only != "clean":
                copies = degraded(samples, zlib.crc32(name.encode()))
                clips += [Clip(name, f"{split}, {how}", said, copy) for how, copy in copies.items()]
    return clips


def measure(model: str, clips: Sequence[Clip], runs: int) -> dict[tuple[str, str], Tally]:
    """Tallies by way of hearing and group; words are counted once, times are the median over the runs."""
    settings = WhisperSettings()
    engine = Engine(find(model, Settings().cache).folder, threads=settings.threads)
    hearing = TurnHearing(TurnWindow(engine, settings), VoiceGate(settings), settings)

    def full(beam: int) -> Callable[[Samples], tuple[str, int]]:
        def hear(samples: Samples) -> tuple[str, int]:
            sound = samples.astype(np.float32) / np.float32(32_768)
            return engine.decode(
                engine.encode([engine.spectrum(sound)], WINDOW), [engine.prompt((), "en")], MOST_TOKENS, beam
            )[0][0].text, 1

        return hear

    def turn(samples: Samples) -> tuple[str, int]:
        heard = hearing.hear(samples, None, Urgency.COMMIT)
        return heard.text, heard.looks

    ways = dict(zip(WAYS, (full(1), full(5), turn), strict=True))
    for hear in ways.values():
        hear(clips[0].samples)
    tallies: dict[tuple[str, str], Tally] = {}
    for clip in clips:
        times: dict[str, list[tuple[float, float]]] = {way: [] for way in ways}
        told: dict[str, tuple[str, int]] = {}
        for _ in range(runs):
            for way, hear in ways.items():
                wall, cpu = time.perf_counter(), time.process_time()
                told[way] = hear(clip.samples)
                times[way].append(((time.perf_counter() - wall) * 1000, (time.process_time() - cpu) * 1000))
        reference = english_words(clip.said)
        for way, (text, looks) in told.items():
            tally = tallies.setdefault((way, clip.group), Tally())
            tally.words += len(reference)
            tally.errors += word_errors(reference, english_words(text))
            tally.looks.append(looks)
            tally.wall_ms.append(statistics.median(wall for wall, _ in times[way]))
            tally.cpu_ms.append(statistics.median(cpu for _, cpu in times[way]))
    return tallies


def joined(tallies: Sequence[Tally]) -> Tally:
    """Several groups as one."""
    out = Tally()
    for one in tallies:
        out.words, out.errors = out.words + one.words, out.errors + one.errors
        out.wall_ms += one.wall_ms
        out.cpu_ms += one.cpu_ms
        out.looks += one.looks
    return out


def rows_of(tallies: dict[tuple[str, str], Tally], match: str) -> list[tuple[str, ...]]:
    """A row a way, over the groups whose name holds `match`; the last has the ratios to the better full window."""
    by_way = {way: joined([one for (w, group), one in tallies.items() if w == way and match in group]) for way in WAYS}
    rows = [
        (
            way,
            f"{one.wer:.1f} %",
            f"{statistics.median(one.wall_ms):.0f}",
            f"{percentile(one.wall_ms, 95):.0f}",
            f"{statistics.median(one.cpu_ms):.0f}",
            f"{percentile(one.cpu_ms, 95):.0f}",
            f"{sum(looks > 2 for looks in one.looks)} of {len(one.looks)}",
        )
        for way, one in by_way.items()
    ]
    turn = by_way[WAYS[2]]
    for way in WAYS[:2]:
        full = by_way[way]
        rows.append(
            (
                f"  to {way}",
                f"{turn.errors / max(full.errors, 1):.2f}x",
                f"{statistics.median(turn.wall_ms) / statistics.median(full.wall_ms):.2f}x",
                f"{percentile(turn.wall_ms, 95) / percentile(full.wall_ms, 95):.2f}x",
                f"{statistics.median(turn.cpu_ms) / statistics.median(full.cpu_ms):.2f}x",
                f"{percentile(turn.cpu_ms, 95) / percentile(full.cpu_ms, 95):.2f}x",
                "",
            )
        )
    return [*rows, ("  target", "≤ 1.10x", "≤ 0.30x", "≤ 1.00x", "≤ 0.30x", "≤ 1.00x", "")]


def main() -> None:
    """Print a table for every model and split."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", nargs="+", default=["tiny.en", "base"])
    parser.add_argument("--clips", nargs="*", type=Path, default=[])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--only", choices=["clean", "degraded"], default="")
    args = parser.parse_args()
    folders = [folder for folder in (SHARED / "speech", SHARED / "turns") if folder.is_dir()] + list(args.clips)
    if not folders:
        sys.stdout.write(f"skipped: {SHARED} is not there; name folders with a refs.json by --clips.\n")
        return
    clips = clips_of(folders, args.only)
    head = ("", "word errors", "p50 ms", "p95 ms", "CPU p50", "CPU p95", "3 looks")
    for model in args.models:
        tallies = measure(model, clips, args.runs)
        groups = sorted({group for _, group in tallies})
        splits = sorted({group.split(",")[0] for group in groups})
        for match in (*splits, *groups):
            some = joined([one for (way, group), one in tallies.items() if way == WAYS[2] and match in group])
            print_table(f"{model}, {match}: {len(some.looks)} clips, {some.words} words", head, rows_of(tallies, match))


if __name__ == "__main__":
    main()
