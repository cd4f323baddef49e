"""`tollfree number`: telephone numbers, and which agent answers them."""

import sys

import click
from pydantic import ValidationError

from tollfree.calls.phone.adding import Brought, add_number, bring_all, orphans, remove_number
from tollfree.calls.phone.errors import NoLiveKit
from tollfree.calls.phone.settings import PhoneSettings
from tollfree.calls.project import DEFAULT_AGENT
from tollfree.calls.store.numbers import Number
from tollfree.cli.opened import BadSettings, print_json, with_office
from tollfree.protocol.ids import ProjectId
from tollfree.protocol.values import Value
from tollfree.wiring.office import Office


@click.group("number")
def command() -> None:
    """Say which agent answers a telephone number."""


@command.command("add")
@click.argument("project")
@click.argument("number")
@click.option("--agent", default=DEFAULT_AGENT, show_default=True, help="Which of the project's agents answers.")
@click.option(
    "--trunk-address",
    "addresses",
    multiple=True,
    help="Address or network of the provider that may send calls; may be given several times. By default, any.",
)
@click.option("--sip/--no-sip", "by_sip", default=True, help="Have LiveKit's SIP service bring its calls.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_context
def add(
    ctx: click.Context, project: str, number: str, agent: str, addresses: tuple[str, ...], by_sip: bool, as_json: bool
) -> None:
    """Have NUMBER answered by a project's agent: with its country code, or as it is dialled in the project's region.

    LiveKit is told to bring its calls here, where one is configured. Adding a number again changes what is different
    and finishes what was left undone.
    """
    settings = phone_settings()

    async def work(office: Office) -> Brought:
        return await add_number(
            office.store, settings, ProjectId(project), number, agent=agent, by_sip=by_sip, addresses=addresses
        )

    brought = with_office(ctx, work)
    if as_json:
        print_json(_json(brought.number))
    else:
        click.echo(f"{brought.number.number} is answered by the agent {agent} of {project}")
        _tell(brought)
    _warn(brought)


@command.command("list")
@click.argument("project", required=False)
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_context
def list_numbers(ctx: click.Context, project: str | None, as_json: bool) -> None:
    """The numbers that are answered, of all projects or of one."""

    async def work(office: Office) -> tuple[Number, ...]:
        if project is not None:
            await office.store.projects.get(ProjectId(project))
        return await office.store.numbers.list(ProjectId(project) if project is not None else None)

    numbers = with_office(ctx, work)
    if as_json:
        print_json([_json(one) for one in numbers])
        return
    for one in numbers:
        state = "by LiveKit" if one.by_sip and one.reachable else "no trunk yet" if one.by_sip else "without SIP"
        click.echo(f"{one.number:<16} {one.project}  {one.agent}  {state}")
    if not numbers:
        click.echo("no numbers yet; `tollfree number add PROJECT NUMBER` has one answered")


@command.command("remove")
@click.argument("number")
@click.option("--sip/--no-sip", "by_sip", default=True, help="Remove its trunk and dispatch rule in LiveKit too.")
@click.pass_context
def remove(ctx: click.Context, number: str, by_sip: bool) -> None:
    """Stop answering NUMBER, and remove what was made for it in LiveKit."""
    settings = phone_settings()

    async def work(office: Office) -> Number:
        return await remove_number(office.store, settings, number, only_here=not by_sip)

    removed = with_office(ctx, work)
    click.echo(f"{removed.number} is answered no more")
    if not by_sip and removed.trunk:
        click.echo(f"LiveKit still has its trunk {removed.trunk} and rule {removed.dispatch_rule}", err=True)


@command.command("sync")
@click.option("--prune", is_flag=True, help="Also remove trunks that tollfree made for numbers nobody answers here.")
@click.pass_context
def sync(ctx: click.Context, prune: bool) -> None:
    """Bring LiveKit up to date with every number: after it was away, moved, or lost its memory.

    Exit code 1 when the calls of a number do not come here yet.
    """
    settings = phone_settings()
    settings.server()

    async def work(office: Office) -> tuple[Brought, ...]:
        brought = await bring_all(office.store, settings, prune=prune)
        if not any(one.missing for one in brought):
            for orphan in await orphans(office.store, settings):
                numbers = ", ".join(orphan.numbers)
                click.echo(f"trunk {orphan.trunk} is for {numbers}, which nobody answers here; --prune removes it")
        return brought

    brought = with_office(ctx, work)
    for one in brought:
        click.echo(f"{one.number.number}: ", nl=False)
        _tell(one)
        _warn(one)
    if not brought:
        click.echo("no numbers to bring up to date")
    sys.exit(1 if any(one.missing for one in brought) else 0)


def phone_settings() -> PhoneSettings:
    """How calls reach the telephone network. Raises `BadSettings` with every fault."""
    try:
        return PhoneSettings()
    except ValidationError as error:
        faults = "; ".join(f"TOLLFREE_{'.'.join(map(str, one['loc'])).upper()}: {one['msg']}" for one in error.errors())
        raise BadSettings(f"The settings cannot be used. {faults}") from error


def _tell(brought: Brought) -> None:
    number = brought.number
    if brought.missing is not None:
        click.echo("its calls do not come here yet")
    elif number.by_sip:
        did = "LiveKit now brings its calls here" if brought.changed else "LiveKit brings its calls here"
        click.echo(f"{did} (trunk {number.trunk}, dispatch rule {number.dispatch_rule})")
    else:
        click.echo("LiveKit is not asked to bring its calls; whoever does, names this number or the agent")


def _warn(brought: Brought) -> None:
    if brought.missing is None:
        return
    then = "Then run" if isinstance(brought.missing, NoLiveKit) else "When that is put right, run"
    click.echo(f"{brought.missing.message} {then} `tollfree number sync`.", err=True)


def _json(number: Number) -> dict[str, Value]:
    return {
        "number": number.number,
        "project": number.project,
        "agent": number.agent,
        "by_sip": number.by_sip,
        "addresses": list(number.addresses),
        "trunk": number.trunk or None,
        "dispatch_rule": number.dispatch_rule or None,
        "reachable": number.reachable,
        "created_at": number.created_at.isoformat(),
    }
