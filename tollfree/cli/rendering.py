"""Rendering what is always said the same, told on the way."""

import sys
import time

import click

from tollfree.protocol.errors import TollfreeError
from tollfree.protocol.ids import FlowId, ProjectId
from tollfree.speech.stt.base import SpeechError
from tollfree.weights.errors import WeightsError
from tollfree.wiring.office import Office
from tollfree.wiring.rendering import render_answers, render_published

TOLD_EVERY_S = 5.0
"""Seconds between two words on the way, where no terminal shows a line that changes."""
PATIENCE_S = 1.0
"""Seconds that need no word: what was rendered before takes less."""


async def render_and_tell(office: Office, project: ProjectId, flow: FlowId, *, quiet: bool = False) -> str:
    """Render a published flow's fixed lines. Returns why that could not be, in a plain sentence; empty: all is well.
    Progress goes to standard error, unless `quiet`."""
    progress = _Progress("what is always said the same")
    try:
        await render_published(office, project, flow, None if quiet else progress.tell)
    except (SpeechError, WeightsError) as error:
        return (
            f"The lines that are always the same were not rendered, so the first callers wait longer: {error.message} "
            f"Once that is mended: `tollfree flow publish {project} {flow}`."
        )
    finally:
        progress.end()
    return ""


async def render_answers_and_tell(office: Office, project: ProjectId, *, quiet: bool = False) -> None:
    """Render what may be answered from a project's documents. What keeps it from that is told, and is no fault of what
    went before."""
    progress = _Progress("what may be answered from the documents (to end this is no harm)")
    try:
        await render_answers(office, project, None if quiet else progress.tell)
    except TollfreeError as error:
        click.echo(
            f"Answers from the documents were not rendered, so callers wait longer for each once: {error.message}",
            err=True,
        )
    finally:
        progress.end()


class _Progress:
    """One line on a terminal; a word now and then elsewhere."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._terminal = sys.stderr.isatty()
        self._next: float | None = None
        self._open = False

    def tell(self, done: int, of: int) -> None:
        """So many lines of so many are ready."""
        if self._next is None:
            self._next = time.monotonic() + PATIENCE_S
        if time.monotonic() < self._next:
            return
        words = f"rendering {self._what}: {done} of {of} lines"
        if self._terminal:
            self._open = True
            click.echo(f"\r{words}", nl=False, err=True)
        else:
            self._next = time.monotonic() + TOLD_EVERY_S
            click.echo(words, err=True)

    def end(self) -> None:
        """Nothing more is told."""
        if self._open:
            click.echo(err=True)
