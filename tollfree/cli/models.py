"""`tollfree models`: the model files that this project can use, and whether they are here."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from tollfree.cli.opened import print_json, settings_of
from tollfree.weights.errors import WeightsError
from tollfree.weights.manifest import the_manifest
from tollfree.weights.pull import pull, to_download
from tollfree.weights.verify import ModelCheck, verify


@click.group("models")
def command() -> None:
    """List, fetch and check model files."""


def _cache(ctx: click.Context) -> Path:
    return settings_of(ctx).cache


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_context
def list_models(ctx: click.Context, as_json: bool) -> None:
    """Every model that can be had: what it is, whose, and whether it is here."""
    cache = _cache(ctx)
    checks = [verify(model.name, cache, trust=True) for model in the_manifest().models]
    if as_json:
        print_json([_plain(check) for check in checks])
        return
    for check in checks:
        model = check.model
        size = f"{model.bytes / 1e6:.0f} MB"
        default = ", default" if model.default else ""
        click.echo(f"{model.name:18}{check.state:9}{size:>7}  {model.title}: {model.use}{default}")
        click.echo(f"{'':36}by {model.author}; {model.licence}")


@command.command("pull")
@click.argument("names", nargs=-1, metavar="[NAME]…")
@click.option("--all", "everything", is_flag=True, help="Every model that can be had, whatever its licence.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_context
def pull_models(ctx: click.Context, names: Sequence[str], everything: bool, as_json: bool) -> None:
    """Fetch models that are missing or damaged; by default, those that the default tier needs."""
    cache = _cache(ctx)
    wanted = [model.name for model in the_manifest().models] if everything else list(names or the_manifest().defaults)
    say: Callable[[str], None] = (lambda _: None) if as_json else click.echo
    sizes = {name: to_download(name, cache) for name in dict.fromkeys(wanted)}
    if total := sum(sizes.values()):
        say(f"{sum(size > 0 for size in sizes.values())} of {len(sizes)} models to fetch, {total / 1e6:.0f} MB")
    rows: list[dict[str, Any]] = []
    problems: list[WeightsError] = []
    for name in sizes:
        try:
            pulled = pull(name, cache, say)
        except WeightsError as error:
            problems.append(error)
            rows.append({"name": name, "ok": False, "code": error.code, "message": error.message})
            continue
        done = f"fetched {len(pulled.fetched)} files" if pulled.fetched else "is here"
        say(f"{name}: {done}, in {pulled.model.folder}")
        rows.append(
            {"name": name, "ok": True, "fetched": list(pulled.fetched), "folder": str(pulled.model.folder)},
        )
    if as_json:
        print_json(rows)
    for problem in problems:
        click.echo(f"tollfree: {problem.message}", err=True)
    sys.exit(1 if problems else 0)


@command.command("verify")
@click.argument("names", nargs=-1, metavar="[NAME]…")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_context
def verify_models(ctx: click.Context, names: Sequence[str], as_json: bool) -> None:
    """Hash every file again; by default, of the models that are here. Exit code 1 when one is not as it should be."""
    cache = _cache(ctx)
    known = the_manifest()
    checks = [verify(name, cache) for name in names or [model.name for model in known.models]]
    if not names:
        checks = [check for check in checks if check.state == "damaged" or check.source or _begun(check)]
    if as_json:
        print_json([_plain(check) for check in checks])
    else:
        for check in checks:
            click.echo(f"{check.model.name:18}{check.state:9}{len(check.files)} files in {check.folder}")
            for file in check.files:
                if file.state != "good":
                    click.echo(f"  {file.state}  {file.name}")
            if check.state != "good":
                click.echo(f"  remedy: tollfree models pull {check.model.name}")
        if not checks:
            click.echo("no model is here yet; run `tollfree models pull`")
    sys.exit(0 if all(check.state == "good" for check in checks) else 1)


def _begun(check: ModelCheck) -> bool:
    return any(file.state != "missing" for file in check.files)


def _plain(check: ModelCheck) -> dict[str, Any]:
    model = check.model
    return {
        "name": model.name,
        "title": model.title,
        "use": model.use,
        "author": model.author,
        "licence": model.licence,
        "home": model.home,
        "default": model.default,
        "bytes": model.bytes,
        "state": check.state,
        "source": check.source,
        "folder": str(check.folder),
        "files": [{"name": file.name, "state": file.state} for file in check.files],
    }
