"""The watchdog bites, and only whom it should."""

import asyncio
import select
import time

import pytest

from tests.fakes.watchdog import Watchdog


async def test_a_loop_that_is_blocked_is_told_with_its_place():
    with pytest.raises(AssertionError, match="stood still") as told:
        async with Watchdog():
            await asyncio.sleep(0.02)
            select.select([], [], [], 0.2)
            await asyncio.sleep(0.02)
    assert "test_watchdog" in str(told.value)


async def test_a_loop_that_waits_is_not_blocked():
    async with Watchdog() as watchdog:
        await asyncio.sleep(0.1)
    assert watchdog.worst_ms < watchdog.limit_ms


async def test_a_loop_that_computes_too_long_is_blocked_however_busy_the_machine():
    with pytest.raises(AssertionError, match="stood still"):
        async with Watchdog():
            await asyncio.sleep(0.02)
            spent = time.thread_time()
            while time.thread_time() - spent < 0.2:
                pass
            await asyncio.sleep(0.02)
