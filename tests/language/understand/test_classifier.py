"""The classifier and how it is trained, kept and loaded."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fakes.embedder import HashingEmbedder
from tests.language.understand.shop import ASK, REASON
from tollfree.language.embed.base import Embedder
from tollfree.language.errors import ModelDamaged, TrainingRefused
from tollfree.language.understand.classifier import BACKGROUND
from tollfree.language.understand.features import features
from tollfree.language.understand.training import dump, load, train, train_rows
from tollfree.protocol.question import ChoiceSet, Option

FAKE = HashingEmbedder()


def _set(*options: Option, key: str = "f/n") -> ChoiceSet:
    return ChoiceSet(key, options)


def test_every_example_is_its_own_option(minilm: Embedder) -> None:
    model = train((REASON,), minilm)[REASON.key]
    for option in REASON.options:
        predicted = model.predict(features(option.examples, minilm.quick))
        assert [p.option for p in predicted] == [option.name] * len(option.examples)
        assert all(p.sure for p in predicted)


def test_one_option_is_told_from_what_nobody_expects(minilm: Embedder) -> None:
    model = train((_set(Option("hours", ("when do you open", "what are your opening hours"))),), minilm)["f/n"]
    asked, other = model.predict(features(["what time do you open tomorrow", "sing me a song"], minilm.quick))
    assert asked.sure and not other.sure


def test_two_options_with_one_example_each_are_told_apart(minilm: Embedder) -> None:
    model = train((_set(Option("buy", ("I want to buy it",)), Option("return", ("I want to send it back",))),), minilm)
    texts = ["can I purchase this", "this has to go back to you"]
    assert [p.option for p in model["f/n"].predict(features(texts, minilm.quick))] == ["buy", "return"]


def test_only_the_options_asked_for_are_predicted() -> None:
    model = train((REASON,), FAKE)[REASON.key]
    (prediction,) = model.predict(features(["where is my order"], FAKE.quick), among=("return", "person"))
    assert prediction.option in ("return", "person")
    assert model.predict(features(["where is my order"], FAKE.quick), among=("nobody",)) == []


def test_small_talk_that_an_option_expects_is_not_taught_as_noise(minilm: Embedder) -> None:
    jokes = Option("joke", ("tell me a joke", "say something funny"))
    model = train((_set(jokes, Option("weather", ("what's the weather like", "will it rain"))),), minilm)["f/n"]
    (prediction,) = model.predict(features(["tell me a joke"], minilm.quick))
    assert prediction.option == "joke" and prediction.sure


def test_options_without_examples_and_sets_without_options_are_left_out() -> None:
    models = train((_set(key="f/a"), _set(Option("x", ()), key="f/b"), _set(Option("y", ("yo",)), key="f/c")), FAKE)
    assert list(models) == ["f/c"]


def test_two_sets_of_one_key_are_refused() -> None:
    with pytest.raises(TrainingRefused, match="f/n"):
        train((_set(Option("a", ("b",))), _set(Option("c", ("d",)))), FAKE)


def test_training_is_repeatable() -> None:
    assert dump(train((REASON, ASK), FAKE)) == dump(train((REASON, ASK), FAKE))


def test_what_was_dumped_is_loaded() -> None:
    models = train((REASON, ASK, ChoiceSet("support/other", ASK.options)), FAKE)
    loaded = load(dump(models))
    assert loaded.keys() == models.keys()
    for key, model in models.items():
        assert loaded[key].options == model.options and loaded[key].threshold == model.threshold
        assert np.array_equal(loaded[key].weights, model.weights)
    assert loaded["support/other"] is loaded["support/ask"]


def test_no_models_are_dumped_and_loaded_too() -> None:
    assert load(dump({})) == {}


@settings(max_examples=60, deadline=None)
@given(cut=st.integers(0, 10_000), flipped=st.integers(1, 255))
def test_damaged_bytes_are_told(cut: int, flipped: int) -> None:
    data = dump(train((_set(Option("a", ("one",))),), FAKE)) if not _KEPT else _KEPT[0]
    _KEPT[:] = [data]
    place = cut % len(data)
    for damaged in (data[:place], data[:place] + bytes([data[place] ^ flipped]) + data[place + 1 :]):
        with pytest.raises(ModelDamaged, match="Publish the flow again"):
            load(damaged)


_KEPT: list[bytes] = []


def test_confidence_is_a_half_at_the_threshold() -> None:
    model = train((REASON,), FAKE)[REASON.key]
    vectors = features([said for option in REASON.options for said in option.examples], FAKE.quick)
    scores, confidences = model.scores(vectors), model.confidences(vectors)
    assert ((confidences >= 0.5) == (scores >= model.threshold)).all()
    assert (confidences >= 0).all() and (confidences <= 1 + 1e-9).all()


@settings(max_examples=50, deadline=None)
@given(
    rows=st.lists(st.tuples(st.text(max_size=12), st.integers(BACKGROUND, 3)), min_size=1, max_size=12),
)
def test_any_rows_with_an_example_for_each_option_can_be_trained(rows: list[tuple[str, int]]) -> None:
    rows += [(f"option {index}", index) for index in range(4)]
    model = train_rows(
        [text for text, _ in rows], np.array([label for _, label in rows], np.int64), ("a", "b", "c", "d"), FAKE
    )
    assert 0 <= model.threshold <= 1
    assert np.isfinite(model.scores(features(["anything"], FAKE.quick))).all()
