"""`tollfree demo`: the corner shop, set up and called, and then yours to call."""

import asyncio
import signal
import sys
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tollfree.calls.lines.typed import TypedLine
from tollfree.cli.demo_typed import typed_call
from tollfree.cli.opened import program, with_office
from tollfree.cli.rendering import render_and_tell
from tollfree.cli.transcript import Transcript
from tollfree.protocol.ids import FlowId
from tollfree.rehearse.shop import PORT, PROJECT, backend, bring_up_to_date, shop_folder
from tollfree.wiring.office import Office

if TYPE_CHECKING:
    from tollfree.cli.demo_spoken import SpokenCaller

MAIN_FLOW = FlowId("support")
"""The flow that answers the shop's calls."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What was asked for."""

    once: bool
    as_json: bool
    port: int
    typed: bool
    caller: str
    """One of the example's recorded callers; empty: the demo's own."""


@dataclass
class Notes:
    """What the demo had to do otherwise, and why."""

    show: bool
    kept: list[str] = field(default_factory=list[str])

    def add(self, words: str) -> None:
        self.kept.append(words)
        if self.show:
            click.echo(words)


@click.command("demo")
@click.option("--once", is_flag=True, help="Stop after the call.")
@click.option("--typed", is_flag=True, help="A call without sound, from a script.")
@click.option("--caller", default="", metavar="NAME", help="Another of the callers in callers/spoken of the example.")
@click.option("--json", "as_json", is_flag=True, help="With --once: one JSON summary, for programs.")
@click.option(
    "--port", default=PORT, show_default=True, type=click.IntRange(0, 65535), help="The shop's; 0: any free one."
)
@click.pass_context
def command(ctx: click.Context, once: bool, typed: bool, caller: str, as_json: bool, port: int) -> None:
    """Set the corner shop up, have a recorded caller place a spoken call to it over WebRTC, then let you talk to it.

    Without a LiveKit server the same call is placed in process, and without the models a typed one. Exit code 0 when
    the call went as its script says.
    """
    if as_json and not once:
        raise click.UsageError("--json goes with --once.")
    if typed and caller:
        raise click.UsageError("--caller names a recorded caller; --typed goes without one.")
    folder = shop_folder()
    wish = Wish(once=once, as_json=as_json, port=port, typed=typed, caller=caller)
    try:
        ok = with_office(ctx, lambda office: _demo(office, folder, wish))
    except asyncio.CancelledError:
        sys.exit(128 + signal.SIGTERM)
    sys.exit(0 if ok else 1)


async def _demo(office: Office, folder: Path, wish: Wish) -> bool:
    task = asyncio.current_task()
    if task is not None:  # told to stop, it stops what it started first
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    caller = _recorded_caller(folder, wish)
    notes = Notes(show=not wish.as_json)
    async with AsyncExitStack() as running:
        listening = await running.enter_async_context(backend(folder, wish.port))
        if not wish.as_json:
            click.echo(f"The shop's backend is at http://127.0.0.1:{listening}. Publishing its flows …")
        for flow, replaced in (await bring_up_to_date(office, folder, listening)).items():
            if replaced is not None:
                notes.add(
                    f"The flow {flow} is published as shipped, in place of version {replaced}. To have that back: "
                    f"tollfree flow rollback {PROJECT} {flow} {replaced}"
                )
        if not wish.once:
            await _read_documents(office, folder, notes)
        as_written = await _spoken(office, caller, wish, notes, running) if caller is not None else None
        if as_written is None:
            as_written = await typed_call(office, folder, tuple(notes.kept), as_json=wish.as_json)
        if not wish.once and sys.stdin.isatty() and sys.stdout.isatty():
            await _talk(office)
        return as_written


async def _read_documents(office: Office, folder: Path, notes: Notes) -> None:
    """What you may ask the shop about when you talk to it."""
    from tollfree.wiring.documents import take_in_documents  # documents' libraries, which no short demo pays for

    click.echo("Reading its documents …")
    _, faults = await take_in_documents(office, PROJECT, folder)
    for fault in faults:
        notes.add(fault)


def _recorded_caller(folder: Path, wish: Wish) -> "SpokenCaller | None":
    """Who calls, unless the call is typed. Raises `BadScript` or `BadSound`."""
    if wish.typed:
        return None
    from tollfree.cli import demo_spoken  # sound, engines and LiveKit, which a typed call does not pay for

    return demo_spoken.read_caller(folder, wish.caller or demo_spoken.CALLER)


async def _spoken(
    office: Office, caller: "SpokenCaller", wish: Wish, notes: Notes, running: AsyncExitStack
) -> bool | None:
    """The spoken call; whether it went as written. None: this machine has no models for it. What is started for it
    goes on in `running`."""
    # as above
    from tollfree.calls.phone.errors import PhoneError
    from tollfree.cli import demo_spoken
    from tollfree.speech.stt.base import SpeechError
    from tollfree.weights.errors import WeightsError
    from tollfree.worker.errors import WorkerError

    try:
        demo_spoken.check_hearing(office.settings)
    except WeightsError as error:
        notes.add(f"{error.message} So the call is typed.")
        return None
    if why := await render_and_tell(office, PROJECT, MAIN_FLOW, quiet=wish.as_json):
        notes.add(why)
    transcript = Transcript(show=not wish.as_json)
    opened = demo_spoken.livekit_and_worker(office.settings, as_json=wish.as_json)
    try:
        livekit = await running.enter_async_context(opened)
    except (WorkerError, PhoneError) as error:
        notes.add(f"{error.message}\nSo the call is placed in process, without a network.")
        _announce(caller, "in process", wish)
        try:
            placed = await demo_spoken.in_process(office, caller, transcript)
        except (SpeechError, WeightsError) as missing:
            notes.add(f"{missing.message} So the call is typed.")
            return None
    else:
        _announce(caller, f"over WebRTC, through {livekit.url}", wish)
        placed = await demo_spoken.over_livekit(office, livekit, caller, transcript)
    if wish.as_json:
        return demo_spoken.tell_json(placed, caller, transcript, tuple(notes.kept))
    return demo_spoken.tell(placed, caller, transcript)


def _announce(caller: "SpokenCaller", where: str, wish: Wish) -> None:
    if not wish.as_json:
        title = caller.script.directives.get("title", caller.script.name)
        click.echo(f"\nA call {where}; what follows is what was heard. {title} (a recorded voice, {caller.voice})\n")


async def _talk(office: Office) -> None:
    """The person at the keyboard calls the shop."""
    click.echo(
        "\nNow you. Type what you would say; an empty line is silence, [key 41755#] presses keys, Ctrl-C hangs up. The "
        "demo ends with the call, also when the agent hangs up."
    )
    click.echo(f"To be heard: record yourself, and run `{program()} call {PROJECT} --wav FILE` in another terminal.")
    click.echo(
        "Try: where is order 52118? · two large pepperoni pizzas · I want to return 41755 · a real person please\n"
    )
    line = TypedLine(sys.stdin, lambda text: click.echo(f"agent:  {text}"))
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, line.end)
    summary = await office.place_call(PROJECT, line)
    click.echo(f"\n[{summary.outcome}] {' '.join(summary.path)}\n{program()} calls show {summary.call}")
    click.echo("The call is over: the demo stops what it has started. `make demo` begins anew.")
