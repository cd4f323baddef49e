"""What taking documents in costs beside the embedding of their passages.

    python benchmarks/ingest.py [--documents 60] [--csv-mb 300] [--csv-s 480] [--runs 3]

Documents are made by the script: prose in PDF, DOCX, HTML and Markdown, and sheets in XLSX. They are brought into an
index in memory that embeds with the real model, and the same passages are then embedded once more by themselves: what
the first takes longer is ingest's. An index on disk has its own writing time, which `benchmarks/retrieval.py` measures.
"""

import argparse
import asyncio
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from _table import print_table, spread

from tollfree.knowledge.base import StoredPassage
from tollfree.knowledge.ingest.database import Database
from tollfree.knowledge.ingest.job import Ingest
from tollfree.knowledge.ingest.reader import Reader
from tollfree.knowledge.ingest.source import Source
from tollfree.knowledge.ingest.splitting import Splitter
from tollfree.knowledge.ingest.web.fetch import Fetcher
from tollfree.language.embed.base import Embedder
from tollfree.language.embed.minilm_tokens import MiniLMTokens
from tollfree.language.embed.registry import load_embedder
from tollfree.network.guard import Guard
from tollfree.wiring.settings import Settings

WORDS = (
    "the a shop order price store delivery return customer within days open closed monday friday money paid card "
    "product size small large box fresh frozen warranty manager street number call answer please before after"
).split()
PARAGRAPHS = 6
"""Of a page."""


class Writer:
    """Embeds what it is given, and keeps the texts only if it is told to."""

    def __init__(self, embedder: Embedder | None) -> None:
        self._embedder = embedder
        self.texts: list[str] = []
        self.passages = 0
        self.sources: Counter[str] = Counter()
        self.embedding_s = 0.0

    async def put(self, passages: Sequence[StoredPassage]) -> None:
        self.passages += len(passages)
        self.sources.update(one.source for one in passages)
        if self._embedder is not None:
            texts = [one.indexed_text for one in passages]
            self.texts += texts
            began = time.perf_counter()
            await asyncio.to_thread(self._embedder.encode, texts)
            self.embedding_s += time.perf_counter() - began

    async def delete(self, ids: Sequence[str]) -> None:
        pass

    async def counts(self) -> Mapping[str, int]:
        return self.sources


class Stalls:
    """The longest that the loop stood still."""

    def __init__(self) -> None:
        self.longest_ms = 0.0

    async def watch(self) -> None:
        while True:
            began = time.perf_counter()
            await asyncio.sleep(0.01)
            self.longest_ms = max(self.longest_ms, (time.perf_counter() - began - 0.01) * 1000)


def sentence(chance: random.Random) -> str:
    words = [chance.choice(WORDS) for _ in range(chance.randint(8, 18))]
    return " ".join(words).capitalize() + "."


def paragraphs(chance: random.Random) -> list[str]:
    return [" ".join(sentence(chance) for _ in range(chance.randint(3, 6))) for _ in range(PARAGRAPHS)]


def make_documents(folder: Path, number: int, chance: random.Random) -> int:
    """Some of every kind; how many pages' worth of prose they hold."""
    import docx
    import openpyxl

    sys.path.insert(0, str(Path(__file__).parents[1]))
    from tests.knowledge.ingest import papers

    pages = 0
    for at in range(number):
        kind = at % 5
        texts = [paragraphs(chance) for _ in range(3)]
        pages += 0 if kind == 4 else len(texts)
        if kind == 0:
            made = [
                [line for n, one in enumerate(page) for line in papers.lines_of(one, top=720 - 110 * n)]
                for page in texts
            ]
            (folder / f"{at}.pdf").write_bytes(papers.pdf(made))
        elif kind == 1:
            file = docx.Document()
            for n, page in enumerate(texts):
                file.add_heading(f"Part {n} of {at}", 1)
                for one in page:
                    file.add_paragraph(one)
            file.save(str(folder / f"{at}.docx"))
        elif kind == 2:
            body = "".join(
                f"<h2>Part {n}</h2>" + "".join(f"<p>{one}</p>" for one in page) for n, page in enumerate(texts)
            )
            (folder / f"{at}.html").write_text(f"<html><title>{at}</title><body><main>{body}</main></body></html>")
        elif kind == 3:
            text = "\n\n".join(f"# Part {n}\n\n" + "\n\n".join(page) for n, page in enumerate(texts))
            (folder / f"{at}.md").write_text(text)
        else:
            book = openpyxl.Workbook()
            sheet = book.active
            assert sheet is not None
            sheet.append(["Item", "Price", "Note"])
            for row in range(40):
                sheet.append([f"{chance.choice(WORDS)} {row}", row * 1.5, sentence(chance)])
            book.save(str(folder / f"{at}.xlsx"))
    return pages


async def take_in(source: Path, home: Path, writer: Writer, most_s: float | None = None) -> tuple[float, float]:
    """Seconds, and the loop's longest stall in milliseconds. After `most_s` it is broken off."""
    stalls = Stalls()
    async with (
        Database(home) as database,
        Reader(Splitter(MiniLMTokens())) as reader,
        Fetcher(Guard([])) as fetcher,
    ):
        watching = asyncio.create_task(stalls.watch())
        began = time.perf_counter()
        with suppress(TimeoutError):
            async with asyncio.timeout(most_s):
                report = await Ingest(database, writer, reader, fetcher).add([Source.of(str(source))])
                assert not any(fault.serious for fault in report.faults), report.faults[:3]
        seconds = time.perf_counter() - began
        watching.cancel()
    return seconds, stalls.longest_ms


def measure_documents(number: int, runs: int) -> None:
    """Prints ingest beside its embedding."""
    embedder = load_embedder("all-MiniLM-L6-v2", Settings().cache)
    embedder.encode(["warm"])
    whole, alone, again, added, stalled = [], [], [], [], []
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made) / "documents"
        folder.mkdir()
        pages = make_documents(folder, number, random.Random(7))
        passages = 0
        for run in range(runs):
            writer = Writer(embedder)
            seconds, stall = asyncio.run(take_in(folder, Path(made) / f"home{run}", writer))
            began = time.perf_counter()
            for start in range(0, len(writer.texts), 256):
                embedder.encode(writer.texts[start : start + 256])
            only = time.perf_counter() - began
            unchanged, _ = asyncio.run(take_in(folder, Path(made) / f"home{run}", writer))
            whole.append(seconds)
            alone.append(only)
            again.append(unchanged * 1000)
            added.append((seconds / only - 1) * 100)
            stalled.append(stall)
            passages = writer.passages
    print_table(
        f"{number} documents, {pages} pages of prose, {passages} passages; median of {runs} runs (least-most)",
        ("", "figure"),
        [
            ("whole ingest, with embedding", spread(whole, "s", 2)),
            ("embedding of the same passages alone", spread(alone, "s", 2)),
            ("added by ingest (limit: 25 %)", spread(added, "%")),
            ("pages a second, with embedding", f"{pages / (sum(whole) / len(whole)):.1f}"),
            ("the same command again, nothing changed", spread(again, "ms", 0)),
            ("longest stall of the loop", spread(stalled, "ms")),
        ],
    )


def measure_csv(megabytes: int, most_s: float) -> None:
    """Prints a large CSV's time and peak memory, without embedding."""
    chance = random.Random(7)
    lines = [f"{sentence(chance)},{chance.choice(WORDS)},{' '.join(paragraphs(chance)[:2])}\n" for _ in range(500)]
    with tempfile.TemporaryDirectory() as made:
        path, rows = Path(made) / "stores.csv", 0
        with path.open("w") as file:
            file.write("Number,Name,City,Note\n")
            while file.tell() < megabytes << 20:
                file.write("".join(f"{rows + n},{line}" for n, line in enumerate(lines)))
                rows += len(lines)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        writer = Writer(None)
        seconds, stall = asyncio.run(take_in(path, Path(made) / "home", writer, most_s))
        own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    print_table(
        f"a CSV of {megabytes} MB, {writer.passages:,} of its {rows:,} rows, without embedding",
        ("", "figure"),
        [
            ("time", f"{seconds:.0f} s"),
            ("rows a second", f"{writer.passages / seconds:,.0f}"),
            ("peak memory of the job, of which before it", f"{own / 1024:.0f} MB, {before / 1024:.0f} MB"),
            ("peak memory of the reading process", f"{child / 1024:.0f} MB"),
            ("longest stall of the loop", f"{stall:.0f} ms"),
        ],
    )


def main() -> None:
    """Prints both tables."""
    options = argparse.ArgumentParser(description="What ingest costs beside embedding.")
    options.add_argument("--documents", type=int, default=60)
    options.add_argument("--csv-mb", type=int, default=300, help="0: no CSV")
    options.add_argument("--csv-s", type=float, default=480, help="seconds after which the CSV is broken off")
    options.add_argument("--runs", type=int, default=3)
    given = options.parse_args()
    if given.documents:
        measure_documents(given.documents, given.runs)
    if given.csv_mb and given.documents:
        # a process of its own, since this one's peak holds the model
        command = [
            sys.executable,
            __file__,
            "--documents",
            "0",
            "--csv-mb",
            str(given.csv_mb),
            "--csv-s",
            str(given.csv_s),
        ]
        subprocess.run(command, check=True)
    elif given.csv_mb:
        measure_csv(given.csv_mb, given.csv_s)


if __name__ == "__main__":
    main()
