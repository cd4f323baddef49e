"""A recording has both sides at their moments, survives what befalls the disk and the process, and fails no call."""

import asyncio
import resource
import signal
import stat
import subprocess
import sys
import wave
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tollfree.calls.recorder import Recorder, Recording
from tollfree.calls.recording_files import RATE, Format, Stereo, free_name, read_recording
from tollfree.calls.recording_sides import Side
from tollfree.calls.virtual_time import run_virtually
from tollfree.protocol.audio import Samples
from tollfree.protocol.clock import Clock

FORMATS: list[Format] = ["wav", "opus"]


def tone(ms: float, rate: int, hz: float = 500.0) -> Samples:
    return (9000 * np.sin(2 * np.pi * hz * np.arange(round(rate * ms / 1000)) / rate)).astype(np.int16)


def silence(ms: float, rate: int) -> Samples:
    return np.zeros(round(rate * ms / 1000), np.int16)


def spans(side: Samples) -> list[tuple[float, float]]:
    """When it is loud, in ms, to the millisecond; gaps below 5 ms are none."""
    frames = np.abs(side[: len(side) // 24 * 24].reshape(-1, 24).astype(np.int32)).max(axis=1) > 2000
    edges = np.flatnonzero(np.diff(np.concatenate([[0], frames.astype(np.int8), [0]]))).reshape(-1, 2)
    joined: list[tuple[float, float]] = []
    for start, end in edges:
        if joined and start - joined[-1][1] < 5:
            joined[-1] = (joined[-1][0], float(end))
        else:
            joined.append((float(start), float(end)))
    return joined


def about(*expected: tuple[float, float]) -> list[object]:
    return [pytest.approx(span, abs=6) for span in expected]


def feed(recorder: Recorder, caller: Samples, agent: Samples, *, from_ms: float = 0.0) -> None:
    """Both sides in frames of 20 ms, each at its moment."""
    for tick in range(max(len(caller) // 320, len(agent) // 480)):
        at_ms = from_ms + tick * 20.0
        recorder.caller(caller[tick * 320 : tick * 320 + 320], at_ms)
        recorder.agent(agent[tick * 480 : tick * 480 + 480], at_ms)


def record(
    file: Path, work: Callable[[Recorder, Clock], Awaitable[None]], format: Format = "wav"
) -> tuple[Recording, list[str]]:
    told: list[str] = []

    async def main(clock: Clock) -> Recording:
        recorder = Recorder(file, format, stopped=told.append)
        await work(recorder, clock)
        return await recorder.close()

    return run_virtually(main), told


@pytest.mark.parametrize("format", FORMATS)
def test_both_sides_are_where_they_belong(tmp_path: Path, format: Format) -> None:
    async def work(recorder: Recorder, clock: Clock) -> None:
        caller = np.concatenate([silence(1500, 16_000), tone(700, 16_000), silence(800, 16_000)])
        agent = np.concatenate([tone(1000, 24_000), silence(1500, 24_000), tone(500, 24_000)])
        feed(recorder, caller, agent)

    recording, told = record(tmp_path / f"a.{format}", work, format)
    both = read_recording(recording.file)
    assert spans(both[:, 0]) == about((1500, 2200))
    assert spans(both[:, 1]) == about((0, 1000), (2500, 3000))
    assert recording.seconds == pytest.approx(3, abs=0.001)
    assert recording.bytes == recording.file.stat().st_size
    assert (recording.stopped, told) == ("", [])


def test_the_agents_side_of_a_wav_is_exact_and_the_callers_is_what_was_heard(tmp_path: Path) -> None:
    caller, agent = tone(4000, 16_000), np.random.default_rng(1).integers(-9000, 9000, 96_000).astype(np.int16)

    async def work(recorder: Recorder, clock: Clock) -> None:
        feed(recorder, caller, agent)

    recording, _ = record(tmp_path / "a.wav", work)
    both = read_recording(recording.file)
    assert np.array_equal(both[:, 1], agent)
    assert np.abs(both[240:-240, 0].astype(int) - tone(4000, 24_000)[240:-240]).max() < 60


def test_one_side_is_not_heard_on_the_other(tmp_path: Path) -> None:
    async def work(recorder: Recorder, clock: Clock) -> None:
        feed(recorder, silence(3000, 16_000), tone(3000, 24_000))

    recording, _ = record(tmp_path / "a.opus", work, "opus")
    both = read_recording(recording.file).astype(np.float64)
    assert np.sqrt(np.mean(both[:, 0] ** 2)) < np.sqrt(np.mean(both[:, 1] ** 2)) / 1000


def test_a_muted_caller_leaves_silence_and_comes_back_in_place(tmp_path: Path) -> None:
    async def work(recorder: Recorder, clock: Clock) -> None:
        feed(recorder, tone(1000, 16_000), silence(1000, 24_000))
        feed(recorder, silence(0, 16_000), tone(5000, 24_000), from_ms=1000)
        feed(recorder, tone(1000, 16_000), silence(1000, 24_000), from_ms=6000)

    both = read_recording(record(tmp_path / "a.wav", work)[0].file)
    assert spans(both[:, 0]) == about((0, 1000), (6000, 7000))
    assert spans(both[:, 1]) == about((1000, 6000))


def test_a_caller_who_joins_late_is_recorded_late(tmp_path: Path) -> None:
    async def work(recorder: Recorder, clock: Clock) -> None:
        feed(recorder, silence(0, 16_000), tone(3000, 24_000))
        feed(recorder, tone(500, 16_000), silence(0, 24_000), from_ms=2500)

    assert spans(read_recording(record(tmp_path / "a.wav", work)[0].file)[:, 0]) == about((2500, 3000))


def test_a_call_without_a_sound_leaves_no_file(tmp_path: Path) -> None:
    async def work(recorder: Recorder, clock: Clock) -> None:
        recorder.caller(silence(0, 16_000), 0)

    recording, told = record(tmp_path / "a.wav", work)
    assert (recording.bytes, recording.seconds, recording.file.exists(), told) == (0, 0.0, False, [])


def test_minutes_in_which_neither_side_was_heard_are_minutes(tmp_path: Path) -> None:
    async def work(recorder: Recorder, clock: Clock) -> None:
        feed(recorder, tone(1000, 16_000), tone(1000, 24_000))
        feed(recorder, tone(1000, 16_000), tone(1000, 24_000), from_ms=300_000)

    recording, _ = record(tmp_path / "a.opus", work, "opus")
    assert recording.seconds == pytest.approx(301, abs=0.001)
    assert recording.bytes < 2_500_000


def test_moments_that_cannot_be_are_taken_for_the_next(tmp_path: Path) -> None:
    async def work(recorder: Recorder, clock: Clock) -> None:
        for at_ms in (0.0, float("nan"), float("inf"), 1e300, -5.0):
            recorder.caller(tone(20, 16_000), at_ms)
        recorder.agent(tone(100, 24_000), 0.0)

    recording, _ = record(tmp_path / "a.wav", work)
    assert recording.seconds == pytest.approx(0.1, abs=0.021)


# Laying out


def lay(side: Side, frames: list[tuple[float, Samples]], end_ms: float) -> Samples:
    """As the recorder does: frames as they come, laid out every second with a second of patience."""
    out, next_ms = [np.zeros(0, np.int16)], 1000.0
    for at_ms, samples in frames:
        while at_ms >= next_ms:
            out.append(side.until(next_ms - 1000))
            next_ms += 1000
        side.add(samples, at_ms)
    return np.concatenate([*out, side.until(end_ms)])


def test_frames_that_come_late_and_at_once_are_put_where_they_were_said() -> None:
    said = np.arange(16_000 * 4, dtype=np.int16) | 1
    frames = [(tick * 20.0, said[tick * 320 : tick * 320 + 320]) for tick in range(200)]
    late = [(1400.0 if 1000 <= at < 1400 else at, samples) for at, samples in frames]
    side = Side(16_000)
    assert np.array_equal(lay(side, late, 4000), said)
    assert (side.dropped_ms, side.filled_ms) == (0, 0)


def test_frames_that_jitter_are_left_together() -> None:
    jitter = np.random.default_rng(3).exponential(8, 500)
    said = tone(10_000, 16_000)
    frames = [(tick * 20.0 + jitter[tick], said[tick * 320 : tick * 320 + 320]) for tick in range(500)]
    laid = lay(Side(16_000), frames, 10_000)
    first = int(np.flatnonzero(laid)[0])
    assert np.array_equal(laid[first : first + 150_000], said[1:150_001])


@pytest.mark.parametrize("parts_per_million", [-300, 300])
def test_a_caller_whose_clock_is_wrong_stays_aligned_for_an_hour(parts_per_million: int) -> None:
    """Each second the caller clicks their tongue: an hour later it is still recorded when it was heard."""
    side, rate, seconds = Side(16_000), 1 + parts_per_million / 1e6, 3600
    second = np.zeros(16_000, np.int16)
    second[8000:8080] = 20_000
    frames = [
        ((number + part / 20) * 1000 / rate, second[part * 800 : part * 800 + 800])
        for number in range(seconds)
        for part in range(20)
    ]
    laid = lay(side, frames, seconds * 1000 / rate)
    clicks = np.flatnonzero(np.diff((laid > 10_000).astype(np.int8)) == 1) / 16
    expected = (np.arange(seconds) + 0.5) * 1000 / rate
    assert len(clicks) == seconds
    assert np.abs(clicks - expected).max() < 20


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 400), st.integers(1, 1600)), max_size=60))
def test_whatever_comes_a_side_is_never_shorter_than_the_call_nor_much_longer(frames: list[tuple[float, int]]) -> None:
    side, at_ms, timed = Side(16_000), 0.0, list[tuple[float, Samples]]()
    for wait_ms, count in frames:
        at_ms += wait_ms
        timed.append((at_ms, np.ones(count, np.int16)))
    end_ms = max((at + len(samples) / 16 for at, samples in timed), default=0.0)
    laid = len(lay(side, timed, end_ms)) / 16
    received_ms = sum(count for _, count in frames) / 16
    assert laid == pytest.approx(received_ms + side.filled_ms - side.dropped_ms, abs=1)
    assert laid >= end_ms - 20
    assert laid <= end_ms + 20 + 100 * (len(timed) > 0)


# What can go wrong


@pytest.mark.parametrize("format", FORMATS)
def test_a_process_that_is_killed_leaves_what_it_had_recorded(tmp_path: Path, format: Format) -> None:
    program = """
import asyncio, os, signal, sys
from pathlib import Path
from tests.calls.test_recorder import feed, tone
from tollfree.calls.recorder import Recorder
from tollfree.calls.virtual_time import run_virtually

async def main(clock):
    recorder = Recorder(Path(sys.argv[1]), sys.argv[2])
    for second in range(20):
        feed(recorder, tone(1000, 16_000), tone(1000, 24_000), from_ms=second * 1000)
        await clock.sleep(1)
    os.kill(os.getpid(), signal.SIGKILL)

run_virtually(main)
"""
    file = tmp_path / f"a.{format}"
    root = Path(__file__).parents[2]
    result = subprocess.run([sys.executable, "-c", program, str(file), format], cwd=root, check=False)
    assert result.returncode == -signal.SIGKILL
    both = read_recording(file)
    assert len(both) / RATE >= 17
    assert np.abs(both[RATE:-RATE]).max(axis=0).min() > 8000


@contextmanager
def file_size_limit(limit: int) -> Iterator[None]:
    """No file of this process can grow beyond so many bytes: to whoever writes, a full disk."""
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, handler)


@pytest.mark.parametrize("format", FORMATS)
def test_a_full_disk_stops_the_recording_says_so_once_and_leaves_what_there_was(tmp_path: Path, format: Format) -> None:
    async def work(recorder: Recorder, clock: Clock) -> None:
        for second in range(60):
            feed(recorder, tone(1000, 16_000), tone(1000, 24_000), from_ms=second * 1000)
            await clock.sleep(1)

    with file_size_limit(1_000_000 if format == "wav" else 100_000):
        recording, told = record(tmp_path / f"a.{format}", work, format)
    assert told == [recording.stopped]
    assert "large" in recording.stopped
    seconds = len(read_recording(recording.file)) / RATE
    assert 5 < seconds < 60
    assert recording.seconds == pytest.approx(seconds, abs=2)


@pytest.mark.parametrize("format", FORMATS)
def test_a_place_that_cannot_be_written_stops_the_recording_and_not_the_call(tmp_path: Path, format: Format) -> None:
    async def work(recorder: Recorder, clock: Clock) -> None:
        for second in range(3):
            feed(recorder, tone(1000, 16_000), tone(1000, 24_000), from_ms=second * 1000)
            await clock.sleep(1)

    (tmp_path / "no-folder").write_text("")
    recording, told = record(tmp_path / "no-folder" / f"a.{format}", work, format)
    assert (recording.bytes, recording.seconds) == (0, 0)
    assert told == [recording.stopped]
    assert recording.stopped


def test_nobody_else_can_read_it(tmp_path: Path) -> None:
    async def work(recorder: Recorder, clock: Clock) -> None:
        feed(recorder, tone(100, 16_000), tone(100, 24_000))

    for format in FORMATS:
        recording, _ = record(tmp_path / "calls" / f"a.{format}", work, format)
        assert stat.S_IMODE(recording.file.stat().st_mode) == 0o600


def test_a_wav_is_one_that_any_program_reads(tmp_path: Path) -> None:
    async def work(recorder: Recorder, clock: Clock) -> None:
        feed(recorder, tone(1000, 16_000), tone(1000, 24_000))

    with wave.open(str(record(tmp_path / "a.wav", work)[0].file)) as file:
        assert file.getparams()[:4] == (2, 2, 24_000, 24_000)


def test_sound_after_the_end_is_ignored_and_closing_again_gives_the_same(tmp_path: Path) -> None:
    async def main(clock: Clock) -> tuple[Recording, Recording]:
        recorder = Recorder(tmp_path / "a.wav", "wav")
        feed(recorder, tone(500, 16_000), tone(500, 24_000))
        first = await recorder.close()
        feed(recorder, tone(500, 16_000), tone(500, 24_000), from_ms=500)
        return first, await recorder.close()

    first, second = run_virtually(main)
    assert first == second
    assert first.seconds == pytest.approx(0.5)


def test_a_close_that_is_cancelled_finishes_the_file(tmp_path: Path) -> None:
    async def main() -> None:
        recorder = Recorder(tmp_path / "a.wav", "wav")
        feed(recorder, tone(2000, 16_000), tone(2000, 24_000))
        task = asyncio.create_task(recorder.close())
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await recorder.close()

    asyncio.run(main())
    assert len(read_recording(tmp_path / "a.wav")) == 2 * RATE


def test_the_second_part_of_a_call_has_a_name_of_its_own(tmp_path: Path) -> None:
    file = tmp_path / "call.opus"
    assert free_name(file) == file
    file.touch()
    assert free_name(file) == tmp_path / "call-2.opus"
    (tmp_path / "call-2.opus").touch()
    assert free_name(file) == tmp_path / "call-3.opus"


def test_what_is_no_recording_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.opus").write_text("nothing")
    with pytest.raises((OSError, ValueError)):
        read_recording(tmp_path / "a.opus")


def test_the_same_call_is_recorded_the_same(tmp_path: Path) -> None:
    async def work(recorder: Recorder, clock: Clock) -> None:
        for second in range(5):
            feed(recorder, tone(1000, 16_000), tone(1000, 24_000), from_ms=second * 1000)
            await clock.sleep(1)

    def sound(name: str) -> Stereo:
        return read_recording(record(tmp_path / name, work, "opus")[0].file)

    assert np.array_equal(sound("a.opus"), sound("b.opus"))
