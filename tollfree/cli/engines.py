"""`tollfree engines …`: serve speech engines, and measure them. What is heavy is imported when a command runs."""

import click

from tollfree.cli.engines_stt import command as stt


@click.group()
def command() -> None:
    """Serve speech engines to many calls, and measure them."""


command.add_command(stt)
