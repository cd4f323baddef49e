"""`tollfree knowledge add`: documents, folders and web pages into a project's knowledge."""

import sys

import click

from tollfree.cli.ingest_progress import ProgressBar, tell_report
from tollfree.cli.opened import with_office
from tollfree.cli.rendering import render_answers_and_tell
from tollfree.protocol.ids import ProjectId
from tollfree.wiring.office import Office


@click.command("add")
@click.argument("project")
@click.argument("places", nargs=-1, required=True, metavar="PATH|URL…")
@click.option("--tag", "tags", multiple=True, help="A label for its passages; may be given several times.")
@click.option("--crawl", type=int, help="From each URL, follow its links within the site: at most so many pages.")
@click.option("--depth", type=int, help="Links to follow from the first page of a crawl (3).")
@click.option("--refresh-every", default="", help="Read it again after 30m, 12h, 1d or 2w.")
@click.option("--again", is_flag=True, help="Also read what has not changed.")
@click.option("--no-speech", is_flag=True, help="Do not render what may be answered; callers wait longer for it.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_context
def add(
    ctx: click.Context,
    project: str,
    places: tuple[str, ...],
    tags: tuple[str, ...],
    crawl: int | None,
    depth: int | None,
    refresh_every: str,
    again: bool,
    no_speech: bool,
    as_json: bool,
) -> None:
    """Take files, folders and web pages in: PDF, DOCX, PPTX, XLSX, CSV, HTML, Markdown, JSON, plain text.

    A URL is one page; a sitemap is all pages that it lists; with --crawl it is a site. What was added before is only
    read again where it changed. One bad file does not stop the others; each is told at the end. Exit code 1 when
    something could not be read.
    """
    from tollfree.knowledge.ingest.report import Report  # imports LangChain, as do the others
    from tollfree.knowledge.ingest.source import Source
    from tollfree.wiring.ingesting import open_ingest

    sources = [Source.of(place, tags=tags, crawl=crawl, depth=depth, refresh_every=refresh_every) for place in places]
    progress = ProgressBar(quiet=as_json)

    async def work(office: Office) -> Report:
        async with open_ingest(office, ProjectId(project), progress.tell) as ingest:
            report = await ingest.add(sources, again=again)
        progress.end()
        tell_report(report, as_json=as_json)
        if not no_speech and report.changed:
            await render_answers_and_tell(office, ProjectId(project), quiet=as_json)
        return report

    try:
        report = with_office(ctx, work)
    finally:
        progress.end()
    sys.exit(1 if any(fault.serious for fault in report.faults) else 0)
