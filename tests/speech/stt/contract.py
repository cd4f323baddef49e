"""The laws of `Recognizer`. Every engine and every fake inherits this suite."""

import asyncio
import math

import numpy as np
import pytest

from tollfree.protocol.audio import HEARD_RATE, Samples
from tollfree.protocol.transcript import Transcript
from tollfree.speech.stt.base import Hints, RecognitionFailed, Recognizer, Urgency


class RecognizerContract:
    """A subclass gives the fixtures `recognizer` and `speech`: a second or more of sound with words in it."""

    async def test_it_says_what_it_is(self, recognizer: Recognizer) -> None:
        assert ":" in recognizer.name
        assert recognizer.hearing.languages and recognizer.hearing.longest_s > 1

    async def test_speech_gives_words_and_a_confidence(self, recognizer: Recognizer, speech: Samples) -> None:
        await recognizer.warm_up()
        heard = await recognizer.transcribe(speech)
        assert heard.text and heard.text == heard.text.strip()
        assert heard.looks >= 1 and heard.text not in heard.alternatives
        _sane(heard)

    async def test_the_same_sound_gives_the_same_words(self, recognizer: Recognizer, speech: Samples) -> None:
        first = await recognizer.transcribe(speech)
        assert (await recognizer.transcribe(speech)).text == first.text

    @pytest.mark.parametrize("seconds", [0.0, 1 / HEARD_RATE, 0.01, 0.5, 40.0])
    async def test_silence_of_any_length_has_no_words(self, recognizer: Recognizer, seconds: float) -> None:
        heard = await recognizer.transcribe(np.zeros(int(seconds * HEARD_RATE), np.int16))
        assert heard.text == "" and heard.alternatives == ()
        _sane(heard)

    async def test_a_turn_of_forty_seconds_is_heard_as_far_as_it_can(
        self, recognizer: Recognizer, speech: Samples
    ) -> None:
        # Said once at each end: the same sentence sixteen times in a row is refused as a decoder's loop.
        rest = np.zeros(40 * HEARD_RATE - 2 * len(speech), np.int16)
        heard = await recognizer.transcribe(np.concatenate([speech, rest, speech]))
        assert heard.text
        _sane(heard)

    async def test_the_loudest_sound_does_not_break_it(self, recognizer: Recognizer, speech: Samples) -> None:
        square = np.where(np.arange(HEARD_RATE) // 40 % 2, 32_767, -32_768).astype(np.int16)
        clipped = np.where(speech >= 0, 32_767, -32_768).astype(np.int16)
        for sound in (square, clipped, np.full(HEARD_RATE, -32_768, np.int16)):
            _sane(await recognizer.transcribe(sound))

    async def test_the_callers_sound_is_left_as_it_is(self, recognizer: Recognizer, speech: Samples) -> None:
        kept = speech.copy()
        await recognizer.transcribe(speech)
        assert np.array_equal(speech, kept)

    async def test_hints_of_any_kind_are_taken(self, recognizer: Recognizer, speech: Samples) -> None:
        strange = Hints(vocabulary=("naïve £5 <|endoftext|>",) * 200, slot="digits")
        for hints in (Hints(), Hints(vocabulary=("",)), strange):
            _sane(await recognizer.transcribe(speech, hints))

    async def test_hints_are_never_heard_in_silence(self, recognizer: Recognizer) -> None:
        hints = Hints(vocabulary=("margherita", "pepperoni"), slot="choice")
        assert (await recognizer.transcribe(np.zeros(HEARD_RATE, np.int16), hints)).text == ""

    async def test_calls_overlap_and_each_gets_its_own_words(self, recognizer: Recognizer, speech: Samples) -> None:
        alone = await recognizer.transcribe(speech)
        silence = np.zeros(HEARD_RATE, np.int16)
        several = await asyncio.gather(*(recognizer.transcribe(sound) for sound in (speech, silence, speech, silence)))
        assert [heard.text for heard in several] == [alone.text, "", alone.text, ""]

    async def test_the_most_urgent_goes_first(self, recognizer: Recognizer, speech: Samples) -> None:
        done: list[str] = []

        async def hear(label: str, urgency: Urgency) -> None:
            await recognizer.transcribe(speech, urgency=urgency)
            done.append(label)

        await asyncio.gather(
            hear("first", Urgency.INTERIM),
            hear("interim", Urgency.INTERIM),
            hear("offer", Urgency.OFFER),
            hear("commit", Urgency.COMMIT),
        )
        done.remove("first")  # it may have begun before the others came
        assert done == ["commit", "offer", "interim"]

    async def test_a_cancelled_call_gives_its_place_up(self, recognizer: Recognizer, speech: Samples) -> None:
        tasks = [asyncio.create_task(recognizer.transcribe(speech)) for _ in range(4)]
        await asyncio.sleep(0)
        for task in tasks[:3]:
            task.cancel()
        told = await asyncio.gather(*tasks, return_exceptions=True)
        assert all(isinstance(one, asyncio.CancelledError) for one in told[:3])
        assert isinstance(told[3], Transcript) and told[3].text

    async def test_the_loop_goes_on_while_it_hears(self, recognizer: Recognizer, speech: Samples) -> None:
        hearing = asyncio.create_task(recognizer.transcribe(speech))
        turns = 0
        while not hearing.done():
            await asyncio.sleep(0)
            turns += 1
        assert turns >= 2

    async def test_closed_it_refuses_and_closing_twice_is_no_fault(
        self, recognizer: Recognizer, speech: Samples
    ) -> None:
        waiting = [asyncio.create_task(recognizer.transcribe(speech)) for _ in range(3)]
        await asyncio.sleep(0)
        await recognizer.aclose()
        for one in await asyncio.gather(*waiting, return_exceptions=True):
            assert isinstance(one, (Transcript, RecognitionFailed))
        with pytest.raises(RecognitionFailed):
            await recognizer.transcribe(speech)
        await recognizer.aclose()


def _sane(heard: Transcript) -> None:
    assert 0 <= heard.confidence <= 1
    assert math.isfinite(heard.took_ms) and heard.took_ms >= 0
    assert heard.looks >= 0
