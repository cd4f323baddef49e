"""The machine: Python, cores, memory, GPU, clock."""

import os
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from tollfree.cli.checks.finding import Check, Finding, Place

PYTHON = (3, 11)
"""The oldest that the package takes."""
ENOUGH_CORES, ENOUGH_GB = 2, 3.5
"""What the embedded tier was measured with: two cores; a call's models take about 1 GB."""
WRITTEN = datetime(2026, 1, 1, tzinfo=UTC)
"""This program is no older: a clock before is wrong."""
AHEAD_S = 120.0
"""Seconds by which a file of ours may seem to come from the future, as file systems on other machines have clocks of
their own."""


def python(place: Place) -> Iterator[Finding]:
    """Its version."""
    found = f"Python {platform.python_version()} in {sys.prefix}"
    if sys.version_info[:2] >= PYTHON:
        yield Finding(name="python", state="good", found=found)
        return
    yield Finding(name="python", state="bad", found=found, remedy=f"Use Python {PYTHON[0]}.{PYTHON[1]} or later.")


def cores(place: Place) -> Iterator[Finding]:
    """Those that this process may use, which in a container may be fewer than there are."""
    count = available_cores()
    if count >= ENOUGH_CORES:
        yield Finding(name="cores", state="good", found=f"{count:g}")
        return
    remedy = f"With fewer than {ENOUGH_CORES} cores callers wait longer for an answer."
    yield Finding(name="cores", state="note", found=f"{count:g}", remedy=remedy)


def memory(place: Place) -> Iterator[Finding]:
    """What there is, or may be used."""
    size = available_memory()
    found = f"{size / 1e9:.1f} GB"
    if size / 1e9 >= ENOUGH_GB:
        yield Finding(name="memory", state="good", found=found)
        return
    remedy = f"With less than {ENOUGH_GB} GB several calls at once may not fit."
    yield Finding(name="memory", state="note", found=found, remedy=remedy)


def gpu(place: Place) -> Iterator[Finding]:
    """The embedded tier needs none, and engines on other machines have their own."""
    cards = gpus(place.environ.get("PATH", ""))
    if cards:
        yield Finding(name="gpu", state="good", found="; ".join(cards))
    elif Path("/proc/driver/nvidia/version").exists():
        remedy = "Install the driver's tools (nvidia-smi), and see that it runs."
        yield Finding(name="gpu", state="note", found="a driver is loaded, and no card answers", remedy=remedy)
    else:
        yield Finding(name="gpu", state="good", found="none; the embedded tier needs none")


def clock(place: Place) -> Iterator[Finding]:
    """Dates are said and stored by it, and tokens for LiveKit hold for minutes."""
    now = datetime.now(UTC)
    found = f"{now:%Y-%m-%d %H:%M:%S} UTC"
    remedy = "Set the clock: timedatectl set-ntp true"
    newest = max((file.stat().st_mtime for file in place.settings.home.glob("tollfree.db*")), default=0.0)
    if now < WRITTEN:
        yield Finding(name="clock", state="bad", found=f"{found}, which has long passed", remedy=remedy)
    elif newest > time.time() + AHEAD_S:
        back = f"{found}, and the database was written {newest - time.time():.0f} s later"
        yield Finding(name="clock", state="bad", found=back, remedy=remedy)
    elif synchronised(place.environ.get("PATH", "")) is False:
        yield Finding(name="clock", state="note", found=f"{found}, kept by no time server", remedy=remedy)
    else:
        yield Finding(name="clock", state="good", found=found)


def available_cores() -> float:
    """Cores that this process may use."""
    count = float(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)
    quota, _, period = _read("/sys/fs/cgroup/cpu.max").partition(" ")
    return min(count, int(quota) / int(period)) if quota.isdigit() and period.strip().isdigit() else count


def available_memory() -> int:
    """Bytes of memory that this process may use."""
    size = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    limit = _read("/sys/fs/cgroup/memory.max").strip()
    return min(size, int(limit)) if limit.isdigit() else size


def gpus(path: str) -> list[str]:
    """NVIDIA cards: name, memory and driver, as the driver's tool says, or by name alone as the kernel does."""
    wanted = ["--query-gpu=name,memory.total,driver_version", "--format=csv,noheader"]
    if said := output("nvidia-smi", wanted, path):
        return [" ".join(line.split()) for line in said.splitlines() if "," in line]
    files = sorted(Path("/proc/driver/nvidia/gpus").glob("*/information"))
    models = (line for file in files for line in _read(str(file)).splitlines() if line.startswith("Model:"))
    return [model.partition(":")[2].strip() for model in models]


def synchronised(path: str) -> bool | None:
    """Whether a time server keeps the clock; None: nobody here knows."""
    said = output("timedatectl", ["show", "--property=NTPSynchronized", "--value"], path)
    return {"yes": True, "no": False}.get(said)


def output(program: str, arguments: list[str], path: str, timeout_s: float = 1.8) -> str:
    """What a program says; empty when it is not there, fails or hangs."""
    found = shutil.which(program, path=path)
    if found is None:
        return ""
    try:
        ran = subprocess.run(
            [found, *arguments], stdin=subprocess.DEVNULL, capture_output=True, timeout=timeout_s, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return ran.stdout.decode("utf-8", "replace").strip() if ran.returncode == 0 else ""


def _read(path: str) -> str:
    try:
        return Path(path).read_text("utf-8", "replace")
    except OSError:
        return ""


CHECKS = (
    Check(name="python", look=python),
    Check(name="cores", look=cores),
    Check(name="memory", look=memory),
    Check(name="gpu", look=gpu, late="note"),
    Check(name="clock", look=clock, late="note"),
)
