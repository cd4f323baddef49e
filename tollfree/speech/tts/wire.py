"""What an engine server of voices and its clients say to each other over a WebSocket, as JSON in text messages.

The server says `hello` first. A client then sends `speak`, `hurry` and `cancel`, each with an id of its own choosing.
A `speak` is answered by `clause` messages in order, each followed by one binary message of sound unless it has none,
and then by `done` or `error`, after which the id is free again. Requests overlap; their answers come as they are ready.
"""

from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from tollfree.speech.tts.base import Urgency

PROTOCOL = 1
"""Counts up when a client of before would not understand any more."""
PATH = "/v1/speak"
FORMAT = "s16le"
"""Of the sound: 16-bit signed little-endian, one channel."""
LONGEST_ID = 64

UrgencyName = Literal["first", "next", "ahead", "publish"]
URGENCIES: Mapping[UrgencyName, Urgency] = {
    "first": Urgency.FIRST,
    "next": Urgency.NEXT,
    "ahead": Urgency.AHEAD,
    "publish": Urgency.PUBLISH,
}
"""By name: see `Urgency`."""


def urgency_name(urgency: Urgency) -> UrgencyName:
    """As it is written in a message."""
    return next(name for name, one in URGENCIES.items() if one is urgency)


class _Message(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", use_attribute_docstrings=True)


class Speak(_Message):
    """Speak a text."""

    type: Literal["speak"] = "speak"
    id: str = Field(min_length=1, max_length=LONGEST_ID)
    text: str
    voice: str = Field(default="", max_length=500)
    """A voice, a blend, perhaps with a speed behind `@`; empty: the server's own."""
    speed: float = 1.0
    """Times the voice's own; leave it out where the voice names one."""
    whole: bool = False
    """The text is one clause, to be rendered in one piece; else the server cuts it."""
    deadline_ms: float | None = Field(default=None, gt=0)
    """Milliseconds from now within which the last clause is wanted; None: whenever."""
    urgency: UrgencyName = "first"


class Hurry(_Message):
    """Somebody waits now for what is on its way."""

    type: Literal["hurry"] = "hurry"
    id: str
    urgency: UrgencyName


class Cancel(_Message):
    """Nobody wants it any more. Its `done` says that it was cancelled."""

    type: Literal["cancel"] = "cancel"
    id: str


class Hello(_Message):
    """The server's first word."""

    type: Literal["hello"] = "hello"
    protocol: int
    rate: int
    """Samples a second."""
    format: str
    voice: str
    """The server's own voice."""


class Clause(_Message):
    """A clause is rendered."""

    type: Literal["clause"] = "clause"
    id: str
    index: int
    """From 0."""
    text: str
    """As it was written."""
    words: tuple[tuple[int, float], ...]
    """For each written word: its end in `text`, and when it is over, in ms."""
    samples: int = Field(ge=0)
    """Of sound in the binary message that follows; 0: none follows."""
    rate: int
    """Samples a second."""
    format: str
    model: str
    """What the rendering is bound to besides the voice's name: see `Speaking.model`."""
    cached: bool
    """Whether it had been rendered before."""


class Done(_Message):
    """All of it was sent, or it was cancelled."""

    type: Literal["done"] = "done"
    id: str
    cancelled: bool = False


class Failed(_Message):
    """It cannot be spoken, or the message was not understood."""

    type: Literal["error"] = "error"
    id: str | None
    """None: no id could be read."""
    code: str
    """`unknown_voice`, `too_late`, `overloaded`, `stopping`, `bad_request`, or a code of a `SpeechError`."""
    message: str
    retryable: bool
    voices: tuple[str, ...] = ()
    """Those there are, where the voice is not known."""
