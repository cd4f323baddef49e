"""Texts come out clause by clause, each rendered once, by whoever can."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from tests.fakes.voice import HummingVoice
from tollfree.calls.virtual_time import run_virtually
from tollfree.protocol.clock import Clock
from tollfree.speech.tts.base import Clip, Haste, RenderingFailed
from tollfree.speech.tts.reader import RenderingLate, patience
from tollfree.speech.tts.renderings import Renderings
from tollfree.speech.tts.speaker import GIVE_UP_S, REST_S, CachedSpeaker

TEXT = "Thanks for calling. How can I help you?"
FIRST, SECOND = "Thanks for calling.", "How can I help you?"
LONG = "I have a large pepperoni pizza with extra cheese, two cans of Sprite, and a garden salad with ranch dressing."


def speaker(folder: Path, *voices: HummingVoice, memory_bytes: int = 10_000_000) -> CachedSpeaker:
    return CachedSpeaker(voices[0], Renderings(folder), voices[1:], memory_bytes=memory_bytes)


async def spoken(stream: AsyncIterator[Clip]) -> list[str]:
    return [clip.text async for clip in stream]


async def until(true: Callable[[], bool]) -> None:
    """Let other tasks run until something holds."""
    for _ in range(100_000):
        if true():
            return
        await asyncio.sleep(0)
    raise AssertionError("It never came to hold.")


def forget(folder: Path) -> None:
    """Remove every clip from the disk."""
    for file in folder.rglob("*.clip"):
        file.unlink()


async def test_a_text_comes_clause_by_clause_and_joined_it_is_the_text(tmp_path: Path) -> None:
    clips = await spoken(speaker(tmp_path, HummingVoice()).stream(f"{TEXT} {LONG}"))
    assert clips[:2] == [FIRST, SECOND]
    assert " ".join(clips) == f"{TEXT} {LONG}"


async def test_an_empty_text_has_no_clips_and_is_ready(tmp_path: Path) -> None:
    quiet = speaker(tmp_path, HummingVoice())
    assert await spoken(quiet.stream("")) == [] and quiet.ready("  ") == ()


async def test_ten_thousand_characters_begin_with_a_short_clause(tmp_path: Path) -> None:
    voice = HummingVoice()
    stream = speaker(tmp_path, voice).stream("word " * 2000)
    first = await anext(stream)
    assert len(first.text) <= 160
    await stream.aclose()


async def test_the_next_clause_is_rendered_while_one_is_played(tmp_path: Path) -> None:
    voice = HummingVoice()
    stream = speaker(tmp_path, voice).stream(f"{TEXT} Say order. Or say status.")
    assert (await anext(stream)).text == FIRST
    await until(lambda: SECOND in voice.asked)
    assert voice.asked == [FIRST, SECOND]
    await stream.aclose()


async def test_a_stream_that_is_closed_gives_up_what_it_had_begun(tmp_path: Path) -> None:
    voice = HummingVoice()
    stream = speaker(tmp_path, voice).stream(TEXT)
    await anext(stream)
    voice.gate.clear()
    await until(lambda: SECOND in voice.asked)
    await stream.aclose()
    assert voice.given_up == [SECOND]


async def test_a_reader_that_is_cancelled_gives_up_and_another_is_served(tmp_path: Path) -> None:
    voice = HummingVoice()
    voice.gate.clear()
    both = speaker(tmp_path, voice)
    first, second = (asyncio.create_task(spoken(both.stream(FIRST))) for _ in range(2))
    await until(lambda: voice.asked == [FIRST])
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    voice.gate.set()
    assert await second == [FIRST]
    assert voice.asked == [FIRST] and voice.given_up == []


async def test_many_who_ask_at_once_share_one_rendering(tmp_path: Path) -> None:
    voice = HummingVoice()
    shared = speaker(tmp_path, voice)
    heard = await asyncio.gather(*(spoken(shared.stream(TEXT)) for _ in range(8)))
    assert heard == [[FIRST, SECOND]] * 8
    assert sorted(voice.asked) == sorted([FIRST, SECOND])


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


async def test_what_was_said_once_is_ready_here_and_never_on_the_disk(tmp_path: Path) -> None:
    voice = HummingVoice()
    first = speaker(tmp_path, voice)
    assert first.ready(TEXT) is None
    await spoken(first.stream(TEXT))
    ready = first.ready(TEXT)
    assert ready is not None and [clip.text for clip in ready] == [FIRST, SECOND]
    await first.aclose()
    assert speaker(tmp_path, HummingVoice()).ready(TEXT) is None
    assert _files(tmp_path) == []


async def test_what_is_kept_before_any_call_is_ready_for_every_process(tmp_path: Path) -> None:
    await speaker(tmp_path, HummingVoice()).keep(TEXT)
    elsewhere = HummingVoice()
    ready = speaker(tmp_path, elsewhere).ready(TEXT)
    assert ready is not None and [clip.text for clip in ready] == [FIRST, SECOND]
    assert elsewhere.asked == []


async def test_a_kept_sentence_is_said_whole_and_is_found_in_other_lines(tmp_path: Path) -> None:
    voice = HummingVoice()
    kept = speaker(tmp_path, voice)
    assert await kept.keep(LONG) == 1 and await kept.keep(LONG) == 0
    assert voice.asked == [LONG]
    assert await spoken(kept.stream(f"Okay. {LONG}")) == ["Okay.", LONG]
    ready = kept.ready(f"{LONG} Okay.")
    assert ready is not None and len(ready) == 2


async def test_memory_is_bounded_and_keeps_what_was_used_last(tmp_path: Path) -> None:
    voice = HummingVoice()
    small = speaker(tmp_path, voice, memory_bytes=100_000)
    await spoken(small.stream(TEXT))
    await small.aclose()
    forget(tmp_path)
    assert small.ready(SECOND) is not None and small.ready(FIRST) is None


async def test_when_the_voice_fails_half_way_its_fallback_says_the_rest(tmp_path: Path) -> None:
    voice, other = HummingVoice(fails={SECOND}), HummingVoice("fake:other", hertz=440)
    text = f"{TEXT} Just ask."
    assert await spoken(speaker(tmp_path, voice, other).stream(text)) == [FIRST, SECOND, "Just ask."]
    assert other.asked == [SECOND, "Just ask."]


async def test_a_voice_that_failed_is_tried_again_for_the_next_text(tmp_path: Path) -> None:
    voice, other = HummingVoice(), HummingVoice("fake:other")
    either = speaker(tmp_path, voice, other)
    voice.broken = True
    await spoken(either.stream(FIRST))
    voice.broken = False
    await spoken(either.stream(SECOND))
    assert other.asked == [FIRST] and voice.asked == [FIRST, SECOND]
    assert either.ready(FIRST) is None, "a fallback's clip is not kept as the voice's"


async def test_when_nobody_can_speak_it_is_said_so_and_the_next_text_may_work(tmp_path: Path) -> None:
    voice, other = HummingVoice(fails={SECOND}), HummingVoice("fake:other", fails={SECOND})
    mute = speaker(tmp_path, voice, other)
    heard: list[str] = []
    with pytest.raises(RenderingFailed):
        async for clip in mute.stream(TEXT):
            heard.append(clip.text)
    assert heard == [FIRST]
    assert await spoken(mute.stream(FIRST)) == [FIRST]


async def test_closing_stops_what_runs(tmp_path: Path) -> None:
    voice = HummingVoice()
    voice.gate.clear()
    closing = speaker(tmp_path, voice)
    reader = asyncio.create_task(spoken(closing.stream(FIRST)))
    await until(lambda: voice.asked == [FIRST])
    await closing.aclose()
    with pytest.raises(RenderingFailed, match="closed"):
        await reader
    assert voice.given_up == [FIRST]


# Voices that hang


class DeafVoice(HummingVoice):
    """Hangs, and does not heed that it is given up."""

    async def render(self, clause: str, haste: Haste | None = None) -> Clip:
        while not self.gate.is_set():
            try:
                return await super().render(clause)
            except asyncio.CancelledError:
                continue
        return await super().render(clause)


def test_a_voice_that_hangs_is_passed_over_aloud_and_rests(tmp_path: Path) -> None:
    async def main(clock: Clock) -> None:
        voice, other = HummingVoice(), HummingVoice("fake:other")
        voice.gate.clear()
        either = speaker(tmp_path, voice, other)
        assert await spoken(either.stream(TEXT)) == [FIRST, SECOND]
        assert clock.elapsed_ms() == patience(FIRST) * 1000
        assert other.asked == [FIRST, SECOND] and voice.given_up == [FIRST]
        assert await spoken(either.stream("Next.")) == ["Next."]
        assert clock.elapsed_ms() == patience(FIRST) * 1000, "the same silence is not waited for again"
        voice.gate.set()
        await clock.sleep(REST_S)
        await spoken(either.stream("Once more."))
        assert voice.asked[-1] == "Once more."

    run_virtually(main)


def test_when_the_last_voice_hangs_it_is_said_so_and_not_tried_again(tmp_path: Path) -> None:
    async def main(clock: Clock) -> None:
        voice = HummingVoice()
        voice.gate.clear()
        with pytest.raises(RenderingLate) as late:
            await spoken(speaker(tmp_path, voice).stream(FIRST))
        assert not late.value.retryable and clock.elapsed_ms() == patience(FIRST) * 1000

    run_virtually(main)


def test_a_voice_that_cannot_be_stopped_holds_up_neither_its_fallback_nor_closing(tmp_path: Path) -> None:
    async def main(clock: Clock) -> None:
        voice, other = DeafVoice(), HummingVoice("fake:other")
        voice.gate.clear()
        either = speaker(tmp_path, voice, other)
        assert await spoken(either.stream(FIRST)) == [FIRST]
        assert clock.elapsed_ms() == (patience(FIRST) + GIVE_UP_S) * 1000
        await either.aclose()
        assert clock.elapsed_ms() <= (patience(FIRST) + 2 * GIVE_UP_S) * 1000
        voice.gate.set()

    run_virtually(main)


def test_what_is_rendered_ahead_keeps_nobody_waiting(tmp_path: Path) -> None:
    async def main(clock: Clock) -> None:
        voice = HummingVoice()
        stream = speaker(tmp_path, voice, HummingVoice("fake:other")).stream(TEXT)
        await anext(stream)
        voice.gate.clear()
        await clock.sleep(600)
        reading = asyncio.ensure_future(anext(stream))
        await clock.sleep(patience(SECOND) / 2)
        voice.gate.set()
        assert (await reading).text == SECOND
        assert voice.asked == [FIRST, SECOND] and voice.given_up == []
        await stream.aclose()

    run_virtually(main)
