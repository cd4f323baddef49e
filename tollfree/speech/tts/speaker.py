"""One agent's voice as calls use it: texts by clause, each rendered once and kept."""

from collections.abc import AsyncIterator
from typing import Protocol

from tollfree.speech.tts.base import Clip


class Speaker(Protocol):
    """Speaks texts of any length, clause by clause."""

    @property
    def voice(self) -> str:
        """Name of the voice."""
        ...

    def stream(self, text: str) -> AsyncIterator[Clip]:
        """The clips of a text in order, the first as early as can be: a short first clause, later ones ahead of the
        playhead. The texts of the clips, joined, are the text but for white space between them. Raises
        `RenderingFailed` when neither the voice nor its fallbacks can speak."""
        ...

    def ready(self, text: str) -> tuple[Clip, ...] | None:
        """The clips of a text when all of them are kept already (fixed lines are); None otherwise. Does not wait."""
        ...
