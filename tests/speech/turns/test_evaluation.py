"""How clips are judged."""

import numpy as np

from tests.fakes.voice_activity import LoudnessActivity
from tollfree.protocol.audio import HEARD_RATE, Samples
from tollfree.protocol.clock import SystemClock
from tollfree.protocol.transcript import Transcript
from tollfree.speech.stt.base import Hearing, Hints, Urgency
from tollfree.speech.turns.evaluation import ClipTurns, Loudness, TurnsReport, evaluate_clip
from tollfree.speech.turns.listener import Listener


class SlowClock(SystemClock):
    """Moves by what a decode is said to take."""

    def __init__(self) -> None:
        self.ms = 0.0

    def elapsed_ms(self) -> float:
        return self.ms


class Scripted:
    """Hears one text, in 100 ms."""

    name = "scripted"
    hearing = Hearing(languages=("en",), punctuates=True, hints=False)

    def __init__(self, clock: SlowClock, text: str) -> None:
        self._clock, self._text = clock, text

    async def transcribe(
        self, samples: Samples, hints: Hints | None = None, *, urgency: Urgency = Urgency.COMMIT
    ) -> Transcript:
        self._clock.ms += 100
        return Transcript(text=self._text)

    async def warm_up(self) -> None:
        pass

    async def aclose(self) -> None:
        pass


def tone(ms: float) -> Samples:
    return (np.sin(np.arange(int(ms * HEARD_RATE / 1000)) * 0.2) * 8000).astype(np.int16)


def quiet(ms: float) -> Samples:
    return np.zeros(int(ms * HEARD_RATE / 1000), np.int16)


async def _play(samples: Samples, text: str) -> ClipTurns:
    clock = SlowClock()
    return await evaluate_clip(
        "clip",
        samples,
        listener=Listener(),
        activity=LoudnessActivity(),
        recognizer=Scripted(clock, text),
        clock=clock,
    )


async def test_a_finished_clip_is_committed_once_after_its_end() -> None:
    clip = await _play(np.concatenate([quiet(200), tone(1000), quiet(300)]), "Where is my order?")
    assert clip.speech_end_ms == 1200
    assert clip.splits == 0
    assert clip.waited_ms is not None and 150 <= clip.waited_ms <= 320


async def test_a_commit_before_the_last_speech_is_a_split() -> None:
    clip = await _play(np.concatenate([tone(800), quiet(800), tone(800)]), "Where is my order?")
    assert clip.splits == 1
    assert len(clip.commits) == 2


async def test_a_pause_after_an_unfinished_text_splits_nothing() -> None:
    clip = await _play(np.concatenate([tone(800), quiet(800), tone(800)]), "I would like to")
    assert clip.splits == 0


async def test_a_silent_clip_has_no_turn_and_no_end() -> None:
    clip = await _play(quiet(1000), "Thank you.")
    assert (clip.speech_end_ms, clip.commits, clip.waited_ms) == (0.0, (), None)


async def test_the_report_adds_up() -> None:
    good = await _play(np.concatenate([tone(800), quiet(100)]), "Yes.")
    cut = await _play(np.concatenate([tone(800), quiet(800), tone(800)]), "Yes.")
    mute = await _play(quiet(1000), "")
    report = TurnsReport.of([good, cut, mute])
    assert (report.turns_cut, report.splits, report.missed) == (1, 1, 0)
    assert report.waited_ms_p50 is not None


def test_loudness_ends_with_the_last_frame_near_the_loudest() -> None:
    loudness = Loudness(np.concatenate([quiet(100), tone(500), tone(500) // 100, quiet(500)]))
    assert loudness.end_ms == 600
    assert loudness.last_before(300) == 300
