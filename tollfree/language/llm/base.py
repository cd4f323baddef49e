"""The seam to a language model: a conversation in, words and what they cost out."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Literal, Protocol, TypeAlias

from tollfree.language.errors import LanguageError


class ModelError(LanguageError):
    """A language model did not answer.

    ModelError
    ├── ModelUnreachable   nothing listens there, or the connection broke
    ├── ModelRefused       the server answered with an error (`http_500`), or does not know the model
    ├── ModelSlow          its first token, or the next one, did not come within its budget
    ├── ModelRubbish       what came is no answer: no JSON, outside the closed set, cut off
    └── NoRoute            no route has that name, or none is configured
    """

    code = "model"
    retryable = True


class ModelUnreachable(ModelError):
    """Nothing listens there, or the connection broke."""

    code = "model_unreachable"


class ModelRefused(ModelError):
    """The server answered with an error. Its code is `http_` and the status."""

    code = "model_refused"


class ModelSlow(ModelError):
    """A token did not come within its budget."""

    code = "model_slow"


class ModelRubbish(ModelError):
    """What came is no answer to what was asked."""

    code = "model_rubbish"


class NoRoute(ModelError):
    """No route has that name."""

    code = "no_route"
    retryable = False


class Priority(IntEnum):
    """Which request a busy server works on first; lower goes first, as vLLM's `priority` does."""

    CALLER_WAITS = 0
    SPECULATION = 10
    """Words that may not be the caller's last."""
    AFTER_CALL = 100


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a conversation with the model."""

    role: Literal["system", "user", "assistant"]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chat:
    """One request. What stays the same from turn to turn (project, flow) comes first, the turn last, so that a server
    finds its prefix in its cache."""

    messages: tuple[Message, ...]
    schema: Mapping[str, object] | None = None
    """JSON Schema the whole answer must match; the dialect says how the server is told."""
    max_tokens: int = 200
    temperature: float = 0.0
    priority: Priority = Priority.CALLER_WAITS


@dataclass(frozen=True, slots=True)
class Words:
    """More of the answer. Reasoning never comes as words."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """The last piece of every answer that came whole."""

    reason: Literal["stop", "length"] = "stop"
    """`length`: it was cut off at `max_tokens`."""
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0


Piece: TypeAlias = Words | Finished


class ChatModel(Protocol):
    """One model on one server. One instance serves a process; calls overlap."""

    @property
    def name(self) -> str:
        """The route's name, such as `fast`."""
        ...

    @property
    def model(self) -> str:
        """As the server names it."""
        ...

    def stream(self, chat: Chat) -> AsyncIterator[Piece]:
        """The answer as it comes, `Finished` last. Within the route's budgets, else it raises `ModelSlow`. Closing the
        iterator ends the request at the server too. Raises `ModelError`."""
        ...

    async def aclose(self) -> None:
        """Let connections go."""
        ...
