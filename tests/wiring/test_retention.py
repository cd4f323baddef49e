"""An installation whose recordings are kept for a while."""

import os
from datetime import timedelta
from pathlib import Path

from tests.fakes.call import MovedClock
from tollfree.calls.call_id import new_call_id
from tollfree.calls.recording_retention import Pruned
from tollfree.calls.store.calls import Call
from tollfree.protocol.ids import FlowId, ProjectId
from tollfree.wiring.office import Office
from tollfree.wiring.settings import Settings
from tollfree.wiring.spoken_calls import recording_of


def recorded(settings: Settings, clock: MovedClock, *, days_ago: float, part: int = 0) -> Path:
    """A recording where the installation puts it."""
    started = clock.now() - timedelta(days=days_ago)
    call = Call(
        id=new_call_id(started),
        project=ProjectId("shop"),
        agent="main",
        flow=FlowId("made"),
        version=1,
        line="livekit",
        started_at=started,
    )
    file = recording_of(settings, call, part=part)
    assert file is not None
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch()
    os.utime(file, (started.timestamp(), started.timestamp()))
    return file


async def test_recovering_deletes_recordings_that_are_too_old_once_an_hour(tmp_path: Path) -> None:
    clock, settings = MovedClock(), Settings(home=tmp_path, keep_recordings_days=30)
    async with await Office.open(settings, clock) as office:
        old, part = (recorded(settings, clock, days_ago=31, part=part) for part in (0, 14))
        young = recorded(settings, clock, days_ago=29)
        await office.recover()
        assert young.exists() and not old.exists() and not part.exists()
        late = recorded(settings, clock, days_ago=31)
        await clock.sleep(1800)
        await office.recover()
        assert late.exists()
        await clock.sleep(1800)
        await office.recover()
        assert young.exists() and not late.exists()


async def test_recordings_are_kept_for_ever_unless_told(tmp_path: Path) -> None:
    clock, settings = MovedClock(), Settings(home=tmp_path)
    async with await Office.open(settings, clock) as office:
        file = recorded(settings, clock, days_ago=10_000)
        await office.recover()
        assert file.exists()
        assert await office.prune_recordings(9_999) == Pruned(files=1)
