"""When the stages of a turn were reached."""

from tollfree.calls.line import Noted
from tollfree.calls.turn_timing import TurnTimings
from tollfree.protocol.effects import Say
from tollfree.protocol.ids import EffectId

BEFORE, ANSWER, MORE = (Say(id=EffectId(id), text="x") for id in ("e1", "e2", "e3"))


class Rig:
    def __init__(self) -> None:
        self.now_ms = 0.0
        self.notes: list[Noted] = []
        self.timings = TurnTimings(lambda: self.now_ms, self.notes.append)

    def at(self, ms: float) -> TurnTimings:
        self.now_ms = ms
        return self.timings


def test_a_turn_is_noted_when_its_answer_leaves_with_every_stage_it_went_through() -> None:
    rig = Rig()
    rig.at(100).began(1, 60)
    rig.at(500).offered(1)
    rig.at(640).heard(1, 2)
    rig.at(650).planned()
    rig.at(700).committed(1, 480, 0.8)
    rig.at(705).said(ANSWER)
    rig.at(710).rendered(ANSWER)
    rig.at(730).sent(ANSWER)
    [note] = rig.notes
    assert note.data == {
        "turn": 1,
        "began_ms": 60,
        "speech_end_ms": 480,
        "offered_ms": 500,
        "heard_ms": 640,
        "planned_ms": 650,
        "committed_ms": 700,
        "first_rendered_ms": 710,
        "first_sent_ms": 730,
        "looks": 2,
        "confidence": 0.8,
    }


def test_sound_of_a_line_from_before_the_turn_is_no_answer() -> None:
    rig = Rig()
    rig.at(0).said(BEFORE)
    rig.at(100).began(1, 60)
    rig.at(700).committed(1, 480, 0.8)
    rig.at(710).sent(BEFORE)
    assert rig.notes == []
    rig.at(720).said(ANSWER)
    rig.at(721).said(MORE)
    rig.at(730).sent(BEFORE)
    rig.at(740).sent(ANSWER)
    assert [note.data["first_sent_ms"] for note in rig.notes] == [740]


def test_a_turn_that_is_not_answered_before_the_next_is_noted_without_an_answer() -> None:
    rig = Rig()
    rig.at(0).began(1, 0)
    rig.at(100).committed(1, 90, 1.0)
    rig.at(200).began(2, 200)
    rig.at(300).committed(2, 290, 1.0)
    rig.timings.flush()
    assert [note.data["turn"] for note in rig.notes] == [1, 2]
    assert all("first_sent_ms" not in note.data for note in rig.notes)


def test_an_offer_that_was_withdrawn_leaves_no_times_behind() -> None:
    rig = Rig()
    rig.at(0).began(1, 0)
    rig.at(100).offered(1)
    rig.at(150).heard(1, 1)
    rig.at(160).planned()
    rig.at(400).offered(1)
    rig.at(500).committed(1, 400, 1.0)
    rig.timings.flush()
    assert rig.notes[0].data["offered_ms"] == 400 and "heard_ms" not in rig.notes[0].data


def test_what_was_no_turn_is_not_noted() -> None:
    rig = Rig()
    rig.at(0).began(1, 0)
    rig.at(50).dropped(1)
    rig.timings.committed(1, 40, 1.0)
    rig.timings.flush()
    assert rig.notes == []


def test_an_interruption_is_noted_with_its_own_times_and_a_key_has_no_onset() -> None:
    rig = Rig()
    rig.at(100).began(1, 60)
    rig.at(160).paused()
    rig.at(500).interrupted("resumed", "backchannel")
    rig.at(900).interrupted("stopped", "keys")
    assert [note.data for note in rig.notes] == [
        {"onset_ms": 60, "paused_ms": 160, "ended_ms": 500, "how": "resumed", "why": "backchannel"},
        {"ended_ms": 900, "how": "stopped", "why": "keys"},
    ]
