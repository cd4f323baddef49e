"""How well and how fast questions find their passages.

    python benchmarks/retrieval.py [--quick] [--only quality|speed]

Quality: XQuAD's English questions and a small FAQ (`faq/`), as typed, and as a recogniser that gets a fifth, or two
fifths, of the words wrong might have heard them (`_misheard.py`). The peers see the same questions in the same run.
"I do not know" is counted on the FAQ, and on XQuAD with each question's own article taken out of the corpus.

Speed: 1,000 and 100,000 passages, each two sentences of XQuAD, its vector theirs together and a little noise, so that
no hour is spent on embedding. The embedding of the question is printed apart. `--quick` leaves the 100,000 out.
"""

import argparse
import asyncio
import json
import os
import re
import resource
import sys
import tempfile
import time
import zlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from _misheard import RATE, Mishearing, spoken, word_errors
from _table import percentile, print_table
from _zscore import Peer
from numpy.typing import NDArray

from tollfree.knowledge.base import Embeds, Query, StoredPassage
from tollfree.knowledge.confidence import KNOWN
from tollfree.knowledge.evaluation import ndcg
from tollfree.knowledge.shelf import KnowledgeShelf
from tollfree.language.embed.registry import load_embedder
from tollfree.protocol.ids import ProjectId
from tollfree.wiring.settings import Settings

DATA = Path(os.environ.get("TOLLFREE_SHARED_DATA", Path(__file__).parents[2] / "shared" / "data"))
XQUAD = DATA / "xquad" / "xquad.en.json"
CLINC = DATA / "clinc150" / "data_full.json"
FAQ = Path(__file__).parent / "faq"
MISSING = f"""skipped: {XQUAD} is not there.
Fetch xquad.en.json (github.com/google-deepmind/xquad, CC BY-SA 4.0) into a folder xquad, and data_full.json of CLINC150
(github.com/clinc/oos-eval, CC BY 3.0) into a folder clinc150, and name the folder above them in TOLLFREE_SHARED_DATA.
"""
HEARD = {"typed": 0.0, "a fifth wrong": RATE, "two fifths wrong": 0.26}
"""How questions are heard, with the rate at which words are touched."""
OURS = "tollfree"
SHOP = ProjectId("benchmark")
MANY = 2000
"""Passages written at once."""
ASKED = 300
"""Questions whose time is taken."""


@dataclass(frozen=True)
class Sample:
    """A corpus and its questions."""

    name: str
    passages: Sequence[str]
    topics: Sequence[int]
    """Passages of one topic may answer each other's questions."""
    questions: Sequence[str]
    answers: Sequence[int]
    """The passage that answers; -1: none does."""


@dataclass
class Remembering:
    """An embedder that keeps what it computed, and whose time is taken."""

    inner: Embeds
    known: dict[str, NDArray[np.float32]] = field(default_factory=dict[str, NDArray[np.float32]])
    asked: dict[str, NDArray[np.float32]] = field(default_factory=dict[str, NDArray[np.float32]])
    remembers: bool = True
    took_ms: list[float] = field(default_factory=list[float])

    @property
    def name(self) -> str:
        """The inner one's."""
        return self.inner.name

    @property
    def dimensions(self) -> int:
        """The inner one's."""
        return self.inner.dimensions

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit rows; two lines are their vectors together, and a little noise."""
        began = time.perf_counter()
        if self.remembers:
            new = sorted({line for text in texts for line in text.split("\n") if line not in self.known})
            if new:
                self.known.update(zip(new, self.inner.encode(new), strict=True))
            rows = np.stack([self._made(text) for text in texts])
        else:
            rows = self.inner.encode(texts)
        self.took_ms.append((time.perf_counter() - began) * 1000)
        return rows

    def quick(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit rows, as a search has them."""
        began = time.perf_counter()
        if self.remembers:
            new = sorted(set(texts) - set(self.asked))
            self.asked.update(zip(new, self.inner.quick(new), strict=True))
            rows = np.stack([self.asked[text] for text in texts])
        else:
            rows = self.inner.quick(texts)
        self.took_ms.append((time.perf_counter() - began) * 1000)
        return rows

    def _made(self, text: str) -> NDArray[np.float32]:
        lines = text.split("\n")
        if len(lines) == 1:
            return self.known[text]
        noise = np.random.default_rng(zlib.crc32(text.encode())).normal(size=self.dimensions) * 0.02
        row = np.sum([self.known[line] for line in lines], axis=0) + noise
        return (row / np.linalg.norm(row)).astype(np.float32)


def xquad() -> Sample:
    """240 paragraphs of Wikipedia and 1,190 questions."""
    articles = json.loads(XQUAD.read_text(encoding="utf-8"))["data"]
    paragraphs = [(topic, one) for topic, article in enumerate(articles) for one in article["paragraphs"]]
    asked = [(qa["question"], place) for place, (_, one) in enumerate(paragraphs) for qa in one["qas"]]
    return Sample(
        "XQuAD",
        [re.sub(r"\s+", " ", one["context"]) for _, one in paragraphs],
        [topic for topic, _ in paragraphs],
        [question for question, _ in asked],
        [place for _, place in asked],
    )


def faq() -> Sample:
    """48 short answers, 97 questions that say it otherwise, and 24 that nothing answers."""
    corpus, queries = ([json.loads(line) for line in (FAQ / name).open()] for name in ("corpus.jsonl", "queries.jsonl"))
    places = {row["id"]: place for place, row in enumerate(corpus)}
    return Sample(
        "FAQ",
        [row["text"] for row in corpus],
        list(range(len(corpus))),
        [row["text"] for row in queries],
        [places[row["relevant"][0]] if row["relevant"] else -1 for row in queries],
    )


def vocabulary() -> set[str]:
    """The words that the pretended recogniser knows: those of CLINC150, which people said."""
    data = json.loads(CLINC.read_text(encoding="utf-8"))
    return {word for rows in data.values() for text, _ in rows for word in spoken(text)}


async def fill(shelf: KnowledgeShelf, project: ProjectId, texts: Sequence[str]) -> None:
    """Write texts; a text's place is its id."""
    async with shelf.writing(project) as writer:
        for start in range(0, len(texts), MANY):
            await writer.put(
                [
                    StoredPassage(id=str(start + place), source="benchmark", text=text)
                    for place, text in enumerate(texts[start : start + MANY])
                ]
            )


async def quality(sample: Sample, embedder: Remembering, words: set[str], folder: Path) -> None:
    """Prints where the right passage is found, by each way of ranking."""
    peer = await Peer.made(folder / "peer", sample.passages, embedder.encode(sample.passages))
    shelf = KnowledgeShelf(folder / "ours", lambda: embedder)
    await fill(shelf, SHOP, sample.passages)
    answered = [place for place, answer in enumerate(sample.answers) if answer >= 0]
    table: list[tuple[str, ...]] = []
    for heard, rate in HEARD.items():
        mishearing = Mishearing(words, seed=1, rate=rate)
        asked = [mishearing.heard(one) if rate else one for one in sample.questions]
        embedder.encode(asked)
        rankings: dict[str, list[tuple[list[int], int]]] = defaultdict(list)
        for place in answered:
            ranked = await peer.rankings(asked[place], embedder.encode([asked[place]])[0])
            found = await shelf.retrieve(SHOP, Query(text=asked[place], k=10), at_least=0.0)
            for way, ids in {**ranked, OURS: [int(one.id) for one in found]}.items():
                rankings[way].append((ids, sample.answers[place]))
        errors = word_errors(sample.questions, asked) if rate else 0.0
        table += [(f"{heard} ({100 * errors:.0f} %)", way, *figures(ranked)) for way, ranked in rankings.items()]
    print_table(
        f"{sample.name}: {len(sample.passages)} passages, {len(answered)} questions",
        ("questions (word errors)", "ranked by", "R@1", "R@5", "nDCG@10"),
        table,
    )
    await unknown(sample, embedder, words, shelf, folder)


def figures(ranked: Sequence[tuple[Sequence[int], int]]) -> tuple[str, ...]:
    """R@1, R@5 and nDCG@10."""
    at = [100 * float(np.mean([answer in ids[:depth] for ids, answer in ranked])) for depth in (1, 5)]
    gain = 100 * float(np.mean([ndcg([str(one) for one in ids], frozenset([str(answer)])) for ids, answer in ranked]))
    return tuple(f"{figure:.1f}" for figure in (*at, gain))


async def unknown(sample: Sample, embedder: Remembering, words: set[str], shelf: KnowledgeShelf, folder: Path) -> None:
    """Prints how often "I do not know" is said, rightly and wrongly. Where every question has an answer, those of one
    topic are asked of a corpus without it."""
    without: Mapping[int, KnowledgeShelf] = {}
    if -1 not in sample.answers:
        pairs = list(zip(sample.passages, sample.topics, strict=True))
        without = {topic: KnowledgeShelf(folder / f"without-{topic}", lambda: embedder) for topic in set(sample.topics)}
        for topic, one in without.items():
            await fill(one, SHOP, [text for text, of in pairs if of != topic])
    table: list[tuple[str, ...]] = []
    for heard, rate in HEARD.items():
        mishearing = Mishearing(words, seed=1, rate=rate)
        rightly, wrongly, sure = list[bool](), list[bool](), list[bool]()
        for question, answer in zip(sample.questions, sample.answers, strict=True):
            query = Query(text=mishearing.heard(question) if rate else question)
            if answer >= 0:
                found = await shelf.retrieve(SHOP, query)
                wrongly.append(not found)
                sure.append(bool(found) and found[0].id == str(answer))
            elsewhere = without[sample.topics[answer]] if without else shelf if answer < 0 else None
            if elsewhere is not None:
                rightly.append(not await elsewhere.retrieve(SHOP, query))
        shares = [f"{100 * float(np.mean(one)):.1f} %" for one in (rightly, wrongly, sure)]
        table.append((heard, *shares))
    print_table(
        f"{sample.name}: “I do not know” below a score of {KNOWN}",
        ("questions", "nothing answers: said so", "answerable: said so", "answered, and rightly"),
        table,
    )


async def speed(sample: Sample, embedder: Remembering, counts: Sequence[int], folder: Path) -> None:
    """Prints what a search takes, and what memory it needs."""
    sentences = sorted({one for text in sample.passages for one in re.split(r"(?<=[.!?]) ", text) if len(one) > 20})
    draw = np.random.default_rng(3)
    table: list[tuple[str, ...]] = []
    embedder.encode(sentences)
    for count in counts:
        shelf = KnowledgeShelf(folder / f"speed-{count}", lambda: embedder)
        pairs = draw.integers(0, len(sentences), (count, 2))
        embedder.remembers = True
        began = time.perf_counter()
        await fill(shelf, SHOP, [f"{sentences[one]}\n{sentences[other]}" for one, other in pairs])
        written_s = time.perf_counter() - began
        embedder.remembers = False
        await shelf.prepare(SHOP)  # as the process of a call does before it is needed
        resident, total, embedding = memory_mb(), list[float](), list[float]()
        for place in range(20 + ASKED):
            question = sample.questions[place % len(sample.questions)]
            embedder.took_ms.clear()
            began = time.perf_counter()
            await shelf.retrieve(SHOP, Query(text=question), at_least=0.0)
            if place >= 20:  # the first ones fill caches
                total.append((time.perf_counter() - began) * 1000)
                embedding.append(sum(embedder.took_ms))
        searching = [whole - part for whole, part in zip(total, embedding, strict=True)]
        table.append(
            (
                f"{count:,}",
                *(f"{percentile(one, 50):.1f} / {percentile(one, 95):.1f}" for one in (searching, embedding, total)),
                "≤ 12" if count <= 1000 else "≤ 30",
                f"{written_s:.0f} s",
                f"{resident:.0f} → {memory_mb():.0f} MB",
                f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB",
            )
        )
        shelf.close()
    print_table(
        f"a search among made passages, {ASKED} questions, warm; milliseconds p50 / p95",
        ("passages", "search", "embedding", "both", "limit (p95)", "writing", "memory", "most"),
        table,
    )


def memory_mb() -> float:
    """Resident memory of this process."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


async def measured(quick: bool, only: str | None) -> None:
    """All tables, or those of one kind."""
    settings = Settings()
    embedder = Remembering(load_embedder(settings.embedder, settings.cache))
    words = vocabulary()
    samples = (xquad(), faq())
    with tempfile.TemporaryDirectory(prefix="tollfree-benchmark-") as folder:
        for sample in samples if only != "speed" else ():
            await quality(sample, embedder, words, Path(folder) / sample.name)
        if only == "quality":
            return
        await speed(samples[0], embedder, (1000,) if quick else (1000, 100_000), Path(folder))


def main() -> None:
    """Prints the tables, or what to fetch."""
    options = argparse.ArgumentParser(description="Retrieval on XQuAD and a FAQ, and its speed.")
    options.add_argument("--quick", action="store_true", help="without the 100,000 passages")
    options.add_argument("--only", choices=("quality", "speed"), help="the tables of one kind")
    given = options.parse_args()
    if not XQUAD.is_file() or not CLINC.is_file():
        sys.stdout.write(MISSING)
        return
    asyncio.run(measured(given.quick, given.only))


if __name__ == "__main__":
    main()
