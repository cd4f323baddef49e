"""`tollfree knowledge`: what a project's agents know."""

import click

from tollfree.cli.knowledge_rebuild import command as rebuild
from tollfree.cli.knowledge_search import command as search


@click.group("knowledge")
def command() -> None:
    """Search and rebuild what a project knows."""


command.add_command(rebuild)
command.add_command(search)
