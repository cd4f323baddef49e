"""`tollfree demo`: the corner shop, set up and called, and then yours to call."""

import asyncio
import signal
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import click

from tollfree.calls.lines.script import ScriptLine, read_script_file
from tollfree.calls.lines.typed import TypedLine
from tollfree.calls.log import token_of
from tollfree.calls.session import CallSummary
from tollfree.calls.store.record import LogEntry
from tollfree.cli.opened import print_json_line, program, with_office
from tollfree.protocol.values import Value
from tollfree.rehearse.shop import PORT, PROJECT, backend, bring_up_to_date, shop_folder
from tollfree.wiring.office import Office

CALLER = "order-hours-aside.txt"
"""The scripted caller of the demo: an order, a question in the middle of it, and back."""


@dataclass
class Transcript:
    """What is heard in the demo's call, with the milliseconds each answer took, and the exits in between."""

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


@click.command("demo")
@click.option("--once", is_flag=True, help="Stop after the scripted call.")
@click.option("--json", "as_json", is_flag=True, help="With --once: one JSON summary, for programs.")
@click.option(
    "--port", default=PORT, show_default=True, type=click.IntRange(0, 65535), help="The shop's; 0: any free one."
)
@click.pass_context
def command(ctx: click.Context, once: bool, as_json: bool, port: int) -> None:
    """Set the corner shop up, place a scripted call to it, then let you talk to it.

    Exit code 0 when the call went as its script says.
    """
    if as_json and not once:
        raise click.UsageError("--json goes with --once.")
    folder = shop_folder()
    try:
        ok = with_office(ctx, lambda office: _demo(office, folder, port, once, as_json))
    except asyncio.CancelledError:
        sys.exit(128 + signal.SIGTERM)
    sys.exit(0 if ok else 1)


async def _demo(office: Office, folder: Path, port: int, once: bool, as_json: bool) -> bool:
    task = asyncio.current_task()
    if task is not None:  # told to stop, it stops the backend first
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    async with backend(folder, port) as listening:
        if not as_json:
            click.echo(f"The shop's backend is at http://127.0.0.1:{listening}. Publishing its flows …")
        await bring_up_to_date(office, folder, listening)
        script = read_script_file(folder / "callers" / CALLER)
        transcript = Transcript(show=not as_json)
        if not as_json:
            click.echo(f"\nA call: {script.directives.get('title', script.name)}\n")
        line = ScriptLine(script, transcript.heard)
        summary = await office.place_call(
            PROJECT, line, caller=script.directives.get("caller", ""), observe=transcript.observe
        )
        as_written = summary.path == script.path and summary.outcome == script.directives.get("outcome")
        if as_json:
            print_json_line(_report(summary, transcript, as_written))
        else:
            _close(summary, transcript, as_written)
        if not once and sys.stdin.isatty() and sys.stdout.isatty():
            await _talk(office)
        return as_written


async def _talk(office: Office) -> None:
    """The person at the keyboard calls the shop."""
    click.echo(
        "\nNow you. Type what you would say; an empty line is silence, [key 41755#] presses keys, Ctrl-C hangs up."
    )
    click.echo(
        "Try: where is order 52118? · two large pepperoni pizzas · I want to return 41755 · a real person please\n"
    )
    line = TypedLine(sys.stdin, lambda text: click.echo(f"agent:  {text}"))
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, line.end)
    summary = await office.place_call(PROJECT, line)
    click.echo(f"\n[{summary.outcome}] {' '.join(summary.path)}\n{program()} calls show {summary.call}")


def _close(summary: CallSummary, transcript: Transcript, as_written: bool) -> None:
    answers = transcript.answers_ms
    click.echo(f"\n[{summary.outcome}] {' '.join(summary.path)}")
    click.echo(f"{len(answers)} answers, median {median(answers):.0f} ms, longest {max(answers):.0f} ms")
    click.echo("the call went as its script says" if as_written else "the call did NOT go as its script says")
    click.echo(f"{program()} calls show {summary.call}  ·  {program()} calls replay {summary.call}")


def _report(summary: CallSummary, transcript: Transcript, as_written: bool) -> dict[str, Value]:
    answers = transcript.answers_ms
    return {
        "project": PROJECT,
        "call_id": summary.call,
        "outcome": summary.outcome,
        "path": list(summary.path),
        "as_written": as_written,
        "answer_ms": {"median": round(median(answers), 1), "longest": max(answers)} if answers else None,
        "transcript": transcript.lines,
    }
