"""`tollfree knowledge refresh`: sources gone through once more."""

import sys

import click

from tollfree.cli.ingest_progress import ProgressBar, tell_report
from tollfree.cli.opened import with_office
from tollfree.cli.rendering import render_answers_and_tell
from tollfree.protocol.ids import ProjectId
from tollfree.wiring.known_sources import open_sources, sources_named
from tollfree.wiring.office import Office


@click.command("refresh")
@click.argument("project")
@click.argument("sources", nargs=-1, metavar="[SOURCE]…")
@click.option("--due", is_flag=True, help="Only those whose --refresh-every is over.")
@click.option("--again", is_flag=True, help="Also read what has not changed.")
@click.option("--no-speech", is_flag=True, help="Do not render what may be answered; callers wait longer for it.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_context
def refresh(
    ctx: click.Context,
    project: str,
    sources: tuple[str, ...],
    due: bool,
    again: bool,
    no_speech: bool,
    as_json: bool,
) -> None:
    """Go through all sources, or those named: what changed is read again, what has gone is forgotten.

    The control tower refreshes what is due by itself; without one, have cron or a systemd timer run `tollfree
    knowledge refresh PROJECT --due` every few minutes. Exit code 1 when something could not be read.
    """
    from tollfree.knowledge.ingest.report import Report  # imports LangChain, as do the others
    from tollfree.wiring.ingesting import open_ingest

    progress = ProgressBar(quiet=as_json)

    async def work(office: Office) -> Report:
        async with open_sources(office, ProjectId(project)) as known:
            ids = await sources_named(known, sources)
        async with open_ingest(office, ProjectId(project), progress.tell) as ingest:
            report = await ingest.refresh(ids, due=due, again=again)
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
