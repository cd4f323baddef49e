"""What questions find, with the real embedder: meaning, words, figures, follow-ups, and nothing."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.knowledge.conftest import SHOP, fill, passage
from tests.knowledge.follow_ups import FAQ_CHOSEN_BY, FAQ_JUDGED_BY, NOT_FOUND, SHOP_CHOSEN_BY, SHOP_JUDGED_BY
from tollfree.knowledge.base import Embeds, Query
from tollfree.knowledge.shelf import KnowledgeShelf

FAQ = Path(__file__).parents[2] / "benchmarks" / "faq" / "corpus.jsonl"
TEXTS = {
    "hours": "We are open from nine to six, Monday to Friday.",
    "sunday": "On Sundays and public holidays the shop is closed.",
    "delivery": "Delivery costs 4.90 and is free for orders over fifty euros.",
    "delivery-time": "Standard parcels arrive within three working days.",
    "returns": "Goods can be sent back within thirty days for a full refund.",
    "student": "Students pay ten percent less with a valid card.",
    "parking": "There is a free car park behind the building.",
    "warranty": "Electrical goods have a two year guarantee.",
    "model-x200": "The X200 kettle holds 1.7 litres and costs 39.",
    "model-x300": "The X300 kettle holds 2.1 litres and costs 49.",
}


@pytest.fixture
async def shelf(home: Path, minilm: Callable[[], Embeds]) -> KnowledgeShelf:
    """A shop's knowledge."""
    shelf = KnowledgeShelf(home, minilm)
    await fill(shelf, SHOP, *(passage(id, text, tags=(id.partition("-")[0],)) for id, text in TEXTS.items()))
    return shelf


@pytest.fixture
async def faq(home: Path, minilm: Callable[[], Embeds]) -> KnowledgeShelf:
    """The FAQ of the benchmarks."""
    shelf = KnowledgeShelf(home, minilm)
    lines = FAQ.read_text(encoding="utf-8").splitlines()
    await fill(shelf, SHOP, *(passage(one["id"], one["text"]) for one in map(json.loads, lines)))
    return shelf


async def best(shelf: KnowledgeShelf, text: str, **more: str | float) -> str:
    """The id that answers; empty: I do not know."""
    found = await shelf.retrieve(SHOP, Query(text=text, **more))  # type: ignore[arg-type]
    return found[0].id if found else ""


@pytest.mark.parametrize(
    ("text", "id"),
    [
        ("can i have my money back", "returns"),
        ("where can i leave my car", "parking"),
        ("how much does the x300 cost", "model-x300"),
        ("X200", "model-x200"),
        ("what do you charge for bringing it to my house", "delivery"),
        ("uh is there uh a discount for people at university", "student"),
    ],
)
async def test_a_question_finds_what_answers_it(shelf: KnowledgeShelf, text: str, id: str) -> None:
    found = await shelf.retrieve(SHOP, Query(text=text), at_least=0.0)
    assert found[0].id == id
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)


@pytest.mark.parametrize(
    "text",
    ["who wrote the odyssey", "what is the capital of peru", "how do i knit a scarf", "asdf qwer", "?!", "", " "],
)
async def test_what_nothing_answers_finds_nothing(shelf: KnowledgeShelf, text: str) -> None:
    assert await shelf.retrieve(SHOP, Query(text=text)) == ()


async def test_no_more_passages_than_asked_for(shelf: KnowledgeShelf) -> None:
    assert len(await shelf.retrieve(SHOP, Query(text="when are you open", k=3), at_least=0.0)) == 3
    assert len(await shelf.retrieve(SHOP, Query(text="when are you open", k=50), at_least=0.0)) == len(TEXTS)
    assert await shelf.retrieve(SHOP, Query(text="when are you open", k=0), at_least=0.0) == ()


async def test_only_passages_with_a_tag_are_found(shelf: KnowledgeShelf) -> None:
    query = Query(text="when are you open", k=50, tags=("model", "parking"))
    assert {one.id for one in await shelf.retrieve(SHOP, query, at_least=0.0)} == {
        "model-x200", "model-x300", "parking",
    }  # fmt: skip
    assert await shelf.retrieve(SHOP, Query(text="when are you open", tags=("nobody",)), at_least=0.0) == ()


def cases(*sets: Sequence[tuple[str, str, str]]) -> pytest.MarkDecorator:
    """Follow-ups as parameters; those that are not found yet must fail."""
    found: list[Any] = []
    for context, text, id in (case for one in sets for case in one):
        name = f"{text}, after {context}"
        marks = [pytest.mark.xfail(reason="another passage is found", strict=True)] if name in NOT_FOUND else []
        found.append(pytest.param(context, text, id, marks=marks, id=name))
    return pytest.mark.parametrize(("context", "text", "id"), found)


@cases(SHOP_CHOSEN_BY, SHOP_JUDGED_BY)
async def test_a_follow_up_is_understood_with_the_question_before_it(
    shelf: KnowledgeShelf, context: str, text: str, id: str
) -> None:
    found = await shelf.retrieve(SHOP, Query(text=text, context=context), at_least=0.0)
    assert found[0].id == id


@cases(FAQ_CHOSEN_BY, FAQ_JUDGED_BY)
async def test_and_so_is_one_among_more_passages(faq: KnowledgeShelf, context: str, text: str, id: str) -> None:
    found = await faq.retrieve(SHOP, Query(text=text, context=context), at_least=0.0)
    assert found[0].id == id


@pytest.mark.parametrize("text", ["where can i leave my car", "how much does the x300 cost", "can i get a refund"])
async def test_what_was_asked_before_changes_nothing_for_a_question_that_stands_alone(
    shelf: KnowledgeShelf, text: str
) -> None:
    alone = await shelf.retrieve(SHOP, Query(text=text), at_least=0.0)
    assert await shelf.retrieve(SHOP, Query(text=text, context="when are you open"), at_least=0.0) == alone


async def test_passages_that_say_the_same_are_found_once(shelf: KnowledgeShelf) -> None:
    await fill(shelf, SHOP, passage("print", TEXTS["returns"] + " "))
    found = await shelf.retrieve(SHOP, Query(text="can i have my money back", k=20), at_least=0.0)
    assert len({one.id for one in found} & {"returns", "print"}) == 1


@pytest.mark.parametrize("text", ["\ud800", "\0", "a" * 20_000, '"open"', "open AND (closed", "🙂" * 50, "* ? ~ ^2 :"])
async def test_no_question_raises(shelf: KnowledgeShelf, text: str) -> None:
    await shelf.retrieve(SHOP, Query(text=text, context=text, tags=(text,)))
    await shelf.retrieve(SHOP, Query(text=text), at_least=0.0)
