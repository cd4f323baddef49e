"""A wish told with its reasons."""

import pytest

from tests.language.understand.reader import RegexReader
from tests.language.understand.shop import ASK, REASON, question
from tollfree.language.embed.base import Embedder
from tollfree.language.understand.cascade import Understander
from tollfree.language.understand.training import train
from tollfree.protocol.facts import CallFacts
from tollfree.protocol.question import Said

AT_REASON = question("reason", choices=("order", "status", "return"))


@pytest.fixture(scope="module")
def shop(minilm: Embedder) -> Understander:
    sets = {REASON.key: REASON, ASK.key: ASK}
    facts = CallFacts(started_at="2026-11-22T14:05:00-05:00")
    return Understander(RegexReader(), facts, train((REASON, ASK), minilm), sets, minilm)


async def test_the_clause_with_the_wish_decides_when_the_whole_story_means_nothing(shop: Understander) -> None:
    answer = await shop.understand(
        AT_REASON,
        Said(
            "yes so I was in the other day and my daughter picked out these candles, well I thought they were nice "
            "but it turns out she's allergic to lavender of all things, so I want my money back"
        ),
    )
    assert answer.choice == "return" and "I want my money back" in answer.evidence


@pytest.mark.parametrize(
    "story",
    [
        "so anyway I told my sister she should plant the tomatoes in may but she never listens, and the dog barked "
        "all the time, it was a lovely afternoon though",
        "the weather has been terrible lately and my knee hurts when it rains, you know how that is, my mother had "
        "the same thing all her life",
    ],
)
async def test_a_story_without_a_wish_means_nothing(shop: Understander, story: str) -> None:
    assert not (await shop.understand(AT_REASON, Said(story))).understood
