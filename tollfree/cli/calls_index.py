"""`tollfree calls index`: calls of older versions are found by what was said in them."""

import click

from tollfree.cli.opened import print_json, with_office
from tollfree.wiring.found_again import find_again


@click.command("index")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_context
def index(ctx: click.Context, as_json: bool) -> None:
    """Make calls found by their words that ended before words were kept. Later ones are, as they end."""
    done = with_office(ctx, find_again)
    if as_json:
        print_json({"calls": done})
    else:
        click.echo(f"calls that are found by their words from now on: {done}")
