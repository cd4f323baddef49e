"""How well intents are told apart, on CLINC150: 150 intents, and texts that are none of them.

    python benchmarks/intents.py [--seeds 3]

In scope: at least 95 % with all training texts and 90 % with ten an intent. The threshold is chosen on the training
texts; the test texts are never looked at for it. The peers see the same texts in the same run: words alone (TF-IDF
and a linear support vector machine), and the sentence embeddings alone (the nearest mean of each intent).
"""

import argparse
import json
import os
import random
import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from _table import middle, print_table
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC

from tollfree.language.embed.base import Embedder, Vectors
from tollfree.language.embed.registry import load_embedder
from tollfree.language.understand.evaluation import OUT_OF_SCOPE, IntentReport, Row, evaluate_intents
from tollfree.protocol.clock import SystemClock
from tollfree.wiring.settings import Settings

DATA = Path(os.environ.get("TOLLFREE_DATA", Path(__file__).parents[2] / "shared" / "data"))
FILE = DATA / "clinc150" / "data_full.json"
MISSING = f"""skipped: {FILE} is not there.
Fetch data_full.json of CLINC150 (github.com/clinc/oos-eval, folder data, CC BY 3.0) into a folder clinc150,
and name the folder above it in TOLLFREE_DATA.
"""
SHOTS = 10
LIMITS = {"all texts": "≥ 95.0 %", "ten an intent": "≥ 90.0 %"}


@dataclass
class Remembering:
    """An embedder that keeps what it computed in batches; a single text, as a call has it, is always computed."""

    inner: Embedder
    known: dict[str, Vectors] = field(default_factory=dict[str, Vectors])

    @property
    def name(self) -> str:
        """The inner one's."""
        return self.inner.name

    @property
    def dimensions(self) -> int:
        """The inner one's."""
        return self.inner.dimensions

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit rows."""
        if len(texts) == 1:
            return self.inner.encode(texts)
        new = sorted({text for text in texts if text not in self.known})
        if new:
            self.known.update(zip(new, self.inner.encode(new), strict=True))
        return np.stack([self.known[text] for text in texts])

    def quick(self, texts: Sequence[str]) -> Vectors:
        """Unit rows, as a call has them."""
        return self.inner.quick(texts)


def rows(data: dict[str, list[tuple[str, str]]], *parts: str) -> list[Row]:
    """Rows of some parts of the data set."""
    return [Row(text, label) for part in parts for text, label in data[part]]


def few(train: Sequence[Row], seed: int) -> list[Row]:
    """Ten texts of each intent, drawn by a seed; the out-of-scope ones stay."""
    by_label: dict[str, list[Row]] = defaultdict(list)
    for row in train:
        by_label[row.label].append(row)
    draw = random.Random(seed)
    return [
        row
        for label, of_label in sorted(by_label.items())
        for row in (of_label if label == OUT_OF_SCOPE else draw.sample(of_label, SHOTS))
    ]


def by_words(train: Sequence[Row], test: Sequence[Row]) -> float:
    """In-scope accuracy of words alone."""
    inside, asked = ([row for row in part if row.label != OUT_OF_SCOPE] for part in (train, test))
    peer = make_pipeline(TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True), LinearSVC())
    peer.fit([row.text for row in inside], [row.label for row in inside])
    return float(np.mean(peer.predict([row.text for row in asked]) == np.array([row.label for row in asked])))


def by_means(train: Sequence[Row], test: Sequence[Row], embedder: Embedder) -> float:
    """In-scope accuracy of the nearest mean embedding."""
    inside, asked = ([row for row in part if row.label != OUT_OF_SCOPE] for part in (train, test))
    labels = sorted({row.label for row in inside})
    vectors, of = embedder.encode([row.text for row in inside]), np.array([row.label for row in inside])
    means = np.stack([vectors[of == label].mean(axis=0) for label in labels])
    means /= np.linalg.norm(means, axis=1, keepdims=True)
    best = (embedder.encode([row.text for row in asked]) @ means.T).argmax(axis=1)
    return float(np.mean(np.array(labels)[best] == np.array([row.label for row in asked])))


def shares(figures: Sequence[float | None]) -> str:
    """The median over seeds, and how far they lie apart."""
    known = [100 * figure for figure in figures if figure is not None]
    apart = f" ±{(max(known) - min(known)) / 2:.1f}" if len(known) > 1 else ""
    return f"{middle(known):.1f}{apart} %"


def main() -> None:
    """Prints the table, or what to fetch."""
    options = argparse.ArgumentParser(description="Intents on CLINC150.")
    options.add_argument("--seeds", type=int, default=3, help="draws of ten texts an intent")
    given = options.parse_args()
    if not FILE.is_file():
        sys.stdout.write(MISSING)
        return
    data = json.loads(FILE.read_text(encoding="utf-8"))
    train, test = rows(data, "train", "oos_train"), rows(data, "test", "oos_test")
    embedder = Remembering(load_embedder(Settings().embedder, Settings().cache))
    table: list[tuple[str, ...]] = []
    for name, draws in (("all texts", [train]), ("ten an intent", [few(train, seed) for seed in range(given.seeds)])):
        reports: list[IntentReport] = [evaluate_intents(draw, test, embedder, SystemClock()) for draw in draws]
        table.append(
            (
                name,
                str(reports[0].train_rows),
                shares([one.in_scope_accuracy for one in reports]),
                LIMITS[name],
                shares([by_words(draw, test) for draw in draws]),
                shares([by_means(draw, test, embedder) for draw in draws]),
                shares([one.in_scope_kept for one in reports]),
                shares([one.oos_recall for one in reports]),
                shares([one.oos_precision for one in reports]),
                f"{middle([one.threshold for one in reports]):.3f}",
                f"{middle([one.ms_p50 for one in reports]):.1f} / {middle([one.ms_p95 for one in reports]):.1f}",
            )
        )
    print_table(
        f"CLINC150, {len(test)} test texts, {given.seeds} draws of ten",
        (
            "trained on",
            "texts",
            "in scope",
            "limit",
            "words alone",
            "means alone",
            "kept",
            "oos recall",
            "oos precision",
            "threshold",
            "ms p50 / p95",
        ),
        table,
    )
    sys.stdout.write("in scope: threshold off. kept: answered rightly with the threshold on.\n")


if __name__ == "__main__":
    main()
