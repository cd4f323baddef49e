"""A recogniser for servers: the real queue, and looks that last until the test lets them end."""

import threading
from collections.abc import Sequence

import numpy as np

from tollfree.protocol.audio import Samples
from tollfree.protocol.transcript import Transcript
from tollfree.speech.stt.base import Hearing, Hints, UnknownEngine, Urgency
from tollfree.speech.stt.batch_queue import BatchQueue, BatchSettings
from tollfree.speech.stt.batch_work import BatchTurn, Heard


class MadeTurn:
    """A turn that wants so many looks, and then has a text."""

    def __init__(self, text: str, *, looks: int = 1, kind: str = "short") -> None:
        self.transcript: Transcript | None = None
        self.took_ms = 0.0
        self.largest = 0
        self.language = "en"
        self.kind = kind
        self.text = text
        self.left = looks

    def look(self, company: int) -> None:
        """One of them."""
        self.left -= 1
        self.largest = max(self.largest, company)
        if not self.left:
            self.transcript = Transcript(text=self.text)


class HeldRecognizer:
    """Hears how many samples a turn has. Nothing ends before `go` is set."""

    name = "fake:held"
    hearing = Hearing(languages=("en",), punctuates=False, hints=False, quick=True, longest_s=20.0)

    def __init__(self, batches: BatchSettings | None = None) -> None:
        self.go = threading.Event()
        self.looking = threading.Event()
        """Set once a look has begun."""
        self.prepared: list[int] = []
        """Samples of each turn whose preparation has begun."""
        self.batches: list[int] = []
        """Turns of each look."""
        self.told: list[tuple[Hints | None, str, str]] = []
        """Hints, call and language of each turn."""
        self.closed = False
        self.looking_s = 0.0
        self._queue = BatchQueue(self.name, self._look, batches or BatchSettings(window_ms=0))

    @property
    def waiting(self) -> int:
        return self._queue.waiting

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
        if language not in ("", "en"):
            raise UnknownEngine(f"fake:held does not know the language {language!r}.")
        self.told.append((hints, call, language))

        def begin() -> BatchTurn:
            self.prepared.append(len(samples))
            if not np.any(samples):
                turn = MadeTurn("")
                turn.transcript = Transcript(text="", looks=0)
                return turn
            return MadeTurn(f"{len(samples)} samples")

        return await self._queue.hear(begin, urgency, call=call, within_s=within_s)

    async def transcribe(
        self, samples: Samples, hints: Hints | None = None, *, urgency: Urgency = Urgency.COMMIT
    ) -> Transcript:
        return (await self.hear(samples, hints, urgency=urgency)).transcript

    async def warm_up(self) -> None:
        pass

    async def aclose(self) -> None:
        self.closed = True
        self.go.set()
        await self._queue.aclose()

    def _look(self, turns: Sequence[BatchTurn]) -> None:
        self.batches.append(len(turns))
        self.looking.set()
        self.go.wait(30)
        for turn in turns:
            assert isinstance(turn, MadeTurn)
            turn.look(len(turns))
