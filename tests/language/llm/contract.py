"""What every `ChatModel` does, whatever is behind it: a dialect, a chain, a fake, a real server."""

import json
from contextlib import aclosing

from tests.language.llm.asking import INTENT, chat, end_of, pieces_of, text_of
from tollfree.language.llm.base import ChatModel, Words

SLOTS = {
    "type": "object",
    "properties": {
        "order_number": {"anyOf": [{"type": "string", "pattern": "^[0-9]{5}$"}, {"type": "null"}]},
        "quantity": {"anyOf": [{"type": "integer", "minimum": 1, "maximum": 9}, {"type": "null"}]},
        "wants_receipt": {"type": "boolean"},
    },
    "required": ["order_number", "quantity", "wants_receipt"],
    "additionalProperties": False,
}
"""Slots as they are asked for: each may be missing."""


class ChatModelContract:
    """Inherit, and give a fixture `model`. Answers to schemas may be any that fit."""

    async def test_words_come_first_and_one_finish_last(self, model: ChatModel) -> None:
        pieces = await pieces_of(model.stream(chat("Say hello.", max_tokens=16)))
        assert text_of(pieces)
        assert all(isinstance(piece, Words) and piece.text for piece in pieces[:-1])
        assert end_of(pieces).completion_tokens > 0

    async def test_a_closed_choice_is_answered_from_the_set(self, model: ChatModel) -> None:
        pieces = await pieces_of(model.stream(chat("I want to send this back", schema=INTENT, max_tokens=60)))
        assert json.loads(text_of(pieces))["intent"] in ("order", "return")

    async def test_slots_have_the_shape_that_was_asked_for(self, model: ChatModel) -> None:
        text = "Order 12345, two of them, no receipt."
        answer = json.loads(text_of(await pieces_of(model.stream(chat(text, schema=SLOTS, max_tokens=120)))))
        assert set(answer) == set(SLOTS["required"])
        assert isinstance(answer["wants_receipt"], bool)
        assert answer["quantity"] is None or 1 <= answer["quantity"] <= 9
        assert answer["order_number"] is None or len(answer["order_number"]) == 5

    async def test_closing_early_leaves_the_model_able_to_answer(self, model: ChatModel) -> None:
        async with aclosing(model.stream(chat("Tell me a long story.", max_tokens=200))) as stream:  # type: ignore[type-var]
            await anext(stream)
        assert text_of(await pieces_of(model.stream(chat("Say hello.", max_tokens=8))))

    async def test_calls_overlap(self, model: ChatModel) -> None:
        one, other = model.stream(chat("Say hello.", max_tokens=8)), model.stream(chat("Say bye.", max_tokens=8))
        first, second = await anext(one), await anext(other)
        assert text_of([second, *await pieces_of(other)])
        assert text_of([first, *await pieces_of(one)])

    def test_it_has_names(self, model: ChatModel) -> None:
        assert model.name
        assert model.model
