"""How many tokens all-MiniLM-L6-v2 makes of a text: what its 256 are counted in."""

from tokenizers import Tokenizer

from tollfree.language.embed.minilm import tokenizer_source


class MiniLMTokens:
    """Counts. Pickles as its name, so that another process can count too: the tokenizer is loaded on first use."""

    def __init__(self) -> None:
        self._tokenizer: Tokenizer | None = None

    def __call__(self, text: str) -> int:
        """Tokens of the text by itself, however many the model would read. Raises `WeightsMissing`."""
        tokenizer = self._tokenizer = self._tokenizer or _loaded()
        return len(tokenizer.encode(text.encode("utf-8", "replace").decode(), add_special_tokens=False).ids)

    def __reduce__(self) -> tuple[type["MiniLMTokens"], tuple[()]]:
        return MiniLMTokens, ()


def _loaded() -> Tokenizer:
    tokenizer = Tokenizer.from_str(tokenizer_source())
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer
