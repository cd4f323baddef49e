"""Starts the corner shop's backend on loopback:

    python examples/corner-shop/backend/serve.py --port 8710 --sandbox
    python examples/corner-shop/backend/serve.py --port 8710 --database shop.db

Once it listens it writes one line to its output: `corner shop at http://127.0.0.1:8710`.
"""

import argparse
import asyncio
import os
import signal
import socket
import sqlite3
import sys
import threading
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import uvicorn
from corner_shop.app import create_app
from corner_shop.calendar import Calendar
from corner_shop.catalogue import read_catalogue
from corner_shop.faults import Fault, Faults, Kind
from corner_shop.shops import OneShop, SandboxShops

CATALOGUE = Path(__file__).parent.parent / "catalogue.csv"
FAILURES = {
    "500": Fault(kind=Kind.ERROR),
    "slow": Fault(kind=Kind.SLOW, seconds=30),
    "rubbish": Fault(kind=Kind.RUBBISH),
}
"""What `--fail` does to every request; `down` is not among them, since nothing answers then."""


def options() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(prog="serve.py", description="The corner shop's backend.")
    parser.add_argument("--port", type=int, default=8710, help="0: any free port")
    kept = parser.add_mutually_exclusive_group()
    kept.add_argument("--database", type=Path, metavar="FILE", help="one shop, kept in this SQLite file")
    kept.add_argument("--sandbox", action="store_true", help="a fresh shop for every call (the default)")
    parser.add_argument("--fail", choices=[*FAILURES, "down"], help="be broken in this way from the start")
    parser.add_argument("--faults", action="store_true", help="let clients on this machine break it (see /faults)")
    parser.add_argument("--today", type=date.fromisoformat, metavar="DATE", help="pretend that it is noon of this day")
    parser.add_argument("--attached", action="store_true", help="stop when standard input ends, with whoever holds it")
    return parser


def stop_with_input() -> None:
    """Stops this process when its input ends: whoever started it is gone, however that came."""

    def wait() -> None:
        while os.read(sys.stdin.fileno(), 1024):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, daemon=True).start()


def listen(port: int) -> socket.socket:
    """A socket on loopback. Raises OSError when the port is taken."""
    # asyncio sends at once only on sockets that name their protocol; on others an answer in two parts waits 40 ms.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen(128)
    return listener


def announce(listener: socket.socket) -> None:
    """Tells whoever started this where it listens."""
    sys.stdout.write(f"corner shop at http://127.0.0.1:{listener.getsockname()[1]}\n")
    sys.stdout.flush()


async def hang_up(listener: socket.socket) -> None:
    """Closes every connection at once, as a machine does whose service is down."""

    async def close(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    server = await asyncio.start_server(close, sock=listener)
    await server.serve_forever()


def main(arguments: Sequence[str] | None = None) -> int:
    """Serves until interrupted. 1: it cannot start, and says why on standard error."""
    chosen = options().parse_args(arguments)
    catalogue, calendar = read_catalogue(CATALOGUE), Calendar(chosen.today)
    try:
        listener = listen(chosen.port)
        if chosen.fail == "down":
            announce(listener)
            asyncio.run(hang_up(listener))
            return 0
        shops = OneShop(chosen.database, catalogue, calendar) if chosen.database else SandboxShops(catalogue, calendar)
    except KeyboardInterrupt:
        return 0
    except (OSError, ValueError, sqlite3.Error) as fault:
        sys.stderr.write(f"The corner shop cannot start: {fault}\n")
        return 1
    faults = Faults((FAILURES[chosen.fail],) if chosen.fail else ())
    app = create_app(shops, catalogue, calendar, faults=faults, control=chosen.faults)
    if chosen.attached:
        stop_with_input()
    announce(listener)
    uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False)).run(sockets=[listener])
    return 0


if __name__ == "__main__":
    sys.exit(main())
