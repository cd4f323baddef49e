"""`tollfree models`: the model files that this project can use, and whether they are here."""

import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import click

from tollfree.cli.opened import print_json, settings_of
from tollfree.weights.errors import WeightsError
from tollfree.weights.manifest import Model, the_manifest
from tollfree.weights.pull import pull, to_download
from tollfree.weights.verify import ModelCheck, verify

FIRST_PULL = "from the hub at the first pull, then pinned on this machine"
"""Where the hashes of a large model come from."""
LINE_BITS_PER_S = 50e6
"""What a download is reckoned at before it begins."""


@click.group("models")
def command() -> None:
    """List, pull and verify model files."""


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
        default = ", default" if model.default else ""
        click.echo(f"{model.name:18}{check.state:9}{size_of(model):>7}  {model.title}: {model.use}{default}")
        click.echo(f"{'':36}by {model.author}; {model.licence}")
        if model.listed_by_hub and not model.files:
            click.echo(f"{'':36}hashes: {FIRST_PULL}")


@command.command("pull")
@click.argument("names", nargs=-1, metavar="[NAME]…")
@click.option("--default", "and_default", is_flag=True, help="Those of the default tier besides the ones named.")
@click.option("--all", "everything", is_flag=True, help="Every model but the large ones, whatever its licence.")
@click.option("--quiet", is_flag=True, help="Say nothing of models that are here already.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_context
def pull_models(
    ctx: click.Context, names: Sequence[str], and_default: bool, everything: bool, quiet: bool, as_json: bool
) -> None:
    """Fetch models that are missing or damaged; by default, those that the default tier needs."""
    cache = _cache(ctx)
    say: Callable[[str], None] = (lambda _: None) if as_json else click.echo
    sizes = {name: to_download(name, cache) for name in _wanted(names, and_default, everything)}
    if total := sum(sizes.values()):
        models = sum(size > 0 for size in sizes.values())
        seconds = total * 8 / LINE_BITS_PER_S
        say(f"Models to fetch: {models}, {total / 1e6:.0f} MB; about {seconds:.0f} s at 50 Mbit/s")
    rows: list[dict[str, Any]] = []
    problems: list[WeightsError] = []
    for name in sizes:
        try:
            pulled = pull(name, cache, say)
        except WeightsError as error:
            problems.append(error)
            rows.append({"name": name, "ok": False, "code": error.code, "message": error.message})
            continue
        if pulled.fetched:
            say(f"{name}: here, in {pulled.model.folder}")
        elif not quiet:
            say(f"{name}: was here already, in {pulled.model.folder}")
        rows.append({"name": name, "ok": True, "fetched": list(pulled.fetched), "folder": str(pulled.model.folder)})
    if as_json:
        print_json(rows)
    for problem in problems:
        click.echo(f"tollfree: {problem.message}", err=True)
    sys.exit(1 if problems else 0)


def _wanted(names: Sequence[str], and_default: bool, everything: bool) -> Iterable[str]:
    known = the_manifest()
    if everything:
        return dict.fromkeys((*(model.name for model in known.models if not model.large), *names))
    return dict.fromkeys((*(known.defaults if and_default or not names else ()), *names))


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


@command.command("measure")
@click.option("--again", is_flag=True, help="Also those that were measured before.")
@click.option("--quiet", is_flag=True, help="Say nothing unless something is measured.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_context
def measure(ctx: click.Context, again: bool, quiet: bool, as_json: bool) -> None:
    """Measure how fast this machine speaks with each voice that is here, and say which one is used."""
    from tollfree.wiring.voice_choice import FAST_ENOUGH, chosen_voice, measure_voices, measured_voices

    settings = settings_of(ctx)
    before = None if again else measured_voices(settings.cache)
    speeds = measure_voices(settings.cache, again=again)
    chosen = chosen_voice(settings.voice, settings.cache)
    if as_json:
        print_json({"factors": speeds.factors, "fast_enough": FAST_ENOUGH, "chosen": chosen, "setting": settings.voice})
    elif not quiet or before is None or before.factors != speeds.factors:
        for name, factor in speeds.factors.items():
            speed = "cannot speak" if factor is None else f"{factor:.2f} s of work for a second of speech"
            click.echo(f"voice {name}: {speed}")
        click.echo(f"agents without a voice of their own speak with {chosen}")


def size_of(model: Model) -> str:
    """For people."""
    return f"{model.bytes / 1e9:.0f} GB" if model.bytes >= 10e9 else f"{model.bytes / 1e6:.0f} MB"


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
        "large": model.large,
        "hashes": FIRST_PULL if model.listed_by_hub and not model.files else "pinned",
        "bytes": model.bytes,
        "state": check.state,
        "source": check.source,
        "folder": str(check.folder),
        "files": [{"name": file.name, "state": file.state} for file in check.files],
    }
