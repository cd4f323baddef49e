"""While a room is open, garbage is collected on a call's own thread, in small portions.

Left to itself, Python collects wherever memory happens to be asked for: in a process with rooms often on a thread of
the WebRTC library that has come back to tell something. What is let go there are the library's own handles, dropped in
the middle of its own call, which has crashed processes; and one full collection on a heap with models in it holds
every thread up for 80 ms, a hole in a caller's sound.
"""

import asyncio
import gc

EVERY_S = 1.0
"""Seconds between two collections of what is young: a millisecond each."""
OLD_EVERY = 60
"""Of so many, one takes in everything that is not frozen."""


class Garbage:
    """One room's share in it: `begin` when it opens, `end` once it is closed, on its loop's thread."""

    open = 0
    """Rooms of this process. With the first, Python stops collecting by itself; after the last it does again."""

    def __init__(self, every_s: float = EVERY_S) -> None:
        self._every_s = every_s
        self._timer: asyncio.TimerHandle | None = None
        self._collections = 0

    def begin(self) -> None:
        """Collect here from now on. Once begun, it is begun."""
        if self._timer is None:
            Garbage.open += 1
            gc.disable()
            self._again()

    def end(self) -> None:
        """Collect what the room has left, handles and all, and leave the rest to Python again."""
        if self._timer is None:
            return
        self._timer.cancel()
        self._timer = None
        Garbage.open -= 1
        gc.collect()
        if not Garbage.open:
            gc.enable()

    def _again(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(self._every_s, self._collect)

    def _collect(self) -> None:
        self._collections += 1
        gc.collect(2 if self._collections % OLD_EVERY == 0 else 1)
        self._again()


def freeze_heap() -> None:
    """What has been loaded by now stays for good: no collection looks at it again. Before a process takes its call."""
    gc.collect()
    gc.freeze()
