"""Where a call can be joined is in its log."""

import pytest

from tests.calls.store.shop import NOW, SHOP, furnish, make_call
from tollfree.calls import log
from tollfree.calls.room import ROOM, room_of
from tollfree.calls.store.errors import UnknownCall
from tollfree.calls.store.store import Store
from tollfree.protocol.ids import CallId

CALL = CallId("c1")


async def test_a_call_is_in_the_room_that_its_log_names(kept: Store) -> None:
    await furnish(kept, SHOP)
    await kept.calls.begin(make_call("c1"))
    assert await room_of(kept, CALL) == ""
    notes = [log.of_note(NOW.isoformat(), "caller", {"kind": "web"})]
    notes += [log.of_note(NOW.isoformat(), ROOM, {"room": "call_7", "project": SHOP, "agent": "main"})]
    await kept.log.append(CALL, notes, expected_seq=0)
    assert await room_of(kept, CALL) == "call_7"


async def test_an_unknown_call_is_told(kept: Store) -> None:
    with pytest.raises(UnknownCall):
        await room_of(kept, CALL)
