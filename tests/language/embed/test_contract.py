"""The laws of `Embedder`, proved for the real one and for the fake."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fakes.embedder import HashingEmbedder
from tollfree.language.embed.base import Embedder

ANY_TEXT = st.text(st.characters(codec=None), max_size=60)


@pytest.fixture(params=["minilm", "fake"], scope="module")
def embedder(request: pytest.FixtureRequest) -> Embedder:
    return request.getfixturevalue("minilm") if request.param == "minilm" else HashingEmbedder()


def test_no_texts_give_no_rows(embedder: Embedder) -> None:
    assert embedder.encode([]).shape == (0, embedder.dimensions)


def test_rows_are_float32_of_length_one_in_the_order_of_the_texts(embedder: Embedder) -> None:
    texts = ["where is my order", "", "a", "ordering " * 40]
    rows = embedder.encode(texts)
    assert rows.dtype == np.float32 and rows.shape == (4, embedder.dimensions)
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-4)
    for text, row in zip(texts, rows, strict=True):
        assert np.allclose(embedder.encode([text])[0], row, atol=1e-4)


def test_quick_rows_are_nearly_those_of_encode_whatever_stands_beside_them(embedder: Embedder) -> None:
    texts = ["where is my order", "", "a", "yes", "no", "ordering " * 40]
    texts.append("my number is 415 555 0134, and it's about a refund")
    quick, exact = embedder.quick(texts), embedder.encode(texts)
    assert quick.dtype == np.float32 and np.allclose(np.linalg.norm(quick, axis=1), 1, atol=1e-4)
    assert (quick * exact).sum(1).min() > 0.97
    for text, row in zip(texts, quick, strict=True):
        assert np.allclose(embedder.quick([text])[0], row, atol=1e-4)
    assert embedder.quick([]).shape == (0, embedder.dimensions)


def test_related_texts_are_nearer_than_unrelated_ones(embedder: Embedder) -> None:
    query, near, far = embedder.encode(["cancel my order please", "please cancel the order", "what a lovely day"])
    assert query @ near > query @ far + 0.2


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(ANY_TEXT, max_size=4))
def test_no_text_raises(embedder: Embedder, texts: list[str]) -> None:
    for rows in (embedder.encode(texts), embedder.quick(texts)):
        assert rows.shape == (len(texts), embedder.dimensions) and np.isfinite(rows).all()
