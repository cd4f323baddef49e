"""`tollfree engines …`: serve speech engines, and measure them. Each command is imported when it is called."""

import importlib
from collections.abc import Mapping
from typing import cast

import click

COMMANDS: Mapping[str, str] = {
    "stt": "Serve speech to text to many calls, over WebSocket and HTTP.",
    "tts": "Serve voices to many calls, over WebSocket and HTTP.",
}
"""By name: what `tollfree engines --help` says of it. The code is in `tollfree.cli.engines_NAME`, as `command`."""


class Engines(click.Group):
    """Imports a command when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        return cast(click.Command, importlib.import_module(f"tollfree.cli.engines_{cmd_name}").command)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(sorted(COMMANDS.items()))


@click.group(cls=Engines)
def command() -> None:
    """Serve speech engines to many calls, and measure them."""
