"""The reading process: a document that hangs it or ends it is told, and the next is read."""

import json
import os
import pickle
import signal
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from tests.knowledge.ingest.shelf import words
from tests.knowledge.ingest.watching import Hanging, Telling, read_in_time
from tollfree.knowledge.ingest.errors import BadDocument
from tollfree.knowledge.ingest.reader import Reader, ReadResult
from tollfree.knowledge.ingest.reading import Request
from tollfree.knowledge.ingest.splitting import Splitter


def deadly(text: str) -> int:
    """Counts, and dies of a certain word."""
    if "poison" in text:
        os._exit(1)
    return words(text)


def request(path: Path) -> Request:
    return Request(document=str(path), file=path, name=path.name)


async def read(reader: Reader, path: Path) -> list[str]:
    result = ReadResult()
    return [one.page_content async for batch in reader.read(request(path), result) for one in batch]


async def test_a_document_that_ends_the_process_is_told_and_the_next_is_read(tmp_path: Path) -> None:
    bad, good = tmp_path / "bad.txt", tmp_path / "good.txt"
    bad.write_text("poison " * 500)
    good.write_text("wholesome")
    async with Reader(Splitter(deadly)) as reader:
        with pytest.raises(BadDocument) as caught:
            await read(reader, bad)
        assert caught.value.code == "damaged" and caught.value.remedy
        assert await read(reader, good) == ["wholesome"]


async def test_a_document_that_is_never_read_is_given_up(tmp_path: Path) -> None:
    bad, good = tmp_path / "bad.txt", tmp_path / "good.txt"
    os.mkfifo(bad)
    good.write_text("wholesome")
    async with Reader(Splitter(words), silence_s=8.0) as reader:
        assert await read(reader, good) == ["wholesome"]
        reader = Reader(Splitter(words), silence_s=0.2)
        with pytest.raises(BadDocument) as caught:
            await read(reader, bad)
        assert caught.value.code == "too_slow"


async def test_a_reader_that_is_left_in_the_middle_reads_the_next_document(tmp_path: Path) -> None:
    long, short = tmp_path / "long.csv", tmp_path / "short.txt"
    long.write_text("A,B\n" + "".join(f"{n},{n}\n" for n in range(20_000)))
    short.write_text("wholesome")
    async with Reader(Splitter(words)) as reader:
        batches = reader.read(request(long), ReadResult())
        assert len(await anext(batches)) > 0
        await batches.aclose()
        assert await read(reader, short) == ["wholesome"]


def test_the_reading_process_ends_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    fifo, text = tmp_path / "fifo", tmp_path / "a.txt"
    os.mkfifo(fifo)
    text.write_text("word " * 500)
    command = [sys.executable, "-m", "tests.knowledge.ingest.orphaned_program", str(fifo), str(text)]
    pipe = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    with subprocess.Popen(command, cwd=Path(__file__).parents[3]) as parent:
        try:
            assert read_in_time(pipe) == b"begun"
        finally:
            parent.send_signal(signal.SIGKILL)
    assert read_in_time(pipe) == b""
    os.close(pipe)


def test_the_reading_process_ends_in_the_middle_of_a_document_when_nobody_asks_any_more(tmp_path: Path) -> None:
    fifo, text = tmp_path / "fifo", tmp_path / "a.txt"
    os.mkfifo(fifo)
    text.write_text("word " * 500)
    command = [sys.executable, "-m", "tollfree.knowledge.ingest.reading_process"]
    pipe = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    with subprocess.Popen(command, cwd=Path(__file__).parents[3], stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        for message in (Splitter(Hanging(str(fifo))), request(text)):
            data = pickle.dumps(message)
            process.stdin.write(struct.pack(">I", len(data)) + data)
        process.stdin.flush()
        try:
            assert read_in_time(pipe) == b"begun"
            process.stdin.close()
            assert read_in_time(pipe) == b"" and process.wait() == 0
        finally:
            process.kill()
    os.close(pipe)


async def test_the_reading_process_is_told_no_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOLLFREE_SECRETS_KEY", "secret")
    text, told = tmp_path / "a.txt", tmp_path / "told.json"
    text.write_text("word " * 500)
    async with Reader(Splitter(Telling(str(told)))) as reader:
        await read(reader, text)
    given = json.loads(told.read_text())
    assert "PATH" in given and not any(name.startswith("TOLLFREE_") or "secret" in given[name] for name in given)
