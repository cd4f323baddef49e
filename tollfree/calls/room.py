"""Where a call can be joined, by its log."""

from tollfree.calls.store.store import Store
from tollfree.protocol.ids import CallId

ROOM = "room"
"""Type of the note that says where a call can be joined: `room`, `project`, `agent`. Whoever takes a call from
LiveKit keeps it, with the first record."""

_AMONG_FIRST = 50
"""Records among which the note is. It is told before the line is open; what else is told by then may come first."""


async def room_of(store: Store, call: CallId) -> str:
    """The LiveKit room of a call; empty: it is in none, or has not noted it yet. Raises `UnknownCall`."""
    for entry in await store.log.read(call, limit=_AMONG_FIRST):
        if entry.record.kind == "note" and entry.record.type == ROOM:
            return str(entry.record.data.get("room", ""))
    return ""
