"""The corner shop, opened for journeys: its project in a temporary home, its backend in every state it can be in."""

import asyncio
import json
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from tests.examples.conftest import SHOP, TODAY, running
from tollfree.calls.lines.script import Script, read_script
from tollfree.calls.log import plain
from tollfree.calls.project import read_folder
from tollfree.calls.replay import replay_call
from tollfree.protocol.ids import FlowId
from tollfree.protocol.values import Value
from tollfree.rehearse.scripts import rehearse
from tollfree.rehearse.shop import PROJECT, bring_up_to_date, shop_at
from tollfree.wiring.documents import take_in_documents
from tollfree.wiring.office import Office
from tollfree.wiring.settings import Settings

SUPPORT = FlowId("support")
HEALTHY = ""
MODES = (HEALTHY, "500", "slow", "rubbish", "down")
"""How the backend can be: `--fail` of its command."""


@dataclass(frozen=True, slots=True)
class Played:
    """What came of one call."""

    path: tuple[str, ...]
    problems: tuple[str, ...]
    """How it differs from what its script promises, and its replay from its log."""
    records: tuple[dict[str, Value], ...]
    """Its log without times, and without the lines said only because a tool took its time."""


def scripts() -> tuple[Script, ...]:
    """Every scripted caller of the example."""
    files = sorted((SHOP / "callers").glob("*.txt"))
    return tuple(read_script(file.stem, file.read_text(encoding="utf-8")) for file in files)


@contextmanager
def backends() -> Iterator[dict[str, int]]:
    """A backend in each state; yields their ports."""
    with ExitStack() as stack:
        ports: dict[str, int] = {}
        for mode in MODES:
            backend = stack.enter_context(running("--today", TODAY, *(("--fail", mode) if mode else ())))
            ports[mode] = urlsplit(backend.url).port or 0
        yield ports


async def play_twice(home: Path, ports: dict[str, int]) -> dict[str, tuple[Played, Played]]:
    """Every scripted caller, two times over, with the backend in the state its script names."""
    played: dict[str, tuple[Played, Played]] = {}
    async with await Office.open(Settings(home=home)) as office:
        await bring_up_to_date(office, SHOP, ports[HEALTHY])
        await take_in_documents(office, PROJECT, SHOP)
        for mode in MODES:
            await _backend_at(office, ports[mode])
            callers = [script for script in scripts() if script.directives.get("backend", HEALTHY) == mode]
            # Calls wait for a slow backend together.
            calls = [_play(office, script) for script in callers for _ in range(2)]
            done = await asyncio.gather(*calls) if mode == "slow" else [await call for call in calls]
            for place, script in enumerate(callers):
                played[script.name] = done[2 * place], done[2 * place + 1]
    return played


async def _backend_at(office: Office, port: int) -> None:
    """Point the published version's tools at another port; its classifier stays as it was trained."""
    settings = shop_at(read_folder(SHOP), port).settings
    await office.store.projects.save_settings(PROJECT, settings.model_dump(mode="json"))
    version = await office.store.versions.published(PROJECT, SUPPORT)
    moved = json.loads(re.sub(r"http://127\.0\.0\.1:\d+/", f"http://127.0.0.1:{port}/", json.dumps(version.bundle)))
    await office.store.versions.publish(PROJECT, SUPPORT, moved, classifier=version.classifier)


async def _play(office: Office, script: Script) -> Played:
    rehearsed = await rehearse(office, PROJECT, script)
    replayed = await replay_call(office.store, rehearsed.summary.call)
    records: list[dict[str, Value]] = []
    async for entry in office.store.log.stream(rehearsed.summary.call):
        if entry.record.kind != "note":
            records.append({name: value for name, value in plain(entry).items() if name not in ("at", "seq")})
    started = records[0]["facts"]
    assert isinstance(started, dict)
    records[0] = {**records[0], "facts": {**started, "started_at": ""}}
    return Played(rehearsed.summary.path, (*rehearsed.problems, *replayed.differences), tuple(records))
