"""What commands share: the open installation, how JSON is printed and how files are written."""

import asyncio
import json
import os
import secrets
import shutil
import sys
from collections.abc import Awaitable, Callable, Generator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import click
from pydantic import ValidationError

from tollfree.calls.virtual_time import run_virtually
from tollfree.cli.terminal import escaped
from tollfree.flows.errors import Fault, FlowFaulty, Severity
from tollfree.protocol.clock import Clock
from tollfree.protocol.errors import TollfreeError
from tollfree.protocol.values import Value
from tollfree.wiring.office import Office
from tollfree.wiring.settings import Settings

T = TypeVar("T")
S = TypeVar("S")


class BadSettings(TollfreeError):
    """An environment variable holds what the setting cannot be."""

    code = "bad_settings"


class CannotWrite(TollfreeError):
    """A file that a command was to write."""

    code = "cannot_write"


def settings_of(ctx: click.Context) -> Settings:
    """The settings, with the home folder of the command line. Raises `BadSettings` with every fault."""
    home = ctx.find_root().obj
    try:
        return Settings(home=Path(str(home))) if home else Settings()
    except ValidationError as error:
        faults = "; ".join(f"TOLLFREE_{'.'.join(map(str, one['loc'])).upper()}: {one['msg']}" for one in error.errors())
        raise BadSettings(f"The settings cannot be used. {faults}") from error


def read_settings(kind: Callable[..., S], what: str, given: Mapping[str, object]) -> S:
    """Settings of a server, from the environment and the options that were given, which go before it. Raises
    `BadSettings` with every fault; `what` they are called there."""
    try:
        return kind(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        raise BadSettings(f"{what} cannot be used. {faults}") from error


def with_office(ctx: click.Context, work: Callable[[Office], Awaitable[T]]) -> T:
    """Open the installation, do the work, close it."""

    async def run() -> T:
        async with await Office.open(settings_of(ctx)) as office:
            return await work(office)

    return asyncio.run(run())


def with_virtual_office(ctx: click.Context, work: Callable[[Office], Awaitable[T]]) -> T:
    """The same in virtual time: waiting costs nothing, work costs what it costs."""

    async def run(clock: Clock) -> T:
        async with await Office.open(settings_of(ctx), clock) as office:
            return await work(office)

    return run_virtually(run, start=datetime.now(UTC))


def program() -> str:
    """How to call this program from here: by its name where that is on the PATH, else by its place."""
    if shutil.which("tollfree") is not None:
        return "tollfree"
    here = Path(sys.argv[0])
    return os.path.relpath(here) if here.name == "tollfree" else "tollfree"


def print_json(value: object) -> None:
    """One JSON value, for programs."""
    click.echo(escaped(json.dumps(value, ensure_ascii=False, indent=2, default=str)))


def print_json_line(value: dict[str, Value]) -> None:
    """One JSON value on one line, at once."""
    click.echo(escaped(json.dumps(value, ensure_ascii=False, default=str)))


def print_faults(faults: tuple[Fault, ...], as_json: bool) -> None:
    """What is wrong with a flow: a line each and how many, or a list for programs."""
    if as_json:
        print_json(
            [{"code": f.code, "severity": f.severity.value, "node": f.node, "message": f.message} for f in faults]
        )
        return
    for fault in faults:
        where = f"node {fault.node}: " if fault.node else ""
        click.echo(f"{fault.severity.value}  {fault.code}  {where}{fault.message}")
    errors = sum(fault.severity is Severity.ERROR for fault in faults)
    click.echo(f"{_counted(errors, 'error')}, {_counted(len(faults) - errors, 'warning')}" if faults else "no faults")


@contextmanager
def faults_told() -> Generator[None]:
    """Prints every fault of a flow that is refused, before the refusal."""
    try:
        yield
    except FlowFaulty as faulty:
        print_faults(faulty.faults, as_json=False)
        raise


def write_file(path: Path, text: str) -> None:
    """Write a whole file or none: who reads meanwhile finds the old one. Raises `CannotWrite`."""
    try:
        target = path.resolve()
        if target.exists() and not target.is_file():  # a device or a pipe cannot be replaced
            target.write_text(text, encoding="utf-8")
            return
        draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
        try:
            draft.write_text(text, encoding="utf-8")
            if target.exists():
                shutil.copymode(target, draft)
            os.replace(draft, target)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise CannotWrite(f"{path} cannot be written: {error.strerror}.") from error


def _counted(number: int, name: str) -> str:
    return f"{number} {name}" if number == 1 else f"{number} {name}s"
