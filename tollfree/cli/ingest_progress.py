"""How far a job that takes documents in is, and what it did, as a person sees it."""

import sys
import time
from typing import TYPE_CHECKING, Protocol

import click

from tollfree.cli.opened import print_json
from tollfree.cli.terminal import printable

if TYPE_CHECKING:
    from tollfree.knowledge.ingest.report import Report  # imports LangChain

TOLD_EVERY_S = 5.0
"""Seconds between two words on the way, where no terminal shows a bar."""
BAR = 24


class _Progress(Protocol):
    """What is shown of a job's progress."""

    @property
    def done(self) -> int: ...
    @property
    def of(self) -> int: ...
    @property
    def passages(self) -> int: ...
    @property
    def document(self) -> str: ...


class ProgressBar:
    """A bar on a terminal; a line now and then elsewhere. On standard error."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._quiet = quiet
        self._terminal = sys.stderr.isatty()
        self._next = time.monotonic() + (0.0 if self._terminal else TOLD_EVERY_S)
        self._drawn = False

    def tell(self, progress: _Progress) -> None:
        """One more document is done."""
        if self._quiet or (time.monotonic() < self._next and progress.done < progress.of):
            return
        words = f"{progress.done} of {progress.of} documents, {progress.passages} passages"
        if self._terminal:
            full = BAR * progress.done // max(1, progress.of)
            name = printable(progress.document[-40:])
            click.echo(f"\r[{'#' * full}{'-' * (BAR - full)}] {words}  {name:40}", nl=False, err=True)
            self._drawn = True
            self._next = time.monotonic() + 0.1
        elif time.monotonic() >= self._next:
            click.echo(words, err=True)
            self._next = time.monotonic() + TOLD_EVERY_S

    def end(self) -> None:
        """Nothing more is told."""
        if self._drawn:
            self._drawn = False
            click.echo(err=True)


def tell_report(report: "Report", *, as_json: bool) -> None:
    """What a job did, on standard output."""
    if as_json:
        print_json(report.as_json())
    else:
        click.echo("\n".join(map(printable, report.lines())))
