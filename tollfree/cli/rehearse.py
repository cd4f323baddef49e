"""`tollfree rehearse`: every scripted caller of a folder, one after another."""

import sys
from pathlib import Path

import click

from tollfree.calls.errors import BadScript
from tollfree.calls.lines.script import read_script_file
from tollfree.cli.opened import print_json, with_office
from tollfree.protocol.ids import ProjectId
from tollfree.rehearse.scripts import Rehearsed, rehearse
from tollfree.wiring.office import Office


@click.command("rehearse")
@click.argument("project")
@click.argument("scripts", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_context
def command(ctx: click.Context, project: str, scripts: tuple[Path, ...], as_json: bool) -> None:
    """Play scripted callers (files, or folders of .txt files). Exit code 0 when every call went as its script says.

    A script says so in comments: `#: path welcome.said reason.order …` and `#: outcome order_placed`.
    """
    files = [file for path in scripts for file in (sorted(path.rglob("*.txt")) if path.is_dir() else [path])]

    if not files:
        raise BadScript(f"There are no scripts in {', '.join(map(str, scripts))}; a scripted caller is a .txt file.")

    async def work(office: Office) -> list[Rehearsed]:
        return [await rehearse(office, ProjectId(project), read_script_file(file)) for file in files]

    done = with_office(ctx, work)
    if as_json:
        print_json(
            [
                {
                    "script": one.script.name,
                    "call_id": one.summary.call,
                    "outcome": one.summary.outcome,
                    "path": list(one.summary.path),
                    "problems": list(one.problems),
                }
                for one in done
            ]
        )
    else:
        for one in done:
            click.echo(f"{'ok  ' if not one.problems else 'FAIL'}  {one.script.name}  [{one.summary.outcome}]")
            for problem in one.problems:
                click.echo(f"      {problem}")
        failed = sum(bool(one.problems) for one in done)
        click.echo(f"{len(done) - failed} of {len(done)} calls went as written")
    sys.exit(1 if any(one.problems for one in done) else 0)
