"""`tollfree calls`: what happened in calls, and whether their logs still say so."""

import sys

import click

from tollfree.calls.log import plain, token_of
from tollfree.calls.replay import replay_call
from tollfree.calls.store.calls import CallPage
from tollfree.calls.store.record import LogEntry
from tollfree.cli.opened import print_json, print_json_line, with_office
from tollfree.protocol.ids import CallId, ProjectId
from tollfree.wiring.office import Office


@click.group("calls")
def command() -> None:
    """List, show and replay calls."""


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
            f"{one.id}  {one.started_at:%Y-%m-%d %H:%M}  {one.project}  {one.flow} v{one.version}  {outcome_text}"
        )
    if not page.calls:
        click.echo("no calls yet")


@command.command("show")
@click.argument("call_id")
@click.option("--json", "as_json", is_flag=True, help="The whole log, one JSON object a line.")
@click.pass_context
def show(ctx: click.Context, call_id: str, as_json: bool) -> None:
    """A call's transcript and exit tokens."""

    async def work(office: Office) -> None:
        call = await office.store.calls.get(CallId(call_id))
        if not as_json:
            click.echo(
                f"call {call.id}: {call.project}, {call.flow} version {call.version}, {call.outcome or 'running'}"
            )
        async for entry in office.store.log.stream(CallId(call_id)):
            if as_json:
                print_json_line(plain(entry))
            else:
                _show(entry)

    with_office(ctx, work)


def _show(entry: LogEntry) -> None:
    record = entry.record
    clock = record.at[11:23]
    match record.kind, record.type:
        case "event", "caller_spoke":
            click.echo(f"{clock}  caller: {record.data['text']}")
        case "event", "key_pressed":
            click.echo(f"{clock}  caller: [key {record.data['keys']}]")
        case "event", "caller_silent":
            click.echo(f"{clock}  caller: [silence]")
        case "event", "spoken":
            click.echo(f"{clock}  agent:  {record.data['heard']}")
        case "event", "effect_failed":
            click.echo(f"{clock}    failed: {record.data['code']}: {record.data['message']}")
        case "effect", "lookup":
            click.echo(f"{clock}    tool {record.data['tool']}")
        case "note", "waiting_line":
            click.echo(f"{clock}  agent:  {record.data['text']}")
        case "token", _:
            token = token_of(record)
            slots = "".join(f" {name}={value!r}" for name, value in token.slots.items())
            why = f" ({token.evidence})" if token.evidence else ""
            click.echo(f"{clock}  → {token.step}{slots}  {token.decided_by} {token.confidence:.2f}{why}"[:400])
        case _:
            pass


@command.command("replay")
@click.argument("call_id")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_context
def replay(ctx: click.Context, call_id: str, as_json: bool) -> None:
    """Fold a call's log again. Exit code 0 only when the result equals what was stored."""
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
    else:
        state = "with its final state" if found.ended else "as far as the call has come"
        click.echo(f"call {found.call}: {found.events} events fold to what was stored, {state}")
    sys.exit(1 if found.differences else 0)
