"""`tollfree doctor`: what is here, what is missing, and what would help."""

import os
import sys
from dataclasses import asdict

import click

from tollfree.cli.checks import folders, machine, models, programs, services
from tollfree.cli.checks.finding import Place
from tollfree.cli.checks.running import examine
from tollfree.cli.opened import print_json, settings_of

CHECKS = (*machine.CHECKS, *folders.CHECKS, *models.CHECKS, *services.CHECKS, *programs.CHECKS)
"""Everything that is looked at, in order."""


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_context
def command(ctx: click.Context, as_json: bool) -> None:
    """Say what is here, what is missing, and what would help. Changes nothing.

    Looks at the machine, folders and their permissions, keys, models, the database, LiveKit, servers of engines and
    routes to language models, all at once and none for longer than two seconds. Exit code 1 when something is missing
    that the settings need.
    """
    place = Place(settings=settings_of(ctx), environ=dict(os.environ))
    findings = list(examine(CHECKS, place))
    if as_json:
        print_json([asdict(finding) for finding in findings])
    else:
        for finding in findings:
            click.echo(f"{finding.state:6}{finding.name:24}{finding.found}")
            if finding.remedy:
                click.echo(f"{'':30}→ {finding.remedy}")
    sys.exit(1 if any(finding.state == "bad" for finding in findings) else 0)
