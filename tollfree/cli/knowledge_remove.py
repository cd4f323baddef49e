"""`tollfree knowledge remove`: sources forgotten, with all that they say."""

import click

from tollfree.cli.ingest_progress import tell_report
from tollfree.cli.opened import with_office
from tollfree.protocol.ids import ProjectId
from tollfree.wiring.known_sources import open_sources, sources_named
from tollfree.wiring.office import Office


@click.command("remove")
@click.argument("project")
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE…")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_context
def remove(ctx: click.Context, project: str, sources: tuple[str, ...], as_json: bool) -> None:
    """Forget sources and everything that they say. The files and pages themselves are left alone."""
    from tollfree.knowledge.ingest.report import Report  # imports LangChain, as do the others
    from tollfree.wiring.ingesting import open_ingest

    async def work(office: Office) -> Report:
        async with open_sources(office, ProjectId(project)) as known:
            ids = await sources_named(known, sources)
        async with open_ingest(office, ProjectId(project)) as ingest:
            return await ingest.remove(ids)

    report = with_office(ctx, work)
    tell_report(report, as_json=as_json)
