"""What answers outside an agent's hours."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.embedder import HashingEmbedder
from tests.flows.driven import ask, flow_of
from tollfree.calls.lines.script import ScriptLine, read_script
from tollfree.calls.project import ProjectSettings
from tollfree.calls.publishing import publish
from tollfree.calls.replay import replay_call
from tollfree.protocol.clock import SystemClock
from tollfree.protocol.ids import FlowId, ProjectId
from tollfree.wiring.office import Office
from tollfree.wiring.placing import Wanted
from tollfree.wiring.settings import Settings

SHOP = ProjectId("shop")


class At(SystemClock):
    """A clock that stands at an hour of Monday, 23 November 2026, in New York."""

    def __init__(self, hour: int) -> None:
        super().__init__()
        self._hour = hour

    def now(self) -> datetime:
        return datetime(2026, 11, 23, self._hour + 5, tzinfo=UTC)


async def opened(home: Path, hour: int, outside: dict[str, Any]) -> Office:
    office = await Office.open(Settings(home=home, cache=home / "cache"), At(hour))
    office.__dict__["embedder"] = HashingEmbedder()
    hours = {"week": {"monday": ["09:00-17:00"]}, **outside}
    settings = ProjectSettings.model_validate(
        {
            "name": "Shop",
            "timezone": "America/New_York",
            "agents": {"main": {"flow": "day", "language": "en-GB", "hours": hours}},
        }
    )
    await office.store.projects.new(SHOP, settings=settings.model_dump(mode="json"))
    for name in ("day", "night"):
        given = flow_of({"code": {**ask("bye"), "say": f"This is {name}."}}, name=name)
        await office.store.drafts.save(SHOP, FlowId(name), given, expected_revision=0)
        await publish(office.store, SHOP, FlowId(name), office.embedder)
    return office


@pytest.mark.parametrize(("hour", "flow"), [(10, "day"), (17, "night"), (8, "night")])
async def test_another_flow_answers_outside_the_hours(tmp_path: Path, hour: int, flow: str) -> None:
    async with await opened(tmp_path, hour, {"flow": "night"}) as office:
        placed = await office.place(Wanted(project=SHOP), "text")
        assert (placed.call.flow, placed.call.agent, placed.facts.language) == (flow, "main", "en-GB")
        named = await office.place(Wanted(project=SHOP, flow="day"), "text")
        assert named.call.flow == "day"


async def test_a_line_is_said_and_the_call_replays(tmp_path: Path) -> None:
    async with await opened(tmp_path, 18, {"say": "We open at nine."}) as office:
        told: list[str] = []
        line = ScriptLine(read_script("it", "hello"), lambda who, text: told.append(text))
        summary = await office.place_call(SHOP, line)
        assert (told, summary.outcome, summary.path) == (["We open at nine."], "closed", ())
        assert (await replay_call(office.store, summary.call)).differences == ()
