"""What a model thinks aloud is taken out of what it says."""

OPENS, CLOSES = "<think>", "</think>"
"""How Qwen3, GLM-4.5 and DeepSeek mark their thoughts, where the server does not take them out."""


class BareEnd(Exception):
    """Thoughts end that never began: what was taken for the answer so far was thoughts."""


class Thoughts:
    """Hears an answer chunk by chunk and gives back what is no thought. Marks may be split anywhere between chunks."""

    def __init__(self) -> None:
        self._thinking = False
        self._held = ""
        """The end of what came, where it may be the beginning of a mark."""

    def said(self, chunk: str) -> str:
        """What may be said of all that came so far and was not given back before. Raises `BareEnd`."""
        text, said = self._held + chunk, ""
        while True:
            if not self._thinking and CLOSES in text.partition(OPENS)[0]:
                raise BareEnd
            before, mark, after = text.partition(CLOSES if self._thinking else OPENS)
            if not mark:
                break
            said += "" if self._thinking else before
            self._thinking, text = not self._thinking, after
        self._held = _beginning_of(CLOSES, text) if self._thinking else _beginning_of_either(text)
        return said if self._thinking else said + text.removesuffix(self._held)

    def rest(self) -> str:
        """What was held back at the end of the answer, and was no mark after all."""
        held, self._held = self._held, ""
        return "" if self._thinking else held


def _beginning_of_either(text: str) -> str:
    return max(_beginning_of(OPENS, text), _beginning_of(CLOSES, text), key=len)


def _beginning_of(mark: str, text: str) -> str:
    """The longest end of the text that the mark begins with."""
    for length in range(min(len(mark) - 1, len(text)), 0, -1):
        if text.endswith(mark[:length]):
            return mark[:length]
    return ""
