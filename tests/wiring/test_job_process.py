"""Jobs in a process of their own: it may be killed, told to stop, and cancelled."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from pathlib import Path

import psutil
import pytest

from tollfree.knowledge.ingest.jobs import Job, JobKind, JobState
from tollfree.knowledge.ingest.requests import source_request
from tollfree.knowledge.ingest.source import Source
from tollfree.protocol.ids import ProjectId
from tollfree.wiring.job_process import run_in_a_process
from tollfree.wiring.knowledge_jobs import ask_for, open_jobs
from tollfree.wiring.known_sources import open_sources
from tollfree.wiring.office import Office
from tollfree.wiring.settings import Settings

SHOP = ProjectId("shop")
pytestmark = pytest.mark.slow


@pytest.fixture
async def office(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Office]:
    cache = tmp_path_factory.getbasetemp() / "job-cache"
    async with await Office.open(Settings(home=tmp_path / "home", cache=cache)) as opened:
        await opened.store.projects.new(SHOP, name="Shop", settings={"name": "Shop"})
        yield opened


def papers(folder: Path, count: int) -> None:
    folder.mkdir()
    for number in range(count):
        (folder / f"{number}.txt").write_text(f"Number {number} of our apples lies in the cellar.")


async def asked(office: Office, folder: Path, count: int) -> Job:
    papers(folder, count)
    request = {"add": source_request([Source.of(str(folder))])}
    return await ask_for(office, SHOP, JobKind.ADD, request, asked_by="ada")


async def job(office: Office, number: int) -> Job:
    async with open_jobs(office, SHOP) as jobs:
        return await jobs.get(number)


async def until(office: Office, number: int, seen: Callable[[Job], bool]) -> None:
    """Look at a job until something is seen of it; a job that is over before is a failure."""
    async with asyncio.timeout(120):
        while not seen(found := await job(office, number)):
            assert not found.state.over, found
            await asyncio.sleep(0.05)


async def taking_in(office: Office, number: int) -> None:
    """Until some documents are in."""
    await until(office, number, lambda found: bool(found.progress.get("done")))


async def documents(office: Office) -> int:
    async with open_sources(office, SHOP) as known:
        return sum(one.state == "in" for one in (await known.documents()).values())


async def test_a_killed_job_is_gone_on_with(office: Office, tmp_path: Path) -> None:
    number = (await asked(office, tmp_path / "docs", 600)).number
    running = asyncio.create_task(run_in_a_process(office.settings, SHOP))
    await taking_in(office, number)
    [process] = [one for one in psutil.Process().children() if "tollfree.wiring.job_process" in one.cmdline()]
    assert process.nice() > psutil.Process().nice()  # calls come first
    process.kill()
    assert await running == -9
    left = await job(office, number)
    assert left.state is JobState.RUNNING and left.attempts == 1
    assert await run_in_a_process(office.settings, SHOP) == 0
    done = await job(office, number)
    assert (done.state, done.attempts) == (JobState.DONE, 2) and await documents(office) == 600
    assert await office.knowledge.count(SHOP) == 600


async def test_a_process_that_is_told_to_stop_puts_its_job_down_and_a_cancelled_job_ends(
    office: Office, tmp_path: Path
) -> None:
    number = (await asked(office, tmp_path / "docs", 600)).number
    running = asyncio.create_task(run_in_a_process(office.settings, SHOP))
    await taking_in(office, number)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    left = await job(office, number)
    assert (left.state, left.attempts) == (JobState.QUEUED, 0)

    async with open_jobs(office, SHOP) as jobs:
        before = await documents(office)
        running = asyncio.create_task(run_in_a_process(office.settings, SHOP))
        await until(office, number, lambda found: found.state is JobState.RUNNING)
        await jobs.cancel(number)
    assert await running == 0
    assert (await job(office, number)).state is JobState.CANCELLED and await documents(office) >= before
