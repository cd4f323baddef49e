"""A call that runs in another process, followed through the store."""

import asyncio
from collections.abc import Callable

from tollfree.calls.store.calls import Call
from tollfree.calls.store.record import LogEntry
from tollfree.calls.store.store import Store
from tollfree.protocol.errors import TollfreeError
from tollfree.protocol.ids import CallId, ProjectId

EVERY_S = 0.1
"""Seconds between two looks."""
BEGIN_S = 60.0
"""Seconds a call may take to begin: a process that loads its models on a busy machine is waited for."""
END_S = 60.0
"""Seconds a call may still take once its caller has left: what it is saying, and a store that is away."""


class NoCall(TollfreeError):
    """A call did not begin, or did not end."""

    code = "no_call"


async def follow(
    store: Store,
    project: ProjectId,
    room: str,
    caller: "asyncio.Future[str]",
    observe: Callable[[LogEntry], None],
) -> Call:
    """Hand on the records of the call in a room as they come, until it has ended. `caller` is done when the caller has
    left. Raises `NoCall`, `StoreError`, and what the caller raises."""
    clock = asyncio.get_running_loop().time
    began, left, seq = clock(), 0.0, 0
    found: CallId | None = None
    while True:
        if caller.done():
            caller.result()
            left = left or clock()
        if found is None:
            found = await _in_room(store, project, room)
        if found is not None:
            call = await store.calls.get(found)  # read first: what was written before its end is all there then
            async for entry in store.log.stream(found, start=seq):
                observe(entry)
                seq = entry.seq + 1
            if call.ended_at is not None:
                return call
        _check_patience(found, now=clock(), began=began, left=left)
        await asyncio.sleep(EVERY_S)


def _check_patience(found: CallId | None, *, now: float, began: float, left: float) -> None:
    if found is None and (now - began > BEGIN_S or (left and now - left > END_S / 10)):
        raise NoCall("The call was placed, and nobody answered it.")
    if left and now - left > END_S:
        raise NoCall(f"The caller has left, and the call {found} has not ended.")


async def _in_room(store: Store, project: ProjectId, room: str) -> CallId | None:
    """The call that says it is in a room: among the latest, in the first records of its log."""
    for call in (await store.calls.list(project=project, limit=8)).calls:
        for entry in await store.log.read(call.id, limit=20):
            record = entry.record
            if (record.kind, record.type) == ("note", "room") and record.data.get("room") == room:
                return call.id
    return None
