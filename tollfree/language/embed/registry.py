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


TokenCounter = Callable[[str], int]


def _minilm_tokens() -> TokenCounter:
    from tollfree.language.embed.minilm_tokens import MiniLMTokens  # as above

    return MiniLMTokens()


TOKEN_COUNTERS: dict[str, Callable[[], TokenCounter]] = {"all-MiniLM-L6-v2": _minilm_tokens}
"""Name → how many tokens that embedder makes of a text; a counter pickles, for other processes."""


def load_embedder(name: str, cache: Path) -> Embedder:
    """The embedder of that name. Raises `UnknownEmbedder`, `WeightsMissing`, `WeightsChanged` or `CacheUnusable`."""
    if name not in EMBEDDERS:
        raise UnknownEmbedder(f"There is no embedder {name!r}. Choose one of: {', '.join(sorted(EMBEDDERS))}.")
    return EMBEDDERS[name](cache)


def load_token_counter(name: str) -> TokenCounter:
    """How the embedder of that name counts. Raises `UnknownEmbedder`."""
    if name not in TOKEN_COUNTERS:
        raise UnknownEmbedder(f"There is no embedder {name!r}. Choose one of: {', '.join(sorted(TOKEN_COUNTERS))}.")
    return TOKEN_COUNTERS[name]()
