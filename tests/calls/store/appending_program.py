"""Appends to three calls until it is killed, and prints each acknowledged place: `CALL NEXT`."""

import asyncio
import sys

from tests.calls.store.shop import records
from tollfree.calls.store.store import Store
from tollfree.protocol.ids import CallId


async def main(url: str) -> None:
    store = await Store.open(url)

    async def talk(call: CallId) -> None:
        place = 0
        while True:
            place = await store.log.append(call, records(4, text=call), expected_seq=place)
            sys.stdout.write(f"{call} {place}\n")
            sys.stdout.flush()

    await asyncio.gather(*(talk(CallId(f"c{n}")) for n in range(3)))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
