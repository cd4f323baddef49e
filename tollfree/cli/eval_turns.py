"""`tollfree eval turns`: where callers' turns would be taken to end, on the owner's own recordings."""

import asyncio
from dataclasses import asdict
from pathlib import Path

import click
import numpy as np

from tollfree.calls.errors import BadSound
from tollfree.calls.lines.sound_file import SUFFIXES, SoundFile
from tollfree.cli.opened import print_json, settings_of
from tollfree.protocol.audio import Samples
from tollfree.protocol.clock import SystemClock
from tollfree.protocol.errors import TollfreeError
from tollfree.protocol.expectation import Expectation, Patience
from tollfree.speech.stt.base import Recognizer
from tollfree.speech.turns.evaluation import ClipTurns, TurnsReport, evaluate_clip
from tollfree.speech.turns.listener import Listener
from tollfree.speech.turns.settings import ListeningSettings
from tollfree.speech.turns.silero import SileroActivity
from tollfree.wiring.engines import recognizer_of


class NoClips(TollfreeError):
    """There is nothing to listen to."""

    code = "bad_file"


@click.command("turns")
@click.option(
    "--clips",
    "folder",
    required=True,
    type=click.Path(path_type=Path),
    help="Folder of recordings, one turn of a caller each: WAV, FLAC, Ogg, MP3, any rate, mono or stereo.",
)
@click.option("--engine", default="", help="Such as whisper:tiny.en or whisper:base; by default, the configured one.")
@click.option(
    "--patience",
    type=click.Choice([patience.value for patience in Patience]),
    default=Patience.NORMAL.value,
    show_default=True,
    help="What the node awaits: digits and spelling are waited for longer.",
)
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_context
def command(ctx: click.Context, folder: Path, engine: str, patience: str, as_json: bool) -> None:
    """Play recordings to the listener and see where it ends the turn. A clip with a split was cut off."""
    clips, problems = _clips(folder)
    if not clips:
        raise NoClips(f"There is nothing to listen to in {folder}. {' '.join(problems)}".strip())
    settings = settings_of(ctx)
    recognizer = recognizer_of(settings, engine)
    report = asyncio.run(_played(clips, recognizer, settings.listening, Expectation(patience=Patience(patience))))
    if as_json:
        print_json({"engine": recognizer.name, **asdict(report), "problems": problems})
        return
    _print(report)
    for problem in problems:
        click.echo(problem, err=True)


async def _played(
    clips: dict[str, Samples], recognizer: Recognizer, settings: ListeningSettings, expectation: Expectation
) -> TurnsReport:
    turns: list[ClipTurns] = []
    try:
        await recognizer.warm_up()
        for name, samples in clips.items():
            turns.append(
                await evaluate_clip(
                    name,
                    samples,
                    listener=Listener(
                        settings, punctuates=recognizer.hearing.punctuates, quick=recognizer.hearing.quick
                    ),
                    activity=SileroActivity(),
                    recognizer=recognizer,
                    clock=SystemClock(),
                    expectation=expectation,
                )
            )
    finally:
        await recognizer.aclose()
    return TurnsReport.of(turns)


def _clips(folder: Path) -> tuple[dict[str, Samples], list[str]]:
    """What can be played, by file name, and what is wrong with the rest. Raises `NoClips`."""
    if not folder.is_dir():
        raise NoClips(f"{folder} is no folder.")
    clips: dict[str, Samples] = {}
    problems: list[str] = []
    for file in sorted(folder.iterdir()):
        if file.suffix.lower() not in SUFFIXES:
            continue
        faults: list[str] = []
        try:
            pieces = list(SoundFile(file).pieces(faults))
        except BadSound as error:
            problems.append(error.message)
            continue
        problems += [f"{file.name}: {fault}." for fault in faults]
        if pieces:
            clips[file.name] = np.concatenate(pieces)
        else:
            problems.append(f"{file.name} holds no sound.")
    return clips, problems


def _print(report: TurnsReport) -> None:
    width = max(len(clip.clip) for clip in report.clips)
    for clip in report.clips:
        waited = f"{clip.waited_ms:5.0f} ms waited" if clip.waited_ms is not None else "no turn at its end"
        cut = f", cut {clip.splits} ×" if clip.splits else ""
        click.echo(f"{clip.clip:<{width}}  speech ends {clip.speech_end_ms:6.0f} ms, {waited}{cut}")
        for commit in clip.commits:
            click.echo(f"{'':<{width}}    at {commit.at_ms:.0f} ms: {commit.text or '(not understood)'}")
    click.echo(f"turns cut     {report.turns_cut} of {len(report.clips)}, {report.splits} splits")
    if report.missed:
        click.echo(f"no turn       {report.missed}")
    if report.waited_ms_p50 is not None and report.waited_ms_p95 is not None:
        click.echo(f"waited        p50 {report.waited_ms_p50:.0f} ms, p95 {report.waited_ms_p95:.0f} ms")
