"""One contribution of the caller while it lasts."""

from dataclasses import dataclass
from enum import StrEnum

from tollfree.protocol.completeness import Completeness
from tollfree.protocol.transcript import Transcript
from tollfree.speech.turns.backchannel import Remark
from tollfree.speech.turns.base import WINDOW_MS


class Over(StrEnum):
    """How a turn stands to the agent's own speech."""

    NOTHING = "nothing"
    """The agent is silent, or was stopped: an ordinary turn."""
    GATE = "gate"
    """The agent goes on until the speech has passed the barge gate."""
    PAUSED = "paused"
    """The agent waits for the verdict."""
    IGNORED = "ignored"
    """The agent's line must not be interrupted."""


@dataclass(slots=True, kw_only=True)
class Wanted:
    """A stretch whose text is wanted."""

    look: int
    end_ms: float
    asked_ms: float
    transcript: Transcript | None = None


@dataclass(slots=True, kw_only=True)
class Offered(Wanted):
    """A stretch that may be the whole turn."""

    completeness: Completeness | None = None
    failures: int = 0
    """How often the same stretch came back without a result."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Glimpse:
    """Interim text, and what it is when it was spoken over the agent."""

    end_ms: float
    """How far it reaches."""
    text: str
    remark: Remark


@dataclass(slots=True, kw_only=True)
class Turn:
    """What is known of a turn that is not over. Times are of the sound clock, ms."""

    number: int
    start_ms: float
    """Where its sound begins, with the pre-roll."""
    onset_ms: float
    end_ms: float
    """Where its speech ends, as far as it has come."""
    over: Over = Over.NOTHING
    speaking: bool = True
    began_before_agent: bool = False
    """The caller was speaking before the agent was: never a mere listener's remark."""
    spoken_ms: float = 0.0
    """Speech in it."""
    strong_ms: float = 0.0
    """Speech beyond doubt."""
    over_ms: float = 0.0
    """Speech in it since the agent began to speak."""
    paused_ms: float = 0.0
    """When the agent was paused."""
    look: Wanted | None = None
    """The latest interim look."""
    looked_ms: float = 0.0
    """Up to where it was looked at."""
    offer: Offered | None = None
    glimpse: Glimpse | None = None
    """The latest interim text."""
    loudest_db: float = -100.0

    def speak(self, now_ms: float, stretch_ms: float, *, strong: bool, level_db: float) -> None:
        """Speech goes on, or begins again: `stretch_ms` of it have come since the latest call."""
        self.speaking = True
        self.end_ms = now_ms
        self.spoken_ms += stretch_ms
        self.strong_ms += WINDOW_MS if strong else 0.0
        self.loudest_db = max(self.loudest_db, level_db)
        if self.over is not Over.NOTHING:
            self.over_ms += stretch_ms

    def ordinary(self) -> None:
        """Nothing of the agent stands in its way any more."""
        self.over = Over.NOTHING
