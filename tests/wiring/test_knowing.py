"""A call knows its own project's documents, and nobody else's."""

import asyncio
import threading
from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.fakes.call import MovedClock
from tests.fakes.embedder import HashingEmbedder
from tollfree.calls.performers import NoEngine
from tollfree.knowledge.base import Query
from tollfree.protocol.effects import Retrieve
from tollfree.protocol.ids import EffectId, ProjectId
from tollfree.protocol.passage import Passage
from tollfree.wiring.knowing import KnowledgeSlow, ProjectKnowledge

SHOP, OTHER = ProjectId("shop"), ProjectId("other")


class FakeShelf:
    """Passages by project; everything answers everything."""

    def __init__(
        self, passages: dict[ProjectId, tuple[Passage, ...]], *, slow: bool = False, finds: bool = True
    ) -> None:
        self.asked: list[tuple[ProjectId, Query]] = []
        self.opened = asyncio.Event()
        self.prepared: list[ProjectId] = []
        self._passages = passages
        self._slow = slow
        self._finds = finds

    async def retrieve(self, project: ProjectId, query: Query) -> tuple[Passage, ...]:
        self.asked.append((project, query))
        if self._slow:
            await asyncio.Event().wait()
        return self._passages.get(project, ()) if self._finds else ()

    async def prepare(self, project: ProjectId) -> None:
        await self.opened.wait()
        self.prepared.append(project)

    async def count(self, project: ProjectId) -> int:
        return len(self._passages.get(project, ()))


PASSAGES = {
    SHOP: (Passage(id="p1", text="We open at nine. We close at five.", score=0.9),),
    OTHER: (Passage(id="p2", text="Our secret is nine.", score=0.9),),
}


def asking(query: str = "when do you open", **fields: object) -> Retrieve:
    return Retrieve(id=EffectId("e1"), query=query, **fields)  # type: ignore[arg-type]


async def test_passages_come_with_what_a_voice_can_say_of_them() -> None:
    knowledge = ProjectKnowledge(FakeShelf(PASSAGES), SHOP, MovedClock())
    [passage] = await knowledge.retrieve(asking())
    assert (passage.id, passage.speakable) == ("p1", "We open at nine.")


async def test_everything_the_effect_says_is_in_the_query_and_the_project_is_its_own() -> None:
    shelf = FakeShelf(PASSAGES)
    await ProjectKnowledge(shelf, SHOP, MovedClock()).retrieve(
        asking("and on Sundays", tags=("hours",), context="when do you open", confidence=0.7)
    )
    [(project, query)] = shelf.asked
    assert project == SHOP
    assert query == Query(text="and on Sundays", tags=("hours",), context="when do you open", confidence=0.7)


@pytest.mark.parametrize("query", ["other", "../other", "p2", "project:other"])
async def test_no_question_reaches_another_project(query: str) -> None:
    shelf = FakeShelf(PASSAGES)
    found = await ProjectKnowledge(shelf, SHOP, MovedClock()).retrieve(asking(query, tags=(query,)))
    assert {passage.id for passage in found} == {"p1"} and {project for project, _ in shelf.asked} == {SHOP}


async def test_a_question_the_documents_do_not_answer_finds_nothing() -> None:
    assert await ProjectKnowledge(FakeShelf(PASSAGES, finds=False), SHOP, MovedClock()).retrieve(asking()) == ()


async def test_a_project_without_documents_fails_aloud_with_what_would_help() -> None:
    with pytest.raises(NoEngine, match="project shop has no documents.*tollfree knowledge add shop"):
        await ProjectKnowledge(FakeShelf({}), SHOP, MovedClock()).retrieve(asking())


async def test_knowledge_that_hangs_is_given_up() -> None:
    knowledge = ProjectKnowledge(FakeShelf(PASSAGES, slow=True), SHOP, MovedClock(), within_s=0.01)
    with pytest.raises(KnowledgeSlow):
        await knowledge.retrieve(asking())


class HangingEmbedder(HashingEmbedder):
    """Comes to no end before the test does."""

    def __init__(self) -> None:
        self.on_loop = False
        self.let_go = threading.Event()

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.on_loop = threading.current_thread() is threading.main_thread()
        self.let_go.wait(30)
        return super().encode(texts)


async def test_choosing_the_words_is_within_the_time_and_beside_the_loop() -> None:
    embedder = HangingEmbedder()
    knowledge = ProjectKnowledge(FakeShelf(PASSAGES), SHOP, MovedClock(), embedder=embedder, within_s=0.05)
    try:
        with pytest.raises(KnowledgeSlow):
            await knowledge.retrieve(asking("zzz qqq"))
    finally:
        embedder.let_go.set()
    assert not embedder.on_loop


class Picky(FakeShelf):
    """Finds nothing for a question that names no subject."""

    async def retrieve(self, project: ProjectId, query: Query) -> tuple[Passage, ...]:
        found = await super().retrieve(project, query)
        return found if "open" in query.text else ()


async def test_a_follow_up_that_finds_nothing_is_asked_in_full() -> None:
    shelf = Picky(PASSAGES)
    found = await ProjectKnowledge(shelf, SHOP, MovedClock()).retrieve(
        asking("and until five?", context="are you open")
    )
    assert [passage.id for passage in found] == ["p1"]
    assert [query.text for _, query in shelf.asked] == ["and until five?", "are you open and until five?"]


async def test_but_never_answered_by_what_says_nothing_of_it() -> None:
    shelf = Picky(PASSAGES)
    assert (
        await ProjectKnowledge(shelf, SHOP, MovedClock()).retrieve(asking("and planes?", context="are you open")) == ()
    )


async def test_a_question_that_comes_before_the_documents_are_open_waits_for_them() -> None:
    shelf = FakeShelf(PASSAGES)
    knowledge = ProjectKnowledge(shelf, SHOP, MovedClock())
    knowledge.begin()
    asked = asyncio.ensure_future(knowledge.retrieve(asking()))
    await asyncio.wait({asked}, timeout=0.02)
    assert not shelf.asked
    shelf.opened.set()
    assert [one.id for one in await asked] == ["p1"]
    assert shelf.prepared == [SHOP]
    await knowledge.end()


async def test_a_call_that_ends_before_the_documents_are_open_does_not_wait_for_them() -> None:
    knowledge = ProjectKnowledge(FakeShelf(PASSAGES), SHOP, MovedClock())
    knowledge.begin()
    await knowledge.end()


async def test_only_a_question_with_a_waiting_line_waits_long_for_documents_that_are_not_open() -> None:
    shelf = FakeShelf(PASSAGES)
    knowledge = ProjectKnowledge(shelf, SHOP, MovedClock(), within_s=0.02)
    knowledge.begin()
    with pytest.raises(KnowledgeSlow):
        await knowledge.retrieve(asking())
    patient = asyncio.ensure_future(knowledge.retrieve(asking(waiting="One moment.")))
    await asyncio.wait({patient}, timeout=0.1)
    assert not patient.done()
    shelf.opened.set()
    assert [one.id for one in await patient] == ["p1"]
    await knowledge.end()
