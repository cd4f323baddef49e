"""What is particular to all-MiniLM-L6-v2 here: its meaning, its weights, its cache."""

import multiprocessing
from pathlib import Path

import pytest

from tollfree.language.embed.base import Embedder
from tollfree.language.embed.graph_cache import cached_graph
from tollfree.language.embed.registry import load_embedder
from tollfree.language.errors import CacheUnusable, UnknownEmbedder


def test_meaning_counts_more_than_words(minilm: Embedder) -> None:
    query, near, far = minilm.encode(["i need my money back", "can i get a refund", "turn on the light"])
    assert query @ near > query @ far + 0.2


def test_a_text_of_ten_thousand_characters_is_cut(minilm: Embedder) -> None:
    long = minilm.encode(["where is my parcel " * 600])
    assert long.shape == (1, 384)


def test_an_unknown_name_is_told_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(UnknownEmbedder, match="all-MiniLM-L6-v2"):
        load_embedder("word2vec", tmp_path)


def test_a_graph_is_built_once(tmp_path: Path) -> None:
    built: list[int] = []

    def build() -> bytes:
        built.append(1)
        return b"graph"

    first, second = cached_graph(tmp_path, "g", build), cached_graph(tmp_path, "g", build)
    assert first == second and first.read_bytes() == b"graph" and built == [1]


def test_a_damaged_graph_is_rebuilt(tmp_path: Path) -> None:
    kept = cached_graph(tmp_path, "g", lambda: b"graph")
    kept.write_bytes(b"gra")
    assert cached_graph(tmp_path, "g", lambda: b"graph").read_bytes() == b"graph"
    assert [path.name for path in tmp_path.iterdir()] == [kept.name]


def test_a_folder_that_cannot_be_written_is_told_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(CacheUnusable, match="choose another folder"):
        cached_graph(tmp_path / "file" / "models", "g", lambda: b"graph")


def _build_slowly(folder: Path, barrier: "multiprocessing.synchronize.Barrier") -> None:
    def build() -> bytes:
        barrier.wait(timeout=30)  # both are building before either has kept anything
        return b"graph" * 1000

    assert cached_graph(folder, "g", build).read_bytes() == b"graph" * 1000


def test_two_processes_that_build_at_once_both_get_a_whole_graph(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(2)
    processes = [context.Process(target=_build_slowly, args=(tmp_path, barrier)) for _ in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0, 0]
    assert len(list(tmp_path.iterdir())) == 1
