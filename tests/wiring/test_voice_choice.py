"""Which voice this machine is fast enough for."""

import asyncio
from pathlib import Path

import numpy as np
import pytest

from tests.fakes.voice import HummingVoice
from tollfree.protocol.audio import SPOKEN_RATE
from tollfree.speech.stt.base import UnknownEngine
from tollfree.speech.tts.base import Clip, Haste, Voice
from tollfree.weights.errors import MissingModel
from tollfree.wiring.voice_choice import (
    FAST_ENOUGH,
    KOKORO,
    PIPER,
    VoiceSpeeds,
    chosen_voice,
    measure_voices,
    measured_voices,
)


class Timed(HummingVoice):
    """Speaks for an hour at no cost, or takes far longer than it speaks."""

    def __init__(self, name: str, *, fast: bool) -> None:
        super().__init__(name)
        self.fast = fast

    async def render(self, clause: str, haste: Haste | None = None) -> Clip:
        if not self.fast:
            sum(range(200_000))
        return Clip(text=clause, samples=np.zeros(3600 * SPOKEN_RATE if self.fast else 1, np.int16))


class Bench:
    """Voices that are here, how fast each is, and which were loaded."""

    def __init__(self, **fast: bool | None) -> None:
        self.fast = {{"kokoro": KOKORO, "piper": PIPER}[name]: speed for name, speed in fast.items()}
        self.loaded: list[str] = []

    def load(self, name: str, cache: Path) -> Voice:
        self.loaded.append(name)
        speed = self.fast[name]
        if speed is None:
            raise UnknownEngine("Its library is broken.")
        return Timed(name, fast=speed)

    def present(self, name: str, cache: Path) -> bool:
        return name in self.fast

    def measure(self, cache: Path, *, again: bool = False) -> VoiceSpeeds:
        return measure_voices(cache, again=again, load=self.load, present=self.present)


@pytest.mark.parametrize(
    ("kokoro", "piper", "best"),
    [(True, True, KOKORO), (False, True, PIPER), (True, None, KOKORO), (None, False, PIPER), (None, None, None)],
)
def test_the_voice_people_like_better_is_used_where_the_machine_is_fast_enough(
    tmp_path: Path, kokoro: bool | None, piper: bool | None, best: str | None
) -> None:
    assert Bench(kokoro=kokoro, piper=piper).measure(tmp_path).best == best


def test_a_voice_alone_is_used_however_slow(tmp_path: Path) -> None:
    assert Bench(kokoro=False).measure(tmp_path).best == KOKORO


def test_at_the_limit_a_voice_is_not_fast_enough() -> None:
    assert VoiceSpeeds(machine="", factors={KOKORO: FAST_ENOUGH, PIPER: 0.1}).best == PIPER
    assert VoiceSpeeds(machine="", factors={KOKORO: FAST_ENOUGH - 0.01, PIPER: 0.1}).best == KOKORO


def test_voices_are_measured_once(tmp_path: Path) -> None:
    bench = Bench(kokoro=False, piper=True)
    first = bench.measure(tmp_path)
    assert bench.measure(tmp_path) == first == measured_voices(tmp_path)
    assert bench.loaded == [KOKORO, PIPER]


def test_a_voice_that_came_later_is_measured_alone(tmp_path: Path) -> None:
    Bench(piper=True).measure(tmp_path)
    later = Bench(kokoro=True, piper=True)
    assert later.measure(tmp_path).best == KOKORO
    assert later.loaded == [KOKORO]


def test_a_voice_that_has_gone_is_not_chosen(tmp_path: Path) -> None:
    Bench(kokoro=True, piper=True).measure(tmp_path)
    assert Bench(piper=True).measure(tmp_path).best == PIPER


def test_everything_is_measured_again_when_asked(tmp_path: Path) -> None:
    Bench(kokoro=False, piper=True).measure(tmp_path)
    assert Bench(kokoro=True, piper=True).measure(tmp_path, again=True).best == KOKORO


@pytest.mark.parametrize("kept", ["", "{", '{"machine": "another", "factors": {}}', '{"factors": 3}'])
def test_what_another_machine_measured_counts_for_nothing(tmp_path: Path, kept: str) -> None:
    (tmp_path / "voices.json").write_text(kept)
    assert measured_voices(tmp_path) is None
    bench = Bench(piper=True)
    assert bench.measure(tmp_path).best == PIPER
    assert bench.loaded == [PIPER]


def test_it_is_measured_each_time_where_nothing_can_be_kept(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    bench = Bench(piper=True)
    for _ in range(2):
        assert bench.measure(tmp_path / "file").best == PIPER
    assert bench.loaded == [PIPER, PIPER]


async def test_it_can_be_asked_from_a_running_loop(tmp_path: Path) -> None:
    assert asyncio.get_running_loop()
    assert Bench(piper=True).measure(tmp_path).best == PIPER


def test_the_setting_has_the_last_word(tmp_path: Path) -> None:
    assert chosen_voice("kokoro:bm_george", tmp_path) == "kokoro:bm_george"
    for choice in ("auto", ""):
        with pytest.raises(MissingModel, match="no voice on this machine"):
            chosen_voice(choice, tmp_path)
