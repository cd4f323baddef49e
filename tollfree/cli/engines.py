"""`tollfree engines …`: serve speech engines, and measure them. What is heavy is imported when a command runs."""

import click

from tollfree.cli.engines_stt import command as stt
from tollfree.cli.engines_tts import command as tts


@click.group()
def command() -> None:
    """Serve speech engines to many calls, and measure them."""


command.add_command(stt)
command.add_command(tts)
