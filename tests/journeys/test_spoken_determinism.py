"""In virtual time the same recorded caller makes the same call, record by record and moment by moment."""

from pathlib import Path

import numpy as np
import pytest

from tests.fakes.recognizer import ScriptedRecognizer
from tests.journeys.spoken_shop import script_of, spoken_shop, tiny
from tollfree.calls.log import plain
from tollfree.calls.store.record import LogEntry
from tollfree.calls.virtual_time import run_virtually
from tollfree.protocol.audio import Samples
from tollfree.protocol.clock import Clock
from tollfree.protocol.events import CallerSpoke
from tollfree.protocol.values import Value
from tollfree.speech.stt.base import Hints

CALLER = "status-corrected"


def log_of(home: Path, *, real: bool) -> list[dict[str, Value]]:
    """Every record of the call, with its time."""
    texts = [turn.text for turn in script_of(CALLER).turns if isinstance(turn, CallerSpoke)]
    turns = 0
    records: list[dict[str, Value]] = []

    def observe(entry: LogEntry) -> None:
        nonlocal turns
        turns += entry.record.type == "caller_spoke"
        records.append(plain(entry))

    def says(samples: Samples, hints: Hints | None) -> str:
        return texts[min(turns, len(texts) - 1)] if np.abs(samples.astype(np.int32)).max() > 1000 else ""

    async def call(clock: Clock) -> None:
        recognizer = tiny() if real else ScriptedRecognizer(says, clock=clock, takes_ms=120)
        async with spoken_shop(clock, home, recognizer) as shop:
            await shop.call("am_michael", CALLER, observe)

    run_virtually(call)
    return records


@pytest.mark.parametrize(
    "real", [pytest.param(False, id="scripted"), pytest.param(True, id="tiny.en", marks=pytest.mark.slow)]
)
def test_the_same_caller_makes_the_same_call_twice(real: bool, tmp_path: Path) -> None:
    first, second = (log_of(tmp_path / name, real=real) for name in ("first", "second"))
    assert len(first) > 30
    assert any(record["type"] == "turn" for record in first)
    assert first == second
