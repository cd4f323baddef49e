"""Tries a route: does its server answer, how fast, and does it keep to a schema."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from tollfree.language.llm.base import Chat, ChatModel, Finished, Message, ModelError, ModelRubbish, Priority, Words
from tollfree.language.llm.route import Route
from tollfree.protocol.clock import Clock, SystemClock

CHOICES = ("order", "return", "other")
SCHEMA: Mapping[str, object] = {
    "type": "object",
    "properties": {"choice": {"type": "string", "enum": list(CHOICES)}},
    "required": ["choice"],
    "additionalProperties": False,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What came of trying one route."""

    route: str
    model: str
    good: bool
    """Whether it answered, both freely and under a schema."""
    fault: str = ""
    """Why not, in a plain sentence with the remedy."""
    code: str = ""
    """The same for programs."""
    first_ms: float | None = None
    """Milliseconds to the first words."""
    tokens_per_s: float | None = None
    """After these; None where the server does not count, or gave too few to tell."""
    choice_ms: float | None = None
    """Milliseconds for the whole choice."""
    budget_ms: int = 0
    """The route's budget for the first token."""
    late: bool = False
    """Whether the first words came after it."""


async def check_route(model: ChatModel, route: Route, *, clock: Clock | None = None) -> Checked:
    """Ask for a few words, then for a choice. Both are speculations by their priority: a server that takes none says so
    here, and not in a call."""
    clock = clock if clock is not None else SystemClock()
    try:
        began_ms = clock.elapsed_ms()
        first_ms, tokens, took_ms = None, 0, 0.0
        async for piece in model.stream(_asked("In one sentence, greet a caller of a corner shop.", None)):
            now_ms = clock.elapsed_ms() - began_ms
            if isinstance(piece, Finished):
                tokens, took_ms = piece.completion_tokens, now_ms
            elif first_ms is None:
                first_ms = now_ms
        began_ms = clock.elapsed_ms()
        await _choose(model)
        choice_ms = clock.elapsed_ms() - began_ms
        first_ms = first_ms if first_ms is not None else took_ms
    except ModelError as error:
        return Checked(route=model.name, model=model.model, good=False, fault=error.message, code=error.code)
    speaking_s = (took_ms - first_ms) / 1000
    return Checked(
        route=model.name,
        model=model.model,
        good=True,
        first_ms=first_ms,
        tokens_per_s=(tokens - 1) / speaking_s if tokens > 1 and speaking_s > 0 else None,
        choice_ms=choice_ms,
        budget_ms=route.first_token_budget_ms,
        late=first_ms > route.first_token_budget_ms,
    )


async def _choose(model: ChatModel) -> None:
    """Raises `ModelRubbish` when the answer is outside the set."""
    question = f'What does the caller want? One of {", ".join(CHOICES)}, as JSON. Caller: "I want to send this back."'
    said = "".join([piece.text async for piece in model.stream(_asked(question, SCHEMA)) if isinstance(piece, Words)])
    try:
        chosen: object = json.loads(said)["choice"]
    except (ValueError, LookupError, TypeError):
        chosen = None
    if chosen not in CHOICES:
        raise ModelRubbish(
            f"route {model.name} ({model.model}) does not keep to a schema: does its dialect fit the server, and does "
            "the server enforce structured outputs?"
        )


def _asked(text: str, schema: Mapping[str, object] | None) -> Chat:
    messages = (Message("system", "You answer a telephone."), Message("user", text))
    return Chat(messages=messages, schema=schema, max_tokens=64, priority=Priority.SPECULATION)
