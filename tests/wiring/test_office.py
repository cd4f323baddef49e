"""Calls placed with an open installation."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.embedder import HashingEmbedder
from tests.flows.driven import CODE, ask, flow_of
from tollfree.calls.errors import BadProject, NotPublished
from tollfree.calls.line import LineEvent
from tollfree.calls.lines.script import ScriptLine, read_script
from tollfree.calls.performers import ProjectTools
from tollfree.calls.project import ProjectSettings
from tollfree.calls.publishing import publish
from tollfree.calls.replay import replay_call
from tollfree.calls.running import RunningCalls
from tollfree.calls.store.calls import Call
from tollfree.calls.store.errors import CallClosed, StoreUnavailable, UnknownProject
from tollfree.calls.trial import TriedSwitchboard, TriedTools
from tollfree.knowledge.shelf import KnowledgeShelf
from tollfree.protocol.effects import Listen
from tollfree.protocol.errors import TollfreeError
from tollfree.protocol.ids import CallId, FlowId, ProjectId
from tollfree.wiring.office import Office
from tollfree.wiring.performers import performers_of
from tollfree.wiring.placing import Wanted
from tollfree.wiring.settings import Settings
from tollfree.wiring.tried_flows import TriedFlows

SHOP, MAIN = ProjectId("shop"), FlowId("made")


def flow(goodbye: str) -> dict[str, Any]:
    twice = ask("done", slots={"other": {**CODE, "ask": "And the other?"}})
    return flow_of({"code": ask("twice"), "twice": twice, "done": {"kind": "end", "say": goodbye}})


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the embedder is kept, made once."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
async def office(tmp_path: Path, cache: Path) -> Any:
    async with await Office.open(Settings(home=tmp_path, cache=cache)) as opened:
        yield opened


async def begin(office: Office, settings: ProjectSettings | None = None) -> None:
    settings = settings if settings is not None else ProjectSettings(name="The Shop")
    await office.store.projects.new(SHOP, name=settings.name, settings=settings.model_dump(mode="json"))
    await office.store.drafts.save(SHOP, MAIN, flow("Goodbye, old words."), expected_revision=0)


def script(*turns: str, heard: list[str] | None = None) -> ScriptLine:
    told = heard if heard is not None else []
    return ScriptLine(read_script("it", "\n".join(turns)), lambda who, text: told.append(text))


class Interrupting(ScriptLine):
    """A caller during whose first turn something else happens."""

    def __init__(self, line: str, then: Any, heard: list[str]) -> None:
        super().__init__(read_script("it", line), lambda who, text: heard.append(text))
        self._then = then

    async def next(self) -> LineEvent:
        if self._then is not None and self._listening:
            then, self._then = self._then, None
            await then()
        return await super().next()


async def test_a_call_keeps_the_version_it_began_with_and_the_next_one_has_the_new(office: Office) -> None:
    await begin(office)
    await publish(office.store, SHOP, MAIN, office.embedder)

    async def publish_anew() -> None:
        await office.store.drafts.save(SHOP, MAIN, flow("Goodbye, new words."), expected_revision=1)
        await publish(office.store, SHOP, MAIN, office.embedder)

    first: list[str] = []
    summary = await office.place_call(SHOP, Interrupting("one two three\nfour five six", publish_anew, first))
    second: list[str] = []
    after = await office.place_call(SHOP, script("one two three", "four five six", heard=second))
    assert (first[-1], second[-1]) == ("Goodbye, old words.", "Goodbye, new words.")
    assert [(await office.store.calls.get(call.call)).version for call in (summary, after)] == [1, 2]
    assert (await replay_call(office.store, summary.call)).differences == ()


async def test_a_call_is_understood_by_the_rules_and_the_classifier_of_its_version(office: Office) -> None:
    await begin(office)
    await publish(office.store, SHOP, MAIN, office.embedder)
    heard: list[str] = []
    summary = await office.place_call(SHOP, script("could you say that again please", "one, two, three", heard=heard))
    assert heard[:3] == ["Which code?", "could you say that again please", "Which code?"]
    assert summary.path[0] == "code.given"


async def test_a_call_to_what_is_not_published_or_not_there_is_refused_with_what_to_do(office: Office) -> None:
    with pytest.raises(UnknownProject, match="shop"):
        await office.place_call(SHOP, script())
    await begin(office)
    with pytest.raises(NotPublished, match="tollfree flow publish shop made"):
        await office.place_call(SHOP, script())
    with pytest.raises(BadProject, match="no agent `desk`"):
        await office.place_call(SHOP, script(), agent="desk")


@pytest.mark.parametrize("first", ["published", "tried"])
async def test_a_draft_that_is_tried_as_it_was_published_is_a_trial_and_customers_calls_are_none(
    office: Office, first: str
) -> None:
    await begin(office)
    await publish(office.store, SHOP, MAIN, office.embedder)
    published = (await office.store.versions.published(SHOP, MAIN)).info
    frozen = await TriedFlows(office).frozen(SHOP, MAIN)
    assert (frozen.number, frozen.sha256) == (-1, published.sha256), "one bundle with two numbers"
    wanted = {"published": Wanted(project=SHOP), "tried": Wanted(project=SHOP, flow=MAIN, draft=frozen.number)}
    names = ("published", "tried") if first == "published" else ("tried", "published")
    placed = {name: await office.place(wanted[name], "text") for name in (*names, *names)}
    calls = {name: (one.call.version, one.version.number, one.call.trial, one.trial) for name, one in placed.items()}
    assert calls == {"published": (1, 1, False, False), "tried": (-1, -1, True, True)}
    assert placed["tried"].version.flow is placed["published"].version.flow, "it is loaded once"
    metering = office.metering(placed["tried"].call.id)
    async with performers_of(office, placed["tried"], metering=metering) as performers:
        assert isinstance(performers.tools, TriedTools) and isinstance(performers.switchboard, TriedSwitchboard)
    async with performers_of(office, placed["published"], metering=metering) as performers:
        assert isinstance(performers.tools, ProjectTools)


async def test_a_call_names_the_version_that_was_asked_for_though_an_older_one_is_the_same(office: Office) -> None:
    await begin(office)
    await publish(office.store, SHOP, MAIN, office.embedder)
    for revision, words in enumerate(("Goodbye, new words.", "Goodbye, old words."), start=1):
        await office.place_call(SHOP, script())
        await office.store.drafts.save(SHOP, MAIN, flow(words), expected_revision=revision)
        await publish(office.store, SHOP, MAIN, office.embedder)
    placed = await office.place(Wanted(project=SHOP), "text")
    assert (placed.call.version, placed.version.number) == (3, 3)
    assert [(await office.versions.numbered(SHOP, MAIN, number)).number for number in (1, 3, 2)] == [1, 3, 2]
    infos = {one.number: one.sha256 for one in await office.store.versions.list(SHOP, MAIN)}
    assert infos[1] == infos[3] != infos[2]


async def test_an_agent_answers_with_its_flow(office: Office) -> None:
    await begin(office, ProjectSettings.model_validate({"name": "x", "agents": {"desk": {"flow": "made"}}}))
    await publish(office.store, SHOP, MAIN, office.embedder)
    assert (await office.place_call(SHOP, script(), agent="desk")).outcome == "caller_hung_up"
    with pytest.raises(BadProject, match="no agent `main`; it has desk"):
        await office.place_call(SHOP, script())


async def test_a_call_is_kept_with_its_outcome_and_final_state(office: Office) -> None:
    await begin(office)
    await publish(office.store, SHOP, MAIN, office.embedder)
    summary = await office.place_call(SHOP, script("one two three", "four five six"), caller="+12125550100")
    kept = await office.store.calls.get(summary.call)
    assert (kept.outcome, kept.agent, kept.flow) == ("done", "main", "made")
    final = await office.store.calls.final_state(summary.call)
    assert final is not None and final.state["outcome"] == "done"


# Calls that are broken off


class Breaking(ScriptLine):
    """A caller during whose first turn the whole program is told to stop."""

    def __init__(self) -> None:
        super().__init__(read_script("it", "one two three"))

    def listen(self, listen: Listen) -> None:
        raise asyncio.CancelledError


async def ended(office: Office) -> list[str | None]:
    """Outcomes of all calls, of which none may still be running."""
    calls = (await office.store.calls.list()).calls
    assert all(call.ended_at is not None for call in calls)
    return [call.outcome for call in calls]


async def test_a_call_that_is_cancelled_is_ended_where_it_was(office: Office) -> None:
    await begin(office)
    await publish(office.store, SHOP, MAIN, office.embedder)
    with pytest.raises(asyncio.CancelledError):
        await office.place_call(SHOP, Breaking())
    assert await ended(office) == ["line_lost"]
    [call] = (await office.store.calls.list()).calls
    found = await replay_call(office.store, call.id)
    assert (found.differences, found.ended) == ((), True)
    assert await office.recover() == ()


async def test_a_call_that_was_served_is_no_failure_when_only_its_end_cannot_be_kept(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    await begin(office)
    await publish(office.store, SHOP, MAIN, office.embedder)
    with monkeypatch.context() as away:

        async def refused(*_: object, **__: object) -> None:
            raise StoreUnavailable("The database is away.")

        away.setattr(office.store.calls, "end", refused)
        summary = await office.place_call(SHOP, script("one two three", "four five six"))
    assert summary.outcome == "done"
    assert (await office.store.calls.get(summary.call)).ended_at is None
    assert [one.outcome for one in await office.recover()] == ["done"]


async def test_a_claim_is_one_however_often_it_is_asked_for_and_nobody_elses(office: Office, tmp_path: Path) -> None:
    call = CallId("0")
    with pytest.raises(KeyboardInterrupt), RunningCalls(tmp_path).holding(call):
        raise KeyboardInterrupt
    with office.claimed(call):
        with office.claimed(call), RunningCalls(tmp_path).gone(call) as gone:
            assert not gone
        other = Office(office.settings, office.store, office.clock)
        with pytest.raises(CallClosed), other.claimed(call):
            pytest.fail("two processes have it")
    with pytest.raises(CallClosed), office.claimed(call):
        pytest.fail("it is over")


async def test_what_keeps_a_call_from_beginning_leaves_no_call(office: Office) -> None:
    await begin(office, ProjectSettings(name="x", allowed_hosts=("http://no host",)))
    await publish(office.store, SHOP, MAIN, office.embedder)
    with pytest.raises(TollfreeError, match="no host"):
        await office.place_call(SHOP, script())
    assert await ended(office) == []


async def test_the_next_call_ends_those_whose_process_is_gone(office: Office, tmp_path: Path) -> None:
    await begin(office)
    await publish(office.store, SHOP, MAIN, office.embedder)
    lost = Call(
        id=CallId("0"), project=SHOP, agent="", flow=MAIN, version=1, line="text", started_at=office.clock.now()
    )
    await office.store.calls.begin(lost)
    with pytest.raises(KeyboardInterrupt), RunningCalls(tmp_path).holding(lost.id):
        raise KeyboardInterrupt
    await office.place_call(SHOP, script())
    assert await ended(office) == ["caller_hung_up", "line_lost"]


async def test_a_call_has_the_limit_of_the_settings(tmp_path: Path, cache: Path) -> None:
    class Quiet(ScriptLine):
        def turn(self, listening: bool) -> None:
            return None

    async with await Office.open(Settings(home=tmp_path, cache=cache, call_limit_s=0.01)) as office:
        await begin(office)
        await publish(office.store, SHOP, MAIN, office.embedder)
        assert (await office.place_call(SHOP, Quiet(read_script("it", "")))).outcome == "time_limit"


async def test_a_call_of_a_flow_names_no_agent_and_its_line_says_what_it_is(office: Office) -> None:
    await begin(office)
    await publish(office.store, SHOP, MAIN, office.embedder)
    line = script("one two three", "four five six")
    line.name = "fake"
    kept = await office.store.calls.get((await office.place_call(SHOP, line, flow="made")).call)
    assert (kept.agent, kept.flow, kept.line) == ("", "made", "fake")


@pytest.mark.parametrize("name", ["nothing", "all-MiniLM-L6-v2"])
async def test_without_the_embedder_calls_go_on_with_rules_and_it_is_said(
    office: Office, tmp_path: Path, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    await begin(office)
    await publish(office.store, SHOP, MAIN, office.embedder)
    unwritable = tmp_path / "file"
    unwritable.write_text("")
    async with await Office.open(Settings(home=tmp_path, cache=unwritable, embedder=name)) as bare:
        summary = await bare.place_call(SHOP, script("one two three", "four five six"))
    assert summary.outcome == "done"
    assert "understood by rules alone" in caplog.text


async def test_an_office_that_closes_closes_the_knowledge_it_has_opened(tmp_path: Path, cache: Path) -> None:
    closed: list[str] = []

    class Shelf(KnowledgeShelf):
        def close(self) -> None:
            closed.append("shelf")

    async with await Office.open(Settings(home=tmp_path, cache=cache)) as office:
        pass
    assert closed == [] and "knowledge" not in vars(office)
    async with await Office.open(Settings(home=tmp_path, cache=cache)) as office:
        office.knowledge = Shelf(tmp_path, HashingEmbedder)
    assert closed == ["shelf"]
