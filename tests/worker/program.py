"""A worker with a stand-in desk, as a program: `python -m tests.worker.program JSON`."""

import asyncio
import json
import sys
from pathlib import Path

import click

from tests.worker.stand_in import StandIn
from tollfree.calls.phone.server import LiveKitServer
from tollfree.wiring.livekit_settings import WorkerSettings
from tollfree.worker.log_lines import log_to_stderr
from tollfree.worker.serve import Worker
from tollfree.worker.stop import stop_on_signals


async def main(given: dict) -> None:
    home = Path(given["home"])
    worker = Worker(
        StandIn(home, **given.get("desk", {})),
        LiveKitServer(url=given["url"], key=given["key"], secret=given["secret"]),
        WorkerSettings(**given.get("settings", {})),
        home,
        home / "notices",
    )
    await worker.run(stop_on_signals(), lambda: click.echo("ready"))


if __name__ == "__main__":
    log_to_stderr()
    asyncio.run(main(json.loads(sys.argv[1])))
