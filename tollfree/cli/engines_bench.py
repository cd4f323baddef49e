"""`tollfree engines bench`: how fast the configured engines are, as a table to put beside another machine's."""

import asyncio
import os
import platform
import sys
from collections.abc import AsyncGenerator, Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import click

from tollfree.cli.checks.machine import available_cores, available_memory, gpus
from tollfree.cli.opened import print_json, settings_of
from tollfree.cli.waterfall import NOTHING, aligned
from tollfree.language.llm.client import RouteModel
from tollfree.language.llm.routes_file import read_routes_file
from tollfree.protocol.clock import SystemClock
from tollfree.protocol.values import Value
from tollfree.wiring.bench import LEVELS, Measured, Subject, measure
from tollfree.wiring.bench_subjects import answering, hearing, is_served, speaking, spoken_turn
from tollfree.wiring.engines import Engines
from tollfree.wiring.settings import Settings

PACKAGES = ("tollfree", "faster-whisper", "ctranslate2", "onnxruntime", "kokoro-onnx", "piper-tts", "openai")
"""Whose versions a figure depends on."""
KINDS = ("stt", "tts", "llm")


@click.command("bench")
@click.option("--seconds", default=5.0, show_default=True, type=click.FloatRange(0.1, 600), help="For each level.")
@click.option("--at-once", "levels", multiple=True, type=click.IntRange(1, 1024), help="Calls at once; again for more.")
@click.option("--only", multiple=True, type=click.Choice(KINDS), help="Only engines of this kind; again for more.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_context
def command(ctx: click.Context, seconds: float, levels: tuple[int, ...], only: tuple[str, ...], as_json: bool) -> None:
    """Measure latency and throughput of the configured engines at 1, 4, 16 and 64 calls at once.

    Each call asks again as soon as it was answered. Takes at most twice --seconds for each engine and level. Levels at
    which an engine in this process would only queue are left out, and said so. Exit code 1 when an engine answers
    nothing.
    """
    settings = settings_of(ctx)
    kinds = only or KINDS
    say: Callable[[str], None] = (lambda line: None) if as_json else lambda line: click.echo(line, err=True)

    def told(one: Measured) -> None:
        say(f"{one.subject}, {one.at_once} at once: {one.skipped or f'{one.done} answers'}")

    found = asyncio.run(_measure(settings, kinds, seconds, levels or LEVELS, told))
    machine = machine_of(os.environ)
    if as_json:
        print_json({"machine": machine, "seconds": seconds, "measured": [asdict(one) for one in found]})
    else:
        for line in (*_machine_lines(machine), "", *_table(found)):
            click.echo(line)
    sys.exit(1 if not found or any(not _answered(found, one.subject) for one in found) else 0)


async def _measure(
    settings: Settings,
    kinds: Collection[str],
    seconds: float,
    levels: Sequence[int],
    told: Callable[[Measured], None],
) -> list[Measured]:
    async with _subjects(settings, kinds) as subjects:
        return await measure(
            subjects, SystemClock(), seconds=seconds, cores=available_cores(), levels=levels, told=told
        )


@asynccontextmanager
async def _subjects(settings: Settings, kinds: Collection[str]) -> AsyncGenerator[list[Subject]]:
    """The engines that the settings name, warm. Raises `SpeechError`, `WeightsError` or `BadRoutes`."""
    clock = SystemClock()
    subjects: list[Subject] = []
    async with AsyncExitStack() as stack:
        if {"stt", "tts"} & set(kinds):
            engines = await asyncio.to_thread(Engines.load, settings)
            stack.push_async_callback(engines.aclose)
            speaker = await engines.speaker_of("")
            if "stt" in kinds:
                sound = await spoken_turn(speaker)
                served = is_served(settings.stt)
                subjects.append(hearing(engines.recognizer, sound, in_process=not served))
            if "tts" in kinds:
                subjects.append(speaking(speaker, clock, in_process=not is_served(settings.voice)))
        if "llm" in kinds:
            for name, route in read_routes_file(settings.routes_path).routes.items():
                model = RouteModel(name, route)
                stack.push_async_callback(model.aclose)
                await model.warm_up()
                subjects.append(answering(model, clock))
        yield subjects


def machine_of(environ: Mapping[str, str]) -> dict[str, Value]:
    """What a person needs to put the figures beside another machine's. Nothing that names the machine."""
    return {
        "processor": _processor(),
        "architecture": platform.machine(),
        "cores": available_cores(),
        "memory_gb": round(available_memory() / 1e9, 1),
        "gpus": list(gpus(environ.get("PATH", ""))),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "versions": {name: found for name in PACKAGES if (found := _version(name))},
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8", "replace").splitlines()
    except OSError:
        lines = []
    named = (line.partition(":")[2].strip() for line in lines if line.lower().startswith(("model name", "cpu part")))
    return next(named, "") or platform.processor() or "unknown"


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _answered(found: Sequence[Measured], subject: str) -> bool:
    return any(one.done for one in found if one.subject == subject)


def _machine_lines(machine: Mapping[str, Value]) -> Iterator[str]:
    cards, versions = machine["gpus"], machine["versions"]
    gpu = "; ".join(map(str, cards)) if isinstance(cards, list) and cards else "no GPU"
    size = f"{machine['cores']:g} cores, {machine['memory_gb']} GB, {gpu}"
    yield f"{machine['processor']} ({machine['architecture']}), {size}"
    yield f"{machine['system']}, Python {machine['python']}"
    if isinstance(versions, dict):
        yield ", ".join(f"{name} {found}" for name, found in versions.items())


def _table(found: Sequence[Measured]) -> Iterator[str]:
    rows: list[tuple[str, ...]] = [
        ("engine", "", "at once", "done", "failed", "p50 ms", "p95 ms", "first p50", "per s", "amount per s")
    ]
    for one in found:
        if one.skipped:
            continue
        lost = str(one.failed + one.unfinished) + (
            f" ({one.fault or 'unfinished'})" if one.failed + one.unfinished else ""
        )
        figures = (_whole(one.p50_ms), _whole(one.p95_ms), _whole(one.first_p50_ms), f"{one.per_s:.2f}")
        amount = f"{one.amount_per_s:.1f} {one.unit}"
        rows.append((one.subject, one.kind, str(one.at_once), str(one.done), lost, *figures, amount))
    yield from aligned(rows, left=(0, 1, 9))
    for one in found:
        if one.skipped:
            yield f"not measured: {one.subject} at {one.at_once}: {one.skipped}"


def _whole(ms: float | None) -> str:
    return NOTHING if ms is None else f"{ms:.0f}"
