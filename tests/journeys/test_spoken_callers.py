"""Recorded callers of the corner shop, heard by the real recogniser, take the path that they take in writing."""

from pathlib import Path

import pytest

from tests.journeys.spoken_shop import VOICES, spoken_shop, tiny
from tollfree.calls.virtual_time import run_virtually
from tollfree.protocol.clock import Clock
from tollfree.rehearse.spoken import spoken_callers

HANDFUL = (
    ("am_michael", "person-in-the-middle"),
    ("am_michael", "status-corrected"),
    ("bf_emma", "hours-only"),
    ("bf_emma", "return-in-policy"),
    ("bm_george", "status-number-in-words"),
)
"""Each voice, and what most calls are about; the whole set is slow."""


def paths_of(home: Path, wanted: list[tuple[str, str]]) -> dict[str, str]:
    """What was said in each call that took another path than the typed one."""

    async def calls(clock: Clock) -> dict[str, str]:
        otherwise: dict[str, str] = {}
        async with spoken_shop(clock, home, tiny()) as shop:
            for voice, name in wanted:
                rehearsed = await shop.call(voice, name)
                if not rehearsed.typed_path:
                    otherwise[f"{voice}/{name}"] = "\n".join(rehearsed.words)
        return otherwise

    return run_virtually(calls)


def test_a_handful_of_spoken_callers_take_the_typed_path(tmp_path: Path) -> None:
    assert paths_of(tmp_path, list(HANDFUL)) == {}


@pytest.mark.slow
def test_nine_of_ten_spoken_callers_take_the_typed_path(tmp_path: Path) -> None:
    every = [(voice.name, name) for voice, name in spoken_callers(VOICES)]
    assert len(every) >= 30
    otherwise = paths_of(tmp_path, every)
    assert len(otherwise) <= len(every) // 10, "\n\n".join(f"{who}\n{words}" for who, words in otherwise.items())
