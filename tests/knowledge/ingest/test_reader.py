"""The reading process: a document that hangs it or ends it is told, and the next is read."""

import os
from pathlib import Path

import pytest

from tests.knowledge.ingest.shelf import words
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
