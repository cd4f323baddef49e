"""`tollfree people`: calls that wait for a person, and how to take one."""

from datetime import UTC, datetime

import click

from tollfree.calls.phone.people import JOIN_WITHIN, join_link, person_token
from tollfree.calls.phone.settings import PhoneSettings
from tollfree.calls.store.waiting_calls import WaitingCall
from tollfree.cli.number import phone_settings
from tollfree.cli.opened import print_json, with_office
from tollfree.protocol.ids import CallId, ProjectId
from tollfree.protocol.values import Value
from tollfree.wiring.office import Office


@click.group("people")
def command() -> None:
    """See which callers wait for a person, and take a call."""


@command.command("waiting")
@click.argument("project", required=False)
@click.option("--json", "as_json", is_flag=True, help="For programs, with a token to join each call by.")
@click.pass_context
def waiting(ctx: click.Context, project: str | None, as_json: bool) -> None:
    """Callers who wait for somebody to join from a browser, the longest wait first."""
    settings = phone_settings()

    async def work(office: Office) -> tuple[WaitingCall, ...]:
        return await office.store.waiting_calls.list(ProjectId(project) if project is not None else None)

    calls = with_office(ctx, work)
    if as_json:
        can_join = bool(settings.livekit_url)
        print_json([{**_json(one), **(_way_in(settings, one, "A person") if can_join else {})} for one in calls])
        return
    now = datetime.now(UTC)
    for one in calls:
        taken = f"  ({one.taken_by} is joining)" if one.taken_by else ""
        click.echo(f"{one.call}  {one.project}  {one.queue}  {(now - one.since).total_seconds():.0f} s{taken}")
        click.echo(f"    {one.caller or 'a caller whose number is not known'}: {one.summary}")
    click.echo("`tollfree people join CALL` takes one" if calls else "nobody waits for a person")


@command.command("join")
@click.argument("call")
@click.option("--name", default="", help="Who takes it; by default, the name you are logged in by.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_context
def join(ctx: click.Context, call: str, name: str, as_json: bool) -> None:
    """Take CALL: shows what the caller wants, and the token or link by which a browser joins. Nobody else may take it
    meanwhile; the caller has you as soon as your microphone is on."""
    settings = phone_settings()
    settings.server()

    async def work(office: Office) -> tuple[WaitingCall, str]:
        who = name or office.settings.user or "A person"
        return await office.store.waiting_calls.take(CallId(call), who), who

    taken, who = with_office(ctx, work)
    way_in = _way_in(settings, taken, who)
    if as_json:
        print_json({**_json(taken), **way_in})
        return
    click.echo(f"{taken.caller or 'A caller whose number is not known'}, for {taken.queue}: {taken.summary}")
    if "link" in way_in:
        click.echo(f"Open {way_in['link']}")
    else:
        click.echo(f"Server  {way_in['url']}\nRoom    {taken.room}\nToken   {way_in['token']}")
    click.echo(f"Join within {JOIN_WITHIN.total_seconds() / 60:.0f} minutes, before {taken.until:%H:%M:%S %Z}.")


def _way_in(settings: PhoneSettings, call: WaitingCall, name: str) -> dict[str, Value]:
    server = settings.server()
    token = person_token(server, call.room, name)
    link = {"link": join_link(settings.people_page, server, token)} if settings.people_page else {}
    return {"url": server.url, "token": token, **link}


def _json(call: WaitingCall) -> dict[str, Value]:
    return {
        "call": call.call,
        "project": call.project,
        "queue": call.queue,
        "room": call.room,
        "caller": call.caller or None,
        "summary": call.summary,
        "since": call.since.isoformat(),
        "until": call.until.isoformat(),
        "taken_by": call.taken_by or None,
    }
