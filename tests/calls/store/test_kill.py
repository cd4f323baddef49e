import asyncio
import subprocess
import sys

import pytest

from tests.calls.store.conftest import ROOT
from tests.calls.store.shop import make_call
from tollfree.calls.store.store import Store
from tollfree.protocol.ids import CallId


def appending(url: str) -> "subprocess.Popen[str]":
    """Another process that appends to the calls c0, c1 and c2."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.calls.store.appending_program", url], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )


@pytest.mark.parametrize("acknowledged", [1, 40])
async def test_what_was_acknowledged_outlives_a_kill(shop: Store, url: str, acknowledged: int) -> None:
    for n in range(3):
        await shop.calls.begin(make_call(f"c{n}"))
    with appending(url) as program:
        assert program.stdout is not None
        lines = [await asyncio.to_thread(program.stdout.readline) for _ in range(acknowledged)]
        program.kill()
        lines += await asyncio.to_thread(program.stdout.readlines)
    promised = {CallId(call): int(place) for call, place in (line.split() for line in lines if line.endswith("\n"))}

    assert promised
    async with await Store.open(url) as reopened:
        for call, place in promised.items():
            entries = [entry async for entry in reopened.log.stream(call)]
            assert [entry.seq for entry in entries] == list(range(len(entries)))
            assert len(entries) >= place and len(entries) % 4 == 0
            assert await reopened.log.append(call, [], expected_seq=len(entries)) == len(entries)
