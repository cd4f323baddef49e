"""A line with sound: what the caller does becomes events, what the agent says becomes sound, and whatever breaks ends
explained with nothing left running."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

import numpy as np
import pytest

from tests.fakes.listening import LoudActivity, ScriptedListener
from tests.fakes.media import FakeMedia
from tests.fakes.recognizer import ScriptedRecognizer
from tests.fakes.speaker import FakeSpeaker
from tollfree.calls.caller_words import DEAF_AFTER, EarsLost
from tollfree.calls.errors import CallError
from tollfree.calls.line import CallerSounds, LineEvent, Noted, Offered
from tollfree.calls.lines.spoken import Ears, SpokenLine
from tollfree.calls.media import Frame, MediaEvent, SecondVoiceHeard
from tollfree.calls.playout import Playout
from tollfree.calls.taping import Tape
from tollfree.calls.virtual_time import run_virtually
from tollfree.protocol.audio import HEARD_RATE, Samples
from tollfree.protocol.clock import Clock
from tollfree.protocol.effects import Listen, Say
from tollfree.protocol.events import CallEnded, CallerSilent, CallerSpoke, CallerUnheard, Spoken
from tollfree.protocol.ids import EffectId
from tollfree.protocol.transcript import Transcript
from tollfree.speech.stt.base import RecognitionFailed, Recognizer
from tollfree.speech.turns.base import Commit, Drop, Onset, Pause, Stop
from tollfree.speech.turns.listener import Listener, Listens

T = TypeVar("T")
TICK_MS = 20


class Rig:
    """A caller who makes sound at given times, and a line that hears them."""

    def __init__(
        self,
        clock: Clock,
        recognizer: Recognizer | None = None,
        *,
        speech: Sequence[tuple[float, float]] = (),
        listener: Listens | None = None,
        media: FakeMedia | None = None,
        tape: Tape | None = None,
        resumed: bool = False,
        **speaker: Any,
    ) -> None:
        self.clock = clock
        self.media = media or FakeMedia()
        self.speaker = FakeSpeaker(**speaker)
        self.speech = list(speech)
        """When the caller speaks, from and to, ms."""
        ears = Ears(
            recognizer=recognizer or ScriptedRecognizer("I would like a large pepperoni pizza", clock=clock),
            activity=LoudActivity(),
            listener=listener or Listener(),
        )
        self.line = SpokenLine(self.media, ears, self.speaker, clock, tape=tape, resumed=resumed)
        self.events: list[LineEvent] = []
        self.now_ms = 0.0
        self.sounded: list[float] = []
        """Ticks at which the agent was heard, ms."""

    async def start(self) -> None:
        await self.line.start()
        self.line.listen(Listen(id=EffectId("l")))

    def say(self, text: str, id: str = "e1", **how: Any) -> None:
        self.line.say(Say(id=EffectId(id), text=text, **how))

    async def go_on(self, ms: float) -> None:
        """Let time pass, with whatever sound the caller makes in it."""
        until = self.now_ms + ms
        while self.now_ms < until:
            loud = any(start <= self.now_ms < end for start, end in self.speech)
            tone = np.tile(np.array([8000, -8000], np.int16), HEARD_RATE * TICK_MS // 2000)
            self.media.tell(Frame(samples=tone if loud else np.zeros(len(tone), np.int16)))
            if self.media.playout is not None and not self.media.closed and self.media.take(TICK_MS).any():
                self.sounded.append(self.now_ms)
            self.now_ms += TICK_MS
            await self.clock.sleep(TICK_MS / 1000)
            await self.read()

    async def read(self) -> None:
        for _ in range(20):
            await asyncio.sleep(0)
        while True:
            reading = asyncio.ensure_future(self.line.next())
            await asyncio.sleep(0)
            if not reading.done():
                reading.cancel()
                await asyncio.gather(reading, return_exceptions=True)
                return
            self.events.append(reading.result())

    def told(self, kind: type[T]) -> list[T]:
        return [event for event in self.events if isinstance(event, kind)]

    def notes(self, type: str) -> list[Noted]:
        return [note for note in self.told(Noted) if note.type == type]


def in_virtual_time(test: Callable[[Clock], Awaitable[None]]) -> None:
    """Run it, and see that it leaves no task behind."""

    async def whole(clock: Clock) -> None:
        await test(clock)
        for _ in range(20):
            await asyncio.sleep(0)
        assert asyncio.all_tasks() == {asyncio.current_task()}

    run_virtually(whole)


# A person who talks to the caller


class Tapes:
    """A tape that keeps the agent's side."""

    def __init__(self) -> None:
        self.agents: list[Samples] = []

    def caller(self, samples: Samples, at_ms: float) -> None:
        pass

    def agent(self, samples: Samples, at_ms: float) -> None:
        self.agents.append(samples)


def test_a_second_voice_is_recorded_on_the_agents_side_and_is_nobodys_turn() -> None:
    async def test(clock: Clock) -> None:
        tape = Tapes()
        rig = Rig(clock, tape=tape)
        await rig.start()
        for _ in range(50):
            rig.media.tell(SecondVoiceHeard(samples=np.full(480, 9000, np.int16)))
            await rig.go_on(20)
        await rig.go_on(3000)
        said = np.concatenate(tape.agents)
        assert 45 * 480 <= int((said == 9000).sum()) <= 50 * 480 and not rig.sounded
        assert not rig.told(CallerSpoke) and not rig.told(CallerSounds)
        await rig.line.close()

    in_virtual_time(test)


# What the caller says


def test_a_turn_is_told_once_with_its_words_after_it_was_offered() -> None:
    async def test(clock: Clock) -> None:
        rig = Rig(clock, speech=[(200, 1200)])
        await rig.start()
        await rig.go_on(3000)
        assert [said.text for said in rig.told(CallerSpoke)] == ["I would like a large pepperoni pizza"]
        assert rig.told(Offered)[-1].said == rig.told(CallerSpoke)[0]
        assert rig.told(CallerSounds) == [CallerSounds(sounds=True), CallerSounds(sounds=False)]
        await rig.line.close()

    in_virtual_time(test)


def test_the_tail_of_a_sentence_is_no_turn_when_a_call_is_taken_up_again() -> None:
    async def test(clock: Clock) -> None:
        again = "Sorry, I lost you for a moment there. Please say that again for me."
        rig = Rig(clock, speech=[(0, 1400), (6000, 7200)], resumed=True, kept={again})
        await rig.start()
        rig.say(again)
        await rig.go_on(4000)
        assert rig.told(CallerSpoke) == [] and rig.told(Offered) == [] and rig.told(CallerSilent) == []
        assert len(rig.notes("tail_of_a_sentence")) == 1
        assert [(spoken.heard, spoken.complete) for spoken in rig.told(Spoken)] == [(again, True)]
        assert sum(400 < at < 1400 for at in rig.sounded) == 0, "it waits until they have finished"
        await rig.go_on(5000)
        assert len(rig.told(CallerSpoke)) == 1, "what is said again is a turn"
        await rig.line.close()

    in_virtual_time(test)


def test_nothing_is_said_over_a_caller_who_speaks() -> None:
    async def test(clock: Clock) -> None:
        rig = Rig(clock, speech=[(200, 2200)], kept={"Here is the answer."})
        await rig.start()
        await rig.go_on(600)
        rig.say("Here is the answer.")
        await rig.go_on(4000)
        assert min(rig.sounded) > 2200
        assert rig.told(Spoken) == [Spoken(effect=EffectId("e1"), heard="Here is the answer.")]
        await rig.line.close()

    in_virtual_time(test)


def test_what_is_said_over_a_line_that_must_be_heard_becomes_a_turn() -> None:
    async def test(clock: Clock) -> None:
        notice = "This call is recorded, and we have to tell you that before anything else."
        rig = Rig(clock, speech=[(200, 1400)], kept={notice})
        await rig.start()
        rig.say(notice, interruptible="never")
        await rig.go_on(4000)
        assert [said.text for said in rig.told(CallerSpoke)] == ["I would like a large pepperoni pizza"]
        assert [(spoken.heard, spoken.complete) for spoken in rig.told(Spoken)] == [(notice, True)]
        assert rig.notes("interruption") == []
        await rig.line.close()

    in_virtual_time(test)


def test_a_caller_who_interrupts_stops_the_line_and_their_turn_follows() -> None:
    async def test(clock: Clock) -> None:
        line = "We have a great many pizzas, and I will now tell you about every one of them in turn."
        rig = Rig(clock, speech=[(200, 1600)], kept={line})
        await rig.start()
        rig.say(line)
        await rig.go_on(3500)
        [spoken] = rig.told(Spoken)
        assert not spoken.complete and line.startswith(spoken.heard)
        assert [note.data["how"] for note in rig.notes("interruption")] == ["stopped"]
        assert len(rig.told(CallerSpoke)) == 1
        await rig.line.close()

    in_virtual_time(test)


@pytest.mark.parametrize("confidence", [0.0, 0.3])
def test_a_turn_without_a_word_is_asked_again_and_nothing_is_stored_that_nobody_said(confidence: float) -> None:
    async def test(clock: Clock) -> None:
        nothing = Transcript(text="", confidence=confidence)
        rig = Rig(clock, ScriptedRecognizer(lambda samples, hints: nothing, clock=clock), speech=[(200, 1800)])
        await rig.start()
        await rig.go_on(6000)
        assert rig.told(CallerSpoke) == []
        assert len(rig.notes("inaudible")) == 1 and rig.told(CallerSilent)
        await rig.line.close()

    in_virtual_time(test)


NOTHING = Transcript(text="", confidence=0.0)


class _Deaf:
    """A recogniser that breaks."""

    name, hearing = "fake:deaf", ScriptedRecognizer.hearing

    def __init__(self, error: Exception) -> None:
        self._error = error

    async def transcribe(self, *args: Any, **kwargs: Any) -> Any:
        raise self._error

    async def warm_up(self) -> None: ...

    async def aclose(self) -> None: ...


@pytest.mark.parametrize("error", [RecognitionFailed("no", retryable=True), ZeroDivisionError()])
def test_a_recogniser_that_breaks_costs_the_words_and_says_so(
    error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("CRITICAL", "tollfree")

    async def test(clock: Clock) -> None:
        rig = Rig(clock, _Deaf(error), speech=[(200, 1800)])
        await rig.start()
        await rig.go_on(6000)
        assert rig.told(CallerSpoke) == [] and rig.told(CallerUnheard) and rig.told(CallEnded) == []
        assert {note.data["code"] for note in rig.notes("not_heard")} == {getattr(error, "code", type(error).__name__)}
        await rig.line.close()

    in_virtual_time(test)


def test_a_recogniser_that_hangs_costs_each_turn_its_words_and_after_a_few_the_call_explained() -> None:
    async def test(clock: Clock) -> None:
        hangs = ScriptedRecognizer("never heard", clock=clock, takes_ms=1e9)
        turns = [(200 + 12_000 * turn, 1600 + 12_000 * turn) for turn in range(DEAF_AFTER)]
        rig = Rig(clock, hangs, speech=turns, kept={"Sorry."})
        await rig.start()
        await rig.go_on(12_000 * (DEAF_AFTER - 1))
        assert len(rig.notes("inaudible")) == DEAF_AFTER - 1 and len(rig.told(CallerUnheard)) >= DEAF_AFTER - 1
        assert [note.data["code"] for note in rig.notes("not_heard")] == ["recognition_late"] * (DEAF_AFTER - 1)
        with pytest.raises(EarsLost):
            await rig.go_on(12_000)
        rig.say("Sorry.")
        ending = asyncio.ensure_future(rig.line.hang_up())
        await rig.go_on(1000)
        assert ending.done() and [spoken.complete for spoken in rig.told(Spoken)] == [True]

    in_virtual_time(test)


def test_a_recogniser_that_answers_again_in_between_is_kept() -> None:
    async def test(clock: Clock) -> None:
        answers = [NOTHING, RecognitionFailed("no"), Transcript(text="", confidence=0.3), RecognitionFailed("no")]

        class Moody(_Deaf):
            async def transcribe(self, *args: Any, **kwargs: Any) -> Any:
                answer = answers[len(rig.notes("inaudible")) % len(answers)]
                if isinstance(answer, Exception):
                    raise answer
                return answer

        turns = [(200 + 12_000 * turn, 2000 + 12_000 * turn) for turn in range(2 * DEAF_AFTER)]
        rig = Rig(clock, Moody(OSError()), speech=turns)
        await rig.start()
        await rig.go_on(24_000 * DEAF_AFTER)
        assert len(rig.notes("inaudible")) > DEAF_AFTER and rig.notes("ears_lost") == []
        await rig.line.close()

    in_virtual_time(test)


def test_a_caller_who_begins_anew_before_the_turn_before_was_understood_is_not_spoken_over() -> None:
    async def test(clock: Clock) -> None:
        listener = ScriptedListener()
        rig = Rig(clock, listener=listener, kept={"Answer."})
        await rig.start()
        listener.tell(Onset(turn=1, at_ms=0), Onset(turn=2, at_ms=100))
        await rig.go_on(100)
        listener.tell(Commit(turn=1, look=1, start_ms=0, speech_end_ms=50, at_ms=100))
        rig.say("Answer.")
        await rig.go_on(200)
        assert rig.sounded == []
        listener.tell(Drop(turn=2, at_ms=300))
        await rig.go_on(200)
        assert rig.sounded and len(rig.told(Spoken)) == 1
        await rig.line.close()

    in_virtual_time(test)


def test_a_turn_that_counts_without_a_verdict_leaves_no_line_paused() -> None:
    async def test(clock: Clock) -> None:
        listener = ScriptedListener()
        rig = Rig(clock, listener=listener, kept={"A long line that goes on and on.", "Answer."})
        await rig.start()
        rig.say("A long line that goes on and on.")
        await rig.go_on(60)
        listener.tell(Onset(turn=1, at_ms=0), Pause(turn=1, at_ms=40))
        await rig.go_on(60)
        listener.tell(Commit(turn=1, look=1, start_ms=0, speech_end_ms=50, at_ms=100))
        await rig.go_on(60)
        rig.say("Answer.", "e2")
        await rig.go_on(300)
        assert [spoken.complete for spoken in rig.told(Spoken)] == [False, True]
        await rig.line.close()

    in_virtual_time(test)


def test_a_pause_for_nothing_is_taken_up_again() -> None:
    async def test(clock: Clock) -> None:
        listener = ScriptedListener()
        rig = Rig(clock, listener=listener, kept={"A long line that goes on and on."})
        await rig.start()
        rig.say("A long line that goes on and on.")
        await rig.go_on(60)
        listener.tell(Onset(turn=1, at_ms=0), Pause(turn=1, at_ms=40), Drop(turn=1, at_ms=60))
        await rig.go_on(600)
        assert [spoken.complete for spoken in rig.told(Spoken)] == [True]
        await rig.line.close()

    in_virtual_time(test)


def test_keys_that_stop_a_line_hold_nothing_back() -> None:
    async def test(clock: Clock) -> None:
        listener = ScriptedListener()
        rig = Rig(clock, listener=listener, kept={"A long line that goes on and on.", "Answer."})
        await rig.start()
        rig.say("A long line that goes on and on.")
        await rig.go_on(60)
        listener.tell(Stop(turn=9, at_ms=40))
        await rig.go_on(60)
        rig.say("Answer.", "e2")
        await rig.go_on(300)
        assert [spoken.complete for spoken in rig.told(Spoken)] == [False, True]
        assert [note.data["why"] for note in rig.notes("interruption")] == ["keys"]
        await rig.line.close()

    in_virtual_time(test)


def test_a_muted_caller_is_silent_and_not_gone() -> None:
    async def test(clock: Clock) -> None:
        rig = Rig(clock)
        await rig.start()
        for _ in range(200):
            rig.media.take(100)
            await clock.sleep(0.1)
        await rig.read()
        assert len(rig.told(CallerSilent)) >= 1 and rig.told(CallEnded) == []
        await rig.line.close()

    in_virtual_time(test)


# Quiet


@pytest.mark.parametrize("ear_delay_ms", [0.0, 300.0])
def test_it_is_quiet_once_the_last_word_has_reached_the_ear(ear_delay_ms: float) -> None:
    async def test(clock: Clock) -> None:
        rig = Rig(clock, media=FakeMedia(ear_delay_ms=ear_delay_ms), kept={"I'll connect you."})
        await rig.start()
        assert await quiet_after(rig) < 200 + ear_delay_ms, "nothing was said"
        rig.say("I'll connect you.")
        quiet_ms = await quiet_after(rig)
        assert rig.told(Spoken)[-1].complete
        assert ear_delay_ms <= quiet_ms - rig.sounded[-1] < ear_delay_ms + 250
        await rig.line.close()

    in_virtual_time(test)


def test_a_line_whose_caller_hangs_up_in_the_middle_of_a_word_is_quiet() -> None:
    async def test(clock: Clock) -> None:
        rig = Rig(clock, kept={"One two three four five six seven."})
        await rig.start()
        rig.say("One two three four five six seven.")
        quiet = asyncio.ensure_future(rig.line.quiet())
        await rig.go_on(200)
        assert not quiet.done()
        rig.media.go()
        await rig.go_on(300)
        assert quiet.done()

    in_virtual_time(test)


async def quiet_after(rig: Rig) -> float:
    """When the line is quiet, on the rig's time."""
    quiet = asyncio.ensure_future(rig.line.quiet())
    while not quiet.done():
        await rig.go_on(TICK_MS)
    return rig.now_ms


# The end


def test_hanging_up_waits_for_what_was_said_and_is_the_last_event() -> None:
    async def test(clock: Clock) -> None:
        rig = Rig(clock)
        await rig.start()
        rig.say("Goodbye, and thanks for calling.")
        ending = asyncio.ensure_future(rig.line.hang_up())
        await rig.go_on(1000)
        assert ending.done()
        assert rig.events[-1] == CallEnded(reason="hung_up") and len(rig.told(CallEnded)) == 1
        assert [spoken.complete for spoken in rig.told(Spoken)] == [True]
        assert rig.media.closed == 1

    in_virtual_time(test)


def test_a_caller_who_hangs_up_in_the_middle_of_a_line_has_heard_its_beginning() -> None:
    async def test(clock: Clock) -> None:
        rig = Rig(clock, kept={"One two three four five six seven."})
        await rig.start()
        rig.say("One two three four five six seven.")
        rig.say("And more.", "e2")
        await rig.go_on(100)
        rig.media.go()
        await rig.go_on(100)
        assert [(one.heard, one.complete) for one in rig.told(Spoken)] == [("One two", False), ("", False)]
        assert rig.events[-1] == CallEnded(reason="caller_hung_up")

    in_virtual_time(test)


def test_a_call_that_nobody_can_speak_in_ends_and_says_why(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("CRITICAL", "tollfree")

    async def test(clock: Clock) -> None:
        rig = Rig(clock)
        rig.speaker.breaks = OSError("the voice is gone")
        await rig.start()
        rig.say("Hello.", "e1")
        await rig.go_on(100)
        assert rig.told(CallEnded) == []
        rig.say("Are you there?", "e2")
        await rig.go_on(100)
        assert [note.data["effect"] for note in rig.notes("line_not_spoken")] == ["e1", "e2"]
        assert len(rig.notes("voice_lost")) == 1
        assert rig.events[-1] == CallEnded(reason="error")
        assert [one.effect for one in rig.told(Spoken)] == ["e1", "e2"]

    in_virtual_time(test)


# What breaks


class _Failing(FakeMedia):
    """Media that break where they are told to."""

    def __init__(self, at: str, error: Exception) -> None:
        super().__init__()
        self._at, self._error = at, error

    def _maybe(self, place: str) -> None:
        if place == self._at:
            raise self._error

    async def start(self, playout: Playout) -> None:
        self._maybe("start")
        await super().start(playout)

    async def next(self) -> MediaEvent:
        event = await super().next()
        self._maybe("next")
        return event

    async def close(self) -> None:
        await super().close()
        self._maybe("close")


@pytest.mark.parametrize(
    ("at", "error", "note"),
    [
        ("start", CallError("no such room"), "line_closed"),
        ("start", OSError("boom"), "line_failed"),
        ("next", OSError("boom"), "line_failed"),
    ],
)
def test_media_that_break_end_the_call_explained(
    at: str, error: Exception, note: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("CRITICAL", "tollfree")

    async def test(clock: Clock) -> None:
        rig = Rig(clock, media=_Failing(at, error))
        await rig.start()
        rig.say("Hello.")
        await rig.go_on(200)
        assert len(rig.notes(note)) == 1
        assert rig.told(CallEnded) == [CallEnded(reason="line_lost")]
        assert len(rig.told(Spoken)) == 1 and rig.media.closed == 1
        await rig.line.hang_up()
        await rig.read()
        assert len(rig.told(CallEnded)) == 1

    in_virtual_time(test)


def test_media_that_cannot_be_closed_end_the_call_all_the_same(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("CRITICAL", "tollfree")

    async def test(clock: Clock) -> None:
        rig = Rig(clock, media=_Failing("close", OSError("boom")))
        await rig.start()
        await rig.line.hang_up()
        await rig.read()
        assert rig.events[-1] == CallEnded(reason="hung_up")

    in_virtual_time(test)


def test_a_fault_in_the_listener_ends_the_call_explained(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("CRITICAL", "tollfree")

    async def test(clock: Clock) -> None:
        listener = ScriptedListener()
        rig = Rig(clock, listener=listener, kept={"Hello."})
        await rig.start()
        listener.breaks = ZeroDivisionError()
        rig.say("Hello.")
        await rig.go_on(200)
        assert [one.data["error"] for one in rig.notes("line_failed")] == ["ZeroDivisionError"]
        assert rig.events[-1] == CallEnded(reason="line_lost")

    in_virtual_time(test)


class _TornTape:
    """A recording that breaks."""

    def caller(self, samples: Samples, at_ms: float) -> None:
        raise OSError("disk full")

    def agent(self, samples: Samples, at_ms: float) -> None:
        raise OSError("disk full")


def test_no_call_fails_by_its_recording(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("CRITICAL", "tollfree")

    async def test(clock: Clock) -> None:
        rig = Rig(clock, tape=_TornTape(), speech=[(400, 1400)], kept={"Hello."})
        await rig.start()
        rig.say("Hello.")
        await rig.go_on(3000)
        assert len(rig.notes("recording_stopped")) == 1
        assert len(rig.told(Spoken)) == 1 and len(rig.told(CallerSpoke)) == 1
        await rig.line.close()

    in_virtual_time(test)


# Timings


def test_an_answer_is_timed_by_its_own_first_sound_and_not_by_a_line_from_before() -> None:
    async def test(clock: Clock) -> None:
        notice = "One two three four five six seven. " * 6
        rig = Rig(clock, speech=[(100, 900)], kept={notice, "Answer."})
        await rig.start()
        rig.say(notice, interruptible="never")
        while not rig.told(CallerSpoke):
            await rig.go_on(20)
        rig.say("Answer.", "e2")
        await rig.go_on(3500)
        [turn] = rig.notes("turn")
        answered = float(str(turn.data["first_sent_ms"]))
        assert len(rig.told(Spoken)) == 2 and answered >= 1900
        await rig.line.close()

    in_virtual_time(test)
