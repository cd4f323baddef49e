"""The embedders by name. Only the chosen one's libraries are imported."""

from collections.abc import Callable
from pathlib import Path

from tollfree.language.embed.base import Embedder
from tollfree.language.errors import UnknownEmbedder


def _minilm(cache: Path) -> Embedder:
    from tollfree.language.embed.minilm import MiniLM  # imports onnxruntime

    return MiniLM.load(cache)


EMBEDDERS: dict[str, Callable[[Path], Embedder]] = {"all-MiniLM-L6-v2": _minilm}
"""Name → loader; a loader takes the folder where built models may be kept."""


def load_embedder(name: str, cache: Path) -> Embedder:
    """The embedder of that name. Raises `UnknownEmbedder`, `WeightsMissing`, `WeightsChanged` or `CacheUnusable`."""
    if name not in EMBEDDERS:
        raise UnknownEmbedder(f"There is no embedder {name!r}. Choose one of: {', '.join(sorted(EMBEDDERS))}.")
    return EMBEDDERS[name](cache)
