"""What the agent says, and what of it was heard."""

import asyncio
from collections.abc import Callable
from typing import Any, Literal

import numpy as np
import pytest

from tests.fakes.speaker import CHARACTER_MS, FakeSpeaker
from tollfree.calls.filling import AHEAD_MS
from tollfree.calls.mouth import Mouth
from tollfree.calls.playout import Playout
from tollfree.protocol.audio import SPOKEN_RATE, spoken_ms
from tollfree.protocol.clock import SystemClock
from tollfree.protocol.effects import Say
from tollfree.protocol.events import Spoken
from tollfree.protocol.ids import EffectId
from tollfree.speech.tts.base import Clip

Interruptible = Literal["always", "after_first_sentence", "never"]
TAKE = 480


class Rig:
    """A mouth, and what it told."""

    def __init__(self, *, ear_delay_ms: float = 0.0, **speaker: Any) -> None:
        self.speaker = FakeSpeaker(**speaker)
        self.playout = Playout()
        self.spoken: list[Spoken] = []
        self.rendered: list[str] = []
        self.started: list[str] = []
        """Texts of lines whose first sound has left."""
        self.failed: list[tuple[str, str, bool]] = []
        self.taken_back: list[str] = []
        self.ids: list[str] = []
        self.texts: dict[str, str] = {}
        """What each line says, by its id."""
        self.mouth = Mouth(
            self.speaker,
            self.playout,
            SystemClock(),
            ear_delay_ms=lambda: ear_delay_ms,
            spoken=self.spoken.append,
            rendered=lambda say: self.rendered.append(say.text),
            started=self._note_started,
            failed=lambda say, code, all_of_it: self.failed.append((say.text, code, all_of_it)),
            taken_back=lambda composition, heard: self.taken_back.append(heard),
        )
        self.playout.taken = lambda samples: self.mouth.progress(len(samples))

    def _note_started(self, say: Say, clip: Clip, first: bool) -> None:
        if first:
            self.started.append(say.text)

    def say(self, text: str, interruptible: Interruptible = "always") -> None:
        self.mouth.say(self.line(text, interruptible))

    def line(self, text: str, interruptible: Interruptible = "always") -> Say:
        """A line that is to be answered."""
        self.ids.append(f"e{len(self.ids)}")
        self.texts[self.ids[-1]] = text
        return Say(id=EffectId(self.ids[-1]), text=text, interruptible=interruptible)

    def take(self, ms: float) -> int:
        """Take so much sound; how many samples of it are not silence."""
        return sum(int(np.count_nonzero(self.playout.take(TAKE))) for _ in range(round(ms * SPOKEN_RATE / 1000 / TAKE)))

    @property
    def heard(self) -> list[tuple[str, bool]]:
        return [(one.heard, one.complete) for one in self.spoken]


async def settle() -> None:
    """Let rendering go as far as it can."""
    for _ in range(30):
        await asyncio.sleep(0)


async def after(rig: Rig, *steps: Callable[[], object]) -> None:
    for one in steps:
        one()
        await settle()


# Lines and what was heard


async def test_a_kept_line_sounds_at_the_next_take_without_any_task() -> None:
    rig = Rig(kept={"Hello there."})
    before = asyncio.all_tasks()
    rig.say("Hello there.")
    assert rig.take(20) > TAKE // 2
    assert asyncio.all_tasks() == before


async def test_lines_follow_one_another_without_a_gap_and_each_is_answered_when_its_sound_is_over() -> None:
    rig = Rig(kept={"One.", "Two."})
    rig.say("One.")
    rig.say("Two.")
    assert rig.take(40) and rig.heard == [("One.", True)]
    rig.take(40)
    assert rig.heard == [("One.", True), ("Two.", True)]
    await rig.mouth.quiet()


async def test_only_words_whose_sound_is_over_were_heard() -> None:
    rig = Rig(kept={"One two three four."})
    rig.say("One two three four.")
    rig.take(100)  # ten characters: "One two th"
    rig.mouth.stop()
    assert rig.heard == [("One two", False)]
    assert rig.take(100) < TAKE  # what fades out


async def test_words_still_on_their_way_to_the_ear_were_not_heard() -> None:
    rig = Rig(kept={"One two three four."}, ear_delay_ms=60)
    rig.say("One two three four.")
    rig.take(100)
    rig.mouth.stop()
    assert rig.heard == [("One", False)]


async def test_words_that_reached_the_ear_while_the_agent_paused_were_heard() -> None:
    rig = Rig(kept={"One two three four."}, ear_delay_ms=60)
    rig.say("One two three four.")
    rig.take(100)
    rig.mouth.pause()
    rig.take(100)
    rig.mouth.stop()
    assert rig.heard == [("One two", False)]


async def test_a_line_that_was_stopped_before_it_sounded_was_not_heard_at_all() -> None:
    rig = Rig(kept={"One."})
    rig.say("One.")
    rig.mouth.stop()
    assert rig.heard == [("", False)]


async def test_a_paused_line_goes_on_in_the_middle_of_the_word() -> None:
    rig = Rig(kept={"Hello there."})
    rig.say("Hello there.")
    rig.take(60)
    rig.mouth.pause()
    rig.take(200)
    assert rig.mouth.speaking and rig.mouth.paused and not rig.spoken
    rig.mouth.resume()
    rig.take(60)
    assert rig.heard == [("Hello there.", True)]


async def test_a_line_without_words_is_answered_at_once() -> None:
    rig = Rig()
    rig.say("")
    assert rig.heard == [("", True)]


# What must be heard


async def test_a_line_that_may_never_be_interrupted_is_said_after_the_callers_turn() -> None:
    rig = Rig(kept={"Before.", "This call is recorded.", "After."})
    rig.say("Before.")
    rig.say("This call is recorded.", "never")
    rig.say("After.")
    rig.take(40)
    rig.mouth.hold()
    rig.mouth.stop()
    assert rig.take(500) < TAKE and rig.spoken[0].heard == ""
    rig.mouth.release()
    rig.take(500)
    assert rig.heard[1:] == [("This call is recorded.", True), ("", False)]


async def test_when_a_person_takes_over_everything_is_cut_and_what_they_have_said_is_said() -> None:
    rig = Rig(kept={"One two three.", "This call is recorded.", "Later.", "I am Ann."})
    rig.say("One two three.")
    rig.say("This call is recorded.", "never")
    rig.say("Later.")
    rig.take(60)
    rig.mouth.fall_silent()
    assert [complete for _, complete in rig.heard] == [False] * 3 and rig.heard[0][0] == "One"
    rig.take(20)  # what was sounding fades out
    assert rig.take(500) == 0
    await rig.mouth.quiet()
    rig.say("I am Ann.")
    rig.take(500)
    assert rig.heard[3:] == [("I am Ann.", True)]


async def test_a_line_that_grows_when_a_person_takes_over_is_said_whole_once_it_is_known_and_may_be() -> None:
    rig = Rig(kept={"One two.", "One two. Three."})
    rig.mouth.begin(begun("One two."))
    rig.take(20)
    rig.mouth.fall_silent()
    rig.take(20)
    rig.mouth.begin(begun("One two. Three."))
    await settle()
    assert rig.take(400) == 0 and rig.spoken == []
    rig.mouth.adopt(COMPOSITION, rig.line("One two. Three."))
    await settle()
    rig.take(400)
    assert rig.heard == [("One two. Three.", True)]


async def test_a_line_is_kept_until_its_first_sentence_is_out_and_cut_after_it() -> None:
    rig = Rig(kept={"One two. Three four."})
    rig.say("One two. Three four.", "after_first_sentence")
    rig.take(40)
    assert not rig.mouth.interruptible
    rig.mouth.stop()
    assert rig.spoken == []
    rig.take(60)
    assert rig.mouth.interruptible
    rig.take(40)
    rig.mouth.stop()
    assert rig.heard == [("One two.", False)]


async def test_a_kept_line_goes_on_from_the_very_sample() -> None:
    rig = Rig(kept={"Never cut me."})
    rig.say("Never cut me.", "never")
    rig.take(60)
    rig.mouth.stop()
    rig.take(20)  # the fade
    rig.take(60)
    assert rig.spoken == []
    rig.take(20)
    assert rig.heard == [("Never cut me.", True)]


async def test_when_the_call_ends_nothing_cuts_short_what_is_left_to_say() -> None:
    rig = Rig(kept={"Goodbye."})
    rig.mouth.hold()
    rig.say("Goodbye.")
    rig.mouth.closing()
    rig.mouth.pause()
    rig.mouth.hold()
    rig.mouth.stop()
    rig.take(100)
    assert rig.heard == [("Goodbye.", True)]


# While the caller speaks


async def test_no_line_begins_while_the_caller_speaks() -> None:
    rig = Rig(kept={"Hello."})
    rig.mouth.hold()
    rig.say("Hello.")
    assert rig.take(200) == 0
    rig.mouth.release()
    rig.take(60)
    assert rig.heard == [("Hello.", True)]


async def test_between_two_lines_the_next_one_waits_for_a_caller_who_speaks() -> None:
    rig = Rig(kept={"Okay.", "What is your number?"})
    rig.say("Okay.")
    rig.say("What is your number?")
    rig.take(20)
    rig.mouth.hold()
    assert rig.take(300) <= 3 * TAKE  # the rest of the first line, and 20 ms at most beyond
    assert rig.heard == [("Okay.", True)]
    assert rig.mouth.speaking, "it has not finished: who speaks now interrupts it"
    rig.mouth.release()
    rig.take(300)
    assert rig.heard[1] == ("What is your number?", True)


async def test_a_release_does_not_take_up_what_is_paused() -> None:
    rig = Rig(kept={"Hello there."})
    rig.say("Hello there.")
    rig.take(20)
    rig.mouth.pause()
    rig.mouth.release()
    rig.take(20)
    assert rig.take(100) == 0


# Rendering


async def test_a_line_sounds_from_its_first_clip_while_the_rest_is_being_rendered() -> None:
    rig = Rig()
    rig.say("One two. Three four.")
    await settle()
    assert rig.rendered == ["One two. Three four."]
    rig.take(60)
    assert rig.started == ["One two. Three four."]


async def test_rendering_rests_while_enough_waits_to_be_said() -> None:
    sentence = "x" * 99 + "."
    text = " ".join([sentence] * 20)
    rig = Rig()
    rig.say(text)
    await settle()
    ahead = spoken_ms(rig.playout.queued)
    assert AHEAD_MS <= ahead <= AHEAD_MS + 100 * CHARACTER_MS
    rig.take(1500)
    await settle()
    assert spoken_ms(rig.playout.queued) >= AHEAD_MS


async def test_a_line_that_is_cut_while_it_rests_leaves_no_rendering_open() -> None:
    rig = Rig()
    rig.say(" ".join(["x" * 99 + "."] * 20))
    await settle()
    rig.mouth.stop()
    await settle()
    assert rig.speaker.streams == 0


async def test_what_was_prepared_is_given_up_with_its_rendering() -> None:
    rig = Rig()
    rig.speaker.gate.clear()
    for _ in range(3):
        rig.mouth.prepare(Say(id=EffectId(""), text="It costs five dollars. And ten. And more."))
    await settle()
    assert rig.speaker.streams == 1, "the same text is prepared once"
    rig.mouth.unprepare()
    await settle()
    assert rig.speaker.streams == 0


async def test_no_more_than_the_beginning_of_a_line_is_prepared() -> None:
    rig = Rig()
    rig.mouth.prepare(Say(id=EffectId(""), text="One. Two. Three. Four."))
    await settle()
    assert rig.speaker.rendered == ["One.", "Two."] and rig.speaker.streams == 0


async def test_a_voice_that_fails_costs_its_line_and_is_told() -> None:
    rig = Rig(fails={"No."}, kept={"Yes."})
    rig.say("No.")
    rig.say("Yes.")
    await settle()
    rig.take(100)
    assert rig.heard == [("", False), ("Yes.", True)]
    assert rig.failed == [("No.", "rendering_failed", True)]


async def test_a_voice_that_fails_in_the_middle_leaves_the_words_before() -> None:
    rig = Rig(fails={"No."})
    rig.say("Yes. No. Perhaps.")
    await settle()
    rig.take(100)
    assert rig.heard == [("Yes.", False)]
    assert rig.failed == [("Yes. No. Perhaps.", "rendering_failed", False)]


async def test_a_voice_that_failed_once_is_tried_again_from_where_it_stopped() -> None:
    rig = Rig(fails={"Two."})
    rig.speaker.gate.clear()
    rig.say("One. Two.")
    await settle()
    rig.speaker.gate.set()

    class Once(set[str]):
        def __contains__(self, text: object) -> bool:
            found = super().__contains__(text)
            self.discard(str(text))
            return found

    rig.speaker.fails = Once({"Two."})
    await settle()
    rig.take(200)
    assert rig.heard == [("One. Two.", True)] and rig.failed == []


@pytest.mark.parametrize("error", [ZeroDivisionError(), OSError("the model is gone")])
async def test_a_fault_in_a_voice_costs_its_line_and_not_the_call(
    error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("CRITICAL", "tollfree")
    rig = Rig(kept={"Yes."})
    rig.speaker.breaks = error
    rig.say("No.")
    rig.say("Yes.")
    await settle()
    rig.take(100)
    assert rig.heard == [("", False), ("Yes.", True)]
    assert [code for _, code, _ in rig.failed] == [type(error).__name__]


async def test_a_line_said_to_a_caller_who_is_gone_is_answered_at_once() -> None:
    rig = Rig()
    rig.mouth.abandon()
    rig.say("Are you there?")
    assert rig.heard == [("", False)]
    await rig.mouth.quiet()


# Lines that grow


COMPOSITION = EffectId("c1")


def begun(text: str) -> Say:
    return Say(id=COMPOSITION, text=text)


async def test_what_was_begun_and_is_not_to_be_said_ends_with_its_clause_and_the_next_line_follows() -> None:
    rig = Rig(kept={"One two.", " Three four.", "Other."})
    rig.mouth.begin(begun("One two."))
    rig.mouth.begin(begun("One two. Three four."))
    rig.take(40)
    rig.mouth.take_back(COMPOSITION)
    rig.say("Other.")
    await settle()
    rig.take(40)
    assert rig.taken_back == ["One two."] and rig.spoken == []
    rig.take(60)
    assert rig.heard == [("Other.", True)]
    await rig.mouth.quiet()


async def test_what_was_begun_behind_another_line_is_taken_back_without_touching_that() -> None:
    rig = Rig(kept={"One moment.", "One two.", "Other."})
    rig.say("One moment.")
    rig.take(20)
    rig.mouth.begin(begun("One two."))
    rig.mouth.take_back(COMPOSITION)
    rig.say("Other.")
    rig.take(200)
    assert rig.heard == [("One moment.", True), ("Other.", True)]


async def test_a_line_that_was_begun_and_cut_before_it_sounded_is_said_once_it_is_known() -> None:
    rig = Rig(kept={"One two."})
    rig.mouth.hold()
    rig.mouth.begin(begun("One two."))
    rig.mouth.stop()
    rig.mouth.release()
    rig.mouth.adopt(COMPOSITION, Say(id=EffectId("e0"), text="One two."))
    rig.take(200)
    assert rig.heard == [("One two.", True)]


async def test_a_line_cut_by_words_that_led_nowhere_is_said_from_its_beginning_once_it_is_known() -> None:
    rig = Rig(kept={"One two.", " Three."})
    rig.mouth.begin(begun("One two."))
    rig.take(20)
    rig.mouth.hold()
    rig.mouth.stop()
    assert rig.taken_back == [""], "cut within its first word"
    rig.mouth.release()
    assert not rig.mouth.adopt(COMPOSITION, rig.line("One two. Three."))
    await settle()
    rig.take(400)
    assert rig.heard == [("One two. Three.", True)]


async def test_a_line_that_is_known_while_the_caller_still_speaks_over_it_is_not_taken_up_again() -> None:
    rig = Rig(kept={"One two."})
    rig.mouth.begin(begun("One two."))
    rig.take(20)
    rig.mouth.hold()
    rig.mouth.stop()
    rig.mouth.adopt(COMPOSITION, rig.line("One two."))
    rig.mouth.release()
    rig.take(20)  # what was sounding fades out
    await settle()
    assert rig.take(400) == 0 and rig.heard == [("", False)]


async def test_the_end_of_a_call_waits_for_no_further_word_of_a_line_that_grows() -> None:
    rig = Rig(kept={"One two."})
    rig.mouth.begin(begun("One two."))
    rig.mouth.closing()
    rig.take(200)
    await rig.mouth.quiet()


async def test_when_the_call_ends_what_is_said_behind_a_line_that_grew_is_said() -> None:
    rig = Rig(kept={"One two.", "Goodbye."})
    rig.mouth.begin(begun("One two."))
    rig.say("Goodbye.")
    rig.take(200)
    assert rig.heard == []
    rig.mouth.closing()
    rig.take(200)
    assert rig.heard == [("Goodbye.", True)]
    await rig.mouth.quiet()
