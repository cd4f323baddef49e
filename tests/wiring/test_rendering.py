"""What a published flow always says the same is rendered before anybody calls."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.fakes.voice import HummingVoice
from tests.flows.driven import ask, flow_of
from tollfree.calls.project import ProjectSettings
from tollfree.calls.publishing import publish
from tollfree.knowledge.base import StoredPassage
from tollfree.protocol.ids import FlowId, ProjectId
from tollfree.wiring.office import Office
from tollfree.wiring.rendering import render_answers, render_published
from tollfree.wiring.settings import Settings

SHOP, MAIN = ProjectId("shop"), FlowId("made")


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    """The project `shop` with a published flow `made`."""
    async with await Office.open(Settings(home=tmp_path / "home", cache=tmp_path / "cache", voice="fake:low")) as it:
        await it.store.projects.new(SHOP)
        await answered_by(it)
        document = flow_of({"hello": {"kind": "say", "say": "Hello there.", "exits": {"said": "code"}}, "code": ask()})
        await it.store.drafts.save(SHOP, MAIN, document, expected_revision=0)
        await publish(it.store, SHOP, MAIN, it.embedder)
        yield it


class Voices:
    """Makes voices, and remembers them."""

    def __init__(self) -> None:
        self.made: dict[str, HummingVoice] = {}

    def __call__(self, name: str, cache: Path) -> HummingVoice:
        self.made[name] = HummingVoice(name)
        return self.made[name]


async def answered_by(office: Office, **agents: dict[str, str]) -> None:
    settings = ProjectSettings.model_validate({"name": "The Shop", "agents": agents})
    await office.store.projects.save_settings(SHOP, settings.model_dump(mode="json"))


async def test_each_voice_that_answers_with_a_flow_renders_it_once(office: Office) -> None:
    await answered_by(office, main={"flow": "made"}, night={"flow": "made", "voice": "fake:high"})
    voices, told = Voices(), list[tuple[int, int]]()
    rendered = await render_published(office, SHOP, MAIN, lambda *so_far: told.append(so_far), voices=voices)
    assert sorted(voices.made) == ["fake:high", "fake:low"]
    assert all("Hello there." in voice.asked for voice in voices.made.values())
    assert rendered == sum(len(voice.asked) for voice in voices.made.values())
    assert told[-1][0] == told[-1][1] == len(told) / 2
    assert await render_published(office, SHOP, MAIN, voices=voices) == 0


async def test_a_project_without_agents_answers_with_its_only_flow_in_the_installations_voice(office: Office) -> None:
    voices = Voices()
    assert await render_published(office, SHOP, MAIN, voices=voices) > 0
    assert list(voices.made) == ["fake:low"]


async def test_a_flow_that_no_agent_answers_with_is_not_rendered_by_itself(office: Office) -> None:
    await answered_by(office, main={"flow": "another"})
    voices = Voices()
    assert await render_published(office, SHOP, MAIN, voices=voices) == 0
    assert voices.made == {}


# Answers from documents

FAQ = {
    "kind": "answer",
    "ask": "What would you like to know?",
    "exits": dict.fromkeys(("answered", "unknown", "failed", "silent"), "bye"),
}


@pytest.fixture
async def knowing(office: Office) -> Office:
    """Its flow answers questions, and it has a document."""
    await office.store.drafts.save(SHOP, MAIN, flow_of({"faq": FAQ}), expected_revision=1)
    await publish(office.store, SHOP, MAIN, office.embedder)
    async with office.knowledge.writing(SHOP) as writer:
        await writer.put([StoredPassage(id="p1", source="a.txt", text="We open at nine. Dogs are welcome.")])
    return office


async def test_what_may_be_answered_from_documents_is_rendered_once_in_each_voice(knowing: Office) -> None:
    await answered_by(knowing, main={"flow": "made"}, night={"flow": "made", "voice": "fake:high"})
    voices, told = Voices(), list[tuple[int, int]]()
    assert await render_answers(knowing, SHOP, lambda *so_far: told.append(so_far), voices=voices) == 4
    assert all(voice.asked == ["We open at nine.", "Dogs are welcome."] for voice in voices.made.values())
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert await render_answers(knowing, SHOP, voices=voices) == 0


async def test_no_more_lines_are_rendered_than_are_wanted(knowing: Office) -> None:
    for most in (1, 0):
        office = await Office.open(knowing.settings.model_copy(update={"rendered_answers": most}))
        async with office:
            assert await render_answers(office, SHOP, voices=Voices()) == most


async def test_where_models_word_the_answers_nothing_is_rendered(knowing: Office) -> None:
    knowing.settings.routes_path.write_text("routes: {}")
    voices = Voices()
    assert await render_answers(knowing, SHOP, voices=voices) == 0 and voices.made == {}


async def test_a_project_whose_flow_answers_no_questions_loads_no_voice(office: Office) -> None:
    voices = Voices()
    assert await render_answers(office, SHOP, voices=voices) == 0 and voices.made == {}
