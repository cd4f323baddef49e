"""A typed call that is changed from another process, through the store."""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.embedder import HashingEmbedder
from tests.fakes.patience import PATIENCE_S
from tests.flows.driven import ask, flow_of
from tollfree.calls.lines.typed import TypedLine
from tollfree.calls.project import ProjectSettings
from tollfree.calls.publishing import publish
from tollfree.calls.replay import replay_call
from tollfree.calls.room import room_of
from tollfree.calls.session import CallSummary
from tollfree.calls.store.errors import CallClosed
from tollfree.calls.store.record import LogEntry
from tollfree.calls.store.store import Store
from tollfree.protocol.ids import CallId, FlowId, ProjectId
from tollfree.wiring.office import Office
from tollfree.wiring.settings import Settings

SHOP, MAIN = ProjectId("shop"), FlowId("made")
FLOW = flow_of({"code": ask(exits={"given": "done"}), "done": {"kind": "end", "say": "Code {{ code }}."}})


class Keyboard:
    """A call at a keyboard, and the store as another process sees it."""

    def __init__(self, office: Office, other: Store) -> None:
        self.other = other
        self.shown: list[str] = []
        self.entries: list[LogEntry] = []
        source, self._keys = os.pipe()
        self._source = os.fdopen(source)
        line = TypedLine(self._source, self.shown.append)
        self.call = asyncio.create_task(office.place_call(SHOP, line, observe=self.entries.append))

    def types(self, text: str) -> None:
        os.write(self._keys, f"{text}\n".encode())

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not condition():  # noqa: ASYNC110  another thread, and the store, bring it about
                await asyncio.sleep(0.01)

    async def id(self) -> CallId:
        await self.until(lambda: "Which code?" in self.shown)
        [call] = (await self.other.calls.list()).calls
        return call.id

    def kept(self, type: str) -> list[Any]:
        return [entry.record.data for entry in self.entries if entry.record.type == type]

    async def over(self) -> CallSummary:
        os.close(self._keys)
        summary = await self.call
        await asyncio.to_thread(self._source.close)
        return summary


@pytest.fixture
async def keyboard(tmp_path: Path) -> Any:
    settings = Settings(home=tmp_path, cache=tmp_path / "cache")
    async with (
        await Office.open(settings) as office,
        await Store.open(f"sqlite:///{tmp_path / 'tollfree.db'}") as other,
    ):
        about = ProjectSettings(name="The Shop")
        await office.store.projects.new(SHOP, name=about.name, settings=about.model_dump(mode="json"))
        await office.store.drafts.save(SHOP, MAIN, FLOW, expected_revision=0)
        await publish(office.store, SHOP, MAIN, HashingEmbedder())
        yield Keyboard(office, other)


async def test_a_typed_call_is_taken_over_corrected_and_handed_back(keyboard: Keyboard) -> None:
    call = await keyboard.id()
    give = keyboard.other.commands.give
    taken = await give(call, action="take_over", by="ann")
    await keyboard.until(lambda: bool(keyboard.kept("supervised")))
    keyboard.types("Is there a person?")
    await keyboard.until(lambda: bool(keyboard.kept("caller_spoke")))
    await give(call, action="say", by="ann", value="Yes, I am Ann.")
    await keyboard.until(lambda: "Yes, I am Ann." in keyboard.shown)
    refused = await give(call, action="set_slot", by="ann", name="code", value="12")
    await give(call, action="set_slot", by="ann", name="code", value="123")
    await give(call, action="hand_back", by="ann")
    await keyboard.until(keyboard.call.done)
    assert keyboard.shown == ["Which code?", "Yes, I am Ann.", "Code 123."]
    assert (await keyboard.over()).path == ("code.given", "done.ended")
    assert [one["command"] for one in keyboard.kept("supervised")][0] == taken
    assert [one["command"] for one in keyboard.kept("supervision_refused")] == [refused]
    assert (await replay_call(keyboard.other, call)).differences == ()
    assert await keyboard.other.commands.since(call, 0) == ()
    with pytest.raises(CallClosed):
        await give(call, action="say", by="ann", value="Hello?")


async def test_a_typed_call_is_in_no_room(keyboard: Keyboard) -> None:
    assert await room_of(keyboard.other, await keyboard.id()) == ""
    assert (await keyboard.over()).outcome == "caller_hung_up"
