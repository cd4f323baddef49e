"""Sixteen callers at once through the speech server against one turn at a time on the same cores, in one run.

    python benchmarks/stt_server.py [--model tiny.en] [--device cpu|cuda] [--compute-type int8] [--calls 16]
                                    [--workers N] [--threads N] [--batch N] [--rounds 3] [--clips DIR ...]

One at a time is tried in four ways, in process and through the server, and with one thread and with as many as there
are cores; the fastest counts. Rounds take turns, so that other work on the machine disturbs all alike. Limits: 1.2
times the turns a second, the same transcripts, turn by turn. Clips are those of real people where they are here
(TOLLFREE_SHARED_DATA), else the corner shop's spoken callers.
"""

import argparse
import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from _table import middle, percentile, print_table, spread

from tollfree.protocol.audio import HEARD_RATE, Samples
from tollfree.rehearse.shop import shop_folder
from tollfree.serving.stt.settings import cores
from tollfree.speech.stt.base import Urgency
from tollfree.speech.stt.hear_link import HearLink
from tollfree.speech.stt.remote_settings import RemoteSettings
from tollfree.speech.stt.sound_file import read_recording
from tollfree.speech.stt.turn_hearing import TurnHearing
from tollfree.speech.stt.turn_window import TurnWindow
from tollfree.speech.stt.voice_gate import VoiceGate
from tollfree.speech.stt.whisper_engine import Engine, Runtime
from tollfree.speech.stt.whisper_settings import BATCHED, WhisperSettings
from tollfree.speech.stt.wire import PATH, Hear, Heard, to_bytes
from tollfree.weights.find import find
from tollfree.wiring.settings import Settings

SHARED = Path(os.environ.get("TOLLFREE_SHARED_DATA", Path(__file__).parents[2] / "shared" / "data"))
LIMIT = 1.2
LONGEST_S = 30
SENT = RemoteSettings(within_s=600, reach_s=60)


@dataclass(frozen=True)
class Round:
    """Every turn heard once."""

    seconds: float
    heard: dict[str, Heard]


def clips_of(folders: Sequence[Path]) -> dict[str, Samples]:
    """Name → sound."""
    files = [file for folder in folders for file in sorted(folder.rglob("*")) if file.suffix in (".wav", ".opus")]
    return {str(file): read_recording(file).samples[-LONGEST_S * HEARD_RATE :] for file in files}


def default_folders() -> list[Path]:
    """Real people, or the corner shop's callers."""
    real = [folder for folder in (SHARED / "turns", SHARED / "speech") if folder.is_dir()]
    return real or [shop_folder() / "callers" / "spoken"]


def folder_of(model: str) -> Path:
    """Of a model by its name, or of its files."""
    return Path(model) if Path(model).is_dir() else find(model, Settings().cache).folder


def in_process(hearing: TurnHearing, clips: dict[str, Samples]) -> Round:
    """One turn after another, without any server."""
    began = time.perf_counter()
    heard = {name: hearing.hear(samples, None, Urgency.COMMIT) for name, samples in clips.items()}
    seconds = time.perf_counter() - began
    return Round(seconds, {name: Heard(id="", text=one.text, confidence=one.confidence) for name, one in heard.items()})


async def through_server(url: str, clips: dict[str, Samples], calls: int) -> Round:
    """So many calls, each with its own connection, take the turns there are, one after another each."""
    left = list(clips.items())
    heard: dict[str, Heard] = {}

    async def call(link: HearLink) -> None:
        while left:
            name, samples = left.pop(0)
            heard[name] = await link.ask(Hear(id="0", samples=len(samples)), to_bytes(samples))

    links = [HearLink(url, SENT) for _ in range(calls)]
    await asyncio.gather(*(link.reached(60) for link in links))
    began = time.perf_counter()
    await asyncio.gather(*map(call, links))
    seconds = time.perf_counter() - began
    await asyncio.gather(*(link.aclose() for link in links))
    return Round(seconds, heard)


@asynccontextmanager
async def server(args: argparse.Namespace, **settings: object) -> AsyncGenerator[str]:
    """`tollfree engines stt` in a process of its own; its address."""
    told = {"MODEL": args.model, "DEVICE": args.device, "COMPUTE_TYPE": args.compute_type, "PORT": 0, **settings}
    environment = {f"TOLLFREE_STT_SERVER_{name}": str(value) for name, value in told.items()}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        "from tollfree.cli.main import main; main(['engines', 'stt'])",
        stdout=subprocess.PIPE,
        env=os.environ | environment,
    )
    try:
        assert process.stdout is not None
        line = (await process.stdout.readline()).decode()
        if not line:
            raise SystemExit("the server did not start; it says why above")
        yield f"ws{line.rsplit('http', 1)[1].strip()}{PATH}"
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        await process.wait()


async def measured(args: argparse.Namespace, clips: dict[str, Samples]) -> dict[str, list[Round]]:
    """Rounds by way of hearing."""
    folder = folder_of(args.model)
    gate = VoiceGate(BATCHED)
    alone = {
        f"one at a time, in process, {threads} thread{'s' * (threads > 1)}": TurnHearing(
            TurnWindow(
                Engine(folder, runtime=Runtime(device=args.device, compute_type=args.compute_type, threads=threads)),
                BATCHED,
            ),
            gate,
            BATCHED,
        )
        for threads in sorted({1, cores()})
    }
    rounds: dict[str, list[Round]] = {}
    batch = {"WORKERS": args.workers, "THREADS": args.threads, "BATCH": args.batch}
    async with server(args, WORKERS=1, THREADS=1) as one_url, server(args, **batch) as many_url:
        for at in range(args.rounds + 1):
            some = clips if at else dict(list(clips.items())[: args.calls])  # the first round warms up
            for name, hearing in alone.items():
                rounds.setdefault(name, []).append(await asyncio.to_thread(in_process, hearing, some))
            rounds.setdefault("one at a time, served", []).append(await through_server(one_url, some, 1))
            name = f"{args.calls} at once, served"
            rounds.setdefault(name, []).append(await through_server(many_url, some, args.calls))
    return {name: several[1:] for name, several in rounds.items()}


def own_lengths(args: argparse.Namespace, clips: dict[str, Samples]) -> Round:
    """The recipe of the recogniser in process, for comparison: each turn in a window of its own length."""
    folder = folder_of(args.model)
    settings = WhisperSettings()
    engine = Engine(folder, runtime=Runtime(device=args.device, compute_type=args.compute_type))
    return in_process(TurnHearing(TurnWindow(engine, settings), VoiceGate(settings), settings), clips)


def differing(one: Round, other: Round) -> list[str]:
    """Names of turns whose words differ."""
    return [name for name in one.heard if one.heard[name].text != other.heard[name].text]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="tiny.en")
    parser.add_argument("--device", default="cpu", choices=("cpu", "cuda"))
    parser.add_argument("--compute-type", default="")
    parser.add_argument("--calls", type=int, default=16)
    parser.add_argument("--workers", type=int, default=0)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--batch", type=int, default=0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--clips", type=Path, nargs="*", default=None)
    args = parser.parse_args()
    args.compute_type = args.compute_type or ("float16" if args.device == "cuda" else "int8")
    clips = clips_of(args.clips or default_folders())
    wanted = 3 * args.calls  # the last ones, which have no company left, count for less
    again = range(1, -(-wanted // len(clips)) + 1)
    clips = {f"{name} ({time})": one for time in again for name, one in clips.items()}
    clips = dict(list(clips.items())[:wanted])
    rounds = asyncio.run(measured(args, clips))
    *single, many = rounds
    baseline = min(single, key=lambda name: middle([one.seconds for one in rounds[name]]))
    ratios = [a.seconds / b.seconds for a, b in zip(rounds[baseline], rounds[many], strict=True)]
    heard_s = sum(map(len, clips.values())) / HEARD_RATE
    rows = [
        (
            name,
            spread([len(clips) / one.seconds for one in several], "/s"),
            f"{heard_s / middle([one.seconds for one in several]):.1f}",
            f"{percentile([heard.waited_ms for one in several for heard in one.heard.values()], 50):.0f} ms",
            f"{percentile([heard.waited_ms for one in several for heard in one.heard.values()], 95):.0f} ms",
            f"{sum(heard.batch for one in several for heard in one.heard.values()) / len(clips) / len(several):.1f}",
            str(max(len(differing(one, rounds[baseline][0])) for one in several)),
        )
        for name, several in rounds.items()
    ]
    title = f"{len(clips)} turns, {heard_s:.0f} s, {args.model} {args.compute_type} on {args.device}, {cores()} cores"
    print_table(title, ("", "turns", "× real time", "wait p50", "wait p95", "batch", "differ"), rows)
    differ = max(len(differing(one, rounds[baseline][0])) for one in rounds[many])
    own = len(differing(own_lengths(args, clips), rounds[baseline][0]))
    print_table(
        f"{many} / {baseline}",
        ("", "measured", "limit"),
        [
            ("throughput", spread(ratios, "×", 2), f"{LIMIT} ×"),
            ("transcripts that differ", str(differ), "0"),
            ("of the turn's own length, for comparison", str(own), ""),
        ],
    )
    return int(middle(ratios) < LIMIT or differ > 0)


if __name__ == "__main__":
    sys.exit(main())
