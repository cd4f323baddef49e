"""The corner shop's backend, started for a demo."""

import subprocess
import sys

import psutil

HOLDS_A_BACKEND = """
import asyncio
from tollfree.rehearse.shop import backend, shop_folder

async def hold():
    async with backend(shop_folder(), 0) as port:
        print(port, flush=True)
        await asyncio.Event().wait()

asyncio.run(hold())
"""


def test_the_backend_ends_with_whoever_started_it_even_if_that_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", HOLDS_A_BACKEND], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert int(holder.stdout.readline()) > 0
        (serving,) = psutil.Process(holder.pid).children()
        holder.kill()
    ended, alive = psutil.wait_procs([serving], timeout=20)
    assert (ended, alive) == ([serving], []) or all(one.status() == psutil.STATUS_ZOMBIE for one in alive)
