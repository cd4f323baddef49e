"""Short codes find what the vectors themselves would."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from tollfree.knowledge.sketch import Sketch, SketchWriter


def unit(rows: int, dimensions: int, seed: int) -> NDArray[np.float32]:
    drawn = np.random.default_rng(seed).normal(size=(rows, dimensions)).astype(np.float32)
    return drawn / np.linalg.norm(drawn, axis=1, keepdims=True)


def sketch_of(vectors: NDArray[np.float32], pieces: int = 1) -> Sketch:
    writer = SketchWriter()
    for piece in np.array_split(vectors, pieces):
        writer.add(piece)
    return writer.written()


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 60), st.sampled_from((8, 64, 96, 384)), st.integers(1, 5), st.integers(0, 999))
def test_all_are_found_where_all_are_wanted_and_the_nearest_come_first(
    rows: int, dimensions: int, pieces: int, seed: int
) -> None:
    vectors = unit(rows, dimensions, seed)
    asked = unit(1, dimensions, seed + 1)[0]
    found = sketch_of(vectors, min(pieces, rows)).nearest(asked, rows)
    assert sorted(found.tolist()) == list(range(rows))
    cosines = vectors[found] @ asked
    assert np.all(np.diff(cosines) < 0.02)  # eight bits a number


def test_among_many_nearly_all_of_the_nearest_are_found() -> None:
    centres = unit(100, 384, 1)
    vectors = (
        np.repeat(centres, 50, axis=0) + np.random.default_rng(2).normal(size=(5000, 384)).astype(np.float32) * 0.04
    )
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    sketch = sketch_of(vectors, 3)
    shares: list[float] = []
    for centre in centres:
        truth = set(np.argsort(-(vectors @ centre))[:30].tolist())
        shares.append(len(truth & set(sketch.nearest(centre, 30).tolist())) / 30)
    assert np.mean(shares) > 0.95


@pytest.mark.parametrize("vector", [np.zeros(8, np.float32), np.full(8, 1e-30, np.float32), -np.ones(8, np.float32)])
def test_odd_vectors_are_no_fault(vector: NDArray[np.float32]) -> None:
    vectors = np.stack([np.zeros(8, np.float32), np.ones(8, np.float32)])
    assert sorted(sketch_of(vectors).nearest(vector, 2).tolist()) == [0, 1]


def test_only_those_that_are_marked_are_found() -> None:
    sketch = sketch_of(unit(50, 64, 1), 2)
    among = np.zeros(50, np.bool_)
    assert sketch.nearest(unit(1, 64, 2)[0], 5, among).tolist() == []
    among[[3, 30, 49]] = True
    assert sorted(sketch.nearest(unit(1, 64, 2)[0], 5, among).tolist()) == [3, 30, 49]
