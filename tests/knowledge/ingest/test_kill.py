"""A job that is killed in the middle, and the same command once more: all there, none twice."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.knowledge.ingest.killed_program import kept
from tests.knowledge.ingest.shelf import MemoryWriter, ingesting
from tollfree.knowledge.ingest.source import Source

DOCUMENTS = 500


def program(folder: Path, home: Path) -> list[str]:
    return [sys.executable, "-m", "tests.knowledge.ingest.killed_program", str(folder), str(home)]


async def test_a_job_of_500_documents_that_is_killed_is_finished_by_the_next(tmp_path: Path) -> None:
    folder, home = tmp_path / "docs", tmp_path / "home"
    folder.mkdir()
    home.mkdir()
    expected = {f"Document number {n} says something of its own." for n in range(DOCUMENTS)}
    for number, text in enumerate(sorted(expected)):
        (folder / f"{number}.txt").write_text(text)
    root = Path(__file__).parents[3]
    for _ in range(2):
        already = kept(home / "index.jsonl")[1]
        process = await asyncio.create_subprocess_exec(*program(folder, home), cwd=root)
        async with asyncio.timeout(60):
            # a program of its own has no event to wait for
            while kept(home / "index.jsonl")[1] < already + 100:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        assert await process.wait() == -signal.SIGKILL
    texts, _ = kept(home / "index.jsonl")
    assert 0 < len(texts) < DOCUMENTS
    changed = folder / "0.txt"
    os.utime(changed)
    process = await asyncio.create_subprocess_exec(*program(folder, home), cwd=root, stdout=asyncio.subprocess.PIPE)
    out, _ = await asyncio.wait_for(process.communicate(), 60)
    report = json.loads(out)
    texts, puts = kept(home / "index.jsonl")
    assert sorted(texts.values()) == sorted(expected)
    assert report["unchanged"] > 0 and report["added"] + report["unchanged"] == DOCUMENTS and not report["faults"]
    assert puts < 2 * DOCUMENTS


class Killed(BaseException):
    """As if the process had ended."""


class MortalWriter(MemoryWriter):
    """Whoever writes is killed once, when something was deleted from it."""

    dies = False

    async def delete(self, ids: Sequence[str]) -> None:
        await super().delete(ids)
        if self.dies:
            self.dies = False
            raise Killed


def table(path: Path, rows: int, word: str) -> str:
    path.write_text("Number,Word\n" + "".join(f"{n},{word} {n}\n" for n in range(rows)))
    return str(path)


async def test_a_removal_that_is_killed_leaves_nothing_that_seems_to_be_there(tmp_path: Path) -> None:
    source, writer = table(tmp_path / "a.csv", 10, "one"), MortalWriter()
    async with ingesting(tmp_path / "k", writer) as ingest:
        await ingest.add([Source.of(source)])
    whole, writer.dies = dict(writer.passages), True
    with pytest.raises(Killed):
        async with ingesting(tmp_path / "k", writer) as ingest:
            await ingest.remove([source])
    assert not writer.passages
    async with ingesting(tmp_path / "k", writer) as ingest:
        await ingest.refresh()
    assert writer.passages.keys() == whole.keys()


@pytest.mark.parametrize("rows", [10, 600])
async def test_an_update_that_is_killed_and_taken_back_is_read_again(tmp_path: Path, rows: int) -> None:
    source, writer = table(tmp_path / "a.csv", rows, "one"), MortalWriter()
    async with ingesting(tmp_path / "k", writer) as ingest:
        await ingest.add([Source.of(source)])
    whole, writer.dies = dict(writer.passages), True
    table(tmp_path / "a.csv", rows, "other")
    with pytest.raises(Killed):
        async with ingesting(tmp_path / "k", writer) as ingest:
            await ingest.refresh()
    table(tmp_path / "a.csv", rows, "one")
    async with ingesting(tmp_path / "k", writer) as ingest:
        await ingest.refresh()
    assert writer.passages.keys() == whole.keys()


async def test_a_document_that_came_back_after_a_killed_refresh_is_read_again(tmp_path: Path) -> None:
    docs, writer = tmp_path / "docs", MortalWriter()
    docs.mkdir()
    table(docs / "a.csv", 10, "one")
    text = (docs / "a.csv").read_bytes()
    async with ingesting(tmp_path / "k", writer) as ingest:
        await ingest.add([Source.of(str(docs))])
    (docs / "a.csv").unlink()
    writer.dies = True
    with pytest.raises(Killed):
        async with ingesting(tmp_path / "k", writer) as ingest:
            await ingest.refresh()
    (docs / "a.csv").write_bytes(text)
    async with ingesting(tmp_path / "k", writer) as ingest:
        await ingest.refresh()
    assert len(writer.passages) == 10


async def test_what_the_index_lost_is_noticed_and_read_again(tmp_path: Path) -> None:
    docs, writer = tmp_path / "docs", MemoryWriter()
    docs.mkdir()
    table(docs / "a.csv", 10, "one")
    table(docs / "b.csv", 10, "two")
    (docs / "c.txt").write_text("Untouched.")
    async with ingesting(tmp_path / "k", writer) as ingest:
        await ingest.add([Source.of(str(docs))])
        whole = dict(writer.passages)
        for one in [*writer.of("a.csv"), writer.of("b.csv")[0]]:
            del writer.passages[one.id]
        report = await ingest.refresh()
        assert writer.passages.keys() == whole.keys()
        [note] = report.faults
        assert (note.code, note.serious) == ("lost", False) and "2 of its documents" in note.message
        assert [one.outcome.value for one in report.documents] == ["changed", "changed", "unchanged"]
        assert not (await ingest.refresh()).faults
