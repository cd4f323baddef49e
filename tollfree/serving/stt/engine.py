"""The seam between a server that hears and what hears."""

from typing import Protocol

from tollfree.protocol.audio import Samples
from tollfree.speech.stt.base import Hearing, Hints, Urgency
from tollfree.speech.stt.batch_work import Heard

HANGS_AFTER_S = 20.0
"""Seconds after which a look that does not end is taken to hang: a hundred times what one takes."""


class SharedRecognizer(Protocol):
    """A recogniser that many calls share: see `tollfree.speech.stt.batched_whisper.BatchedWhisper`."""

    @property
    def name(self) -> str: ...

    @property
    def hearing(self) -> Hearing: ...

    @property
    def waiting(self) -> int:
        """Turns that wait."""
        ...

    @property
    def looking_s(self) -> float:
        """Seconds that the engine has been at its present work."""
        ...

    async def hear(
        self,
        samples: Samples,
        hints: Hints | None = None,
        *,
        urgency: Urgency = Urgency.COMMIT,
        call: str = "",
        language: str = "",
        within_s: float | None = None,
    ) -> Heard:
        """The words of a turn, and what they took. Raises `SpeechError`."""
        ...

    async def warm_up(self) -> None: ...

    async def aclose(self) -> None: ...
