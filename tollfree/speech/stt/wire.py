"""What an engine server that hears and its clients say to each other over a WebSocket, as JSON in text messages.

The server says `hello` first. A client then sends `hear`, each followed by one binary message with the sound, and
`cancel`; ids are of its own choosing. A `hear` is answered by one `heard` or `error`, after which the id is free
again; one that was cancelled is not answered. Requests overlap; answers come as they are ready, of one batch the most
urgent first. One connection is one call: calls take turns at the engine.
"""

from collections.abc import Mapping
from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from tollfree.protocol.audio import Samples
from tollfree.speech.stt.base import Urgency

PROTOCOL = 1
"""Counts up when a client of before would not understand any more."""
PATH = "/v1/hear"
FORMAT = "s16le"
"""Of the sound: 16-bit signed little-endian, one channel."""
LONGEST_ID = 64
BYTES = 2
"""Of a sample."""

UrgencyName = Literal["commit", "offer", "interim"]
URGENCIES: Mapping[UrgencyName, Urgency] = {
    "commit": Urgency.COMMIT,
    "offer": Urgency.OFFER,
    "interim": Urgency.INTERIM,
}
"""By name: see `Urgency`."""


def urgency_name(urgency: Urgency) -> UrgencyName:
    """As it is written in a message."""
    return next(name for name, one in URGENCIES.items() if one is urgency)


def to_bytes(samples: Samples) -> bytes:
    """Sound as it travels."""
    return samples.astype("<i2").tobytes()


def to_samples(sound: bytes) -> Samples:
    """Sound as it came. Raises `ValueError` for an odd number of bytes."""
    return np.frombuffer(sound, "<i2").astype(np.int16)


class _Message(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", use_attribute_docstrings=True)


class Hear(_Message):
    """Hear the sound of the binary message that follows."""

    type: Literal["hear"] = "hear"
    id: str = Field(min_length=1, max_length=LONGEST_ID)
    samples: int = Field(ge=0)
    """Of the sound, which is mono at 16 kHz."""
    urgency: UrgencyName = "commit"
    hints: tuple[str, ...] = Field(default=(), max_length=1000)
    """Words that are likely to be said."""
    slot: str = Field(default="", max_length=100)
    """Type of the awaited slot, such as `digits`."""
    language: str = Field(default="", max_length=20)
    """What is spoken, such as `en`; `auto`: it is detected; empty: the server's own setting."""
    deadline_ms: float | None = Field(default=None, gt=0, le=3_600_000)
    """Milliseconds from now within which the words are wanted; None: whenever."""


class Cancel(_Message):
    """Nobody wants these words any more."""

    type: Literal["cancel"] = "cancel"
    id: str = Field(min_length=1, max_length=LONGEST_ID)


class Hello(_Message):
    """The server's first message: what it is."""

    type: Literal["hello"] = "hello"
    protocol: int
    engine: str
    """Engine and model, such as `whisper:tiny.en`."""
    format: str
    rate: int
    """Samples a second."""
    languages: tuple[str, ...]
    punctuates: bool
    hints: bool
    quick: bool
    longest_s: float


class Heard(_Message):
    """The words, and what they took."""

    type: Literal["heard"] = "heard"
    id: str
    text: str
    """Empty: nobody spoke."""
    confidence: float
    alternatives: tuple[str, ...] = ()
    looks: int = 1
    """How often the sound was heard before the result was trusted."""
    took_ms: float = 0.0
    """Milliseconds of work."""
    waited_ms: float = 0.0
    """Milliseconds in the queue before it."""
    batch: int = 1
    """Turns that were decoded together, this one among them; 0: none was decoded."""
    language: str = ""
    """What was taken to be spoken; empty: nothing was."""


class Failed(_Message):
    """A request that came to nothing."""

    type: Literal["error"] = "error"
    id: str | None = None
    """None: a message that cannot be told to belong to any."""
    code: str
    message: str
    retryable: bool = False
    retry_after_ms: float | None = None
    """When to ask again at the earliest."""


ServerMessage = Hello | Heard | Failed
SERVER_MESSAGES: Mapping[str, type[Hello] | type[Heard] | type[Failed]] = {
    "hello": Hello,
    "heard": Heard,
    "error": Failed,
}
CLIENT_MESSAGES: Mapping[str, type[Hear] | type[Cancel]] = {"hear": Hear, "cancel": Cancel}
