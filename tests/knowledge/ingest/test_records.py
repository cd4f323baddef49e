"""The record manager, against LangChain's own in memory, and what only ours does."""

from pathlib import Path

from langchain_core.indexing import InMemoryRecordManager

from tollfree.knowledge.ingest.database import Database
from tollfree.knowledge.ingest.records import SqliteRecords


async def test_it_answers_as_langchains_own_does(tmp_path: Path) -> None:
    theirs = InMemoryRecordManager("passages")
    async with Database(tmp_path) as database:
        ours = SqliteRecords(database)
        for one in (ours, theirs):
            await one.acreate_schema()
            await one.aupdate(["a", "b"], group_ids=["x", "x"])
            await one.aupdate(["c"], group_ids=["y"], time_at_least=await one.aget_time())
            later = await one.aget_time()
            await one.aupdate(["a"], group_ids=["x"], time_at_least=later)
            assert await one.aexists(["a", "d", "c"]) == [True, False, True]
            assert sorted(await one.alist_keys(before=later)) == ["b", "c"]
            assert await one.alist_keys(after=later - 1e-6, group_ids=["x"], before=later) == []
            assert sorted(await one.alist_keys(group_ids=["x"])) == ["a", "b"]
            assert len(await one.alist_keys(limit=2)) == 2
            await one.adelete_keys(["a"])
            assert await one.aexists(["a"]) == [False]


async def test_a_passage_on_its_way_is_not_there_yet_and_is_found_when_it_is_left_behind(tmp_path: Path) -> None:
    async with Database(tmp_path) as database:
        records = SqliteRecords(database)
        await records.aupdate(["old"], group_ids=["x"])
        since = await records.aget_time()
        await records.on_the_way(["new"], ["x"])
        assert await records.aexists(["old", "new"]) == [True, False]
        assert sorted(await records.alist_keys(before=since, group_ids=["x"])) == ["new", "old"]
        assert await records.new_keys("x", since, 10) == ["new"]
        await records.aupdate(["new"], group_ids=["x"])
        assert await records.aexists(["new"]) == [True]


async def test_the_time_never_goes_back(tmp_path: Path) -> None:
    async with Database(tmp_path) as database:
        records = SqliteRecords(database)
        ahead = await records.aget_time() + 3600
        await records.aupdate(["a"], group_ids=["x"], time_at_least=ahead)
        assert await records.aget_time() > ahead
