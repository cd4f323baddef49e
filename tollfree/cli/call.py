"""`tollfree call`: a call by keyboard, or from a script."""

import asyncio
import signal
import sys
from pathlib import Path

import click

from tollfree.calls.line import Line
from tollfree.calls.lines.script import Script, ScriptLine, read_script_file
from tollfree.calls.lines.typed import TypedLine
from tollfree.calls.log import plain
from tollfree.calls.project import DEFAULT_AGENT
from tollfree.calls.session import CallSummary
from tollfree.calls.store.record import LogEntry
from tollfree.cli.opened import print_json_line, with_office, with_virtual_office
from tollfree.protocol.ids import ProjectId
from tollfree.protocol.values import Value
from tollfree.wiring.office import Observer, Office
from tollfree.wiring.placing import Wanted


@click.command("call")
@click.argument("project")
@click.option("--agent", default=DEFAULT_AGENT, show_default=True, help="Which of the project's agents answers.")
@click.option("--flow", default="", help="Call this flow's published version, whichever agent has it.")
@click.option(
    "--script", "script_file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A scripted caller."
)
@click.option(
    "--wav",
    "wav",
    type=click.Path(exists=True, path_type=Path),
    help="A recorded caller: one sound file, or a folder with one for each turn. Waiting costs no time.",
)
@click.option("--record", type=click.Path(dir_okay=False, path_type=Path), help="With --wav: the stereo recording.")
@click.option("--caller", default="", help="The caller's number in E.164.")
@click.option("--json", "as_json", is_flag=True, help="The call's log, one JSON object a line.")
@click.pass_context
def command(
    ctx: click.Context,
    project: str,
    agent: str,
    flow: str,
    script_file: Path | None,
    wav: Path | None,
    record: Path | None,
    caller: str,
    as_json: bool,
) -> None:
    """Talk to a project's agent. An empty line is silence, `[key 41755#]` presses keys, end of input hangs up."""
    if record is not None and wav is None:
        raise click.UsageError("--record goes with --wav.")
    line: Line | None = None
    if wav is not None:
        pass
    elif script_file is not None:
        line = script_line(script_file, show=not as_json)
    else:
        line = TypedLine(sys.stdin, lambda text: None if as_json else click.echo(f"agent: {text}"))
    closing: list[LogEntry] = []

    def observe(entry: LogEntry) -> None:
        if entry.record.type == "call_ended" and entry.record.kind == "event":
            closing.append(entry)
        elif as_json:
            print_json_line(plain(entry))
        elif wav is not None:
            show_words(entry)

    async def work(office: Office) -> CallSummary:
        if line is None:
            assert wav is not None
            script = read_script_file(script_file) if script_file is not None else None
            wanted = Wanted(project=ProjectId(project), agent=agent, flow=flow, caller=caller)
            return await wav_call(office, wanted, wav, script, observe=observe, record_to=record)
        if isinstance(line, TypedLine):
            asyncio.get_running_loop().add_signal_handler(signal.SIGINT, line.end)
        return await office.place_call(ProjectId(project), line, agent=agent, flow=flow, caller=caller, observe=observe)

    summary = with_virtual_office(ctx, work) if wav is not None else with_office(ctx, work)
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


async def wav_call(
    office: Office,
    wanted: Wanted,
    wav: Path,
    script: Script | None,
    *,
    observe: Observer | None = None,
    record_to: Path | None = None,
) -> CallSummary:
    """A call of a recorded caller. Raises `BadSound`, `BadScript`, `SpeechError`, and what `place_spoken_call` does."""
    # sound and engines, which a caller at a keyboard does not pay for
    from tollfree.calls.lines.wav import WavMedia
    from tollfree.calls.lines.wav_caller import read_wav_caller
    from tollfree.wiring.engines import Engines
    from tollfree.wiring.spoken_calls import place_spoken_call

    caller = read_wav_caller(wav, script)
    engines = Engines.load(office.settings)
    try:
        media = WavMedia(caller, office.clock)
        return await place_spoken_call(office, wanted, media, engines, observe=observe, record_to=record_to)
    finally:
        await engines.aclose()


def show_words(entry: LogEntry) -> None:
    """What was said and heard, as it is recorded."""
    record = entry.record
    if (record.kind, record.type) == ("event", "caller_spoke"):
        click.echo(f"caller: {record.data['text']}")
    elif (record.kind, record.type) == ("event", "spoken"):
        cut = "" if record.data["complete"] else " …"
        click.echo(f"agent: {record.data['heard']}{cut}")
