"""Drives a listener as a line does: windows in, looks answered after a delay, everything it tells kept."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from tollfree.protocol.completeness import Completeness
from tollfree.protocol.expectation import Expectation
from tollfree.protocol.transcript import Transcript
from tollfree.speech.turns.base import (
    WINDOW_MS,
    Commit,
    Drop,
    Look,
    Offer,
    Pause,
    Resume,
    Signal,
    Stop,
    Withdraw,
)
from tollfree.speech.turns.listener import Listener

Hear = Callable[[Look | Offer], Transcript | None]
"""What a stretch is heard as; None: no answer ever comes."""


def saying(text: str, confidence: float = 0.9) -> Hear:
    """Whatever is heard, it is this."""
    return lambda wanted: Transcript(text=text, confidence=confidence)


@dataclass
class Driver:
    """One caller on a line without sound."""

    hear: Hear = field(default_factory=lambda: saying("this is the fixed transcript of the caller"))
    delay_ms: float = 50.0
    listener: Listener = field(default_factory=Listener)
    plan: Completeness | None = None
    now_ms: float = 0.0
    told: list[tuple[float, Signal]] = field(default_factory=list)
    heard_at: dict[int, float] = field(default_factory=dict)
    """When each look was answered."""
    _due: dict[int, tuple[float, Transcript]] = field(default_factory=dict)

    def expect(self, expectation: Expectation) -> "Driver":
        self.take(self.listener.expect(expectation))
        return self

    def agent(self, speaking: bool, *, interruptible: bool = True) -> "Driver":
        self.take(self.listener.agent(speaking, interruptible=interruptible))
        return self

    def key(self, keys: str) -> "Driver":
        for key in keys:
            self.take(self.listener.key(key))
        return self

    def speech(self, ms: float, *, probability: float = 0.95, level_db: float = -25.0) -> "Driver":
        return self._windows(ms, probability, level_db)

    def silence(self, ms: float) -> "Driver":
        return self._windows(ms, 0.02, -70.0)

    def noise(self, ms: float) -> "Driver":
        return self._windows(ms, 0.05, -30.0)

    def take(self, signals: Sequence[Signal]) -> None:
        for signal in signals:
            self.told.append((self.now_ms, signal))
            match signal:
                case Look() | Offer():
                    self._due.clear()
                    transcript = self.hear(signal)
                    if transcript is not None:
                        self._due[signal.look] = (self.now_ms + self.delay_ms, transcript)
                case Withdraw(look=look):
                    self._due.pop(look, None)
                case Commit():
                    self._due.clear()
                case _:
                    pass

    def of(self, *kinds: type) -> list[Signal]:
        """The signals of some kinds, in order."""
        return [signal for _, signal in self.told if isinstance(signal, kinds)]

    def names(self) -> list[str]:
        """What was told, without looks and their like."""
        return [
            type(signal).__name__
            for _, signal in self.told
            if isinstance(signal, Pause | Resume | Stop | Commit | Drop)
        ]

    def when(self, kind: type) -> float:
        """When the first signal of a kind was told."""
        return next(at for at, signal in self.told if isinstance(signal, kind))

    def _windows(self, ms: float, probability: float, level_db: float) -> "Driver":
        for _ in range(round(ms / WINDOW_MS)):
            self.now_ms += WINDOW_MS
            self.take(self.listener.window(probability, level_db))
            for look, (due_ms, transcript) in tuple(self._due.items()):
                if due_ms <= self.now_ms and self._due.pop(look, None):
                    self.heard_at[look] = self.now_ms
                    self.take(self.listener.heard(look, transcript))
                    if self.plan is not None and look in {offer.look for offer in self.of(Offer)}:  # type: ignore[attr-defined]
                        self.take(self.listener.planned(look, self.plan))
        return self
