"""`tollfree people`: calls that wait for a person, and how to take one."""

from datetime import UTC, datetime
from pathlib import Path

import click
from pydantic import TypeAdapter, ValidationError

from tollfree.calls.phone.errors import NoLiveKit
from tollfree.calls.phone.people import JOIN_WITHIN, join_link, person_token
from tollfree.calls.phone.server import LiveKitServer
from tollfree.calls.phone.settings import PhoneSettings
from tollfree.calls.store.waiting_calls import WaitingCall
from tollfree.cli.number import phone_settings
from tollfree.cli.opened import print_json, settings_of, with_office
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
        home = settings_of(ctx).home
        print_json([{**_json(one), **_way_in_if_any(settings, home, one)} for one in calls])
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

    async def work(office: Office) -> tuple[WaitingCall, dict[str, Value]]:
        who = name or office.settings.user or "A person"
        waits = await office.store.waiting_calls.get(CallId(call))
        way_in = _way_in(settings, office.settings.home, waits, who)
        return await office.store.waiting_calls.take(waits.call, who), way_in

    taken, way_in = with_office(ctx, work)
    if as_json:
        print_json({**_json(taken), **way_in})
        return
    click.echo(f"{taken.caller or 'A caller whose number is not known'}, for {taken.queue}: {taken.summary}")
    if "link" in way_in:
        click.echo(f"Open {way_in['link']}")
    else:
        click.echo(f"Server  {way_in['url']}\nRoom    {taken.room}\nToken   {way_in['token']}")
    click.echo(f"Join within {JOIN_WITHIN.total_seconds() / 60:.0f} minutes, before {taken.until:%H:%M:%S %Z}.")


def _way_in(settings: PhoneSettings, home: Path, call: WaitingCall, name: str) -> dict[str, Value]:
    """The server and a token, and the link where there is a page. Raises `NoLiveKit`."""
    server = server_of(settings, home, call.server)
    token = person_token(server, call.room, name)
    link = {"link": join_link(settings.people_page, server, token)} if settings.people_page else {}
    return {"url": server.url, "token": token, **link}


def _way_in_if_any(settings: PhoneSettings, home: Path, call: WaitingCall) -> dict[str, Value]:
    try:
        return _way_in(settings, home, call, "A person")
    except NoLiveKit:
        return {}


def server_of(settings: PhoneSettings, home: Path, url: str) -> LiveKitServer:
    """The server that is configured; else the one of this home folder's own that a call waits on (see `tollfree up`,
    which keeps its key there). Raises `NoLiveKit`."""
    if settings.livekit_url or not url:
        return settings.server()
    try:
        keys = TypeAdapter(dict[str, str]).validate_json((home / "livekit" / "keys.json").read_bytes())
        key, secret = next(iter(keys.items()))
    except (OSError, ValidationError, StopIteration):
        return settings.server()
    return LiveKitServer(url=url, key=key, secret=secret)


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
