"""`tollfree calls`: what happened in calls, how long callers waited, and whether the logs still say so."""

import os
import sys
from datetime import datetime

import click

from tollfree.calls.bundle import load_bundle
from tollfree.calls.errors import CallError
from tollfree.calls.latency import Timings, summary, timings_of
from tollfree.calls.log import plain, token_of
from tollfree.calls.personal import Veil
from tollfree.calls.replay import replay_call
from tollfree.calls.store.calls import Call, CallPage
from tollfree.calls.store.record import LogEntry
from tollfree.cli.call_summary import summary as summary_command
from tollfree.cli.calls_index import index as index_command
from tollfree.cli.opened import print_json, print_json_line, settings_of, with_office
from tollfree.cli.terminal import printable
from tollfree.cli.transcript import WORDLESS
from tollfree.cli.waterfall import summary_json, summary_lines, timing_json, timing_lines
from tollfree.flows.nodes.answer import citations
from tollfree.protocol.errors import TollfreeError
from tollfree.protocol.ids import CallId, ProjectId
from tollfree.wiring.office import Office

TEXT_LINE = "text"
"""Name of the lines by keyboard and from scripts: nothing is timed there."""


@click.group("calls")
def command() -> None:
    """List, show, time, sum up, index, replay and recover calls, and delete old recordings."""


command.add_command(summary_command)
command.add_command(index_command)


@command.command("list")
@click.argument("project", required=False)
@click.option("--outcome", help="Only calls that ended so.")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 1000))
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_context
def list_calls(ctx: click.Context, project: str | None, outcome: str | None, limit: int, as_json: bool) -> None:
    """The latest calls, newest first."""
    wanted = ProjectId(project) if project else None

    async def work(office: Office) -> CallPage:
        if wanted is not None:
            await office.store.projects.get(wanted)
        return await office.store.calls.list(project=wanted, outcome=outcome, limit=limit)

    page = with_office(ctx, work)
    if as_json:
        print_json(
            [
                {
                    "call_id": one.id,
                    "project": one.project,
                    "agent": one.agent,
                    "flow": one.flow,
                    "version": one.version,
                    "started_at": one.started_at.isoformat(),
                    "ended_at": one.ended_at.isoformat() if one.ended_at else None,
                    "outcome": one.outcome,
                }
                for one in page.calls
            ]
        )
        return
    for one in page.calls:
        outcome_text = one.outcome or "running"
        click.echo(
            f"{one.id}  {one.started_at:%Y-%m-%d %H:%M} UTC  {one.project}  {one.flow} v{one.version}  {outcome_text}"
        )
    if not page.calls:
        click.echo("no calls yet")


@command.command("show")
@click.argument("call_id")
@click.option(
    "--json", "as_json", is_flag=True, help="The whole log, one JSON object a line; a spoken call's timings last."
)
@click.option("--personal", is_flag=True, help="Show values that the flow marks as personal.")
@click.pass_context
def show(ctx: click.Context, call_id: str, as_json: bool, personal: bool) -> None:
    """A call's transcript and exit tokens; of a spoken call also how long the caller waited, and its recording.

    Slots and variables that the flow marks as personal are shown as ••• in tokens, understanding and look-ups; what
    was said aloud is shown as it was said.
    """

    async def work(office: Office) -> None:
        call = await office.store.calls.get(CallId(call_id))
        veil = None if personal else await _veil(office, call)
        if not as_json:
            click.echo(
                f"call {call.id}: {call.project}, {call.flow} version {call.version}, {call.outcome or 'running'}"
            )
        entries: list[LogEntry] = []
        async for entry in office.store.log.stream(CallId(call_id)):
            if not (entries or as_json):
                began = datetime.fromisoformat(entry.record.at)
                click.echo(f"began on {began:%Y-%m-%d at %H:%M:%S}, UTC{began:%z}, as all times below")
            entries.append(entry)
            shown = veil.entry(entry) if veil is not None else entry
            if as_json:
                print_json_line(plain(shown))
            else:
                _show(shown)
        timings = timings_of(entries)
        missing = _missing(timings)
        if not as_json:
            for line in timing_lines(timings, missing):
                click.echo(line)
        elif timings.spoken:
            print_json_line({"kind": "timings", "type": "timings", "call_id": call.id, **timing_json(timings, missing)})

    with_office(ctx, work)


@command.command("latency")
@click.argument("project", required=False)
@click.option("--last", default=100, show_default=True, type=click.IntRange(1, 10_000), help="Of so many calls.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_context
def latency(ctx: click.Context, project: str | None, last: int, as_json: bool) -> None:
    """How long callers waited, over the latest spoken calls.

    Each stage of a turn counts from the end of the caller's speech; `response` is the first sound of the answer as it
    leaves, so the caller hears it as much later as the line takes. Calls by keyboard are not counted.
    """
    found = with_office(ctx, lambda office: _latest_timings(office, ProjectId(project) if project else None, last))
    percentiles = summary(
        (turn for one in found for turn in one.turns),
        (interruption for one in found for interruption in one.interruptions),
        (ms for one in found for ms in one.first_words_ms),
    )
    if as_json:
        print_json({"calls": len(found), "stages": summary_json(percentiles)})
    elif percentiles:
        click.echo(f"the latest spoken calls: {len(found)}")
        for line in summary_lines(percentiles):
            click.echo(line)
    else:
        click.echo("no spoken calls yet")


async def _latest_timings(office: Office, project: ProjectId | None, last: int) -> list[Timings]:
    """Of up to `last` spoken calls, newest first."""
    if project is not None:
        await office.store.projects.get(project)
    found: list[Timings] = []
    page = await office.store.calls.list(project=project, limit=last)
    while len(found) < last:
        for call in page.calls:
            if call.line == TEXT_LINE or len(found) >= last:
                continue
            timings = timings_of([entry async for entry in office.store.log.stream(call.id)])
            found += [timings] if timings.spoken else []
        if page.older is None:
            break
        page = await office.store.calls.list(project=project, before=page.older, limit=last)
    return found


def _missing(timings: Timings) -> frozenset[str]:
    """Recordings that are not on this machine."""
    return frozenset(one.file for one in timings.recordings if not os.path.exists(one.file))


async def _veil(office: Office, call: Call) -> Veil:
    version = await office.store.versions.get(call.project, call.flow, call.version)
    try:
        return Veil(load_bundle(version.bundle))
    except TollfreeError as error:
        raise CallError(
            f"{error.message} So it is not known what is personal in this call; --personal shows all."
        ) from error


def _show(entry: LogEntry) -> None:
    record = entry.record
    clock = record.at[11:23]
    match record.kind, record.type:
        case "event", "caller_spoke":
            click.echo(f"{clock}  caller: {printable(str(record.data['text']))}")
        case "event", "key_pressed":
            click.echo(f"{clock}  caller: [key {record.data['keys']}]")
        case "event", "caller_silent" | "caller_unheard":
            click.echo(f"{clock}  caller: {WORDLESS[record.type]}")
        case "event", "spoken":
            click.echo(f"{clock}  agent:  {printable(str(record.data['heard']))}")
        case "event", "call_resumed":
            click.echo(f"{clock}    the call was cut off and taken up again")
        case "event", "effect_failed":
            click.echo(f"{clock}    failed: {record.data['code']}: {printable(str(record.data['message']))}")
        case "effect", "lookup":
            click.echo(f"{clock}    tool {record.data['tool']}")
        case "note", "waiting_line" | "trouble_line":
            click.echo(f"{clock}  agent:  {printable(str(record.data['text']))}")
        case "note", "late_result":
            click.echo(f"{clock}    answered when the call was over: {record.data['event']}")
        case "token", _:
            token = token_of(record)
            slots = "".join(f" {name}={value!r}" for name, value in token.slots.items())
            reason, cited = citations(token.evidence)
            why = f" ({reason})" if reason else ""
            left = f"{token.step}{slots}  {token.decided_by} {token.confidence:.2f}{why}"
            click.echo(printable(f"{clock}  → {left}"[:400]))
            for passage in cited:
                click.echo(printable(f"{clock}    cited: {passage}"[:400]))
        case _:
            pass


@command.command("replay")
@click.argument("call_id")
@click.option("--partial", is_flag=True, help="Accept a call that has not ended.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_context
def replay(ctx: click.Context, call_id: str, partial: bool, as_json: bool) -> None:
    """Fold a call's log again. Exit code 0 only when the call has ended and the result equals what was stored."""
    found = with_office(ctx, lambda office: replay_call(office.store, CallId(call_id)))
    if as_json:
        print_json(
            {
                "call_id": found.call,
                "events": found.events,
                "ended": found.ended,
                "identical": not found.differences,
                "differences": list(found.differences),
            }
        )
    elif found.differences:
        click.echo(f"call {found.call}: {len(found.differences)} differences in {found.events} events")
        for difference in found.differences:
            click.echo(f"  {difference[:500]}")
    elif found.ended:
        click.echo(f"call {found.call}: {found.events} events fold to what was stored, with its final state")
    else:
        click.echo(
            f"call {found.call}: {found.events} events fold to what was stored, but the call has not ended, so there "
            "is no final state to compare with"
        )
    sys.exit(0 if not found.differences and (found.ended or partial) else 1)


@command.command("recover")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_context
def recover(ctx: click.Context, as_json: bool) -> None:
    """End the calls of this machine whose process is gone, as far as their logs go.

    Every call does so before it begins. Calls on other machines that share the database are theirs to recover. Exit
    code 1 when a call could not be ended.
    """
    recovered = with_office(ctx, lambda office: office.recover())
    if as_json:
        print_json([{"call_id": one.call, "outcome": one.outcome, "problem": one.problem} for one in recovered])
    else:
        for one in recovered:
            click.echo(f"{one.call}  {one.outcome or f'not ended: {one.problem}'}")
        if not recovered:
            click.echo("no call was left behind")
    sys.exit(1 if any(one.problem for one in recovered) else 0)


@command.command("prune")
@click.option("--days", type=click.IntRange(1, 36_500), help="Instead of TOLLFREE_KEEP_RECORDINGS_DAYS.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_context
def prune(ctx: click.Context, days: int | None, as_json: bool) -> None:
    """Delete recordings in the home folder that are older than TOLLFREE_KEEP_RECORDINGS_DAYS.

    Workers do so every hour, where that is set. The logs of their calls stay. Exit code 1 when a recording could not
    be deleted.
    """
    days = days or settings_of(ctx).keep_recordings_days
    if not days:
        raise click.UsageError("recordings are kept for ever; set TOLLFREE_KEEP_RECORDINGS_DAYS, or give --days")
    pruned = with_office(ctx, lambda office: office.prune_recordings(days))
    if as_json:
        print_json({"deleted": pruned.files, "bytes": pruned.bytes, "not_deleted": pruned.kept})
    else:
        click.echo(f"recordings older than {days} days: {pruned.files} deleted, {pruned.bytes / 1e6:.1f} MB")
    if pruned.kept:
        click.echo(f"not deleted: {pruned.kept}; the home folder must be yours", err=True)
    sys.exit(1 if pruned.kept else 0)
