"""The calls of processes that are gone that this one goes on with."""

from collections.abc import Generator
from contextlib import contextmanager

from tollfree.calls.running import RunningCalls
from tollfree.calls.store.errors import CallClosed
from tollfree.protocol.ids import CallId


class Claims:
    """Which calls this process has claimed. One process's, used by one event loop."""

    def __init__(self, running: RunningCalls) -> None:
        self._running = running
        self._claimed: set[CallId] = set()

    @contextmanager
    def claimed(self, call: CallId) -> Generator[None]:
        """A call whose process is gone is ours to go on with while this lasts: nobody else takes it, or ends it. Asked
        for again inside, it is the same claim. Raises `CallClosed` when another process has it, or it has ended."""
        if call in self._claimed:
            yield
            return
        with self._running.claim(call) as ours:
            if not ours:
                raise CallClosed(call)
            self._claimed.add(call)
            try:
                yield
            finally:
                self._claimed.discard(call)
