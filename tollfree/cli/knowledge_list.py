"""`tollfree knowledge list`: a project's sources."""

from collections.abc import Mapping

import click

from tollfree.cli.opened import print_json, with_office
from tollfree.cli.terminal import printable
from tollfree.protocol.ids import ProjectId
from tollfree.protocol.values import Value
from tollfree.wiring.known_sources import open_sources
from tollfree.wiring.office import Office


@click.command("list")
@click.argument("project")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_context
def list_sources(ctx: click.Context, project: str, as_json: bool) -> None:
    """Where a project's knowledge comes from: each source with its documents, passages and faults counted."""

    async def work(office: Office) -> list[Mapping[str, Value]]:
        async with open_sources(office, ProjectId(project)) as known:
            rows: list[Mapping[str, Value]] = []
            for source in await known.list():
                documents = (await known.documents(source.id)).values()
                faults = [*source.faults, *(fault for one in documents for fault in one.faults)]
                rows.append(
                    {
                        "source": source.id,
                        "kind": source.kind.value,
                        "tags": list(source.tags),
                        "documents": len(documents),
                        "passages": sum(one.passages for one in documents),
                        "faults": len(faults),
                        "refresh_every_s": source.refresh_every_s,
                        "checked_at": source.checked_at or None,
                    }
                )
            return rows

    rows = with_office(ctx, work)
    if as_json:
        print_json(rows)
        return
    for row in rows:
        tags = f"  [{', '.join(map(str, list_of(row['tags'])))}]" if row["tags"] else ""
        faults = f", {_counted(row['faults'], 'fault')}" if row["faults"] else ""
        checked = row["checked_at"] or "not read to its end yet"
        counts = f"{_counted(row['documents'], 'document')}, {_counted(row['passages'], 'passage')}{faults}"
        click.echo(printable(f"{row['source']}  {row['kind']}  {counts}  {checked}{tags}"))
    if not rows:
        click.echo(f"nothing is known yet; `tollfree knowledge add {project} PATH|URL…` adds documents")


def _counted(number: Value, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def list_of(value: Value) -> list[Value]:
    """The members of a list, of what a row holds."""
    return list(value) if isinstance(value, list | tuple) else []
