from datetime import datetime

import pytest
from pydantic import ValidationError

from tollfree.calls.agent_settings import AgentSettings, OpeningHours
from tollfree.protocol.expectation import Patience
from tollfree.speech.turns.settings import ListeningSettings

HOURS = OpeningHours.model_validate(
    {
        "week": {"monday": ["09:00-12:30", "13:30-17:00"], "friday": ["18:00-02:00"], "sunday": ["22:00-24:00"]},
        "closed_on": ["2026-11-30", "2026-12-04"],
        "say": "We are closed.",
    }
)


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-11-23T09:00", True),
        ("2026-11-23T08:59", False),
        ("2026-11-23T12:30", False),
        ("2026-11-23T16:59", True),
        ("2026-11-24T10:00", False),  # a day that is not named
        ("2026-11-27T23:30", True),
        ("2026-11-28T01:59", True),  # the night of the day before
        ("2026-11-28T02:00", False),
        ("2026-11-29T23:59", True),
        ("2026-11-30T00:00", False),
        ("2026-11-30T10:00", False),  # a holiday
        ("2026-12-05T01:00", False),  # the night of a holiday
    ],
)
def test_hours_are_those_of_the_week_but_for_holidays(moment: str, is_open: bool) -> None:
    assert HOURS.is_open(datetime.fromisoformat(moment)) is is_open


def test_thresholds_are_laid_over_the_installations() -> None:
    agent = AgentSettings(flow="made", listening={"barge_gate_ms": 96, "patience": {"short": {"certain_ms": 100}}})
    heard = agent.heard_with(ListeningSettings(onset_ms=96))
    assert (heard.barge_gate_ms, heard.onset_ms) == (96, 96)
    short = heard.times(Patience.SHORT)
    assert (short.certain_ms, short.finished_ms) == (100, 200)


def test_thresholds_that_cannot_be_are_told_by_name() -> None:
    with pytest.raises(ValidationError, match="barge_gate_ms"):
        AgentSettings(flow="made", listening={"barge_gate_ms": 1})
