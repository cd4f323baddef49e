"""Waiting costs nothing, work stands still, and the machine's own events still arrive."""

import asyncio
import socket
import subprocess
import sys
import threading
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from tollfree.calls.virtual_time import START, VirtualClock, VirtualTimeLoop, run_virtually
from tollfree.protocol.clock import Clock


def test_an_hour_of_sleep_moves_the_clock_by_an_hour_and_nothing_else() -> None:
    async def main(clock: Clock) -> tuple[float, timedelta]:
        await clock.sleep(3600)
        return clock.elapsed_ms(), clock.now() - START

    assert run_virtually(main) == (3_600_000, timedelta(hours=1))


def test_timers_fire_in_the_order_of_their_moments() -> None:
    async def main(clock: Clock) -> list[tuple[str, float]]:
        fired: list[tuple[str, float]] = []

        async def after(seconds: float, name: str) -> None:
            await clock.sleep(seconds)
            fired.append((name, clock.elapsed_ms()))

        await asyncio.gather(after(0.3, "c"), after(0.1, "a"), after(86_400 * 3, "d"), after(0.2, "b"))
        return fired

    assert run_virtually(main) == [("a", 100), ("b", 200), ("c", 300), ("d", 259_200_000)]


def test_ten_thousand_ticks_end_where_they_should() -> None:
    async def main(clock: Clock) -> float:
        for tick in range(1, 10_001):
            await clock.sleep(tick * 0.02 - clock.elapsed_ms() / 1000)
        return clock.elapsed_ms()

    assert run_virtually(main) == pytest.approx(200_000, abs=1e-3)


def test_time_stands_still_while_a_thread_works() -> None:
    async def main(clock: Clock) -> tuple[float, int]:
        ticks = 0

        async def ticking() -> None:
            nonlocal ticks
            while True:
                await clock.sleep(0.001)
                ticks += 1

        task = asyncio.create_task(ticking())
        await asyncio.to_thread(threading.Event().wait, 0.05)
        task.cancel()
        return clock.elapsed_ms(), ticks

    assert run_virtually(main) == (0, 0)


def test_time_stands_still_while_somebody_works() -> None:
    async def main(clock: Clock) -> float:
        loop, over = asyncio.get_running_loop(), asyncio.Event()
        timer = loop.call_later(0.001, over.set)
        thread = threading.Timer(0.05, lambda: loop.call_soon_threadsafe(over.set))
        thread.start()
        with clock.working():
            await over.wait()
        timer.cancel()
        thread.join()
        return clock.elapsed_ms()

    assert run_virtually(main) == 0


def test_who_sleeps_inside_work_does_not_work() -> None:
    async def main(clock: Clock) -> float:
        with clock.working(), clock.working():
            await clock.sleep(5)
            assert clock.elapsed_ms() == 5000
        await clock.sleep(1)
        return clock.elapsed_ms()

    assert run_virtually(main) == 6000


def test_the_work_of_one_holds_the_sleep_of_another() -> None:
    async def main(clock: Clock) -> list[str]:
        order: list[str] = []

        async def works() -> None:
            with clock.working():
                await asyncio.to_thread(threading.Event().wait, 0.02)
                order.append("worked")

        async def sleeps() -> None:
            with clock.working():
                await clock.sleep(0.001)
                order.append("slept")

        await asyncio.gather(sleeps(), works())
        return order

    assert run_virtually(main) == ["worked", "slept"]


def test_a_task_begun_inside_work_that_sleeps_later_leaves_no_work_behind() -> None:
    async def main(clock: Clock) -> tuple[float, float]:
        with clock.working():
            child = asyncio.create_task(clock.sleep(1))
            await asyncio.to_thread(threading.Event().wait, 0.01)
            during = clock.elapsed_ms()
        await child
        await clock.sleep(1)
        return during, clock.elapsed_ms()

    assert run_virtually(main) == (0, 2000)


def test_work_inside_a_generator_that_is_closed_elsewhere_ends() -> None:
    async def main(clock: Clock) -> float:
        async def working() -> AsyncGenerator[int]:
            with clock.working():
                yield 1
                yield 2

        generator = working()
        await anext(generator)
        await asyncio.create_task(generator.aclose())
        await clock.sleep(1)
        return clock.elapsed_ms()

    assert run_virtually(main) == 1000


def test_work_that_waits_for_time_gets_it_in_the_end() -> None:
    async def main() -> float:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualTimeLoop)
        clock = VirtualClock(loop)
        with clock.working(), pytest.raises(TimeoutError):
            async with asyncio.timeout(0.03):
                await asyncio.Event().wait()
        return clock.elapsed_ms()

    with asyncio.Runner(loop_factory=lambda: VirtualTimeLoop(stalled_after_s=0.02)) as runner:
        assert runner.run(main()) == pytest.approx(30, abs=0.1)


def test_results_arrive_in_the_order_of_the_jobs_whichever_thread_is_first() -> None:
    async def main(clock: Clock) -> list[str]:
        second_is_done, order = threading.Event(), list[str]()

        async def job(name: str, work: Callable[[], object]) -> None:
            await asyncio.to_thread(work)
            order.append(name)

        await asyncio.gather(job("first", lambda: second_is_done.wait(10)), job("second", second_is_done.set))
        return order

    assert run_virtually(main) == ["first", "second"]


def test_a_job_that_waits_for_a_later_one_to_be_told_is_not_waited_for_for_ever() -> None:
    async def main() -> list[str]:
        told, order = threading.Event(), list[str]()

        async def first() -> None:
            await asyncio.to_thread(told.wait, 10)
            order.append("first")

        async def second() -> None:
            await asyncio.to_thread(int)
            order.append("second")
            told.set()

        await asyncio.gather(first(), second())
        return order

    with asyncio.Runner(loop_factory=lambda: VirtualTimeLoop(stalled_after_s=0.02)) as runner:
        assert runner.run(main()) == ["second", "first"]


def test_a_job_that_was_given_up_still_holds_time_until_its_thread_is_done() -> None:
    async def main(clock: Clock) -> bool:
        done, go_on = threading.Event(), threading.Event()

        def work() -> None:
            go_on.wait(0.05)
            done.set()

        loop = asyncio.get_running_loop()
        begun = asyncio.Event()
        with ThreadPoolExecutor(1) as thread:
            future = loop.run_in_executor(thread, lambda: (loop.call_soon_threadsafe(begun.set), work()))
            await begun.wait()
            future.cancel()
            await clock.sleep(1)
            return done.is_set()

    assert run_virtually(main)


def test_a_job_that_never_began_holds_nothing() -> None:
    async def main(clock: Clock) -> float:
        go_on = threading.Event()
        loop = asyncio.get_running_loop()
        with ThreadPoolExecutor(1) as thread:
            first = loop.run_in_executor(thread, go_on.wait)
            never = loop.run_in_executor(thread, go_on.wait)
            await asyncio.sleep(0)
            never.cancel()
            go_on.set()
            await first
            await clock.sleep(1)
        return clock.elapsed_ms()

    assert run_virtually(main) == 1000


def test_an_error_in_a_thread_reaches_who_waits() -> None:
    async def main(clock: Clock) -> None:
        await asyncio.to_thread(int, "no number")

    with pytest.raises(ValueError, match="no number"):
        run_virtually(main)


def test_an_error_in_the_program_is_raised_and_the_loop_is_closed() -> None:
    loops: list[asyncio.AbstractEventLoop] = []

    async def main(clock: Clock) -> None:
        loops.append(asyncio.get_running_loop())
        await clock.sleep(1)
        raise KeyError("broken")

    with pytest.raises(KeyError):
        run_virtually(main)
    assert loops[0].is_closed()


def test_a_sleep_can_be_cancelled() -> None:
    async def main(clock: Clock) -> float:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(2):
                await clock.sleep(3600)
        return clock.elapsed_ms()

    assert run_virtually(main) == 2000


def test_nothing_hangs_when_only_a_socket_is_waited_for() -> None:
    async def main(clock: Clock) -> bytes:
        ours, theirs = socket.socketpair()
        reader, writer = await asyncio.open_connection(sock=ours)
        thread = threading.Timer(0.02, theirs.sendall, [b"late"])
        thread.start()
        got = await reader.readexactly(4)
        thread.join()
        writer.close()
        await writer.wait_closed()
        theirs.close()
        return got

    assert run_virtually(main) == b"late"


def test_a_server_and_its_client_in_one_loop_talk_while_timers_wait() -> None:
    async def main(clock: Clock) -> tuple[bytes, float]:
        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write((await reader.readline()).upper())
            await writer.drain()
            writer.close()

        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        async with server:
            with clock.working():
                async with asyncio.timeout(1):
                    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
                    writer.write(b"hello\n")
                    got = await reader.read()
                    writer.close()
                    await writer.wait_closed()
        return got, clock.elapsed_ms()

    assert run_virtually(main) == (b"HELLO\n", 0)


def test_a_child_process_is_waited_for() -> None:
    async def main(clock: Clock) -> tuple[int, bytes, float]:
        with clock.working():
            child = await asyncio.create_subprocess_exec(sys.executable, "-c", "print('done')", stdout=subprocess.PIPE)
            out, _ = await child.communicate()
        return child.returncode or 0, out.strip(), clock.elapsed_ms()

    assert run_virtually(main) == (0, b"done", 0)


def test_two_runs_see_the_same_moments() -> None:
    async def main(clock: Clock) -> list[str]:
        seen: list[str] = []
        for wait in (0.02, 0.1, 1 / 3, 7):
            await asyncio.to_thread(sum, range(1000))
            await clock.sleep(wait)
            seen.append(clock.now().isoformat())
        return seen

    assert run_virtually(main) == run_virtually(main)


def test_time_passes_for_who_waits_for_less_than_its_resolution() -> None:
    async def main(clock: object) -> int:
        loop, waits = asyncio.get_running_loop(), 0
        until_s = loop.time() + 1e-10
        while loop.time() < until_s and waits < 10:
            await asyncio.sleep(1e-10)
            waits += 1
        return waits

    assert run_virtually(main) == 1
