"""`tollfree eval`: how well callers would be understood, on the owner's own data."""

import csv
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path

import click
from phonenumbers import SUPPORTED_REGIONS

from tollfree.cli.eval_retrieval import command as retrieval
from tollfree.cli.eval_speech import command as speech
from tollfree.cli.eval_turns import command as turns
from tollfree.cli.opened import print_json, settings_of
from tollfree.flows.slots.evaluation import SlotRow, evaluate_slots
from tollfree.language.embed.registry import load_embedder
from tollfree.language.understand.evaluation import Row, evaluate_intents
from tollfree.protocol.clock import SystemClock
from tollfree.protocol.errors import TollfreeError
from tollfree.protocol.facts import CallFacts


class BadFile(TollfreeError):
    """An evaluation file that cannot be read."""

    code = "bad_file"


_FILE = click.Path(path_type=Path)


@click.group("eval")
def command() -> None:
    """Measure understanding on your own data."""


command.add_command(retrieval)
command.add_command(speech)
command.add_command(turns)


@command.command("intents")
@click.option(
    "--train", "train_file", required=True, type=_FILE, help="CSV with the columns text,label; `oos`: out of scope."
)
@click.option("--test", "test_file", required=True, type=_FILE, help="CSV with the same columns.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_context
def intents(ctx: click.Context, train_file: Path, test_file: Path, as_json: bool) -> None:
    """Train the classifier on one file and measure it on another. The test file is never looked at for tuning."""
    train = [Row(text, label) for _, (text, label) in _rows(train_file, ("text", "label"))]
    test = [Row(text, label) for _, (text, label) in _rows(test_file, ("text", "label"))]
    settings = settings_of(ctx)
    report = evaluate_intents(train, test, load_embedder(settings.embedder, settings.cache), SystemClock())
    if as_json:
        print_json(asdict(report))
        return
    click.echo(f"{report.train_rows} texts trained, {report.labels} intents; {report.test_rows} tested")
    click.echo(f"in scope, threshold off   {_percent(report.in_scope_accuracy)}")
    click.echo(f"in scope, threshold on    {_percent(report.in_scope_kept)}   (threshold {report.threshold:.3f})")
    click.echo(f"out of scope, recall      {_percent(report.oos_recall)}")
    click.echo(f"out of scope, precision   {_percent(report.oos_precision)}")
    click.echo(f"one prediction            p50 {report.ms_p50:.1f} ms, p95 {report.ms_p95:.1f} ms")
    for one in report.confusions[:10]:
        click.echo(f"  {one.count} × {one.label} taken for {one.predicted}")


@command.command("slots")
@click.option("--file", "file", required=True, type=_FILE, help="CSV with the columns type,said,value.")
@click.option("--today", default="", help="What relative dates are counted from, YYYY-MM-DD; by default, today.")
@click.option("--region", default="US", show_default=True, help="ISO 3166 code: how phones and dates are read.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def slots(file: Path, today: str, region: str, as_json: bool) -> None:
    """Read every utterance as an answer and compare the values. An empty value: nothing may be understood."""
    if region.upper() not in SUPPORTED_REGIONS:
        raise BadFile(f"--region {region} is no region; write an ISO 3166 code such as US or GB.")
    facts = CallFacts(started_at=f"{_day(today)}T12:00:00+00:00", region=region.upper())
    rows = [SlotRow(type=t, said=s, value=v, line=n) for n, (t, s, v) in _rows(file, ("type", "said", "value"))]
    report = evaluate_slots(rows, facts)
    if as_json:
        print_json(
            {
                "accuracy": report.accuracy,
                "count": report.count,
                "correct": report.correct,
                "by_type": {
                    name: {"accuracy": score.accuracy, "count": score.count, "correct": score.correct}
                    for name, score in report.by_type.items()
                },
                "misses": [asdict(miss) for miss in report.misses],
            }
        )
        return
    click.echo(f"accuracy  {_percent(report.accuracy)}  ({report.correct} of {report.count})")
    for name, score in report.by_type.items():
        click.echo(f"  {name:<12} {_percent(score.accuracy)}  ({score.correct} of {score.count})")
    for miss in report.misses:
        click.echo(f"  {miss.type}: “{miss.said}” should be {miss.expected or 'nothing'}, is {miss.got or 'nothing'}")


def _rows(file: Path, columns: Sequence[str]) -> list[tuple[int, tuple[str, ...]]]:
    """The wanted columns of every row, with its line. Raises `BadFile`."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream)
            header = [(name or "").strip().lower() for name in reader.fieldnames or ()]
            missing = [column for column in columns if column not in header]
            if missing:
                raise BadFile(
                    f"{file} lacks the columns {', '.join(missing)}; its first line must name {','.join(columns)}."
                )
            reader.fieldnames = header
            return [(reader.line_num, tuple((row.get(column) or "").strip() for column in columns)) for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadFile(f"{file} cannot be read: {error}") from error


def _day(today: str) -> str:
    try:
        return date.fromisoformat(today).isoformat() if today else date.today().isoformat()
    except ValueError as error:
        raise BadFile(f"--today {today} is no date; write it as 2026-11-22.") from error


def _percent(share: float | None) -> str:
    return f"{100 * share:5.1f} %" if share is not None else "  (none)"
