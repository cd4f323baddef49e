"""One event of a streamed answer. Servers leave out what they like, so anything may be missing; what is there must be
what the protocol says."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from tollfree.language.llm.base import Finished


class NotAChunk(Exception):
    """The event is none of the OpenAI protocol."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """What an event says."""

    text: str = ""
    """More of the answer. Thoughts that the server puts into a field of their own are not in it."""
    finish: str = ""
    """Why the answer ends; empty: it goes on."""
    usage: Finished | None = None
    """What was used, where it is told."""


def read_chunk(event: object) -> Chunk:
    """Reads the JSON of an event. Raises `NotAChunk`."""
    whole = _object(event)
    usage, choices = _usage(whole.get("usage")), whole.get("choices")
    if not choices:
        return Chunk(usage=usage)
    if not isinstance(choices, list):
        raise NotAChunk
    choice = _object(cast(list[object], choices)[0])
    text, finish = _object(choice.get("delta") or {}).get("content"), choice.get("finish_reason")
    if text is not None and not isinstance(text, str):
        raise NotAChunk
    return Chunk(text or "", finish if isinstance(finish, str) else "", usage)


def _object(value: object) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise NotAChunk
    return cast(Mapping[str, object], value)


def _usage(told: object) -> Finished | None:
    if not isinstance(told, Mapping):
        return None
    figures = cast(Mapping[str, object], told)
    details = figures.get("prompt_tokens_details")
    cached = cast(Mapping[str, object], details).get("cached_tokens") if isinstance(details, Mapping) else 0
    return Finished(
        prompt_tokens=_count(figures.get("prompt_tokens")),
        cached_tokens=_count(cached),
        completion_tokens=_count(figures.get("completion_tokens")),
    )


def _count(value: object) -> int:
    return value if isinstance(value, int) and value > 0 else 0
