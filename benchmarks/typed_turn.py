"""What a typed turn of the corner shop costs: from the caller's words to the moment the shop listens again.

    python benchmarks/typed_turn.py [--calls 12]

Everything is as it is in a call: rules, classifier and embedder, the engine, and every record on disk before a word
leaves. Limit 15 ms, 95th percentile, of the turns without look-ups; those with them are printed apart, and go to the
shop's real backend over HTTP. The first call is not counted: it loads the models.
"""

import argparse
import asyncio
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from _table import percentile, print_table

from tollfree.calls.line import CallerEvent
from tollfree.calls.lines.written import WrittenLine
from tollfree.calls.loading import load_folder
from tollfree.calls.project import read_folder
from tollfree.calls.publishing import publish
from tollfree.calls.store.record import LogEntry
from tollfree.protocol.effects import Listen
from tollfree.protocol.events import CallEnded, CallerSilent, CallerSpoke
from tollfree.protocol.ids import FlowId, ProjectId
from tollfree.wiring.office import Office
from tollfree.wiring.settings import Settings

LIMIT_MS = 15.0
SHOP = Path(__file__).parents[1] / "examples" / "corner-shop"
PROJECT = ProjectId("corner-shop")

CALLERS: Sequence[Sequence[str]] = (
    (
        "I'd like to order something",
        "two large pepperoni pizzas and a coke",
        "make that three cokes",
        "and a dozen eggs please",
        "take the eggs off again",
        "that's all",
        "yes",
        "for pickup",
        "no thanks, that's all",
    ),
    ("where's my pizza", "uh four one seven five five", "could you say that again", "no thank you"),
    ("I want to send something back", "order five two one one eight", "yes", "it does not fit", "no that's it"),
    ("blah blah blah", "the thing with the stuff", "status", "41755", "sorry, order 52118", "nothing else"),
    ("hold on a second", "", "my food never came and I want my money back", "no"),
    ("what time do you close", "start over", "do you have any sandwiches", "never mind", "goodbye"),
)
"""What each says; then they hang up."""


class TimedLine(WrittenLine):
    """A scripted caller with a stop-watch: a turn lasts from their words until they are listened to again."""

    def __init__(self, turns: Sequence[str]) -> None:
        super().__init__()
        self._turns = list(turns)
        self._spoke = 0.0
        self._saying = ""
        self._looked_up = False
        self.plain: list[tuple[float, str]] = []
        """Milliseconds of each turn without a look-up, with the caller's words."""
        self.looking: list[tuple[float, str]] = []
        """Of each turn with one."""

    def observe(self, entry: LogEntry) -> None:
        """Notes whether the turn needed a look-up or a transfer."""
        if entry.record.kind == "effect" and entry.record.type in ("lookup", "transfer"):
            self._looked_up = True

    def show(self, text: str) -> bool:
        """Heard at once."""
        return True

    def listen(self, listen: Listen) -> None:
        """The turn is over."""
        if self._spoke:
            taken = (time.perf_counter() - self._spoke) * 1000
            (self.looking if self._looked_up else self.plain).append((taken, self._saying))
            self._spoke = 0.0
        super().listen(listen)

    def turn(self, listening: bool) -> CallerEvent | None:
        """The next begins."""
        if not listening:
            return None
        self._looked_up = False
        self._saying = self._turns.pop(0) if self._turns else "[hangs up]"
        if self._saying == "[hangs up]":
            return CallEnded()
        self._spoke = time.perf_counter()
        return CallerSpoke(text=self._saying) if self._saying else CallerSilent()


@contextmanager
def shop() -> Iterator[Path]:
    """The corner shop's folder, with its backend running on a free port."""
    program = [sys.executable, str(SHOP / "backend" / "serve.py"), "--port", "0", "--sandbox"]
    with (
        tempfile.TemporaryDirectory() as folder,
        subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as backend,
    ):
        try:
            assert backend.stdout is not None
            address = backend.stdout.readline().rsplit("//", 1)[-1].strip()
            copy = Path(folder) / "shop"
            shutil.copytree(SHOP, copy, ignore=shutil.ignore_patterns("backend"))
            for file in (copy / "project.yaml", copy / "tools.yaml"):
                file.write_text(file.read_text(encoding="utf-8").replace("127.0.0.1:8710", address), encoding="utf-8")
            yield copy
        finally:
            backend.terminate()


async def serve(folder: Path, calls: int) -> list[TimedLine]:
    """Publish the shop in a fresh store and serve every caller so many times."""
    async with await Office.open(Settings(home=folder.parent / "home", database_url="")) as office:
        read = read_folder(folder)
        await office.store.projects.new(PROJECT, name="shop", settings=read.settings.model_dump(mode="json"))
        await load_folder(office.store, PROJECT, read)
        await publish(office.store, PROJECT, FlowId("support"), office.embedder)
        lines: list[TimedLine] = []
        for nth in range(calls + 1):
            for turns in CALLERS:
                line = TimedLine(turns)
                await office.place_call(PROJECT, line, flow="support", caller="+12125550142", observe=line.observe)
                lines += [line] if nth else []
        return lines


def main() -> None:
    """Prints the tables."""
    options = argparse.ArgumentParser(description="Milliseconds of a typed turn of the corner shop.")
    options.add_argument("--calls", type=int, default=12, help="times each caller calls")
    given = options.parse_args()
    with shop() as folder:
        lines = asyncio.run(serve(folder, given.calls))
    rows: list[tuple[str, ...]] = []
    for name, limit, turns in (
        ("without look-ups", f"{LIMIT_MS:.0f} ms", [turn for line in lines for turn in line.plain]),
        ("with look-ups, over HTTP", "", [turn for line in lines for turn in line.looking]),
    ):
        taken = [ms for ms, _ in turns]
        half, most = percentile(taken, 50), percentile(taken, 95)
        rows.append((name, str(len(taken)), f"{half:.1f} ms", f"{most:.1f} ms", limit, f"{max(taken):.1f} ms"))
    print_table(
        f"a typed turn of the corner shop, {len(lines)} calls, durable SQLite store",
        ("turns", "count", "p50", "p95", "limit (p95)", "most"),
        rows,
    )
    said: dict[str, list[float]] = {}
    for ms, words in (turn for line in lines for turn in line.plain):
        said.setdefault(words or "[silence]", []).append(ms)
    slowest = sorted(said, key=lambda words: -percentile(said[words], 50))[:5]
    print_table(
        "the slowest of them",
        ("the caller said", "p50", "p95"),
        [(w[:50], f"{percentile(said[w], 50):.1f} ms", f"{percentile(said[w], 95):.1f} ms") for w in slowest],
    )


if __name__ == "__main__":
    main()
