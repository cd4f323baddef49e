"""What the scripted server is told to answer, what it was asked, and the protocol's JSON made of both."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Ended = Literal["", "finished", "refused", "disconnected", "broken off"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """What a request is answered with. Delays are real milliseconds."""

    words: tuple[str, ...] | None = None
    """One chunk each; None: the first answer the schema allows, or "All right."."""
    first_ms: float = 0
    """Before the first chunk."""
    each_ms: float = 0
    """Between chunks; with one word a letter this is the slow drip."""
    status: int = 200
    """Any other: refused with it, before a token."""
    error: str = "the server is not well"
    """The message of a refusal."""
    stall: Literal["", "before", "middle"] = ""
    """Stands still until the client goes away: before the first word, or after the first half of the words."""
    breaks: Literal["", "before", "truncated", "reset"] = ""
    """`before`: the connection is closed instead of an answer (on one that was kept, clients then try a new one);
    `truncated`: it ends in good order after half the words, with no finish; `reset`: it breaks in the middle of a
    chunk."""
    page: str = ""
    """A web page that comes instead of an answer, with status 200."""
    rubbish: bool = False
    """After half the words comes a line that is no JSON."""
    reasoning: tuple[str, ...] = ()
    """Chunks of the model's thoughts before the words."""
    reasoning_field: str = "reasoning_content"
    """vLLM calls it `reasoning` now."""
    finish: str = "stop"
    prompt_tokens: int = 20
    cached_tokens: int = 0
    completion_tokens: int | None = None
    """None: one a chunk."""
    usage: bool = True
    """Whether usage is told when it is asked for."""


@dataclass(slots=True, kw_only=True)
class Asked:
    """One request, as it came over the wire."""

    path: str
    headers: Mapping[str, str]
    """By their names in lower case."""
    body: dict[str, Any]
    at_s: float
    """On `time.monotonic`, when it had been read."""
    ended: Ended = ""
    """How it ended; empty: it has not."""
    sent: int = 0
    """Chunks of words that were sent."""

    @property
    def model(self) -> str:
        return self.body.get("model", "")

    @property
    def last(self) -> str:
        """The text of the last message."""
        return self.body["messages"][-1]["content"]

    @property
    def text(self) -> str:
        """Every message, one a line: for searching."""
        return "\n".join(message["content"] for message in self.body["messages"])

    @property
    def schema(self) -> dict[str, Any] | None:
        """The schema that was asked for, in whichever dialect."""
        form = self.body.get("response_format") or {}
        return form.get("json_schema", {}).get("schema") or form.get("schema")


def head_of(asked: Asked, *, chunk: bool) -> dict[str, Any]:
    """What every event and every whole answer begins with."""
    form = "chat.completion.chunk" if chunk else "chat.completion"
    return {"id": "chatcmpl-1", "object": form, "created": 1, "model": asked.model}


def as_event(event: dict[str, Any]) -> bytes:
    """A server-sent event."""
    return f"data: {json.dumps(event)}\n\n".encode()


def usage_of(script: Script, words: tuple[str, ...]) -> dict[str, Any]:
    """The figures that are told."""
    said = len(words) if script.completion_tokens is None else script.completion_tokens
    return {
        "prompt_tokens": script.prompt_tokens,
        "completion_tokens": said,
        "total_tokens": script.prompt_tokens + said,
        "prompt_tokens_details": {"cached_tokens": script.cached_tokens},
    }


def completion_of(asked: Asked, script: Script, words: tuple[str, ...]) -> dict[str, Any]:
    """A whole answer, for who wants no stream."""
    message = {"role": "assistant", "content": "".join(words)}
    choice = {"index": 0, "message": message, "finish_reason": script.finish}
    return {**head_of(asked, chunk=False), "choices": [choice], "usage": usage_of(script, words)}


def fitting(schema: dict[str, Any] | None) -> tuple[str, ...]:
    """The simplest answer: to the schema where there is one."""
    return ("All ", "right.") if schema is None else (json.dumps(_first_value(schema)),)


def _first_value(schema: dict[str, Any]) -> object:
    """The simplest value that a schema of ours allows."""
    for word in ("enum", "anyOf", "oneOf"):
        if schema.get(word):
            return schema[word][0] if word == "enum" else _first_value(schema[word][0])
    if "const" in schema:
        return schema["const"]
    kind = schema.get("type", "object")
    match kind[0] if isinstance(kind, list) else kind:
        case "object":
            wanted = schema.get("required", list(schema.get("properties", {})))
            return {name: _first_value(schema["properties"][name]) for name in wanted}
        case "array":
            return [_first_value(schema["items"])] * schema.get("minItems", 0) if "items" in schema else []
        case "string":
            return ""
        case "integer" | "number":
            return schema.get("minimum", 0)
        case "boolean":
            return False
        case _:
            return None
