from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from tollfree.knowledge.ingest.database import Database
from tollfree.knowledge.ingest.jobs import ATTEMPTS, MOST_WAITING, JobKind, Jobs, JobState, TooManyJobs, UnknownJob


@pytest.fixture
async def jobs(tmp_path: Path) -> AsyncGenerator[Jobs]:
    async with Database(tmp_path) as database:
        yield Jobs(database, lambda: "2026-01-01T00:00:00+00:00")


async def asked(jobs: Jobs) -> int:
    return (await jobs.add(JobKind.REFRESH, {"sources": ["x"]}, asked_by="ada")).number


async def test_jobs_are_done_in_their_order(jobs: Jobs) -> None:
    numbers = [await asked(jobs) for _ in range(3)]
    for number in numbers:
        job = await jobs.take()
        assert job is not None and (job.number, job.state, job.request) == (
            number,
            JobState.RUNNING,
            {"sources": ["x"]},
        )
        assert not await jobs.progress(number, {"done": 1})
        await jobs.end(number, JobState.DONE, {"added": 1})
        assert (await jobs.get(number)).report == {"added": 1}
    assert await jobs.take() is None and await jobs.unfinished() == []


async def test_one_whose_process_ended_is_begun_again_before_the_others_but_not_for_ever(jobs: Jobs) -> None:
    first, second = await asked(jobs), await asked(jobs)
    for _ in range(ATTEMPTS):
        job = await jobs.take()
        assert job is not None and job.number == first
    job = await jobs.take()
    assert job is not None and job.number == second
    given_up = await jobs.get(first)
    assert given_up.state is JobState.FAILED and given_up.report["code"] == "broken_off"


async def test_one_that_is_put_back_has_lost_no_attempt(jobs: Jobs) -> None:
    number = await asked(jobs)
    for _ in range(2 * ATTEMPTS):
        assert (job := await jobs.take()) is not None and job.attempts == 1
        await jobs.put_back(number)


async def test_one_that_waits_is_cancelled_at_once_and_one_that_runs_is_told(jobs: Jobs) -> None:
    first, second = await asked(jobs), await asked(jobs)
    await jobs.take()
    assert (await jobs.cancel(second)).state is JobState.CANCELLED
    assert (await jobs.cancel(first)).cancelling and await jobs.progress(first, {})
    assert await jobs.take() is None  # its process ended before it had heard
    assert (await jobs.get(first)).state is JobState.CANCELLED
    with pytest.raises(UnknownJob):
        await jobs.cancel(99)


async def test_no_more_wait_than_may(jobs: Jobs) -> None:
    for _ in range(MOST_WAITING):
        await asked(jobs)
    with pytest.raises(TooManyJobs):
        await asked(jobs)
