"""The laws of `Voice`, proved for every engine and for the fake: subclass, and give a `voice` fixture."""

import asyncio

import numpy as np
import pytest

from tollfree.protocol.audio import SPOKEN_RATE
from tollfree.speech.tts.base import LONGEST_CLAUSE, Clip, RenderingFailed, Voice
from tollfree.speech.tts.sound import LOUDNESS_DB, PEAK, loudness_db

SILENT = ("", " ", "\n\t", "...", "?!", "—", "👍", "🎉🎉", "** **", "()", "\x00\x1b\u200b", "\ufeff", "￼")
SPEAKABLE = (
    "Okay.",
    "Your order 41755 comes to $14.50, ready at 3pm.",
    "日本語 привет مرحبا",
    "e\u0301 ﬁn \ud800 x",
    "a\x00b\x07c",
    "**Bold** [link](http://example.com) & more",
)


def assert_is_whole(clip: Clip, text: str) -> None:
    """Right type, and words that cover the text in order and end with the sound."""
    assert clip.text == text
    assert clip.samples.dtype == np.int16 and clip.samples.ndim == 1
    ends = [word.end for word in clip.words]
    times = [word.end_ms for word in clip.words]
    assert ends == sorted(set(ends)) and times == sorted(times)
    assert not text or ends[-1] == len(text)
    assert all(0 <= time <= clip.ms + 0.1 for time in times)


class VoiceContract:
    """What every voice does."""

    async def test_it_tells_its_name_and_what_it_can_do(self, voice: Voice) -> None:
        engine, _, name = voice.name.partition(":")
        assert engine and name
        assert voice.speaking.languages and voice.speaking.model

    @pytest.mark.parametrize("text", SILENT)
    async def test_what_has_nothing_to_say_gives_an_empty_clip(self, voice: Voice, text: str) -> None:
        clip = await voice.render(text)
        assert_is_whole(clip, text)
        assert len(clip.samples) == 0 and clip.heard(0.0) == text

    @pytest.mark.parametrize("text", SPEAKABLE)
    async def test_whatever_can_be_said_is_said_and_its_words_cover_the_text(self, voice: Voice, text: str) -> None:
        clip = await voice.render(text)
        assert_is_whole(clip, text)
        assert clip.ms > 200

    async def test_a_clip_is_trimmed_levelled_and_free_of_clicks_and_ends_with_its_gap(self, voice: Voice) -> None:
        clip = await voice.render("Your order will be ready in half an hour.")
        sound = clip.samples[: round(clip.words[-1].end_ms * SPOKEN_RATE / 1000)].astype(np.float32) / 32768
        assert abs(loudness_db(sound) - LOUDNESS_DB) < 1.5
        assert np.abs(sound).max() <= PEAK + 0.001
        assert np.abs(clip.samples[:5]).max() < 200 and np.abs(sound[-5:]).max() < 0.01
        assert np.abs(sound[: SPOKEN_RATE // 10]).max() > 0.01, "no silence before the first word"
        assert clip.ms - clip.words[-1].end_ms == pytest.approx(250, abs=1)
        assert not clip.samples[-round(0.24 * SPOKEN_RATE) :].any()

    async def test_a_word_counts_as_heard_when_it_is_over(self, voice: Voice) -> None:
        clip = await voice.render("One moment while I find your account.")
        assert clip.heard(0.0) == ""
        halfway = clip.heard(clip.words[2].end_ms)
        assert halfway == "One moment while"
        assert clip.heard(clip.words[-1].end_ms) == clip.text
        assert 100 < clip.words[0].end_ms < clip.ms / 2

    async def test_a_price_counts_as_heard_only_whole(self, voice: Voice) -> None:
        clip = await voice.render("It is $14.50, please.")
        assert [clip.text[: word.end] for word in clip.words] == [
            "It",
            "It is",
            "It is $14.50,",
            "It is $14.50, please.",
        ]

    async def test_more_than_a_clause_is_refused_at_once(self, voice: Voice) -> None:
        for text in ("word " * 2000, "x" * 10_000, "9" * (LONGEST_CLAUSE + 1)):
            with pytest.raises(RenderingFailed) as refused:
                await voice.render(text)
            assert not refused.value.retryable

    async def test_renders_at_once_do_not_mix(self, voice: Voice) -> None:
        texts = ("Yes.", "No, thank you.", "Yes.", "Maybe later today.")
        clips = await asyncio.gather(*(voice.render(text) for text in texts))
        for clip, text in zip(clips, texts, strict=True):
            assert_is_whole(clip, text)
        assert len(clips[0].samples) < len(clips[3].samples)

    async def test_a_cancelled_render_leaves_the_voice_usable(self, voice: Voice) -> None:
        tasks = [
            asyncio.create_task(voice.render("This sentence goes on for quite a while, and then some.")) for _ in "ab"
        ]
        await asyncio.sleep(0)
        for task in tasks:
            task.cancel()
        done = await asyncio.gather(*tasks, return_exceptions=True)
        assert all(isinstance(one, asyncio.CancelledError | Clip) for one in done)
        assert_is_whole(await voice.render("Still here."), "Still here.")

    async def test_after_closing_nothing_is_rendered(self, closable: Voice) -> None:
        waiting = asyncio.create_task(closable.render("Nobody will hear the end of this."))
        await asyncio.sleep(0)
        await closable.aclose()
        await closable.aclose()
        done = (await asyncio.gather(waiting, return_exceptions=True))[0]
        assert isinstance(done, RenderingFailed | Clip)
        with pytest.raises(RenderingFailed) as refused:
            await closable.render("Hello.")
        assert not refused.value.retryable
