"""What commands share: the open installation, and how JSON is printed."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import click

from tollfree.protocol.values import Value
from tollfree.wiring.office import Office
from tollfree.wiring.settings import Settings

T = TypeVar("T")


def settings_of(ctx: click.Context) -> Settings:
    """The settings, with the home folder of the command line."""
    home = ctx.find_root().obj
    return Settings(home=Path(str(home))) if home else Settings()


def with_office(ctx: click.Context, work: Callable[[Office], Awaitable[T]]) -> T:
    """Open the installation, do the work, close it."""

    async def run() -> T:
        async with await Office.open(settings_of(ctx)) as office:
            return await work(office)

    return asyncio.run(run())


def print_json(value: object) -> None:
    """One JSON value, for programs."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def print_json_line(value: dict[str, Value]) -> None:
    """One JSON value on one line, at once."""
    click.echo(json.dumps(value, ensure_ascii=False, default=str))
