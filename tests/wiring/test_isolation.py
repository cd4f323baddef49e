"""Through every door to a project's knowledge, another project's is out of reach, also while both are at work."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from tests.fakes.embedder import HashingEmbedder
from tests.knowledge.conftest import contents, names
from tests.knowledge.test_index import HOSTILE
from tollfree.calls.performers import NoEngine
from tollfree.calls.store.errors import UnknownProject
from tollfree.knowledge.base import Query
from tollfree.knowledge.errors import BadKnowledgeFolder, KnowledgeGone
from tollfree.knowledge.ingest.errors import UnknownSource
from tollfree.knowledge.ingest.report import Report
from tollfree.knowledge.ingest.source import Source
from tollfree.protocol.effects import Retrieve
from tollfree.protocol.ids import EffectId, ProjectId
from tollfree.wiring.ingesting import open_ingest
from tollfree.wiring.knowledge import delete_project
from tollfree.wiring.known_sources import documents_named, open_sources, sources_named
from tollfree.wiring.office import Office
from tollfree.wiring.settings import Settings

SHOP, BANK = ProjectId("shop"), ProjectId("bank")
WORDS = {SHOP: "apples", BANK: "herrings"}


@pytest.fixture
async def office(tmp_path: Path) -> AsyncGenerator[Office]:
    async with await Office.open(Settings(home=tmp_path / "home")) as opened:
        opened.embedder = HashingEmbedder()
        for project in (SHOP, BANK):
            await opened.store.projects.new(project, name=project, settings={"name": project})
        yield opened


def documents(folder: Path, project: ProjectId, count: int) -> Path:
    """A folder of documents that all say the project's word."""
    own = folder / project
    own.mkdir(exist_ok=True)
    for number in range(count):
        (own / f"{number}.txt").write_text(f"The {WORDS[project]} number {number} lie in the cellar.")
    return own


async def add(office: Office, project: ProjectId, *places: Path, tags: tuple[str, ...] = ()) -> Report:
    async with open_ingest(office, project) as ingest:
        return await ingest.add([Source.of(str(place), tags=tags) for place in places])


async def test_two_projects_take_in_and_answer_calls_at_once_and_stay_apart(office: Office, tmp_path: Path) -> None:
    taking_in, answers = True, {SHOP: 0, BANK: 0}

    async def take_in(project: ProjectId) -> None:
        for count in (4, 8, 12):
            await add(office, project, documents(tmp_path, project, count), tags=(project,))

    async def answer(project: ProjectId) -> None:
        other = BANK if project == SHOP else SHOP
        while taking_in or not answers[project]:
            for query in (WORDS[other], WORDS[project], "cellar"):
                for tags in ((), (other,), (project,)):
                    try:
                        asked = Retrieve(id=EffectId("e1"), query=query, tags=tags)
                        found = await office.knowledge_of(project).retrieve(asked)
                    except NoEngine:
                        await asyncio.sleep(0.01)
                        continue
                    answers[project] += len(found)
                    assert all(WORDS[project] in passage.text for passage in found)
            assert all(WORDS[project] in one.text for one in await office.knowledge.passages(project))

    answering = [asyncio.create_task(answer(project)) for project in WORDS]
    await asyncio.gather(*map(take_in, WORDS))
    taking_in = False
    await asyncio.gather(*answering)
    assert await office.knowledge.count(SHOP) == await office.knowledge.count(BANK) == 12
    before = contents(office.knowledge.folder(BANK))
    await delete_project(office.store, office.knowledge, SHOP)
    kept = contents(office.settings.home / "knowledge")
    assert kept == before and not any(b"apples" in one for one in kept.values())


async def test_another_projects_sources_are_unknown(office: Office, tmp_path: Path) -> None:
    secret = documents(tmp_path, BANK, 1)
    await add(office, BANK, secret)
    await add(office, SHOP, documents(tmp_path, SHOP, 1))
    for name in (str(secret), "0.txt/../../bank", f"{secret}/0.txt", "../bank", *HOSTILE):
        async with open_sources(office, SHOP) as sources:
            with pytest.raises(UnknownSource):
                await sources_named(sources, [name])
            with pytest.raises(UnknownSource):
                await documents_named(sources, f"bank/{name}")
        async with open_ingest(office, SHOP) as ingest:
            with pytest.raises(UnknownSource):
                await ingest.remove([name])
            with pytest.raises(UnknownSource):
                await ingest.refresh([name])
        assert await office.knowledge.passages(SHOP, name) == ()
    assert await office.knowledge.count(BANK) == await office.knowledge.count(SHOP) == 1


@pytest.mark.parametrize("name", ["x'; DROP TABLE sources; --.txt", "' OR '1'='1.txt", '" OR 1=1 --.txt', "%_.txt"])
async def test_names_and_tags_of_documents_are_no_commands(office: Office, tmp_path: Path, name: str) -> None:
    await add(office, BANK, documents(tmp_path, BANK, 2))
    both = documents(tmp_path, SHOP, 2)
    (both / name).write_text("The apples of the odd name.")
    await add(office, SHOP, both / name, tags=(name, "') OR true --"))
    await add(office, SHOP, both / "0.txt", both / "1.txt")
    found = await office.knowledge.retrieve(SHOP, Query(text="apples", k=9, tags=("') OR true --",)), at_least=0.0)
    assert [one.text for one in found] == ["The apples of the odd name."]
    async with open_ingest(office, SHOP) as ingest:
        await ingest.remove([str(both / name)])
    assert {one.source for one in await office.knowledge.passages(SHOP)} == {str(both / "0.txt"), str(both / "1.txt")}
    assert await office.knowledge.count(BANK) == 2


@pytest.mark.parametrize("file", ["sources.sqlite", "sources.sqlite-wal", "live.json"])
async def test_a_link_to_another_projects_file_is_refused(office: Office, tmp_path: Path, file: str) -> None:
    await add(office, BANK, documents(tmp_path, BANK, 1))
    await add(office, SHOP, documents(tmp_path, SHOP, 1))
    bank, shop = office.knowledge.folder(BANK), office.knowledge.folder(SHOP)
    before = contents(bank)
    (shop / file).unlink(missing_ok=True)
    (shop / file).symlink_to(bank / file)
    with pytest.raises(BadKnowledgeFolder, match="symbolic link"):
        await add(office, SHOP, documents(tmp_path, SHOP, 2))
    if file != "live.json":
        async with open_sources(office, SHOP) as sources:
            with pytest.raises(BadKnowledgeFolder, match="symbolic link"):
                await sources.list()
    assert contents(bank) == before
    await delete_project(office.store, office.knowledge, SHOP)
    assert contents(bank) == before


async def test_who_waits_to_write_while_the_project_is_deleted_writes_nothing(office: Office, tmp_path: Path) -> None:
    await add(office, SHOP, documents(tmp_path, SHOP, 1))
    async with office.knowledge.deleting(SHOP):
        waiting = asyncio.create_task(add(office, SHOP, documents(tmp_path, SHOP, 2)))
        await asyncio.sleep(0.3)
        assert not waiting.done()
        await office.store.projects.delete(SHOP)
    with pytest.raises(KnowledgeGone):
        await waiting
    assert names(office.settings.home / "knowledge") == []


async def test_who_begins_to_write_as_the_projects_record_goes_leaves_nothing(tmp_path: Path) -> None:
    loop = asyncio.get_running_loop()

    class Deleting(Office):
        """The project is deleted when the lock is held already, and its folder made."""

        @property
        def embedder(self) -> HashingEmbedder:  # type: ignore[override]
            asyncio.run_coroutine_threadsafe(self.store.projects.delete(SHOP), loop).result()
            return HashingEmbedder()

    async with await Deleting.open(Settings(home=tmp_path / "home")) as office:
        await office.store.projects.new(SHOP, name="shop", settings={"name": "shop"})
        with pytest.raises(UnknownProject):
            await add(office, SHOP, documents(tmp_path, SHOP, 1))
        assert names(tmp_path / "home" / "knowledge") == []


async def test_looking_at_sources_makes_nothing(office: Office) -> None:
    async with open_sources(office, SHOP) as sources:
        assert await sources.list() == [] and await sources.documents() == {}
    assert names(office.settings.home / "knowledge") == []
