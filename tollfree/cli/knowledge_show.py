"""`tollfree knowledge show`: the documents, passages and faults of one source."""

from collections.abc import Mapping

import click

from tollfree.cli.opened import print_json, with_office
from tollfree.cli.terminal import printable, printable_lines
from tollfree.protocol.ids import ProjectId
from tollfree.protocol.values import Value
from tollfree.wiring.known_sources import documents_named, open_sources
from tollfree.wiring.office import Office


@click.command("show")
@click.argument("project")
@click.argument("source")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_context
def show(ctx: click.Context, project: str, source: str, as_json: bool) -> None:
    """What a source, or one document of it, says: its passages as they are searched, and its faults."""

    async def work(office: Office) -> list[Mapping[str, Value]]:
        async with open_sources(office, ProjectId(project)) as known:
            documents = await documents_named(known, source)
        shelf = office.knowledge
        return [
            {
                "document": one.id,
                "source": one.source,
                "kind": one.kind,
                "title": one.title,
                "state": one.state,
                "fetched_at": one.fetched_at or None,
                "faults": [fault.as_json() for fault in one.faults],
                "told": [str(fault) for fault in one.faults],
                "passages": [
                    {"id": each.id, "section": each.section, "place": each.place, "text": each.text}
                    for each in await shelf.passages(ProjectId(project), source=one.id)
                ],
            }
            for one in documents
        ]

    for number, row in enumerate(rows := with_office(ctx, work)):
        if as_json:
            break
        passages = row["passages"] if isinstance(row["passages"], list) else []
        click.echo(
            "\n" * bool(number) + printable(f"{row['document']}  {row['kind'] or '-'}  {len(passages)} passages")
        )
        for told in row["told"] if isinstance(row["told"], list) else []:
            click.echo(printable(f"  {told}"))
        for passage in passages:
            if isinstance(passage, Mapping):
                where = "  ".join(str(passage[name]) for name in ("place", "section") if passage[name])
                click.echo("\n  " + printable(where or "-"))
                for line in printable_lines(str(passage["text"])):
                    click.echo(f"    {line}")
    if as_json:
        print_json(rows)
