"""Kill -9 of a call's process in the middle of an order, ten times, each at another moment.

Calls go through a real LiveKit server, the real worker and real engines; the shop's backend counts the orders. A line
for each. Nothing is asserted.

usage: benchmarks/kill.py [--at-once N] [NUMBER …]
"""

import argparse
import asyncio
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

from _table import print_table

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.journeys.killing import MOMENTS, Survived, survive  # noqa: E402  the repository is no installed package
from tests.journeys.shop_line import shop_line  # noqa: E402
from tollfree.protocol.errors import TollfreeError  # noqa: E402
from tollfree.wiring.livekit_settings import LiveKitSettings  # noqa: E402
from tollfree.wiring.settings import Settings  # noqa: E402
from tollfree.worker.livekit_server import livekit_server  # noqa: E402

VOICE = "am_michael"
"""Who orders: what the recogniser makes of one voice or another is for other benchmarks."""


async def run(only: list[int], at_once: int) -> None:
    """The calls, and the table."""
    chosen = [place for place in range(len(MOMENTS)) if not only or place + 1 in only]
    places = asyncio.Semaphore(at_once)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        async with (
            livekit_server(LiveKitSettings(port=0), home=home, cache=Settings().cache) as livekit,
            shop_line(livekit, home, warm_processes=2, max_calls=2 * at_once + 1) as line,
        ):

            async def one(place: int) -> Survived:
                async with places:
                    try:
                        done = await survive(line, MOMENTS[place], VOICE)
                    except TollfreeError as error:
                        done = Survived(f"moment {place + 1}: {error.message}", float("inf"), False, (), (), "")
                    sys.stderr.write(f"{place + 1}: {done.during}, heard again after {done.back_s:.2f} s\n")
                    if not done.as_typed or len(done.placed) != 1:
                        sys.stderr.write(f"{done.words}\n")
                    sys.stderr.flush()
                    return done

            idle = len(line.children())
            survived = await asyncio.gather(*(one(place) for place in chosen))
            with suppress(TimeoutError):  # the processes that wait for calls are not left over
                await line.settled(idle)
            left = len(line.children()) - idle
        rows = [
            (
                one.during,
                f"{one.back_s:.2f} s",
                "as typed" if one.as_typed else "OTHERWISE",
                str(len(one.placed)),
                "equal" if not one.differences else "DIFFERENT",
                " | ".join(one.placed),
            )
            for one in survived
        ]
        head = ("killed while", "heard again", "path", "orders", "replay", "what was ordered")
        print_table(f"{len(survived)} calls, each killed once; processes left: {left}", head, rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("only", nargs="*", type=int, metavar="NUMBER", help="of the moment, from 1")
    parser.add_argument("--at-once", type=int, default=1)
    args = parser.parse_args()
    asyncio.run(run(args.only, args.at_once))


if __name__ == "__main__":
    main()
