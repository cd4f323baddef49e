"""`tollfree eval retrieval`: how well questions would find their passages, on the owner's own data."""

import asyncio
import json
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TypeVar, cast

import click
from pydantic import AliasChoices, BaseModel, ConfigDict, Field, ValidationError

from tollfree.cli.opened import print_json, settings_of
from tollfree.knowledge.evaluation import Asked, RetrievalReport, evaluate_retrieval
from tollfree.language.embed.registry import load_embedder
from tollfree.protocol.clock import SystemClock
from tollfree.protocol.errors import TollfreeError
from tollfree.wiring.knowledge import shelf_in

TOLD = 10
"""Bad rows that are named; of more, how many."""


class BadRows(TollfreeError):
    """A file of passages or questions that cannot be read."""

    code = "bad_file"


class PassageRow(BaseModel):
    """A line of the corpus. What else is in it is left alone."""

    model_config = ConfigDict(coerce_numbers_to_str=True)

    id: str = Field(min_length=1)
    text: str


class QueryRow(BaseModel):
    """A line of the questions."""

    model_config = ConfigDict(coerce_numbers_to_str=True)

    id: str = Field(min_length=1)
    text: str = Field(min_length=1)
    relevant: list[str] = Field(validation_alias=AliasChoices("relevant", "relevant_ids"))
    context: str = ""
    confidence: float = Field(default=1.0, ge=0, le=1)


Row = TypeVar("Row", PassageRow, QueryRow)
_FILE = click.Path(path_type=Path)


@click.command("retrieval")
@click.option("--corpus", "corpus_file", required=True, type=_FILE, help="JSON lines with id and text.")
@click.option(
    "--queries",
    "queries_file",
    required=True,
    type=_FILE,
    help="JSON lines with id, text and relevant, a list of ids; an empty one: nothing in the corpus answers.",
)
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_context
def command(ctx: click.Context, corpus_file: Path, queries_file: Path, as_json: bool) -> None:
    """Look for the answers to questions and compare with those that are right."""
    corpus = _read(corpus_file, PassageRow, '{"id": "p1", "text": "We open at nine."}')
    queries = _read(queries_file, QueryRow, '{"id": "q1", "text": "when do you open", "relevant": ["p1"]}')
    known = {row.id for _, row in corpus}
    _refuse(
        queries_file,
        [
            f"line {line}: {', '.join(unknown)} is not in {corpus_file}; add the passage, or take the id away"
            for line, row in queries
            if (unknown := [one for one in row.relevant if one not in known])
        ],
    )
    settings = settings_of(ctx)
    with tempfile.TemporaryDirectory(prefix="tollfree-eval-") as folder:
        shelf = shelf_in(Path(folder), settings, lambda: load_embedder(settings.embedder, settings.cache))
        passages = [(row.id, row.text) for _, row in corpus]
        report = asyncio.run(evaluate_retrieval(shelf, passages, [_asked(row) for _, row in queries], SystemClock()))
        shelf.close()
    if as_json:
        print_json(asdict(report))
        return
    _print(report)


def _asked(row: QueryRow) -> Asked:
    return Asked(
        id=row.id,
        text=row.text,
        relevant=frozenset(row.relevant),
        context=row.context,
        confidence=row.confidence,
    )


def _read(file: Path, kind: type[Row], example: str) -> list[tuple[int, Row]]:
    """The rows with their lines. Raises `BadRows` with every fault."""
    rows: list[tuple[int, Row]] = []
    faults: list[str] = []
    first: dict[str, int] = {}
    for number, line in _lines(file):
        row = _row(line, kind)
        if isinstance(row, str):
            faults.append(f"line {number}: {row}; a row looks like {example}")
        elif row.id in first:
            faults.append(f"line {number}: the id {row.id} is that of line {first[row.id]} as well; give it another")
        else:
            first[row.id] = number
            rows.append((number, row))
    _refuse(file, faults)
    if not rows:
        raise BadRows(f"{file} has no rows; a row looks like {example}.")
    return rows


def _lines(file: Path) -> list[tuple[int, str]]:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BadRows(f"{file} cannot be read: {error}. It must be a text file in UTF-8.") from error
    return [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]


def _row(line: str, kind: type[Row]) -> Row | str:
    """The row, or what is wrong with it."""
    try:
        value = json.loads(line)
    except ValueError as error:
        return f"it is no JSON ({error})"
    if not isinstance(value, dict):
        return "it is no JSON object"
    try:
        return kind.model_validate(cast(dict[str, object], value))
    except ValidationError as error:
        return "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())


def _refuse(file: Path, faults: Sequence[str]) -> None:
    if faults:
        more = f"\n  and {len(faults) - TOLD} more" if len(faults) > TOLD else ""
        raise BadRows(f"{file} cannot be used:\n  " + "\n  ".join(faults[:TOLD]) + more)


def _print(report: RetrievalReport) -> None:
    click.echo(f"{report.passages} passages, {report.queries} questions")
    click.echo(f"right passage first       {_percent(report.r_at_1)}   (R@1)")
    click.echo(f"among the first five      {_percent(report.r_at_5)}   (R@5)")
    click.echo(f"nDCG@10                   {_percent(report.ndcg_at_10)}")
    click.echo(f"no answer, and none given {_percent(report.refused_rightly)}")
    click.echo(f"an answer, but none given {_percent(report.refused_wrongly)}")
    click.echo(f"one search                p50 {report.ms_p50:.1f} ms, p95 {report.ms_p95:.1f} ms")


def _percent(share: float | None) -> str:
    return f"{100 * share:5.1f} %" if share is not None else "  (none)"
