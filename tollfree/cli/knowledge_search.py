"""`tollfree knowledge search`: what a question would find."""

import click

from tollfree.cli.opened import print_json, with_office
from tollfree.cli.terminal import printable
from tollfree.knowledge.base import Query
from tollfree.knowledge.confidence import KNOWN
from tollfree.protocol.ids import ProjectId
from tollfree.protocol.passage import Passage
from tollfree.wiring.office import Office


@click.command("search")
@click.argument("project")
@click.argument("question", metavar="QUERY")
@click.option("-k", "most", default=5, show_default=True, type=click.IntRange(1, 100), help="Passages at most.")
@click.option("--tag", "tags", multiple=True, help="Only passages with this tag; given again: or with that one.")
@click.option("--context", default="", help="What was asked before, for a question that does not stand by itself.")
@click.option("--unsure", is_flag=True, help="Also what is too unsure to be said in a call.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_context
def command(
    ctx: click.Context,
    project: str,
    question: str,
    most: int,
    tags: tuple[str, ...],
    context: str,
    unsure: bool,
    as_json: bool,
) -> None:
    """Ask a project's knowledge a question."""
    if not question.strip():
        raise click.BadParameter("The question is empty.", param_hint="QUERY")

    async def work(office: Office) -> tuple[tuple[Passage, ...], bool]:
        found = await office.store.projects.get(ProjectId(project))
        query = Query(text=question, k=most, tags=tags, context=context)
        passages = await office.knowledge.retrieve(found.id, query, at_least=0.0 if unsure else KNOWN)
        return passages, bool(passages) or await office.knowledge.count(found.id) > 0

    passages, knows = with_office(ctx, work)
    if as_json:
        print_json([_as_json(one) for one in passages])
        return
    for one in passages:
        where = ", ".join(part for part in (one.source, one.place) if part)
        click.echo(printable(f"{one.score:.2f}  {where}  [{one.id}]"))
        click.echo("      " + printable(" ".join(one.text.split())))
    if not knows:
        click.echo(f"The project {project} has no documents; `tollfree knowledge add {project} PATH` takes some in.")
    elif not passages:
        click.echo("I do not know." if unsure else "I do not know. (--unsure shows what comes nearest)")


def _as_json(one: Passage) -> dict[str, object]:
    return {"id": one.id, "score": round(one.score, 4), "source": one.source, "place": one.place, "text": one.text}
