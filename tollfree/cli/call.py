"""`tollfree call`: a call by keyboard, or from a script."""

import asyncio
import signal
import sys
from pathlib import Path

import click

from tollfree.calls.line import Line
from tollfree.calls.lines.script import ScriptLine, read_script_file
from tollfree.calls.lines.typed import TypedLine
from tollfree.calls.log import plain
from tollfree.calls.project import DEFAULT_AGENT
from tollfree.calls.session import CallSummary
from tollfree.calls.store.record import LogEntry
from tollfree.cli.opened import print_json_line, with_office
from tollfree.protocol.ids import ProjectId
from tollfree.protocol.values import Value
from tollfree.wiring.office import Office


@click.command("call")
@click.argument("project")
@click.option("--agent", default=DEFAULT_AGENT, show_default=True, help="Which of the project's agents answers.")
@click.option("--flow", default="", help="Call this flow's published version, whichever agent has it.")
@click.option(
    "--script", "script_file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A scripted caller."
)
@click.option("--caller", default="", help="The caller's number in E.164.")
@click.option("--json", "as_json", is_flag=True, help="The call's log, one JSON object a line.")
@click.pass_context
def command(
    ctx: click.Context, project: str, agent: str, flow: str, script_file: Path | None, caller: str, as_json: bool
) -> None:
    """Talk to a project's agent. An empty line is silence, `[key 41755#]` presses keys, end of input hangs up."""
    line: Line
    if script_file is not None:
        line = script_line(script_file, show=not as_json)
    else:
        line = TypedLine(sys.stdin, lambda text: None if as_json else click.echo(f"agent: {text}"))
    closing: list[LogEntry] = []

    def observe(entry: LogEntry) -> None:
        if entry.record.type == "call_ended" and entry.record.kind == "event":
            closing.append(entry)
        elif as_json:
            print_json_line(plain(entry))

    async def work(office: Office) -> CallSummary:
        if isinstance(line, TypedLine):
            asyncio.get_running_loop().add_signal_handler(signal.SIGINT, line.end)
        return await office.place_call(ProjectId(project), line, agent=agent, flow=flow, caller=caller, observe=observe)

    summary = with_office(ctx, work)
    if as_json:
        print_json_line({**(plain(closing[0]) if closing else {}), **_last_line(summary)})
    else:
        click.echo(f"[{summary.outcome}] {' '.join(summary.path)}\ncall {summary.call}")


def script_line(file: Path, *, show: bool) -> ScriptLine:
    """The line of a scripted caller. Raises `BadScript`."""
    return ScriptLine(read_script_file(file), (lambda who, text: click.echo(f"{who}: {text}")) if show else None)


def _last_line(summary: CallSummary) -> dict[str, Value]:
    return {
        "type": "call_ended",
        "call_id": summary.call,
        "outcome": summary.outcome,
        "path": list(summary.path),
    }
