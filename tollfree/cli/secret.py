"""`tollfree secret`: what a project's tools need and nobody else sees."""

import sys

import click

from tollfree.cli.opened import with_office
from tollfree.protocol.ids import ProjectId
from tollfree.wiring.office import Office


@click.group("secret")
def command() -> None:
    """Keep the secrets that a project's tools need."""


@command.command("set")
@click.argument("project")
@click.argument("name")
@click.pass_context
def set_secret(ctx: click.Context, project: str, name: str) -> None:
    """Set a secret; its value is asked for, or read from standard input."""
    value = click.prompt("Value", hide_input=True) if sys.stdin.isatty() else sys.stdin.read().rstrip("\r\n")

    async def work(office: Office) -> None:
        await (await office.vault()).set(ProjectId(project), name, str(value))
        click.echo(f"secret {name} is set")

    with_office(ctx, work)


@command.command("list")
@click.argument("project")
@click.pass_context
def list_secrets(ctx: click.Context, project: str) -> None:
    """The names of a project's secrets; never their values."""

    async def work(office: Office) -> None:
        for name in await (await office.vault()).names(ProjectId(project)):
            click.echo(name)

    with_office(ctx, work)


@command.command("delete")
@click.argument("project")
@click.argument("name")
@click.pass_context
def delete_secret(ctx: click.Context, project: str, name: str) -> None:
    """Remove a secret."""

    async def work(office: Office) -> None:
        await (await office.vault()).delete(ProjectId(project), name)
        click.echo(f"secret {name} is gone")

    with_office(ctx, work)
