"""A job: what is new comes in, what has gone goes, what has not changed costs nothing, and no bad file stops it."""

import csv
import os
import socket
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.knowledge.ingest import papers
from tests.knowledge.ingest.shelf import MemoryWriter, ingesting
from tollfree.knowledge.ingest.errors import BadSource, UnknownSource
from tollfree.knowledge.ingest.report import Outcome, Report
from tollfree.knowledge.ingest.source import Source, seconds_of


def outcomes(report: Report) -> dict[str, str]:
    return {Path(one.document).name: one.outcome.value for one in report.documents}


def folder(tmp_path: Path) -> Path:
    made = tmp_path / "docs"
    (made / "deep" / "deeper").mkdir(parents=True)
    (made / "hours.txt").write_text("We are open from nine to five.")
    (made / "deep" / "returns.md").write_text("# Returns\n\nGoods may be returned within thirty days.")
    papers.handbook(made / "deep" / "deeper" / "handbook.docx")
    papers.price_list(made / "prices.xlsx")
    return made


async def test_a_folder_comes_in_with_all_that_is_nested_in_it(tmp_path: Path) -> None:
    docs, writer = folder(tmp_path), MemoryWriter()
    async with ingesting(tmp_path / "k", writer, own_process=True) as ingest:
        report = await ingest.add([Source.of(str(docs), tags=("shop",))])
        known = await ingest.sources.documents()
    assert outcomes(report) == dict.fromkeys(("hours.txt", "returns.md", "handbook.docx", "prices.xlsx"), "added")
    [returns] = writer.of("returns.md")
    assert (returns.text, returns.title, returns.section) == (
        "Goods may be returned within thirty days.",
        "Returns",
        "",
    )
    assert (returns.tags, returns.url, len(returns.content_hash)) == (("shop",), "", 64)
    assert returns.fetched_at and returns.source == str(docs / "deep" / "returns.md")
    assert {one.place for one in writer.of("prices.xlsx")} == {"row 4 of Prices", "row 5 of Prices", "row 2 of Stores"}
    assert report.passages == len(writer.passages) == sum(one.passages for one in known.values())
    assert known[str(docs / "deep" / "returns.md")].kind == "markdown"
    assert len(writer.put_sizes) == 1


async def test_what_has_not_changed_is_neither_read_nor_written_again(tmp_path: Path) -> None:
    docs, writer = folder(tmp_path), MemoryWriter()
    async with ingesting(tmp_path / "k", writer) as ingest:
        await ingest.add([Source.of(str(docs))])
        before, writer.put_sizes = dict(writer.passages), []
        report = await ingest.add([Source.of(str(docs))])
        assert set(outcomes(report).values()) == {"unchanged"} and not writer.put_sizes
        await ingest.refresh(again=True)
    assert writer.passages.keys() == before.keys() and writer.put_sizes


async def test_what_changed_is_read_again_and_what_has_gone_is_forgotten(tmp_path: Path) -> None:
    docs, writer = folder(tmp_path), MemoryWriter()
    async with ingesting(tmp_path / "k", writer) as ingest:
        await ingest.add([Source.of(str(docs))])
        (docs / "hours.txt").write_text("We are open from ten to six.")
        (docs / "deep" / "returns.md").unlink()
        writer.put_sizes = []
        report = await ingest.refresh()
        assert outcomes(report) == {
            "hours.txt": "changed",
            "returns.md": "removed",
            "handbook.docx": "unchanged",
            "prices.xlsx": "unchanged",
        }
        assert [one.text for one in writer.of("hours.txt")] == ["We are open from ten to six."]
        assert not writer.of("returns.md") and writer.put_sizes == [1]
        assert str(docs / "deep" / "returns.md") not in await ingest.sources.documents()


async def test_of_a_long_document_only_what_changed_is_written(tmp_path: Path) -> None:
    path, writer = tmp_path / "stores.csv", MemoryWriter()

    def write(cities: list[str]) -> None:
        with path.open("w", newline="") as file:
            csv.writer(file).writerows([["Store", "City"], *([n, city] for n, city in enumerate(cities))])

    write([f"City {n}" for n in range(1000)])
    async with ingesting(tmp_path / "k", writer) as ingest:
        report = await ingest.add([Source.of(str(path))])
        assert (report.passages, max(writer.put_sizes)) == (1000, 256)
        writer.put_sizes = []
        write([f"City {n}" if n != 500 else "Rome" for n in range(999)])
        await ingest.refresh()
        assert sum(writer.put_sizes) == 1 and len(writer.passages) == 999
        assert sum("Rome" in text for text in writer.texts) == 1


async def test_other_tags_change_every_passage(tmp_path: Path) -> None:
    docs, writer = folder(tmp_path), MemoryWriter()
    async with ingesting(tmp_path / "k", writer) as ingest:
        await ingest.add([Source.of(str(docs))])
        count = len(writer.passages)
        await ingest.add([Source.of(str(docs), tags=("b", "a"))])
    assert {one.tags for one in writer.passages.values()} == {("a", "b")} and len(writer.passages) == count


async def test_bad_files_are_named_with_a_remedy_and_the_rest_comes_in(tmp_path: Path) -> None:
    docs, writer = folder(tmp_path), MemoryWriter()
    text = papers.pdf([papers.lines_of("A page of text that anybody can read.")])
    (docs / "corrupt.pdf").write_bytes(b"%PDF-1.4\n\x00garbage")
    (docs / "locked.pdf").write_bytes(papers.encrypted(text, "secret"))
    (docs / "scanned.pdf").write_bytes(papers.pdf([[]], pictures=[0]))
    papers.zip_bomb(docs / "bomb.docx")
    papers.zip_bomb(docs / "bomb.xlsx", member="xl/workbook.xml")
    (docs / "empty.txt").write_text("")
    (docs / "nothing.html").write_text("<html><body><script>x</script></body></html>")
    (docs / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    (docs / "really.pdf").write_text("In truth plain text, whatever it is called.")
    (docs / "mixed.txt").write_bytes("Grüße\n".encode() + "Café\n".encode("cp1252"))
    (docs / "loop").symlink_to(docs, target_is_directory=True)
    (docs / "dangling.txt").symlink_to(docs / "nowhere")
    async with ingesting(tmp_path / "k", writer, own_process=True) as ingest:
        report = await ingest.add([Source.of(str(docs))])
        again = await ingest.refresh()
    serious = {Path(one.document).name: one.code for one in report.faults if one.serious}
    assert serious == {
        "corrupt.pdf": "damaged",
        "locked.pdf": "encrypted",
        "scanned.pdf": "scanned",
        "bomb.docx": "bomb",
        "bomb.xlsx": "bomb",
        "empty.txt": "empty",
        "nothing.html": "no_text",
        "picture.png": "not_supported",
        "dangling.txt": "link_loop",
    }
    notes = {Path(one.document).name: one.code for one in report.faults if not one.serious}
    assert notes == {
        "really.pdf": "wrong_extension",
        "mixed.txt": "mixed_encodings",
        "loop": "link_loop",
        "prices.xlsx": "hidden_sheets",
    }
    assert all(one.remedy for one in report.faults if one.serious and one.code != "link_loop")
    assert report.count(Outcome.ADDED) == 6 and writer.of("handbook.docx") and writer.of("really.pdf")
    assert [fault.code for fault in again.faults] and again.count(Outcome.FAILED) == report.count(Outcome.FAILED)
    assert sorted(f.code for f in again.faults) == sorted(f.code for f in report.faults)


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is closed to the superuser")
async def test_a_file_that_may_not_be_read_is_named(tmp_path: Path) -> None:
    docs, writer = folder(tmp_path), MemoryWriter()
    (docs / "hours.txt").chmod(0)
    async with ingesting(tmp_path / "k", writer) as ingest:
        report = await ingest.add([Source.of(str(docs))])
    assert [(Path(one.document).name, one.code) for one in report.faults if one.serious] == [
        ("hours.txt", "unreadable")
    ]


async def test_a_document_that_breaks_keeps_what_its_last_good_version_said(tmp_path: Path) -> None:
    path, writer = tmp_path / "stores.csv", MemoryWriter()
    path.write_text("Store,City\n" + "".join(f"{n},City {n}\n" for n in range(600)))
    async with ingesting(tmp_path / "k", writer) as ingest:
        await ingest.add([Source.of(str(path))])
        before = dict(writer.passages)
        path.write_text("Store,City\n" + "".join(f"{n},Town {n}\n" for n in range(600)) + '7,"' + "x" * 1_200_000)
        report = await ingest.refresh()
        assert [(one.outcome, one.faults[0].code) for one in report.documents] == [(Outcome.FAILED, "damaged")]
        assert writer.passages == before
        path.write_text("Store,City\n1,Rome\n")
        await ingest.refresh()
    assert writer.texts == ["Store: 1; City: Rome"]


async def test_what_is_neither_file_nor_folder_is_passed_over(tmp_path: Path) -> None:
    docs, writer = tmp_path / "docs", MemoryWriter()
    docs.mkdir()
    os.mkfifo(docs / "b.txt")
    (docs / "a.txt").write_text("First.")
    (docs / "c.txt").write_text("Last.")
    async with ingesting(tmp_path / "k", writer) as ingest:
        report = await ingest.add([Source.of(str(docs))])
    assert sorted(writer.texts) == ["First.", "Last."] and len(report.documents) == 2


@pytest.mark.parametrize("place", ["pipe", "socket", "/dev/zero"])
async def test_what_might_never_end_is_no_source_and_no_document(tmp_path: Path, place: str) -> None:
    path, writer = tmp_path / place, MemoryWriter()
    before = tmp_path / "before.txt"
    before.write_text("Once a file.")
    if place == "pipe":
        os.mkfifo(path)
    elif place == "socket":
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(str(path))
    with pytest.raises(BadSource, match=f"{path} is a .*, not a file or a folder"):
        Source.of(str(path))
    async with ingesting(tmp_path / "k", writer) as ingest:
        await ingest.add([Source.of(str(before))])
        before.unlink()
        before.symlink_to(path)
        report = await ingest.refresh()
        assert [fault.code for fault in report.faults] == ["not_supported"] and writer.texts == ["Once a file."]


async def test_a_source_is_forgotten_with_all_that_it_says(tmp_path: Path) -> None:
    docs, writer = folder(tmp_path), MemoryWriter()
    other = tmp_path / "other.txt"
    other.write_text("Something else.")
    async with ingesting(tmp_path / "k", writer) as ingest:
        await ingest.add([Source.of(str(docs)), Source.of(str(other))])
        with pytest.raises(UnknownSource):
            await ingest.remove([str(docs), "nowhere"])
        assert len(writer.passages) > 1
        report = await ingest.remove([str(docs)])
        assert report.count(Outcome.REMOVED) == 4
        assert writer.texts == ["Something else."]
        assert [source.id for source in await ingest.sources.list()] == [str(other)]


async def test_a_document_belongs_to_the_source_that_names_it_most_closely(tmp_path: Path) -> None:
    docs, writer = folder(tmp_path), MemoryWriter()
    async with ingesting(tmp_path / "k", writer) as ingest:
        await ingest.add([Source.of(str(docs))])
        await ingest.add([Source.of(str(docs / "hours.txt"), tags=("hours",))])
        await ingest.refresh([str(docs)])
        assert [one.tags for one in writer.of("hours.txt")] == [("hours",)]
        await ingest.remove([str(docs / "hours.txt")])
        assert not writer.of("hours.txt")
        await ingest.refresh()
    assert [one.tags for one in writer.of("hours.txt")] == [()]


async def test_a_folder_that_is_away_loses_nothing(tmp_path: Path) -> None:
    docs, writer = folder(tmp_path), MemoryWriter()
    async with ingesting(tmp_path / "k", writer) as ingest:
        await ingest.add([Source.of(str(docs))])
        count = len(writer.passages)
        docs.rename(tmp_path / "elsewhere")
        report = await ingest.refresh()
    assert [one.code for one in report.faults] == ["missing"] and len(writer.passages) == count


async def test_a_file_that_was_deleted_is_forgotten(tmp_path: Path) -> None:
    path, writer = tmp_path / "a.txt", MemoryWriter()
    path.write_text("Something.")
    async with ingesting(tmp_path / "k", writer) as ingest:
        await ingest.add([Source.of(str(path))])
        path.unlink()
        report = await ingest.refresh()
    assert outcomes(report) == {"a.txt": "removed"} and not writer.passages


def test_what_is_no_source_is_refused(tmp_path: Path) -> None:
    for where in (str(tmp_path / "nowhere"), "ftp://example.com/", "http://"):
        with pytest.raises(BadSource):
            Source.of(where)
    with pytest.raises(BadSource, match="no URL"):
        Source.of(str(tmp_path), crawl=5)
    with pytest.raises(BadSource, match="30m, 12h, 1d or 2w"):
        Source.of(str(tmp_path), refresh_every="daily")
    with pytest.raises(BadSource, match="1 to 10000"):
        Source.of("https://example.com", crawl=0)


def test_a_source_is_due_when_its_time_has_come(tmp_path: Path) -> None:
    now = datetime(2026, 1, 2, tzinfo=UTC)
    assert seconds_of("2w") == 14 * 86_400
    never = Source.of(str(tmp_path))
    daily = Source.of(str(tmp_path), refresh_every="1d")
    assert not never.is_due(now) and daily.is_due(now)
    checked = replace(daily, checked_at=now.isoformat())
    assert not checked.is_due(now + timedelta(hours=23)) and checked.is_due(now + timedelta(hours=24))
