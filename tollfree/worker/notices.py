"""What callers are told where no agent can speak: rendered once, in the installation's voice, and kept as sound."""

import os
import tempfile
import wave
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path

import numpy as np

from tollfree.protocol.audio import SPOKEN_RATE, Samples


class Notice(StrEnum):
    """By name, in the words that are spoken."""

    ONE_MOMENT = "One moment, please. I'll be right with you."
    BUSY = "All our lines are busy just now. Please hold, and you'll be connected as soon as one is free."
    STILL_BUSY = "Thank you for holding. All our lines are still busy."
    CALL_LATER = "I'm sorry, all our lines are still busy. Please call again later. Goodbye."
    CLOSING = "I'm sorry, we have to end this call now. Please call again in a few minutes. Goodbye."
    NOT_IN_SERVICE = "I'm sorry, this number is not in service. Goodbye."
    TROUBLE = "I'm sorry, we have a technical problem and can't take your call right now. Please call again later."


class Notices:
    """The rendered notices of one voice, in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def complete(self) -> bool:
        """Whether all of them are there."""
        return all(self._file(notice).exists() for notice in Notice)

    def make(self, render: Callable[[str], Samples]) -> None:
        """Render what is missing. Two processes at once do it twice, and neither disturbs the other."""
        self._folder.mkdir(parents=True, exist_ok=True)
        for notice in Notice:
            if not self._file(notice).exists():
                _write(self._file(notice), render(notice.value))

    def sound(self, notice: Notice) -> Samples:
        """A notice, ready to play; nothing when it was never rendered."""
        try:
            with wave.open(str(self._file(notice)), "rb") as file:
                return np.frombuffer(file.readframes(file.getnframes()), np.int16)
        except (OSError, wave.Error, EOFError):
            return np.zeros(0, np.int16)

    def _file(self, notice: Notice) -> Path:
        return self._folder / f"{notice.name.lower()}.wav"


def _write(file: Path, samples: Samples) -> None:
    descriptor, draft = tempfile.mkstemp(prefix=".", suffix=".wav", dir=file.parent)
    with os.fdopen(descriptor, "wb") as raw, wave.open(raw, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(SPOKEN_RATE)
        out.writeframes(samples.tobytes())
    os.replace(draft, file)
