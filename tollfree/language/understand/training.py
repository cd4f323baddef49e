"""Trains the classifiers of a flow's questions at publish, and keeps them as bytes that load in milliseconds."""

import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, NonNegativeInt

from tollfree.language.embed.base import Embedder, Vectors
from tollfree.language.errors import ModelDamaged, TrainingRefused
from tollfree.language.understand.chatter import CHATTER
from tollfree.language.understand.classifier import BACKGROUND, ChoiceModel, Labels, fit
from tollfree.language.understand.features import features
from tollfree.language.understand.text import gist
from tollfree.language.understand.threshold import choose_threshold
from tollfree.protocol.question import ChoiceSet

FORMAT = 1
"""Of the saved bytes; a newer program may raise it."""
DIGEST_BYTES = 32
"""The SHA-256 that leads the saved bytes: whatever damages them is noticed before they are read."""
EXPECTED_CHATTER = 0.6
"""Cosine from which a line of chatter counts as something the options expect, and is not taught as "none of these".
A flow that tells jokes keeps its "tell me a joke"."""


class _Spec(BaseModel):
    """What is saved of a model beside its arrays."""

    options: tuple[str, ...]
    threshold: float
    embedder: str


class _Head(BaseModel):
    """The table of contents of saved models."""

    format: int
    models: tuple[_Spec, ...] = ()
    answers: dict[str, NonNegativeInt] = {}
    """Which model answers which choice set."""


def train(choice_sets: Sequence[ChoiceSet], embedder: Embedder) -> Mapping[str, ChoiceModel]:
    """A model for each choice set that has examples, by key. Raises `TrainingRefused` for two sets of one key."""
    models: dict[str, ChoiceModel] = {}
    chatter = features(CHATTER, embedder.encode) if choice_sets else None
    trained: dict[tuple[tuple[str, tuple[str, ...]], ...], ChoiceModel] = {}
    for choice_set in choice_sets:
        if choice_set.key in models:
            raise TrainingRefused(f"Two choice sets have the key {choice_set.key!r}; each question needs its own.")
        options = tuple((option.name, _said(option.examples, option.phrases)) for option in choice_set.options)
        options = tuple(option for option in options if option[1])
        if not options:
            continue
        # Most questions of a flow differ in nothing but their key: they offer its handlers and no more.
        if options not in trained:
            names = tuple(name for name, _ in options)
            texts = [text for _, examples in options for text in examples]
            labels = np.repeat(np.arange(len(options)), [len(examples) for _, examples in options])
            trained[options] = train_rows(texts, labels.astype(np.int64), names, embedder, chatter)
        models[choice_set.key] = trained[options]
    return models


def train_rows(
    texts: Sequence[str],
    labels: Labels,
    options: tuple[str, ...],
    embedder: Embedder,
    chatter: Vectors | None = None,
) -> ChoiceModel:
    """A model with its threshold. `labels` are indices into `options`, or `BACKGROUND` for texts out of scope.
    `chatter`: the features of `CHATTER`, where they are known already."""
    vectors = features(texts, embedder.encode)
    labelled = bool((labels == BACKGROUND).any())
    noise = chatter if chatter is not None else features(CHATTER, embedder.encode)
    noise = _unexpected(noise, vectors[labels != BACKGROUND], embedder)
    every = np.vstack([vectors, noise])
    all_labels = np.concatenate([labels, np.full(len(noise), BACKGROUND, np.int64)])
    model = fit(every, all_labels, options, embedder.name)
    # The author's own out-of-scope texts tell more than chatter, which is then only taught.
    threshold = choose_threshold(
        every,
        all_labels,
        len(options),
        hold_out_options=not labelled,
        strangers=np.arange(len(every)) < len(vectors) if labelled else None,
    )
    return replace(model, threshold=threshold)


def dump(models: Mapping[str, ChoiceModel]) -> bytes:
    """Every model in one block of bytes: arrays and JSON, nothing that runs when it is read. Equal models are kept
    once."""
    distinct = list({id(model): model for model in models.values()}.values())
    index = {id(model): number for number, model in enumerate(distinct)}
    head = _Head(
        format=FORMAT,
        models=tuple(
            _Spec(options=model.options, threshold=model.threshold, embedder=model.embedder) for model in distinct
        ),
        answers={key: index[id(model)] for key, model in models.items()},
    )
    arrays: dict[str, Vectors | NDArray[np.uint8]] = {}
    for number, model in enumerate(distinct):
        arrays |= {f"weights{number}": model.weights, f"bias{number}": model.bias, f"centres{number}": model.centres}
    buffer = io.BytesIO()
    arrays["head"] = np.frombuffer(head.model_dump_json().encode(), np.uint8)
    np.savez(buffer, allow_pickle=False, **arrays)
    data = buffer.getvalue()
    return hashlib.sha256(data).digest() + data


def load(data: bytes) -> Mapping[str, ChoiceModel]:
    """The models that `dump` wrote. Raises `ModelDamaged`."""
    digest, content = data[:DIGEST_BYTES], data[DIGEST_BYTES:]
    if hashlib.sha256(content).digest() != digest:
        raise ModelDamaged(
            f"The saved classifiers ({len(data)} bytes) are not as they were written. Publish the flow again."
        )
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        head = _Head.model_validate_json(arrays["head"].tobytes())
        if head.format != FORMAT:
            raise ModelDamaged(
                f"These classifiers have format {head.format}; this program reads {FORMAT}. "
                "Publish the flow again with this program, or use the newer one."
            )
        models = [
            _model(spec, *(arrays[f"{part}{number}"] for part in ("weights", "bias", "centres")))
            for number, spec in enumerate(head.models)
        ]
    return {key: models[number] for key, number in head.answers.items()}


def _model(spec: _Spec, weights: Vectors, bias: Vectors, centres: Vectors) -> ChoiceModel:
    return ChoiceModel(
        options=spec.options,
        weights=weights,
        bias=bias,
        centres=centres,
        threshold=spec.threshold,
        embedder=spec.embedder,
    )


def _said(examples: Sequence[str], phrases: Sequence[str]) -> tuple[str, ...]:
    """Everything said for an option, once each."""
    return tuple({gist(text): text for text in (*examples, *phrases) if gist(text)}.values())


def _unexpected(noise: Vectors, expected: Vectors, embedder: Embedder) -> Vectors:
    """The chatter that no example resembles."""
    meaning = slice(0, embedder.dimensions)
    nearest = (noise[:, meaning] @ expected[:, meaning].T).max(axis=1, initial=-1.0)
    return noise[nearest < EXPECTED_CHATTER]
