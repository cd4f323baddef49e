"""How long a caller waits for an answer from documents, beside a line that is always the same.

One caller joins the corner shop over a real LiveKit server on loopback, as in ear.py: heard by the configured
recogniser (tiny.en by default), the shop's documents in a real index, fixed lines rendered before. The caller asks a
question that the documents answer, then one that a fixed line answers, in turn. A time is from the end of the caller's
speech to the first sound of what follows, at the caller's ear. The limit is on the difference of the medians; nothing
is asserted.

Needs the instruments (TOLLFREE_INSTRUMENTS, default ../shared/instruments), a LiveKit server (scripts/livekit), and the
model files. The caller's voice is rendered when the benchmark runs.

usage: benchmarks/spoken_answer.py [--calls N] [--voice NAME] [--json FILE] [--logs FOLDER]
"""

import argparse
import asyncio
import json
import sys
import tempfile
import wave
from pathlib import Path

import click
from _table import percentile, print_table
from ear import INSTRUMENTS, QUIET, Run, measure

from tollfree.protocol.audio import SPOKEN_RATE
from tollfree.speech.tts.registry import load_voice
from tollfree.wiring.livekit_settings import LiveKitSettings
from tollfree.wiring.settings import Settings
from tollfree.worker.livekit_server import livekit_server

LIMIT_MS = 60
"""By how much the median of answers may be above that of fixed lines."""
QUESTIONS = {
    "dog": "Can I bring my dog?",
    "gift": "Do you sell gift cards?",
    "bread": "Do you have gluten-free bread?",
    "parking": "Where can I park my car?",
    "pay": "Can I pay with a credit card?",
    "fee": "Is there a restocking fee?",
}
"""By clip; the documents answer each."""
FIXED = {"robot": "Are you a robot?", "help": "What can you do?"}
"""The flow answers these with lines that never change."""


async def render(voice_name: str, cache: Path, folder: Path) -> None:
    """The caller's clips, in a voice that is not the agent's."""
    voice = await asyncio.to_thread(load_voice, voice_name, cache)
    for name, text in (QUESTIONS | FIXED).items():
        clip = await voice.render(text)
        with wave.open(str(folder / f"{name}.wav"), "wb") as file:
            file.setparams((1, 2, SPOKEN_RATE, 0, "NONE", ""))
            file.writeframes(clip.samples.tobytes())
    await voice.aclose()


def steps() -> list[dict[str, object]]:
    """A question, then a fixed line, then the next."""
    fixed = list(FIXED)
    turns: list[dict[str, object]] = [QUIET]
    for place, question in enumerate(QUESTIONS):
        turns += [{"play": f"{question}.wav"}, QUIET, {"play": f"{fixed[place % len(fixed)]}.wav"}, QUIET]
    return turns


def waited(result: dict[str, object], clips: dict[str, str]) -> tuple[list[float], int]:
    """Milliseconds that these clips were waited for, and how many were not answered in time or too soon."""
    names = {f"{name}.wav" for name in clips}
    events = [event for call in result["calls"] for event in call["events"] if event["clip"] in names]
    times = [event["response_ms"] for event in events if event["response_ms"] is not None]
    return times, len(events) - len(times)


def report(result: dict[str, object]) -> None:
    """The table, with the limit beside the figures."""
    rows = []
    medians: list[float] = []
    for title, clips in (("an answer from documents", QUESTIONS), ("a fixed line", FIXED)):
        times, missing = waited(result, clips)
        if not times:
            rows.append((title, "0", "-", "-", str(missing)))
            continue
        medians.append(percentile(times, 50))
        rows.append((title, str(len(times)), f"{medians[-1]:.0f}", f"{percentile(times, 95):.0f}", str(missing)))
    print_table("From the end of the caller's speech to the first sound, ms", ("", "n", "p50", "p95", "none"), rows)
    if len(medians) == len(rows):
        click.echo(f"difference of the medians: {medians[0] - medians[1]:+.0f} ms (limit: {LIMIT_MS} ms)")


async def whole(args: argparse.Namespace) -> int:
    if not (INSTRUMENTS / "ear.py").exists():
        click.echo(f"skipped: the instruments are not here ({INSTRUMENTS})")
        return 0
    settings = Settings()
    with tempfile.TemporaryDirectory() as folder:
        clips = Path(folder) / "clips"
        clips.mkdir()
        await render(args.voice, settings.cache, clips)
        run = Run(f"tollfree {settings.stt}", "spoken answers", steps(), calls=args.calls, flow="shop_with_documents")
        log = Path(args.logs or folder) / "spoken_answer.log"
        async with livekit_server(LiveKitSettings(), home=Path(folder), cache=settings.cache) as server:
            result = await asyncio.to_thread(measure, run, server, clips, log)
    if result is None or "error" in result:
        click.echo(f"failed: {result}")
        return 1
    report(result)
    if args.json:
        await asyncio.to_thread(Path(args.json).write_text, json.dumps(result, indent=1))
    return 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=2, help="each asks six questions and hears six fixed lines")
    parser.add_argument("--voice", default="kokoro:am_michael", help="the caller's")
    parser.add_argument("--json", help="write everything that was measured")
    parser.add_argument("--logs", help="keep the worker's log in this folder")
    sys.exit(asyncio.run(whole(parser.parse_args())))


if __name__ == "__main__":
    main()
