"""Calls of a project that asks for a personal code, then for another thing."""

import asyncio
from typing import Any

from tests.flows.driven import CODE, ask, flow_of
from tests.server.tower import SHOP, Tower
from tollfree.calls.call_id import new_call_id
from tollfree.calls.line import LineEvent
from tollfree.calls.lines.script import ScriptLine, read_script
from tollfree.calls.publishing import publish
from tollfree.calls.store.calls import Call
from tollfree.calls.store.record import LogRecord
from tollfree.protocol.ids import CallId, FlowId, ProjectId

MADE = FlowId("made")
SECRET = "four one seven"
"""What a caller says who gives the personal code 417."""


def document() -> dict[str, Any]:
    """Asks for a code that is personal, and for one that is not."""
    first = ask("twice", slots={"code": {**CODE, "personal": True}})
    second = ask("done", slots={"other": {**CODE, "ask": "And the other?"}})
    return flow_of({"code": first, "twice": second, "done": {"kind": "end", "say": "Goodbye then."}})


async def open_shop(tower: Tower, project: ProjectId = SHOP) -> None:
    """Publish the flow."""
    store = tower.office.store
    await store.drafts.save(project, MADE, document(), expected_revision=0)
    await publish(store, project, MADE, tower.office.embedder)


async def place(tower: Tower, *turns: str, caller: str = "", project: ProjectId = SHOP) -> CallId:
    """A whole call."""
    line = ScriptLine(read_script("it", "\n".join(turns)), lambda who, text: None)
    return (await tower.office.place_call(project, line, caller=caller)).call


class Held(ScriptLine):
    """A caller who says each thing when the test lets them."""

    def __init__(self, *turns: str) -> None:
        super().__init__(read_script("it", "\n".join(turns)), lambda who, text: None)
        self.goes_on = asyncio.Semaphore(0)

    async def next(self) -> LineEvent:
        if self._listening:
            await self.goes_on.acquire()
        return await super().next()


async def running(tower: Tower, *notes: tuple[str, dict[str, Any]], project: ProjectId = SHOP) -> CallId:
    """A call that runs, as its records say; nobody runs it."""
    now = tower.office.clock.now()
    call = Call(
        id=new_call_id(now),
        project=project,
        agent="main",
        flow=MADE,
        version=1,
        line="livekit",
        started_at=now,
        caller="+12025550143",
    )
    await tower.office.store.calls.begin(call)
    records = [LogRecord(at=now.isoformat(), kind="note", type=type, data=data) for type, data in notes]
    if records:
        await tower.office.store.log.append(call.id, records, expected_seq=0)
    return call.id
