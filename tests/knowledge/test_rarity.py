"""How rare words are, counted while an index changes and calls come and go."""

import asyncio
from collections.abc import Sequence

from tollfree.knowledge.rarity import Rarity


class FakeIndex:
    """Two passages, whose words are given when `told` is set."""

    def __init__(self) -> None:
        self.told = asyncio.Event()
        self.asked = 0
        self.asking = asyncio.Event()

    async def version(self) -> int:
        return 1

    async def count(self) -> int:
        return 2

    async def sample_of_words(self, most: int) -> Sequence[str]:
        self.asked += 1
        self.asking.set()
        await self.told.wait()
        return [" open at nine ", " open on sundays "]


async def test_a_count_that_is_broken_off_is_made_anew() -> None:
    index, rarity = FakeIndex(), Rarity()
    broken_off = asyncio.ensure_future(rarity.follow(index, await index.version()))  # type: ignore[arg-type]
    await index.asking.wait()
    broken_off.cancel()
    await asyncio.gather(broken_off, return_exceptions=True)
    index.told.set()
    await rarity.follow(index, await index.version())  # type: ignore[arg-type]
    assert rarity.passages == 2 and rarity.weight("sundays") > rarity.weight("open")


async def test_questions_that_come_at_once_wait_for_one_count() -> None:
    index, rarity = FakeIndex(), Rarity()
    asked = [asyncio.ensure_future(rarity.follow(index, 1)) for _ in range(3)]  # type: ignore[arg-type]
    await index.asking.wait()
    index.told.set()
    await asyncio.gather(*asked)
    assert index.asked == 1 and rarity.passages == 2
