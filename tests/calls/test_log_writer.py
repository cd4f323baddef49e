"""A call's log is durable before anything leaves, whether or not the store is there."""

import asyncio
import logging
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.fakes.call import MovedClock
from tollfree.calls.log_writer import LogWriter
from tollfree.calls.spool import Spool, read_spool
from tollfree.calls.store.errors import CallClosed, OutOfSequence, StoreError, StoreFull, StoreUnavailable
from tollfree.calls.store.record import LogEntry, LogRecord
from tollfree.protocol.ids import CallId

CALL = CallId("c1")


def record(number: int) -> LogRecord:
    return LogRecord(at="2026-11-22T09:05:01-05:00", kind="event", type="caller_spoke", data={"n": number})


class Shelf:
    """A store that is there or away, refuses or hangs, as the test says."""

    def __init__(self) -> None:
        self.records: list[LogRecord] = []
        self.refuses: Callable[[], StoreError | None] = lambda: None
        self.keeps_all_the_same = False
        self.open = asyncio.Event()
        self.open.set()
        self.asked = 0

    async def append(self, call: CallId, records: Sequence[LogRecord], *, expected_seq: int) -> int:
        self.asked += 1
        await self.open.wait()
        refused = self.refuses()
        if refused is None or self.keeps_all_the_same:
            if expected_seq != len(self.records):
                raise OutOfSequence(call, expected_seq, len(self.records))
            self.records += records
        if refused is not None:
            raise refused
        return len(self.records)


class Rig:
    """A writer with a spool, and what its observer was told."""

    def __init__(self, home: Path, *, written: int = 0, retry_for_s: float = 10.0) -> None:
        self.shelf = Shelf()
        self.spool = Spool(home, CALL)
        self.observed: list[LogEntry] = []
        self.paused: list[float] = []
        self.wake = asyncio.Event()
        self.wake.set()
        self.writer = LogWriter(
            CALL,
            self.shelf,
            MovedClock(),
            observe=self.observed.append,
            pause=self._pause,
            retry_for_s=retry_for_s,
            written=written,
            spool=self.spool,
            spool_after_s=0.01,
        )

    async def _pause(self, seconds: float) -> None:
        self.paused.append(seconds)
        await self.wake.wait()
        await asyncio.sleep(0)

    async def write(self, *numbers: int) -> None:
        self.writer.add(*map(record, numbers))
        await self.writer.write()

    @property
    def spooled(self) -> list[int]:
        """What is in the spool file, for anybody who reads it."""
        if not self.spool.file.exists():
            return []
        read = read_spool(self.spool.file.read_bytes())
        assert not read.damaged
        return numbers(r for batch in read.batches for r in batch.records)

    def away(self) -> None:
        self.wake.clear()
        self.shelf.refuses = lambda: StoreUnavailable("The database is locked.")

    def back(self) -> None:
        self.shelf.refuses = lambda: None
        self.wake.set()


async def until(condition: Callable[[], bool]) -> None:
    """Lets everything else go on until something is so."""
    for _ in range(100_000):
        if condition():
            return
        await asyncio.sleep(0)
    raise AssertionError("it never came to that")


def numbers(records: object) -> list[int]:
    return [r.data["n"] for r in records]  # type: ignore[attr-defined]


async def test_a_store_that_is_there_gets_the_records_and_no_spool_is_made(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    await rig.write(0, 1)
    await rig.write(2)
    await rig.writer.finish()
    assert numbers(rig.shelf.records) == [0, 1, 2]
    assert not (tmp_path / "spool").exists()


async def test_a_store_that_is_away_costs_nothing_and_gets_everything_in_order_when_it_is_back(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    await rig.write(0)
    rig.away()
    for number in range(1, 6):
        await rig.write(number)
        assert rig.spooled[-1] == number
    assert numbers(rig.shelf.records) == [0]
    rig.back()
    await rig.writer.finish()
    assert numbers(rig.shelf.records) == [0, 1, 2, 3, 4, 5]
    assert not rig.spool.file.exists()


async def test_a_store_that_hangs_is_not_waited_for(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    rig.shelf.open.clear()
    await rig.write(0)
    await rig.write(1)
    assert (rig.spooled, rig.shelf.records) == ([0, 1], [])
    rig.shelf.open.set()
    await rig.writer.finish()
    assert numbers(rig.shelf.records) == [0, 1]


async def test_once_the_store_is_back_records_go_straight_to_it_again(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    rig.away()
    await rig.write(0)
    rig.back()
    await until(lambda: not rig.spool.file.exists())
    asked = rig.shelf.asked
    await rig.write(1)
    assert (numbers(rig.shelf.records), rig.shelf.asked - asked) == ([0, 1], 1)
    rig.away()
    await rig.write(2)
    assert rig.spooled == [2]
    rig.back()
    await rig.writer.finish()
    assert numbers(rig.shelf.records) == [0, 1, 2]


async def test_records_that_were_kept_although_the_answer_was_lost_are_kept_once(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    rig.away()
    rig.shelf.keeps_all_the_same = True
    await rig.write(0, 1)
    rig.wake.clear()
    await rig.write(2)
    rig.shelf.keeps_all_the_same = False
    rig.back()
    await rig.writer.finish()
    assert numbers(rig.shelf.records) == [0, 1, 2]


async def test_observers_are_told_once_when_records_are_in_the_spool(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    rig.away()
    await rig.write(0, 1)
    assert [entry.seq for entry in rig.observed] == [0, 1]
    rig.back()
    await rig.writer.finish()
    assert [(entry.seq, entry.record.data["n"]) for entry in rig.observed] == [(0, 0), (1, 1)]


async def test_a_call_that_is_taken_up_counts_on_from_its_log(tmp_path: Path) -> None:
    rig = Rig(tmp_path, written=2)
    rig.shelf.records = [record(0), record(1)]
    rig.away()
    await rig.write(2)
    rig.back()
    await rig.write(3)
    await rig.writer.finish()
    assert numbers(rig.shelf.records) == [0, 1, 2, 3]
    assert [entry.seq for entry in rig.observed] == [2, 3]


async def test_a_store_that_stays_away_leaves_the_spool_to_the_next_process_and_says_so(tmp_path: Path) -> None:
    rig = Rig(tmp_path, retry_for_s=0.01)
    rig.away()
    await rig.write(0, 1)
    with pytest.raises(StoreUnavailable, match="the last 2 records of call c1 wait in .*c1.jsonl") as left:
        await rig.writer.finish()
    assert left.value.retryable
    assert rig.spooled == [0, 1]


async def test_a_full_disk_is_told_as_without_a_spool(tmp_path: Path) -> None:
    rig = Rig(tmp_path, retry_for_s=1)
    rig.shelf.refuses = lambda: StoreFull("The disk is full.")
    with pytest.raises(StoreError, match="Of call c1, 0 records are kept and 2 are not") as refused:
        await rig.write(0, 1)
    assert refused.value.code == "store_full"
    assert sum(rig.paused) == pytest.approx(1)
    assert rig.spooled == []


async def test_a_spool_that_cannot_be_written_leaves_it_at_asking_the_store_again(tmp_path: Path) -> None:
    (tmp_path / "spool").write_text("in the way")
    rig = Rig(tmp_path)
    tries = iter([StoreUnavailable("Locked."), StoreUnavailable("Locked."), None])
    rig.shelf.refuses = lambda: next(tries)
    await rig.write(0)
    assert (numbers(rig.shelf.records), rig.paused) == ([0], [0.1, 0.2])
    rig.shelf.refuses = lambda: StoreUnavailable("Locked.")
    with pytest.raises(StoreError, match="Of call c1, 1 records are kept and 1 are not"):
        await rig.write(1)
    await rig.writer.close()


async def test_a_store_that_hangs_and_a_spool_that_cannot_be_written_keep_the_record_once(tmp_path: Path) -> None:
    (tmp_path / "spool").write_text("in the way")
    rig = Rig(tmp_path)
    rig.shelf.open.clear()
    writing = asyncio.ensure_future(rig.write(0))
    await asyncio.wait({writing}, timeout=0.05)
    assert not writing.done()
    rig.shelf.open.set()
    await writing
    await rig.writer.finish()
    assert (numbers(rig.shelf.records), rig.shelf.asked) == ([0], 1)


async def test_what_the_store_will_never_take_stays_in_the_spool_and_is_told(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    rig.away()
    await rig.write(0)
    rig.shelf.refuses = lambda: CallClosed(CALL)
    rig.wake.set()
    with pytest.raises(StoreError, match="0 records are kept and 1 are not"):
        await rig.writer.finish()
    assert rig.spooled == [0]


async def test_after_a_refusal_for_good_the_next_write_is_refused_too(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    rig = Rig(tmp_path)
    rig.away()
    await rig.write(0)
    rig.shelf.refuses = lambda: CallClosed(CALL)
    rig.wake.set()
    with caplog.at_level(logging.WARNING):
        await until(lambda: "the store refuses what is in the call's spool" in caplog.messages)
    with pytest.raises(StoreError, match="0 records are kept and 2 are not"):
        await rig.write(1)
    await rig.writer.close()


@pytest.mark.parametrize("away", [False, True])
async def test_writes_at_once_keep_every_record_once_and_in_order(tmp_path: Path, away: bool) -> None:
    rig = Rig(tmp_path)
    if away:
        rig.away()
    await asyncio.gather(*(rig.write(number) for number in range(20)))
    rig.back()
    await rig.writer.finish()
    assert numbers(rig.shelf.records) == list(range(20))
    assert [entry.seq for entry in rig.observed] == list(range(20))


@pytest.mark.parametrize("steps", range(12))
@pytest.mark.parametrize("hangs", [False, True])
async def test_a_write_that_is_cancelled_anywhere_loses_nothing_and_doubles_nothing(
    tmp_path: Path, steps: int, hangs: bool
) -> None:
    rig = Rig(tmp_path)
    if hangs:
        rig.shelf.open.clear()
    else:
        rig.away()
    rig.writer.add(record(0), record(1))
    writing = asyncio.ensure_future(rig.writer.write())
    for _ in range(steps):
        await asyncio.wait({writing}, timeout=0.002)
    writing.cancel()
    await asyncio.wait({writing})
    rig.shelf.open.set()
    rig.back()
    await rig.write(2)
    await rig.writer.finish()
    assert numbers(rig.shelf.records) == [0, 1, 2]
    assert [entry.seq for entry in rig.observed] == [0, 1, 2]
    assert not rig.spool.file.exists()


async def test_spool_files_are_the_users_own(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    rig.away()
    await rig.write(0)
    assert os.stat(rig.spool.file).st_mode & 0o777 == 0o600
    assert os.stat(rig.spool.file.parent).st_mode & 0o777 == 0o700
    await rig.writer.close()
