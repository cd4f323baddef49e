"""A job that is killed in the middle, and the same command once more: all there, none twice."""

import asyncio
import json
import os
import signal
import sys
from pathlib import Path

from tests.knowledge.ingest.killed_program import kept

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
