"""`tollfree eval speech`: how well callers would be heard, on the owner's own recordings."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import cast

import click

from tollfree.cli.opened import print_json, settings_of
from tollfree.flows.slots.evaluation import SlotRow, same_value, slot_type_of, understood
from tollfree.protocol.clock import SystemClock
from tollfree.protocol.errors import TollfreeError
from tollfree.protocol.facts import CallFacts
from tollfree.speech.stt.base import Hints, Recognizer
from tollfree.speech.stt.evaluation import ClipHeard, ClipMissed, SpeechReport, hear_clips, speech_report
from tollfree.wiring.engines import recognizer_of


class BadReferences(TollfreeError):
    """A file of references that cannot be read, or a folder that is not there."""

    code = "bad_file"


@click.command("speech")
@click.option(
    "--refs",
    "refs_file",
    required=True,
    type=click.Path(path_type=Path),
    help="JSON: name of a recording → what is said in it.",
)
@click.option(
    "--clips",
    "folder",
    required=True,
    type=click.Path(path_type=Path),
    help="Folder of the recordings: WAV, FLAC, Ogg, MP3, any rate, mono or stereo.",
)
@click.option("--engine", default="", help="Such as whisper:tiny.en or whisper:base; by default, the configured one.")
@click.option("--expect", default="", metavar="SLOT_TYPE", help="Also compare what this slot reads, such as digits.")
@click.option("--region", default="US", show_default=True, help="ISO 3166 code: how phones and dates are read.")
@click.option("--json", "for_programs", is_flag=True, help="For programs.")
@click.pass_context
def command(
    ctx: click.Context, refs_file: Path, folder: Path, engine: str, expect: str, region: str, for_programs: bool
) -> None:
    """Hear recordings and compare with what is said in them."""
    refs = _references(refs_file)
    if not folder.is_dir():
        raise BadReferences(f"{folder} is no folder.")
    slots = Slots(expect, region) if expect else None
    settings = settings_of(ctx)
    recognizer = recognizer_of(settings, engine)
    hints = Hints(slot=slots.name) if slots is not None else None
    report = asyncio.run(_measured(refs, folder, recognizer, hints))
    if not report.results:
        problem = report.missed[0].problem if report.missed else f"{refs_file} names no recording."
        raise BadReferences(f"Nothing could be heard. {problem}")
    if for_programs:
        print_json(as_json(report, slots))
        return
    _print(report, slots)


class Slots:
    """Compares what a slot reads in two texts."""

    def __init__(self, expect: str, region: str = "US") -> None:
        """`expect` is a slot type, perhaps with options: `digits(length=5)`. Raises `BadRow` for any other."""
        self.name, self._type = slot_type_of(SlotRow(type=expect, said="", value=""))
        self._facts = CallFacts(started_at=SystemClock().now().isoformat(), region=region.upper())

    def read(self, text: str) -> str:
        """The canonical value; empty: nothing was understood."""
        return understood(self._type, text, self._facts)

    def same(self, heard: ClipHeard) -> bool:
        """Whether the hypothesis means what the reference means."""
        return same_value(self.name, self._type, self.read(heard.reference), self.read(heard.hypothesis))


async def _measured(refs: Mapping[str, str], folder: Path, recognizer: Recognizer, hints: Hints | None) -> SpeechReport:
    try:
        told: list[ClipHeard | ClipMissed] = [
            one async for one in hear_clips(refs, folder, recognizer, SystemClock(), hints)
        ]
    finally:
        await recognizer.aclose()
    return speech_report(recognizer.name, told)


def _references(file: Path) -> Mapping[str, str]:
    """Name → what is said. Raises `BadReferences`."""
    try:
        data: object = json.loads(file.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise BadReferences(f"{file} cannot be read: {error}") from error
    if not isinstance(data, dict):
        raise BadReferences(f'{file} must be an object such as {{"clip1": "where is my order"}}.')
    entries = cast(dict[str, object], data)
    wrong = [name for name, said in entries.items() if not isinstance(said, str)]
    if wrong:
        raise BadReferences(f"{file}: what is said must be text; it is not for {', '.join(wrong[:5])}.")
    return cast(dict[str, str], entries)


def as_json(report: SpeechReport, slots: Slots | None) -> dict[str, object]:
    """The report for programs: see docs/how-to/evaluate.md."""
    clips: list[dict[str, object]] = []
    for heard in report.results:
        row: dict[str, object] = asdict(heard)
        if slots is not None:
            row |= {
                "expected_value": slots.read(heard.reference),
                "heard_value": slots.read(heard.hypothesis),
                "same_value": slots.same(heard),
            }
        clips.append(row)
    counted = [heard for heard in report.results if not heard.problem]
    figures: dict[str, object] = {
        name: value for name, value in asdict(report).items() if name not in ("clips", "results", "missed")
    }
    return {
        **figures,
        **({"slot": slots.name, "slot_accuracy": _share(slots, counted)} if slots is not None else {}),
        "counted": report.clips,
        "hypotheses": {heard.clip: heard.hypothesis for heard in report.results},
        "clips": clips,
        "problems": [asdict(missed) for missed in report.missed]
        + [{"clip": heard.clip, "problem": heard.problem} for heard in report.results if heard.problem],
    }


def _share(slots: Slots, counted: list[ClipHeard]) -> float | None:
    return sum(slots.same(heard) for heard in counted) / len(counted) if counted else None


def _print(report: SpeechReport, slots: Slots | None) -> None:
    for heard in report.results:
        wrong = f"{heard.errors} wrong" if heard.errors else "right"
        click.echo(f"{heard.clip}  {wrong}, {heard.ms:.0f} ms: {heard.hypothesis or '(nothing)'}")
        if heard.errors:
            click.echo(f"    said: {heard.reference}")
        if slots is not None and not slots.same(heard):
            expected, got = slots.read(heard.reference) or "nothing", slots.read(heard.hypothesis) or "nothing"
            click.echo(f"    {slots.name}: should be {expected}, is {got}")
    click.echo("")
    wer = f"{100 * report.wer:.1f} %" if report.wer is not None else "(no words)"
    click.echo(f"{report.engine}: word errors {wer} ({report.errors} of {report.words} words, {report.clips} clips)")
    if report.ms_p50 is not None and report.ms_p95 is not None and report.rtf is not None:
        click.echo(
            f"a clip takes p50 {report.ms_p50:.0f} ms, p95 {report.ms_p95:.0f} ms; real-time factor {report.rtf:.2f}"
        )
    counted = [heard for heard in report.results if not heard.problem]
    if slots is not None and counted:
        click.echo(f"{slots.name} read alike: {sum(map(slots.same, counted))} of {len(counted)}")
    for missed in report.missed:
        click.echo(f"not heard: {missed.clip}: {missed.problem}", err=True)
    for heard in report.results:
        if heard.problem:
            click.echo(f"not counted: {heard.clip}: {heard.problem}", err=True)
