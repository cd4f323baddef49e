"""`tollfree doctor`: what is here, what is missing, and what would help."""

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import click
from pydantic import ValidationError

from tollfree.cli.opened import print_json, settings_of
from tollfree.weights.manifest import the_manifest
from tollfree.weights.verify import verify
from tollfree.wiring.livekit_settings import LiveKitSettings
from tollfree.wiring.settings import Settings
from tollfree.wiring.voice_choice import AUTO, FAST_ENOUGH, measured_voices
from tollfree.worker.errors import NoServerProgram, PortsTaken
from tollfree.worker.livekit_server import server_program
from tollfree.worker.ports import LOOPBACK, free_ports

PYTHON = (3, 11)
"""The oldest that the package takes."""
ENOUGH_CORES, ENOUGH_GB, ENOUGH_DISK_GB = 2, 3.5, 2.0
"""What the embedded tier was measured with: two cores; a call's models take about 1 GB; logs and recordings grow."""

State = Literal["good", "note", "bad"]
"""`note`: worth knowing, and calls go without it; `bad`: calls cannot be spoken before it is put right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at."""

    name: str
    """Stable, for programs."""
    state: State
    """Whether it is as it should be."""
    found: str
    """What is there, in a few words."""
    remedy: str = ""
    """What would help; empty when nothing need."""


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_context
def command(ctx: click.Context, as_json: bool) -> None:
    """Say what is here, what is missing, and what would help. Changes nothing.

    Exit code 1 when something is missing that spoken calls need.
    """
    findings = list(examine(settings_of(ctx)))
    if as_json:
        print_json([asdict(finding) for finding in findings])
    else:
        for finding in findings:
            click.echo(f"{finding.state:6}{finding.name:24}{finding.found}")
            if finding.remedy:
                click.echo(f"{'':30}→ {finding.remedy}")
    sys.exit(1 if any(finding.state == "bad" for finding in findings) else 0)


def examine(settings: Settings) -> Iterator[Finding]:
    """Everything that is looked at, in order."""
    yield _python()
    yield _cores()
    yield _memory()
    yield from _disks(settings)
    yield from _models(settings.cache)
    yield _voice(settings)
    yield from _livekit(settings)
    yield _program("go", ["go", "version"], "builds a LiveKit server: https://go.dev/dl")
    yield _program("node", ["node", "--version"], "builds the dashboard: https://nodejs.org")
    yield _program("npm", ["npm", "--version"], "fetches Kokoro's voices; comes with Node.js")


def _python() -> Finding:
    found = f"Python {platform.python_version()} in {sys.prefix}"
    if sys.version_info[:2] >= PYTHON:
        return Finding(name="python", state="good", found=found)
    return Finding(name="python", state="bad", found=found, remedy=f"Use Python {PYTHON[0]}.{PYTHON[1]} or later.")


def _cores() -> Finding:
    """Those that this process may use, which in a container may be fewer than there are."""
    cores = float(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)
    quota, _, period = _read("/sys/fs/cgroup/cpu.max").partition(" ")
    if quota.isdigit() and period.strip().isdigit():
        cores = min(cores, int(quota) / int(period))
    if cores >= ENOUGH_CORES:
        return Finding(name="cores", state="good", found=f"{cores:g}")
    remedy = f"With fewer than {ENOUGH_CORES} cores callers wait longer for an answer."
    return Finding(name="cores", state="note", found=f"{cores:g}", remedy=remedy)


def _memory() -> Finding:
    size = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    limit = _read("/sys/fs/cgroup/memory.max").strip()
    if limit.isdigit():
        size = min(size, int(limit))
    found = f"{size / 1e9:.1f} GB"
    if size / 1e9 >= ENOUGH_GB:
        return Finding(name="memory", state="good", found=found)
    remedy = f"With less than {ENOUGH_GB} GB several calls at once may not fit."
    return Finding(name="memory", state="note", found=found, remedy=remedy)


def _disks(settings: Settings) -> Iterator[Finding]:
    for name, folder, setting in (
        ("home", settings.home, "TOLLFREE_HOME"),
        ("cache", settings.cache, "TOLLFREE_CACHE"),
    ):
        place = folder.absolute()
        while not place.exists():
            place = place.parent
        free = shutil.disk_usage(place).free / 1e9
        found = f"{folder}, {free:.1f} GB free"
        if not os.access(place, os.W_OK):
            remedy = f"Give write permission in {place}, or choose another folder by {setting}."
            yield Finding(name=f"folder {name}", state="bad", found=f"{found}, not writable", remedy=remedy)
        elif free < ENOUGH_DISK_GB:
            remedy = f"Make room, or choose another folder by {setting}."
            yield Finding(name=f"folder {name}", state="note", found=found, remedy=remedy)
        else:
            yield Finding(name=f"folder {name}", state="good", found=found)


def _models(cache: Path) -> Iterator[Finding]:
    """Hashes are taken for files that were not hashed before, or have changed since."""
    for model in the_manifest().models:
        check = verify(model.name, cache, trust=True)
        name, size = f"model {model.name}", f"{model.bytes / 1e6:.0f} MB"
        if check.state == "good":
            yield Finding(name=name, state="good", found=f"{model.title}, {size}, in {check.folder}")
            continue
        remedy = f"tollfree models pull {model.name}"
        if check.state == "damaged":
            lost = ", ".join(file.name for file in check.files if file.state == "damaged")
            yield Finding(name=name, state="bad", found=f"damaged: {lost} in {check.folder}", remedy=remedy)
        elif model.default:
            yield Finding(name=name, state="bad", found=f"{model.title} is not here", remedy=f"{remedy} ({size})")
        else:
            found = f"{model.title} is not here, and not needed"
            yield Finding(name=name, state="note", found=found, remedy=f"{remedy} ({size})")


def _voice(settings: Settings) -> Finding:
    if settings.voice not in ("", AUTO):
        return Finding(name="voice", state="good", found=f"{settings.voice}, by TOLLFREE_VOICE")
    speeds = measured_voices(settings.cache)
    if speeds is None:
        remedy = "tollfree models measure (the first call that needs it measures too, and begins later for it)"
        return Finding(name="voice", state="note", found="not measured yet", remedy=remedy)
    told = ", ".join(
        f"{name} {'cannot speak' if factor is None else f'{factor:.2f}'}" for name, factor in speeds.factors.items()
    )
    if speeds.best is None:
        remedy = "tollfree models pull, then tollfree models measure --again"
        return Finding(name="voice", state="bad", found=f"no voice can speak ({told})", remedy=remedy)
    rule = f"seconds of work for a second of speech: {told}; below {FAST_ENOUGH} is fast enough"
    return Finding(name="voice", state="good", found=f"{speeds.best} ({rule})")


def _livekit(settings: Settings) -> Iterator[Finding]:
    """The server that calls go through: one that runs elsewhere, or the program and ports of our own."""
    try:
        livekit = LiveKitSettings()
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        remedy = "Correct the environment variables that begin with TOLLFREE_LIVEKIT_."
        yield Finding(name="livekit", state="bad", found=faults, remedy=remedy)
        return
    if livekit.url:
        yield Finding(name="livekit", state="good", found=f"{livekit.url}, by TOLLFREE_LIVEKIT_URL; it is not asked")
        return
    try:
        yield Finding(name="livekit", state="good", found=str(server_program(livekit, settings.cache)))
    except NoServerProgram:
        remedy = "scripts/livekit builds one with Go, in about four minutes"
        yield Finding(name="livekit", state="note", found="no LiveKit server is here", remedy=remedy)
    try:
        signal, tcp, udp = free_ports(livekit.port)
    except PortsTaken as taken:
        remedy = "Stop what listens there, or set TOLLFREE_LIVEKIT_PORT to 0 for any."
        yield Finding(name="ports", state="bad", found=taken.message, remedy=remedy)
        return
    found = f"{signal} and {tcp} (TCP), {udp} (UDP) on {LOOPBACK} are free"
    if livekit.port in (0, signal):
        yield Finding(name="ports", state="good", found=found)
        return
    remedy = f"Fine if a LiveKit server of yours has {livekit.port}; `tollfree up` takes the ones above."
    yield Finding(name="ports", state="note", found=f"{livekit.port} is taken; {found}", remedy=remedy)


def _program(name: str, argv: list[str], use: str) -> Finding:
    path = shutil.which(argv[0])
    if path is None:
        return Finding(name=name, state="note", found="not on PATH", remedy=use)
    try:
        said = subprocess.run(
            [path, *argv[1:]], stdin=subprocess.DEVNULL, capture_output=True, timeout=20, check=False
        ).stdout.decode("utf-8", "replace")
    except (OSError, subprocess.TimeoutExpired):
        return Finding(name=name, state="note", found=f"{path} does not run", remedy=use)
    first = said.strip().splitlines()[:1]
    return Finding(name=name, state="good", found=f"{first[0] if first else ''} ({path})".strip())


def _read(path: str) -> str:
    try:
        return Path(path).read_text("utf-8", "replace")
    except OSError:
        return ""
