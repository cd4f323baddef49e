"""The seams of turn-taking: voice activity in, signals out."""

from dataclasses import dataclass
from typing import Protocol, TypeAlias

from tollfree.protocol.audio import Samples

WINDOW = 512
"""Samples a window: 32 ms at 16 kHz, the length Silero was trained on."""
WINDOW_MS = 32.0


class VoiceActivity(Protocol):
    """Tells speech from everything else, window by window. One instance a call: it remembers what came before."""

    def probability(self, window: Samples) -> float:
        """That the window (`WINDOW` samples, int16) holds speech, 0 to 1. Well under a millisecond."""
        ...

    def reset(self) -> None:
        """Forget what came before."""
        ...


# Signals. Times are milliseconds of the caller's sound since the call began, so they name stretches of it.


@dataclass(frozen=True, slots=True, kw_only=True)
class Onset:
    """The caller began to make a sound that may be speech: a new turn, or part of one that goes on."""

    turn: int
    at_ms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """The caller's speech over the agent has passed the barge gate: hold the agent's sound at once."""

    turn: int
    at_ms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Resume:
    """It was a backchannel or a noise: the agent goes on where it was, and there is no turn."""

    turn: int
    at_ms: float
    why: str
    """`backchannel` or `noise`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """It is speech meant for the agent: what it had left to say is dropped, but for lines that must be heard."""

    turn: int
    at_ms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Wanted: interim text of a turn that goes on."""

    turn: int
    look: int
    start_ms: float
    end_ms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """The caller may have finished: wanted is the text of the turn so far, on which the session may plan."""

    turn: int
    look: int
    """Numbers looks and offers of a call together, rising."""
    start_ms: float
    end_ms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdraw:
    """The caller goes on: what was planned on the latest offer of the turn is void."""

    turn: int
    look: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """The caller has finished. The offer's text is the turn."""

    turn: int
    look: int
    """The offer that counts. It was answered with a transcript that has words."""
    start_ms: float
    speech_end_ms: float
    """When the speech ended."""
    at_ms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Drop:
    """Nothing was said after all (a cough, a door): there is no turn."""

    turn: int
    at_ms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Silent:
    """The caller has said nothing for as long as the node waits. Told again after each further such time."""

    at_ms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """Keys of the keypad, complete."""

    keys: str
    at_ms: float


Signal: TypeAlias = Onset | Pause | Resume | Stop | Look | Offer | Withdraw | Commit | Drop | Silent | Keys
