"""`tollfree calls summary`: what a call was about."""

import click

from tollfree.cli.opened import print_json, with_office
from tollfree.protocol.ids import CallId
from tollfree.wiring.summaries import summary_of


@click.command("summary")
@click.argument("call_id")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_context
def summary(ctx: click.Context, call_id: str, as_json: bool) -> None:
    """A call in a sentence or two: by a language model where one is configured, else from its exits and values."""
    text, by = with_office(ctx, lambda office: summary_of(office, CallId(call_id)))
    if as_json:
        print_json({"call_id": call_id, "summary": text, "decided_by": by})
    else:
        click.echo(text)
