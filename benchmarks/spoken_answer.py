"""How long a caller waits for an answer from documents, beside a line that is always the same.

One caller joins over a real LiveKit server on loopback, as in ear.py, heard by the configured recogniser (tiny.en by
default). The same clips are asked of the corner shop, whose documents answer them (in a real index, rendered as a
publish does), and of a flow that answers each with a fixed line: what a recogniser needs for a clip is so the same but
for the noise of the machine, which the difference clip by clip takes out. A time is from the end of the caller's speech
to the first sound of what follows, at the caller's ear. The limit is on the difference of the medians; nothing is
asserted.

Needs the instruments (TOLLFREE_INSTRUMENTS, default ../shared/instruments), a LiveKit server (scripts/livekit), and the
model files. The caller's voice is rendered when the benchmark runs.

usage: benchmarks/spoken_answer.py [--rounds N] [--calls N] [--voice NAME] [--json FILE] [--logs FOLDER]
"""

import argparse
import asyncio
import json
import sys
import tempfile
import wave
from pathlib import Path

import click
from _ear_worker import ASKED, KNOWING_SHOP, QUESTIONS
from _table import percentile, print_table
from ear import INSTRUMENTS, QUIET, Run, measure

from tollfree.protocol.audio import SPOKEN_RATE
from tollfree.speech.tts.registry import load_voice
from tollfree.wiring.livekit_settings import LiveKitSettings
from tollfree.wiring.settings import Settings
from tollfree.worker.livekit_server import livekit_server

FLOWS = {"an answer from documents": KNOWING_SHOP, "a fixed line": QUESTIONS}
LIMIT_MS = 60
"""By how much the median of answers may be above that of fixed lines."""


async def render(voice_name: str, cache: Path, folder: Path) -> None:
    """The caller's clips, in a voice that is not the agent's."""
    voice = await asyncio.to_thread(load_voice, voice_name, cache)
    for name, text in ASKED.items():
        clip = await voice.render(text)
        with wave.open(str(folder / f"{name}.wav"), "wb") as file:
            file.setparams((1, 2, SPOKEN_RATE, 0, "NONE", ""))
            file.writeframes(clip.samples.tobytes())
    await voice.aclose()


def steps() -> list[dict[str, object]]:
    """A question, its answer, then the next."""
    return [QUIET, *(step for name in ASKED for step in ({"play": f"{name}.wav"}, QUIET))]


def events_of(results: list[dict[str, object]]) -> list[dict[str, object]]:
    """Every question that was asked."""
    return [event for result in results for call in result["calls"] for event in call["events"]]


def waited(events: list[dict[str, object]]) -> list[float]:
    """Milliseconds that were waited for answers, where they came in time and not too soon."""
    return [event["response_ms"] for event in events if event["response_ms"] is not None]


def clip_by_clip(answers: list[dict[str, object]], lines: list[dict[str, object]]) -> float:
    """The median over the clips of the difference between the two medians of each, in milliseconds, where both were
    answered."""

    def times(events: list[dict[str, object]], name: str) -> list[float]:
        return waited([event for event in events if event["clip"] == f"{name}.wav"])

    both = [(times(answers, name), times(lines, name)) for name in ASKED]
    return percentile([percentile(one, 50) - percentile(other, 50) for one, other in both if one and other], 50)


def report(results: dict[str, list[dict[str, object]]]) -> None:
    """The table, with the limit beside the figures."""
    rows = []
    medians: list[float] = []
    asked = {title: events_of(found) for title, found in results.items()}
    for title, events in asked.items():
        times = waited(events)
        medians.append(percentile(times, 50))
        none = len(events) - len(times)
        rows.append((title, str(len(times)), f"{medians[-1]:.0f}", f"{percentile(times, 95):.0f}", str(none)))
    print_table("From the end of the caller's speech to the first sound, ms", ("", "n", "p50", "p95", "none"), rows)
    apart = clip_by_clip(*asked.values())
    click.echo(
        f"difference of the medians: {medians[0] - medians[1]:+.0f} ms (limit: {LIMIT_MS} ms); clip by clip: "
        f"{apart:+.0f} ms"
    )


async def whole(args: argparse.Namespace) -> int:
    if not (INSTRUMENTS / "ear.py").exists():
        click.echo(f"skipped: the instruments are not here ({INSTRUMENTS})")
        return 0
    settings = Settings()
    results: dict[str, list[dict[str, object]]] = {title: [] for title in FLOWS}
    with tempfile.TemporaryDirectory() as folder:
        clips = Path(folder) / "clips"
        clips.mkdir()
        await render(args.voice, settings.cache, clips)
        async with livekit_server(LiveKitSettings(), home=Path(folder), cache=settings.cache) as server:
            for number in range(args.rounds):
                for title, flow in FLOWS.items():
                    run = Run(f"tollfree {settings.stt}", f"{flow} {number}", steps(), args.calls, flow=flow)
                    log = Path(args.logs or folder) / f"{flow}-{number}.log"
                    result = await asyncio.to_thread(measure, run, server, clips, log)
                    if result is None or "error" in result or not waited(events_of([result])):
                        click.echo(f"failed: {result}")
                        return 1
                    results[title].append(result)
    if args.json:
        await asyncio.to_thread(Path(args.json).write_text, json.dumps(results, indent=1))
    report(results)
    return 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=2, help="the two kinds take turns so often")
    parser.add_argument("--calls", type=int, default=2, help="of each kind in a round; each asks six questions")
    parser.add_argument("--voice", default="kokoro:am_michael", help="the caller's")
    parser.add_argument("--json", help="write everything that was measured")
    parser.add_argument("--logs", help="keep the worker's log in this folder")
    sys.exit(asyncio.run(whole(parser.parse_args())))


if __name__ == "__main__":
    main()
