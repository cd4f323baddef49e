"""The demo's call without sound: from a script, in a few milliseconds."""

import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import click

from tollfree.calls.lines.script import ScriptLine, read_script_file
from tollfree.calls.log import token_of
from tollfree.calls.session import CallSummary
from tollfree.calls.store.record import LogEntry
from tollfree.cli.opened import print_json_line, program
from tollfree.protocol.values import Value
from tollfree.rehearse.shop import PROJECT
from tollfree.wiring.office import Office

CALLER = "order-hours-aside.txt"
"""The scripted caller: an order, a question in the middle of it, and back."""


@dataclass
class TypedTranscript:
    """What is heard in the call, with the milliseconds each answer took, and the exits in between."""

    show: bool
    lines: list[dict[str, Value]] = field(default_factory=list[dict[str, Value]])
    answers_ms: list[float] = field(default_factory=list[float])
    _asked_at: float | None = None

    def heard(self, who: str, text: str) -> None:
        """One contribution. The first line of the agent after the caller's is the answer that is timed."""
        now, took = time.perf_counter(), None
        if who == "caller":
            self._asked_at = now
        elif self._asked_at is not None:
            took, self._asked_at = round((now - self._asked_at) * 1000, 1), None
            self.answers_ms.append(took)
        self.lines.append({"who": who, "text": text, **({"ms": took} if took is not None else {})})
        if self.show:
            click.echo(f"{who:>6}  {text}" + (click.style(f"  {took:.0f} ms", dim=True) if took is not None else ""))

    def observe(self, entry: LogEntry) -> None:
        """One record of the call's log: exit tokens are shown where they fall."""
        if self.show and entry.record.kind == "token":
            token = token_of(entry.record)
            sure = f" {token.confidence:.2f}" if token.decided_by == "classifier" else ""
            click.echo(click.style(f"        → {token.step}  ({token.decided_by}{sure})", dim=True))


async def typed_call(office: Office, folder: Path, notes: tuple[str, ...], *, as_json: bool) -> bool:
    """Place the call, and tell what came of it. Returns whether it went as written."""
    script = read_script_file(folder / "callers" / CALLER)
    transcript = TypedTranscript(show=not as_json)
    if not as_json:
        click.echo(f"\nA call: {script.directives.get('title', script.name)}\n")
    line = ScriptLine(script, transcript.heard)
    summary = await office.place_call(
        PROJECT, line, caller=script.directives.get("caller", ""), observe=transcript.observe
    )
    as_written = summary.path == script.path and summary.outcome == script.directives.get("outcome")
    if as_json:
        print_json_line(_report(summary, transcript, as_written, notes))
    else:
        _close(summary, transcript, as_written)
    return as_written


def _close(summary: CallSummary, transcript: TypedTranscript, as_written: bool) -> None:
    answers = transcript.answers_ms
    click.echo(f"\n[{summary.outcome}] {' '.join(summary.path)}")
    click.echo(f"{len(answers)} answers, median {median(answers):.0f} ms, longest {max(answers):.0f} ms")
    click.echo("the call went as its script says" if as_written else "the call did NOT go as its script says")
    click.echo(f"{program()} calls show {summary.call}  ·  {program()} calls replay {summary.call}")


def _report(
    summary: CallSummary, transcript: TypedTranscript, as_written: bool, notes: tuple[str, ...]
) -> dict[str, Value]:
    answers = transcript.answers_ms
    return {
        "project": PROJECT,
        "call_id": summary.call,
        "line": "text",
        "outcome": summary.outcome,
        "path": list(summary.path),
        "as_written": as_written,
        "answer_ms": {"median": round(median(answers), 1), "longest": max(answers)} if answers else None,
        "transcript": list(transcript.lines),
        "notes": list(notes),
    }
