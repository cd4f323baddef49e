"""`tollfree`: the commands by name. Each is imported when it is called, so that none pays for the others."""

import importlib
import sys
from collections.abc import Mapping, Sequence
from typing import cast

import click

from tollfree import __version__
from tollfree.cli.terminal import printable_lines
from tollfree.protocol.errors import TollfreeError

COMMANDS: Mapping[str, str] = {
    "call": "Talk to a project's agent, by keyboard or from a script.",
    "calls": "List, show and replay calls.",
    "demo": "Set the corner shop up and place a call to it.",
    "doctor": "Say what is here, what is missing, and what would help.",
    "engines": "Serve speech engines to many calls, and measure them.",
    "eval": "Measure understanding on your own data.",
    "flow": "Make, check, publish and compare flows.",
    "knowledge": "Take documents and web pages in, and see what is known.",
    "models": "List, pull and verify model files.",
    "number": "Say which agent answers a telephone number.",
    "people": "See which callers wait for a person, and take a call.",
    "project": "Make, list and delete projects.",
    "rehearse": "Play scripted callers and hold each call against what its script promises.",
    "route": "See which language models are asked, and try them.",
    "schema": "Print the schemas of flows and of call logs.",
    "secret": "Keep the secrets that a project's tools need.",
    "server": "Serve the dashboard and the API.",
    "up": "Start LiveKit, the worker and the control tower, and stop them together.",
    "usage": "Sum up calls, minutes, tokens and what they cost.",
    "worker": "Take calls from a LiveKit server.",
}
"""By name: what `tollfree --help` says of it. The code is in `tollfree.cli.NAME`, as `command`."""


class Commands(click.Group):
    """Imports a command when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        return cast(click.Command, importlib.import_module(f"tollfree.cli.{cmd_name}").command)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(sorted(COMMANDS.items()))


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="tollfree")
@click.option(
    "--home", type=click.Path(file_okay=False), envvar="TOLLFREE_HOME", help="The folder that holds all state."
)
@click.pass_context
def cli(ctx: click.Context, home: str | None) -> None:
    """A self-hosted voice-agent platform."""
    ctx.obj = home


def main(args: Sequence[str] | None = None) -> None:
    """The `tollfree` command. Errors are one plain sentence on standard error and exit code 1.

    `args` are the words after `tollfree`; None: those of the process.
    """
    try:
        cli(args=args, standalone_mode=False)
    except click.exceptions.Exit as done:
        sys.exit(done.exit_code)
    except click.Abort:
        click.echo("stopped", err=True)
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except TollfreeError as error:
        click.echo("\n".join(printable_lines(f"tollfree: {error.message}")), err=True)
        sys.exit(1)
    except BrokenPipeError:
        sys.exit(1)
