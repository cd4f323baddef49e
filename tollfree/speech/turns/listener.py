"""When a caller's turn begins, may be over, and is over: a state machine without I/O, driven by windows.

Everything it knows comes in by its methods, everything it decides goes out as signals; its clock is the caller's own
sound, so that the same windows always give the same signals.
"""

from typing import Protocol

from tollfree.protocol.completeness import Completeness
from tollfree.protocol.expectation import Expectation
from tollfree.protocol.transcript import Transcript
from tollfree.speech.turns.backchannel import Remark, remark
from tollfree.speech.turns.base import (
    WINDOW_MS,
    Keys,
    Look,
    Onset,
    Signal,
    Silent,
    Withdraw,
)
from tollfree.speech.turns.end_of_turn import EndOfTurn, TextEndOfTurn
from tollfree.speech.turns.floor import Floor
from tollfree.speech.turns.gate import Sound, SpeechGate
from tollfree.speech.turns.keypad import KeyEntry
from tollfree.speech.turns.over_agent import OverAgent
from tollfree.speech.turns.settings import ListeningSettings
from tollfree.speech.turns.turn import Glimpse, Over, Turn, Wanted
from tollfree.speech.turns.turn_end import TurnEnd


class Listens(Protocol):
    """What a line needs of a listener; `Listener` is the one there is, tests have others."""

    def expect(self, expectation: Expectation) -> tuple[Signal, ...]:
        """Listen this way from now on. Silence is counted anew."""
        ...

    def agent(self, speaking: bool, *, interruptible: bool = True) -> tuple[Signal, ...]:
        """The agent's sound begins or ends at the caller's ear. Not interruptible: speech is heard, and neither
        pauses nor stops it. Silence is counted from the end of the agent's sound."""
        ...

    def window(self, probability: float, level_db: float) -> tuple[Signal, ...]:
        """The next 32 ms of the caller: probability of speech, level in dBFS."""
        ...

    def heard(self, look: int, transcript: Transcript) -> tuple[Signal, ...]:
        """The text of a `Look` or `Offer`. Late and void ones are ignored. A decode that failed is an empty text
        with confidence 0: it is treated as words that were not understood, never as silence."""
        ...

    def planned(self, look: int, completeness: Completeness) -> tuple[Signal, ...]:
        """What the session's plan on an offer came to."""
        ...

    def key(self, key: str) -> tuple[Signal, ...]:
        """One key of the keypad."""
        ...


_LOOK_LOST_MS = 2000.0
"""An interim look that was not answered for so long no longer keeps others back."""


class Listener:
    """Listens to one caller."""

    def __init__(
        self,
        settings: ListeningSettings | None = None,
        *,
        punctuates: bool = True,
        quick: bool = False,
        end_of_turn: EndOfTurn | None = None,
    ) -> None:
        """`punctuates`, `quick`: what the recogniser says of itself in `Hearing`."""
        settings = settings or ListeningSettings()
        if quick:
            settings = settings.model_copy(update={"offer_after_ms": settings.quick_offer_after_ms})
        self._settings = settings
        self._gate = SpeechGate(settings)
        self._keys = KeyEntry(settings)
        self._floor = Floor(settings)
        self._over_agent = OverAgent(self._floor, self._gate, settings)
        self._end = TurnEnd(
            self._floor,
            self._over_agent,
            self._gate,
            settings,
            end_of_turn=end_of_turn or TextEndOfTurn(),
            punctuates=punctuates,
        )

    # What comes in

    def expect(self, expectation: Expectation) -> tuple[Signal, ...]:
        self._floor.expectation = expectation
        self._floor.silent_from_ms = self._floor.now_ms
        self._over_agent.reconsider()
        self._deliver(self._keys.expect(expectation.keypad))
        if not self._floor.agent_speaks and self._floor.now_ms - self._floor.agent_ended_ms <= 2 * WINDOW_MS:
            self._floor.answer_at_its_end()
        self._end.end_if_over()
        return self._floor.told()

    def agent(self, speaking: bool, *, interruptible: bool = True) -> tuple[Signal, ...]:
        floor, turn = self._floor, self._floor.turn
        began, ended = speaking and not floor.agent_speaks, floor.agent_speaks and not speaking
        floor.agent_speaks, floor.may_interrupt = speaking, interruptible
        self._over_agent.stopped_by_keys = self._over_agent.stopped_by_keys and speaking and not began
        if ended:
            floor.agent_ended_ms = floor.silent_from_ms = floor.now_ms
            if turn is not None and (turn.over is Over.GATE or (turn.over is Over.IGNORED and turn.speaking)):
                turn.ordinary()
            floor.answer_at_its_end()
            self._end.end_if_over()
        elif began and turn is not None and turn.over is Over.NOTHING and turn.speaking:
            turn.began_before_agent = True
            self._over_agent.face(turn)
        else:
            self._over_agent.reconsider()
        return floor.told()

    def window(self, probability: float, level_db: float) -> tuple[Signal, ...]:
        self._floor.now_ms += WINDOW_MS
        sound = self._gate.hear(probability, level_db, voice_from_db=self._over_agent.voice_from_db)
        if sound.speaking:
            self._speech(sound, level_db)
        elif self._floor.turn is not None:
            self._floor.turn.speaking = False
            if not sound.pending:
                self._end.pause_in(self._floor.turn)
        elif not sound.pending:
            self._over_agent.alone(level_db)
        self._end.look_after_closing()
        self._deliver(self._keys.pause(self._floor.now_ms))
        self._count_silence()
        return self._floor.told()

    def heard(self, look: int, transcript: Transcript) -> tuple[Signal, ...]:
        turn, closing = self._floor.turn, self._floor.closing
        if closing is not None and closing.offer is not None and closing.offer.look == look:
            closing.offer.transcript = transcript
            self._end.look_after_closing()
        elif turn is not None and turn.offer is not None and turn.offer.look == look:
            if turn.offer.transcript is None:
                turn.offer.transcript = transcript
                self._end.end_if_over()
        elif turn is not None and turn.look is not None and turn.look.look == look:
            if turn.look.transcript is None:
                turn.look.transcript = transcript
                self._glimpse(turn, turn.look.end_ms, transcript)
        return self._floor.told()

    def planned(self, look: int, completeness: Completeness) -> tuple[Signal, ...]:
        turn = self._floor.turn
        if turn is not None and turn.offer is not None and turn.offer.look == look:
            turn.offer.completeness = completeness
            self._end.end_if_over()
        return self._floor.told()

    def key(self, key: str) -> tuple[Signal, ...]:
        self._floor.silent_from_ms = self._floor.now_ms
        if self._keys.awaited:
            self._over_agent.stop_for_keys()
        self._deliver(self._keys.press(key, self._floor.now_ms))
        return self._floor.told()

    # Speech

    def _speech(self, sound: Sound, level_db: float) -> None:
        turn = self._floor.turn
        if turn is None:
            turn = self._begin()
        elif not turn.speaking and turn.offer is not None:
            self._floor.tell(Withdraw(turn=turn.number, look=turn.offer.look))
            self._floor.tell(Onset(turn=turn.number, at_ms=self._floor.now_ms - self._gate.row_ms))
            turn.offer = None
            if self._floor.agent_speaks and turn.over is Over.NOTHING:
                turn.began_before_agent = True
                self._over_agent.face(turn)
        goes_on = turn.speaking and turn.spoken_ms
        stretch_ms = WINDOW_MS if goes_on else min(self._gate.row_ms, self._floor.now_ms - turn.onset_ms)
        turn.speak(self._floor.now_ms, stretch_ms, strong=sound.strong, level_db=level_db)
        self._over_agent.pass_gate(turn, level_db)
        self._over_agent.judge(turn)
        if self._floor.turn is turn:
            self._look(turn)
            self._end.cut_if_endless(turn)

    def _begin(self) -> Turn:
        onset_ms = self._floor.now_ms - self._gate.row_ms
        start_ms = onset_ms - self._settings.pre_roll_ms
        remarked, self._floor.remarked = self._floor.remarked, None
        if remarked is not None and onset_ms - remarked.end_ms <= self._settings.rejoin_ms:
            start_ms = min(start_ms, remarked.start_ms)
        turn = self._floor.begin(max(start_ms, self._floor.free_from_ms), onset_ms)
        if self._floor.agent_speaks:
            self._over_agent.face(turn)
        return turn

    def _glimpse(self, turn: Turn, end_ms: float, transcript: Transcript) -> None:
        """Interim text is there."""
        enough = self._settings.doubtful_confidence
        kind = remark(transcript, doubtful_confidence=enough)
        if kind is Remark.INTERRUPTS and transcript.confidence < enough:
            kind = Remark.DOUBTFUL  # half a hum; all of it will tell
        turn.glimpse = Glimpse(end_ms=end_ms, text=transcript.text, remark=kind)
        self._over_agent.judge(turn)

    def _look(self, turn: Turn) -> None:
        """Ask for interim text when enough has grown and none is under way."""
        floor, settings = self._floor, self._settings
        if floor.closing is not None:
            return
        if turn.over is Over.PAUSED:
            every_ms = settings.look_paused_ms
        else:
            every_ms = max(settings.look_every_ms, settings.look_growth * (floor.now_ms - turn.start_ms))
        if (look := turn.look) is not None and look.transcript is None:
            if floor.now_ms - look.asked_ms < _LOOK_LOST_MS:
                return
        if floor.now_ms - turn.looked_ms >= every_ms:
            floor.looks += 1
            turn.looked_ms = floor.now_ms
            turn.look = Wanted(look=floor.looks, end_ms=floor.now_ms, asked_ms=floor.now_ms)
            floor.tell(Look(turn=turn.number, look=floor.looks, start_ms=turn.start_ms, end_ms=floor.now_ms))

    # Keys and silence

    def _deliver(self, keys: str) -> None:
        if not keys:
            return
        self._over_agent.stop_for_keys()
        self._floor.silent_from_ms = self._floor.now_ms
        self._floor.tell(Keys(keys=keys, at_ms=self._floor.now_ms))

    def _count_silence(self) -> None:
        floor = self._floor
        silence_ms = self._settings.times(floor.expectation.patience).silence_s * 1000
        if floor.turn is not None or floor.closing is not None or floor.agent_speaks or self._keys.open:
            floor.silent_from_ms = floor.now_ms
        elif floor.now_ms - floor.silent_from_ms >= silence_ms:
            floor.silent_from_ms = floor.now_ms
            floor.tell(Silent(at_ms=floor.now_ms))
