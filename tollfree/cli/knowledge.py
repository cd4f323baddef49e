"""`tollfree knowledge`: what a project's agents know, and where it comes from."""

import click

from tollfree.cli import (
    knowledge_add,
    knowledge_list,
    knowledge_rebuild,
    knowledge_refresh,
    knowledge_remove,
    knowledge_search,
    knowledge_show,
)


@click.group("knowledge")
def command() -> None:
    """Take documents and web pages in, and see what is known."""


command.add_command(knowledge_add.add)
command.add_command(knowledge_list.list_sources)
command.add_command(knowledge_rebuild.command)
command.add_command(knowledge_refresh.refresh)
command.add_command(knowledge_remove.remove)
command.add_command(knowledge_search.command)
command.add_command(knowledge_show.show)
