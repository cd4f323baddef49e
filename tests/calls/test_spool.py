"""What a spool file holds is durable line by line, and reaches the store once, in order, whoever delivers it."""

import asyncio
import os
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.calls.store.conftest import ROOT
from tests.calls.store.shop import SHOP, furnish, make_call
from tests.calls.store.shop import records as made
from tests.fakes.call import MovedClock
from tollfree.calls.delivery import REFUSED, Delivered, deliver_spools, is_spooled
from tollfree.calls.log_writer import LogWriter
from tollfree.calls.spool import Batch, CannotSpool, Spool, read_spool, to_line
from tollfree.calls.store.errors import StoreFull
from tollfree.calls.store.record import LogRecord
from tollfree.calls.store.store import Store
from tollfree.protocol.ids import CallId

CALL = CallId("c1")


def batches(*sizes: int) -> list[Batch]:
    """Writes of so many records, one after another."""
    found: list[Batch] = []
    for size in sizes:
        first = found[-1].end if found else 0
        found.append(Batch(first, tuple(made(first + size)[first:])))
    return found


def joined(written: Sequence[Batch]) -> list[LogRecord]:
    return [record for batch in written for record in batch.records]


async def begun(store: Store) -> None:
    await furnish(store, SHOP)
    await store.calls.begin(make_call(CALL))


async def spooled(home: Path, written: Sequence[Batch]) -> Path:
    """A spool file that its process has left."""
    spool = Spool(home, CALL)
    for batch in written:
        await spool.append(batch)
    await spool.close()
    return spool.file


async def stored(store: Store) -> list[LogRecord]:
    return [entry.record async for entry in store.log.stream(CALL)]


# The file


WRITTEN = batches(3, 1, 2)
WHOLE = b"".join(map(to_line, WRITTEN))


@pytest.mark.parametrize("length", range(0, len(WHOLE) + 1, 7))
def test_a_file_that_was_cut_short_anywhere_gives_the_writes_that_were_whole(length: int) -> None:
    read = read_spool(WHOLE[:length])
    ends = [len(b"".join(map(to_line, WRITTEN[:count]))) for count in range(len(WRITTEN) + 1)]
    assert list(read.batches) == WRITTEN[: sum(end <= length for end in ends) - 1]
    assert not read.damaged


@settings(max_examples=100, deadline=None)
@given(st.integers(0, len(WHOLE) - 1), st.integers(1, 255))
def test_a_changed_byte_is_noticed_and_what_came_before_it_is_read(place: int, change: int) -> None:
    content = bytearray(WHOLE)
    content[place] ^= change
    read = read_spool(bytes(content))
    whole = WHOLE[:place].count(b"\n")
    assert list(read.batches) == WRITTEN[:whole]
    assert read.damaged == (place < len(WHOLE) - 1)


def test_a_line_that_does_not_follow_the_one_before_is_damage() -> None:
    first, _, third = WRITTEN
    assert read_spool(to_line(first) + to_line(third)).damaged


async def test_two_writers_of_one_call_do_not_mix(tmp_path: Path) -> None:
    first, second = Spool(tmp_path, CALL), Spool(tmp_path, CALL)
    await first.append(WRITTEN[0])
    with pytest.raises(CannotSpool, match="cannot be written"):
        await second.append(WRITTEN[0])
    await first.close()
    await second.close()
    assert os.listdir(tmp_path / "spool") == ["c1.jsonl"]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no device that is always full")
async def test_a_full_disk_is_told_and_the_file_stays_whole(tmp_path: Path) -> None:
    spool = Spool(tmp_path, CALL)
    await spool.append(WRITTEN[0])
    full = os.open("/dev/full", os.O_WRONLY)
    kept = os.dup(spool._descriptor or 0)  # noqa: SLF001  # the disk fills up, as it were
    os.dup2(full, spool._descriptor or 0)  # noqa: SLF001
    with pytest.raises((StoreFull, CannotSpool)):
        await spool.append(WRITTEN[1])
    os.dup2(kept, spool._descriptor or 0)  # noqa: SLF001
    await spool.append(WRITTEN[1])
    assert read_spool(spool.file.read_bytes()).batches == tuple(WRITTEN[:2])
    await spool.close()
    os.close(full)
    os.close(kept)


# Its delivery


async def test_what_was_left_is_delivered_and_the_file_is_gone(kept: Store, tmp_path: Path) -> None:
    await begun(kept)
    file = await spooled(tmp_path, WRITTEN)
    assert is_spooled(tmp_path, CALL)
    assert await deliver_spools(kept, tmp_path) == (Delivered(call=CALL, records=6),)
    assert await stored(kept) == joined(WRITTEN)
    assert not file.exists()
    assert await deliver_spools(kept, tmp_path) == ()


@pytest.mark.parametrize("there", [1, 3, 4, 6])
async def test_what_the_store_has_already_is_not_written_twice(kept: Store, tmp_path: Path, there: int) -> None:
    await begun(kept)
    await spooled(tmp_path, WRITTEN)
    await kept.log.append(CALL, joined(WRITTEN)[:there], expected_seq=0)
    assert [one.problem for one in await deliver_spools(kept, tmp_path)] == [""]
    assert await stored(kept) == joined(WRITTEN)
    assert not is_spooled(tmp_path, CALL)


async def test_a_call_that_has_ended_with_everything_in_its_log_only_loses_the_file(
    kept: Store, tmp_path: Path
) -> None:
    await begun(kept)
    await spooled(tmp_path, WRITTEN)
    await kept.log.append(CALL, joined(WRITTEN), expected_seq=0)
    await kept.calls.end(CALL, ended_at=MovedClock().now(), outcome="bye", state={})
    assert [one.problem for one in await deliver_spools(kept, tmp_path)] == [""]
    assert not is_spooled(tmp_path, CALL)


async def test_a_log_that_went_on_without_its_spool_is_told_and_the_spool_is_kept_aside(
    kept: Store, tmp_path: Path
) -> None:
    await begun(kept)
    file = await spooled(tmp_path, WRITTEN)
    await kept.log.append(CALL, made(1, text="something else"), expected_seq=0)
    [told] = await deliver_spools(kept, tmp_path)
    assert "holds something else from record 0 on" in told.problem and REFUSED in told.problem
    assert not file.exists() and file.with_suffix(REFUSED).read_bytes() == WHOLE
    assert await deliver_spools(kept, tmp_path) == ()


async def test_a_gap_between_log_and_spool_is_told(kept: Store, tmp_path: Path) -> None:
    await begun(kept)
    await spooled(tmp_path, WRITTEN[1:])
    [told] = await deliver_spools(kept, tmp_path)
    assert "has 0 records, and what is to be added begins at 3" in told.problem


async def test_a_damaged_file_gives_what_came_before_and_is_kept_aside(kept: Store, tmp_path: Path) -> None:
    await begun(kept)
    file = await spooled(tmp_path, WRITTEN)
    content = bytearray(file.read_bytes())
    content[len(to_line(WRITTEN[0])) + 12] ^= 1
    file.write_bytes(content)
    [told] = await deliver_spools(kept, tmp_path)
    assert (told.records, "damaged after its first 3 records" in told.problem) == (3, True)
    assert await stored(kept) == joined(WRITTEN[:1])


async def test_a_spool_that_is_being_written_is_left_alone(kept: Store, tmp_path: Path) -> None:
    await begun(kept)
    spool = Spool(tmp_path, CALL)
    await spool.append(WRITTEN[0])
    assert await deliver_spools(kept, tmp_path) == ()
    assert spool.file.exists()
    await spool.close()
    assert len(await deliver_spools(kept, tmp_path)) == 1


async def test_a_call_of_another_database_keeps_its_spool(kept: Store, tmp_path: Path) -> None:
    await spooled(tmp_path, WRITTEN)
    assert await deliver_spools(kept, tmp_path) == ()
    assert is_spooled(tmp_path, CALL)


async def test_a_store_that_is_still_away_keeps_the_spool_for_later(tmp_path: Path) -> None:
    file = tmp_path / "tollfree.db"
    async with await Store.open(f"sqlite:///{file}", wait_ms=20) as store:
        await begun(store)
        await spooled(tmp_path, WRITTEN)
        with closing(sqlite3.connect(file, isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            [told] = await deliver_spools(store, tmp_path)
            assert "locked" in told.problem and is_spooled(tmp_path, CALL)
        assert [one.records for one in await deliver_spools(store, tmp_path)] == [6]


# A whole store that goes away


async def test_a_call_writes_on_while_its_database_is_locked_and_loses_nothing(tmp_path: Path) -> None:
    file = tmp_path / "tollfree.db"
    async with await Store.open(f"sqlite:///{file}", wait_ms=5_000) as store:
        await begun(store)
        writer = LogWriter(CALL, store.log, MovedClock(), spool=Spool(tmp_path, CALL), spool_after_s=0.02)
        every = made(40)
        with closing(sqlite3.connect(file, isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            for record in every[:30]:
                writer.add(record)
                await writer.write()
            assert is_spooled(tmp_path, CALL)
            other.execute("ROLLBACK")
        for record in every[30:]:
            writer.add(record)
            await writer.write()
        await writer.finish()
        assert await stored(store) == every
        assert not is_spooled(tmp_path, CALL)


PROGRAM = """
import asyncio, pathlib, sys
from tests.calls.store.shop import records
from tests.fakes.call import MovedClock
from tollfree.calls.log_writer import LogWriter
from tollfree.calls.spool import Spool
from tollfree.calls.store.store import Store

async def main(home):
    async with await Store.open(f"sqlite:///{home / 'tollfree.db'}", wait_ms=5_000) as store:
        writer = LogWriter("c1", store.log, MovedClock(), spool=Spool(home, "c1"), spool_after_s=0.02)
        for place, record in enumerate(records(10_000)):
            writer.add(record)
            await writer.write()
            sys.stdout.write(f"{place + 1}\\n")
            sys.stdout.flush()

asyncio.run(main(pathlib.Path(sys.argv[1])))
"""


def writing(home: Path) -> "subprocess.Popen[str]":
    """Another process that writes the log of the call, and prints how much of it is kept."""
    return subprocess.Popen([sys.executable, "-c", PROGRAM, str(home)], stdout=subprocess.PIPE, text=True, cwd=ROOT)


@pytest.mark.parametrize("locked", [True, False])
async def test_what_a_killed_process_had_acknowledged_is_in_the_log_after_a_delivery(
    tmp_path: Path, locked: bool
) -> None:
    file = tmp_path / "tollfree.db"
    async with await Store.open(f"sqlite:///{file}") as store:
        await begun(store)
        with closing(sqlite3.connect(file, isolation_level=None)) as other:
            with writing(tmp_path) as process:
                assert process.stdout is not None
                lines = [await asyncio.to_thread(process.stdout.readline) for _ in range(5)]
                other.execute("BEGIN EXCLUSIVE")
                lines += [await asyncio.to_thread(process.stdout.readline) for _ in range(20)]
                if not locked:
                    other.execute("ROLLBACK")
                    lines += [await asyncio.to_thread(process.stdout.readline) for _ in range(20)]
                process.kill()
                lines += await asyncio.to_thread(process.stdout.readlines)
            if locked:
                other.execute("ROLLBACK")
        acknowledged = int([line for line in lines if line.endswith("\n")][-1])
        await deliver_spools(store, tmp_path)
        found = await stored(store)
        assert found == made(len(found)) and len(found) >= acknowledged
        assert not is_spooled(tmp_path, CALL)
