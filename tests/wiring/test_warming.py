"""What calls will run is loaded before they come, and never on the loop."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tests.fakes.embedder import HashingEmbedder
from tests.flows.driven import ask, flow_of
from tollfree.calls.publishing import publish
from tollfree.protocol.ids import FlowId, ProjectId
from tollfree.wiring.office import Office
from tollfree.wiring.settings import Settings
from tollfree.wiring.warming import warm_versions

SHOP, MAIN = ProjectId("shop"), FlowId("made")


class Counting(ThreadPoolExecutor):
    """Counts what is done in threads."""

    def __init__(self) -> None:
        super().__init__(max_workers=1)
        self.jobs = 0

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.jobs += 1
        return super().submit(fn, *args, **kwargs)


async def begin(office: Office, project: ProjectId = SHOP) -> None:
    """A project with a published flow."""
    await office.store.projects.new(project, settings={"name": "The Shop"})
    flow = flow_of({"code": ask("done"), "done": {"kind": "end", "say": "Goodbye."}})
    await office.store.drafts.save(project, MAIN, flow, expected_revision=0)
    await publish(office.store, project, MAIN, HashingEmbedder())


async def test_a_version_is_loaded_in_a_thread_and_only_where_it_is_not_warm(tmp_path: Path) -> None:
    counting, settings = Counting(), Settings(home=tmp_path)
    async with await Office.open(settings) as office:
        await begin(office)
        warm = await warm_versions(office)
    assert len(warm) == 1
    asyncio.get_running_loop().set_default_executor(counting)
    async with await Office.open(settings, warm=warm) as office:
        before = counting.jobs
        assert await office.versions.published(SHOP, MAIN) is next(iter(warm.values()))
        assert counting.jobs == before
    async with await Office.open(settings) as office:
        before = counting.jobs
        await office.versions.published(SHOP, MAIN)
        assert counting.jobs == before + 1


async def test_a_project_that_cannot_be_loaded_keeps_no_other_cold(tmp_path: Path) -> None:
    async with await Office.open(Settings(home=tmp_path)) as office:
        for project in ("a-broken-one", "an-empty-one", SHOP):
            await begin(office, ProjectId(project))
        await office.store.projects.save_settings(ProjectId("a-broken-one"), {"timezone": 5})
        nowhere = {"name": "x", "agents": {"main": {"flow": "nowhere"}}}
        await office.store.projects.save_settings(ProjectId("an-empty-one"), nowhere)
        assert len(await warm_versions(office)) == 1


async def test_versions_that_take_too_long_are_left_to_their_calls(tmp_path: Path) -> None:
    async with await Office.open(Settings(home=tmp_path)) as office:
        await begin(office)
        assert await warm_versions(office, within_s=0) == {}
