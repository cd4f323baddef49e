"""A metered speaker tells what was rendered for its call, by voice; what was kept is counted apart."""

import asyncio
from contextlib import aclosing
from pathlib import Path

import pytest

from tests.fakes.voice import HummingVoice
from tests.speech.tts.test_speaker import FIRST, SECOND, TEXT, until
from tollfree.calls.virtual_time import run_virtually
from tollfree.protocol.clock import Clock, SystemClock
from tollfree.protocol.effects import Say
from tollfree.protocol.ids import EffectId
from tollfree.protocol.usage import Used
from tollfree.speech.tts.base import Clip, RenderingFailed
from tollfree.speech.tts.metered import MeteredSpeaker
from tollfree.speech.tts.renderings import Renderings
from tollfree.speech.tts.speaker import CachedSpeaker

SAY = Say(id=EffectId("e1"), text=TEXT)


class Call:
    """One call's accounts of a speaker that others may use too."""

    def __init__(self, speaker: CachedSpeaker, clock: Clock | None = None) -> None:
        self.told: list[Used] = []
        self.speaker = MeteredSpeaker(speaker, self.told.append, clock or SystemClock())

    async def says(self, text: str = TEXT) -> list[Clip]:
        clips = []
        async for clip in self.speaker.stream(text):
            clips.append(clip)
            self.speaker.sounded(SAY, clip)
        return clips

    @property
    def characters(self) -> list[tuple[str, int, int, str]]:
        return [(one.engine, one.characters, one.kept_characters, one.came_to) for one in self.told]


def speaker(folder: Path, *voices: HummingVoice) -> CachedSpeaker:
    return CachedSpeaker(voices[0], Renderings(folder), voices[1:])


async def test_what_is_rendered_anew_is_told_once_for_a_text(tmp_path: Path) -> None:
    call = Call(speaker(tmp_path, HummingVoice()))
    assert [clip.text for clip in await call.says()] == [FIRST, SECOND]
    assert call.characters == [("fake:hum", len(FIRST) + len(SECOND), 0, "used")]
    assert call.told[0].first_ms is not None and call.told[0].took_ms >= 0


async def test_what_was_rendered_before_costs_nothing_and_is_counted_as_it_sounds(tmp_path: Path) -> None:
    shared = speaker(tmp_path, HummingVoice())
    await shared.keep(FIRST)
    call = Call(shared)
    await call.says()
    assert sorted(call.characters) == [("fake:hum", 0, len(FIRST), "used"), ("fake:hum", len(SECOND), 0, "used")]
    again = Call(shared)
    await again.says()
    assert [kept for _, _, kept, _ in again.characters] == [len(FIRST), len(SECOND)]
    assert {one.effect for one in again.told} == {"e1"}


async def test_what_two_calls_wait_for_is_told_to_the_one_that_asked_first(tmp_path: Path) -> None:
    voice = HummingVoice()
    voice.gate.clear()
    shared = speaker(tmp_path, voice)
    first, second = Call(shared), Call(shared)
    saying = [asyncio.ensure_future(first.says(FIRST)), asyncio.ensure_future(second.says(FIRST))]
    await until(lambda: bool(voice.asked))
    voice.gate.set()
    await asyncio.gather(*saying)
    assert first.characters == [("fake:hum", len(FIRST), 0, "used")]
    assert second.characters == [("fake:hum", 0, len(FIRST), "used")]


async def test_a_voice_that_fails_and_the_next_one_are_both_told(tmp_path: Path) -> None:
    call = Call(speaker(tmp_path, HummingVoice(fails=[FIRST]), HummingVoice("fake:spare")))
    await call.says(FIRST)
    assert call.characters == [("fake:hum", len(FIRST), 0, "failed"), ("fake:spare", len(FIRST), 0, "used")]
    assert call.told[0].why == "rendering_failed"


async def test_a_text_that_nobody_can_speak_is_told_too(tmp_path: Path) -> None:
    call = Call(speaker(tmp_path, HummingVoice(fails=[FIRST])))
    with pytest.raises(RenderingFailed):
        await call.says(FIRST)
    assert [came_to for *_, came_to in call.characters] == ["failed"]


async def test_a_text_that_is_cut_is_told_as_far_as_it_went(tmp_path: Path) -> None:
    voice = HummingVoice()
    call = Call(speaker(tmp_path, voice))
    async with aclosing(call.speaker.stream(f"{TEXT} And one more.")) as clips:
        await anext(clips)
        voice.gate.clear()
        await until(lambda: len(voice.asked) >= 2)
    came_to = {one.came_to for one in call.told}
    assert "used" in came_to and came_to <= {"used", "dropped"}


def test_a_voice_that_keeps_its_reader_waiting_is_slow(tmp_path: Path) -> None:
    async def test(clock: Clock) -> None:
        hangs = HummingVoice()
        hangs.gate.clear()
        call = Call(speaker(tmp_path, hangs, HummingVoice("fake:spare")), clock)
        await call.says(FIRST)
        assert [(one.engine, one.came_to, one.why) for one in call.told] == [
            ("fake:hum", "slow", "rendering_late"),
            ("fake:spare", "used", ""),
        ]

    run_virtually(test)
