"""When a caller's turn begins, may be over, and is over: a state machine without I/O, driven by windows.

Everything it knows comes in by its methods, everything it decides goes out as signals; its clock is the caller's own
sound, so that the same windows always give the same signals.
"""

from dataclasses import dataclass
from typing import Protocol

from tollfree.protocol.completeness import Completeness
from tollfree.protocol.expectation import Expectation
from tollfree.protocol.transcript import Transcript
from tollfree.speech.turns.backchannel import Remark, affirms, awaits_yes_or_no, remark
from tollfree.speech.turns.barge import BargeRules, Verdict
from tollfree.speech.turns.base import (
    WINDOW_MS,
    Commit,
    Drop,
    Keys,
    Look,
    Offer,
    Onset,
    Pause,
    Resume,
    Signal,
    Silent,
    Stop,
    Withdraw,
)
from tollfree.speech.turns.end_of_turn import EndOfTurn, TextEndOfTurn
from tollfree.speech.turns.gate import Sound, SpeechGate
from tollfree.speech.turns.keypad import KeyEntry
from tollfree.speech.turns.patience import silence_to_wait
from tollfree.speech.turns.settings import ListeningSettings
from tollfree.speech.turns.turn import Glimpse, Offered, Over, Turn, Wanted


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


_FORCE_MS = 2000.0
"""Milliseconds that a turn which is too long is given to find a dip."""
_LOOK_LOST_MS = 2000.0
"""An interim look that was not answered for so long no longer keeps others back."""
_TRIES = 2
"""Times that a stretch is offered before it is committed without words."""
_UNBELIEVED = 0.5
"""Confidence at most of an empty text that stands for a voice without words to be believed."""
_VOICE = 0.3
"""Share by which the caller's usual loudness follows each turn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Remarked:
    """A stretch that was taken for no turn, kept for a moment."""

    start_ms: float
    onset_ms: float
    end_ms: float
    affirms: bool


class Listener:
    """Listens to one caller."""

    def __init__(
        self,
        settings: ListeningSettings | None = None,
        *,
        punctuates: bool = True,
        end_of_turn: EndOfTurn | None = None,
    ) -> None:
        """`punctuates`: what the recogniser says of itself in `Hearing.punctuates`."""
        self._settings = settings or ListeningSettings()
        self._punctuates = punctuates
        self._end_of_turn: EndOfTurn = end_of_turn or TextEndOfTurn()
        self._gate = SpeechGate(self._settings)
        self._barge = BargeRules(self._settings)
        self._keys = KeyEntry(self._settings)
        self._expectation = Expectation()
        self._now_ms = 0.0
        self._turn: Turn | None = None
        self._closing: Turn | None = None
        """A turn that was ended by force and waits for its text, while the caller speaks on in the next."""
        self._turns = 0
        self._looks = 0
        self._agent_speaks = False
        self._may_interrupt = True
        self._agent_ended_ms = 0.0
        self._silent_from_ms = 0.0
        self._free_from_ms = 0.0
        """Where the latest turn's sound ended: no later one reaches back beyond it."""
        self._remarked: _Remarked | None = None
        self._voice_db: float | None = None
        """How loud the caller usually is, dBFS; None until the first turn."""
        self._stopped_by_keys = False
        """A key has stopped the line that the agent was speaking."""
        self._out: list[Signal] = []

    # What comes in

    def expect(self, expectation: Expectation) -> tuple[Signal, ...]:
        self._expectation = expectation
        self._silent_from_ms = self._now_ms
        self._reconsider()
        self._deliver(self._keys.expect(expectation.keypad))
        if not self._agent_speaks and self._now_ms - self._agent_ended_ms <= 2 * WINDOW_MS:
            self._answer_at_its_end()
        self._end_if_over()
        return self._told()

    def agent(self, speaking: bool, *, interruptible: bool = True) -> tuple[Signal, ...]:
        began, ended = speaking and not self._agent_speaks, self._agent_speaks and not speaking
        self._agent_speaks, self._may_interrupt = speaking, interruptible
        self._stopped_by_keys = self._stopped_by_keys and speaking and not began
        if ended:
            self._agent_ended_ms = self._silent_from_ms = self._now_ms
            if self._turn is not None and (
                self._turn.over is Over.GATE or (self._turn.over is Over.IGNORED and self._turn.speaking)
            ):
                self._turn.ordinary()
            self._answer_at_its_end()
            self._end_if_over()
        elif began and self._turn is not None and self._turn.over is Over.NOTHING and self._turn.speaking:
            self._turn.began_before_agent = True
            self._face_agent(self._turn)
        else:
            self._reconsider()
        return self._told()

    def window(self, probability: float, level_db: float) -> tuple[Signal, ...]:
        self._now_ms += WINDOW_MS
        sound = self._gate.hear(probability, level_db)
        if sound.speaking:
            self._speech(sound, level_db)
        elif self._turn is not None:
            self._turn.speaking = False
            if not sound.pending:
                self._pause_in(self._turn)
        self._look_after_closing()
        self._deliver(self._keys.pause(self._now_ms))
        self._count_silence()
        return self._told()

    def heard(self, look: int, transcript: Transcript) -> tuple[Signal, ...]:
        if self._closing is not None and self._closing.offer is not None and self._closing.offer.look == look:
            self._closing.offer.transcript = transcript
            self._look_after_closing()
        elif (turn := self._turn) is not None:
            if turn.offer is not None and turn.offer.look == look and turn.offer.transcript is None:
                turn.offer.transcript = transcript
                self._end_if_over()
            elif turn.look is not None and turn.look.look == look and turn.look.transcript is None:
                turn.look.transcript = transcript
                kind = remark(transcript, doubtful_confidence=self._settings.doubtful_confidence)
                if kind is Remark.INTERRUPTS and transcript.confidence < self._settings.doubtful_confidence:
                    kind = Remark.DOUBTFUL  # half a hum; all of it will tell
                turn.glimpse = Glimpse(end_ms=turn.look.end_ms, text=transcript.text, remark=kind)
                self._judge(turn)
        return self._told()

    def planned(self, look: int, completeness: Completeness) -> tuple[Signal, ...]:
        turn = self._turn
        if turn is not None and turn.offer is not None and turn.offer.look == look:
            turn.offer.completeness = completeness
            self._end_if_over()
        return self._told()

    def key(self, key: str) -> tuple[Signal, ...]:
        self._silent_from_ms = self._now_ms
        if self._keys.awaited:
            self._keys_interrupt()
        self._deliver(self._keys.press(key, self._now_ms))
        return self._told()

    def _told(self) -> tuple[Signal, ...]:
        signals, self._out = tuple(self._out), []
        return signals

    # Speech

    def _speech(self, sound: Sound, level_db: float) -> None:
        turn = self._turn
        if turn is None:
            turn = self._begin()
        elif not turn.speaking and turn.offer is not None:
            self._out.append(Withdraw(turn=turn.number, look=turn.offer.look))
            self._out.append(Onset(turn=turn.number, at_ms=self._now_ms - self._gate.row_ms))
            turn.offer = None
            if self._agent_speaks and turn.over is Over.NOTHING:
                turn.began_before_agent = True
                self._face_agent(turn)
        goes_on = turn.speaking and turn.spoken_ms
        stretch_ms = WINDOW_MS if goes_on else min(self._gate.row_ms, self._now_ms - turn.onset_ms)
        turn.speak(self._now_ms, stretch_ms, strong=sound.strong, level_db=level_db)
        self._pass_gate(turn, level_db)
        self._judge(turn)
        if self._turn is turn:
            self._look(turn)
            self._cut_if_endless(turn)

    def _begin(self) -> Turn:
        onset_ms = self._now_ms - self._gate.row_ms
        start_ms = onset_ms - self._settings.pre_roll_ms
        remarked, self._remarked = self._remarked, None
        if remarked is not None and onset_ms - remarked.end_ms <= self._settings.rejoin_ms:
            start_ms = min(start_ms, remarked.start_ms)
        turn = self._new_turn(max(start_ms, self._free_from_ms), onset_ms)
        if self._agent_speaks:
            self._face_agent(turn)
        return turn

    def _new_turn(self, start_ms: float, onset_ms: float) -> Turn:
        self._turns += 1
        turn = Turn(number=self._turns, start_ms=start_ms, onset_ms=onset_ms, end_ms=self._now_ms, looked_ms=onset_ms)
        self._turn = turn
        self._out.append(Onset(turn=turn.number, at_ms=onset_ms))
        return turn

    def _look(self, turn: Turn) -> None:
        """Ask for interim text when enough has grown and none is under way."""
        if self._closing is not None:
            return
        settings = self._settings
        if turn.over is Over.PAUSED:
            every_ms = settings.look_paused_ms
        else:
            every_ms = max(settings.look_every_ms, settings.look_growth * (self._now_ms - turn.start_ms))
        waiting = turn.look is not None and turn.look.transcript is None
        if waiting and turn.look is not None and self._now_ms - turn.look.asked_ms < _LOOK_LOST_MS:
            return
        if self._now_ms - turn.looked_ms >= every_ms:
            self._looks += 1
            turn.looked_ms = self._now_ms
            turn.look = Wanted(look=self._looks, end_ms=self._now_ms, asked_ms=self._now_ms)
            self._out.append(Look(turn=turn.number, look=self._looks, start_ms=turn.start_ms, end_ms=self._now_ms))

    # Speech over the agent

    def _face_agent(self, turn: Turn) -> None:
        """The caller and the agent speak at once."""
        turn.over_ms = 0.0
        turn.over = Over.GATE if self._interruptible else Over.IGNORED

    @property
    def _interruptible(self) -> bool:
        return self._may_interrupt and self._expectation.barge_in

    def _reconsider(self) -> None:
        """Whether the agent may be interrupted has changed."""
        if self._turn is not None and self._turn.over in (Over.GATE, Over.IGNORED) and self._agent_speaks:
            self._turn.over = Over.GATE if self._interruptible else Over.IGNORED

    def _pass_gate(self, turn: Turn, level_db: float) -> None:
        if turn.over is not Over.GATE:
            return
        doubtful = level_db < self._gate.floor_db + self._settings.doubtful_above_noise_db
        if self._voice_db is not None:
            doubtful = doubtful or turn.loudest_db < self._voice_db - self._settings.echo_below_db
        gate_ms = self._settings.doubtful_gate_ms if doubtful else self._settings.barge_gate_ms
        if turn.over_ms >= gate_ms:
            self._pause_agent(turn)

    def _pause_agent(self, turn: Turn) -> None:
        turn.over, turn.paused_ms = Over.PAUSED, self._now_ms
        self._out.append(Pause(turn=turn.number, at_ms=self._now_ms))

    def _judge(self, turn: Turn) -> None:
        """Resume or stop the paused agent once it is clear what was said."""
        if turn.over is not Over.PAUSED:
            return
        match self._barge.verdict(turn, self._now_ms):
            case None:
                return
            case Verdict.STOP:
                turn.ordinary()
                self._out.append(Stop(turn=turn.number, at_ms=self._now_ms))
            case Verdict.BACKCHANNEL | Verdict.NOISE as why:
                self._remember(turn)
                self._out.append(Resume(turn=turn.number, at_ms=self._now_ms, why=why.value))
                self._over()

    def _remember(self, turn: Turn) -> None:
        """It is no turn, and may still be the answer to the question that is being asked."""
        text = turn.glimpse.text if turn.glimpse is not None else ""
        if turn.offer is not None and turn.offer.transcript is not None:
            text = turn.offer.transcript.text
        self._remarked = _Remarked(
            start_ms=turn.start_ms, onset_ms=turn.onset_ms, end_ms=turn.end_ms, affirms=affirms(text)
        )

    def _answer_at_its_end(self) -> None:
        """The agent's line is over: a yes over the last words of a yes-or-no question answers it."""
        remarked = self._remarked
        if remarked is None or self._turn is not None or not remarked.affirms:
            return
        if not awaits_yes_or_no(self._expectation):
            return
        if self._agent_ended_ms - remarked.end_ms > self._settings.answer_within_ms:
            return
        self._remarked = None
        turn = self._new_turn(max(remarked.start_ms, self._free_from_ms), remarked.onset_ms)
        turn.speaking, turn.end_ms = False, remarked.end_ms
        turn.spoken_ms = turn.strong_ms = remarked.end_ms - remarked.onset_ms
        self._offer(turn, failures=0)

    # Silence within a turn

    def _pause_in(self, turn: Turn) -> None:
        """A window of silence."""
        self._judge(turn)
        if self._turn is not turn:
            return
        silence_ms = self._now_ms - turn.end_ms
        if turn.spoken_ms < self._settings.shortest_speech_ms and turn.offer is None:
            if silence_ms >= self._settings.nothing_ms:
                self._drop(turn)
            return
        if turn.offer is None and silence_ms >= self._settings.offer_after_ms and self._closing is None:
            self._offer(turn, failures=0)
        elif turn.offer is not None and turn.offer.transcript is None:
            self._await_transcript(turn)
        else:
            self._end_if_over()

    def _offer(self, turn: Turn, *, failures: int) -> None:
        self._looks += 1
        end_ms = turn.offer.end_ms if failures and turn.offer is not None else self._now_ms
        if turn.look is not None and turn.look.transcript is None:
            turn.look = None  # whoever decodes drops it for the offer, which has all of it
        turn.offer = Offered(look=self._looks, end_ms=end_ms, asked_ms=self._now_ms, failures=failures)
        self._out.append(Offer(turn=turn.number, look=self._looks, start_ms=turn.start_ms, end_ms=end_ms))

    def _await_transcript(self, turn: Turn) -> None:
        offer = turn.offer
        if offer is None or self._now_ms - offer.asked_ms < self._settings.late_transcript_ms:
            return
        self._failed(turn, offer)

    def _failed(self, turn: Turn, offer: Offered) -> None:
        """The stretch could not be heard: once more, then the turn counts without words."""
        if offer.failures + 1 < _TRIES:
            self._offer(turn, failures=offer.failures + 1)
        else:
            self._commit(turn, offer)

    def _end_if_over(self) -> None:
        """Commit or drop the turn once its text is there and the silence is long enough."""
        turn = self._turn
        if turn is None or turn.speaking or turn.offer is None or turn.offer.transcript is None:
            return
        offer, transcript = turn.offer, turn.offer.transcript
        self._judge_words(turn)
        if self._turn is not turn or turn.offer is not offer:
            return
        silence_ms = self._now_ms - turn.end_ms
        if not transcript.text.strip():
            self._end_without_words(turn, offer, transcript, silence_ms)
            return
        if self._gate.row_ms == 0 and (self._too_long(turn) or silence_ms >= self._patience(offer, transcript.text)):
            self._commit(turn, offer)

    def _end_without_words(self, turn: Turn, offer: Offered, transcript: Transcript, silence_ms: float) -> None:
        failed = transcript.confidence == 0 and self._barge.clear(turn)
        unbelieved = transcript.confidence <= _UNBELIEVED and turn.strong_ms >= self._settings.unheard_speech_ms
        patient = silence_ms >= self._settings.times(self._expectation.patience).unfinished_ms
        if failed and (offer.failures + 1 < _TRIES or patient):
            self._failed(turn, offer)
        elif unbelieved and not failed and patient:
            self._commit(turn, offer)
        elif failed or unbelieved:
            return
        elif silence_ms >= (self._settings.unheard_ms if turn.strong_ms else self._settings.nothing_ms):
            self._remember(turn)
            self._drop(turn)

    def _judge_words(self, turn: Turn) -> None:
        """The words of speech over the agent are there."""
        if turn.over is Over.PAUSED:
            self._judge(turn)
        elif turn.over is Over.GATE:
            if self._barge.of_words(turn) is Remark.INTERRUPTS:
                self._pause_agent(turn)
                turn.ordinary()
                self._out.append(Stop(turn=turn.number, at_ms=self._now_ms))
            else:
                self._remember(turn)
                self._drop(turn)
        elif turn.over is Over.IGNORED and not turn.began_before_agent:
            if self._barge.of_words(turn) in (Remark.BACKCHANNEL, Remark.DOUBTFUL):
                self._remember(turn)
                self._drop(turn)
                if not self._agent_speaks:
                    self._answer_at_its_end()

    def _patience(self, offer: Offered, text: str) -> float:
        finished = self._end_of_turn.finished(text, punctuates=self._punctuates)
        return silence_to_wait(self._settings, self._expectation.patience, text, finished, offer.completeness)

    def _commit(self, turn: Turn, offer: Offered) -> None:
        self._out.append(
            Commit(
                turn=turn.number,
                look=offer.look,
                start_ms=turn.start_ms,
                speech_end_ms=turn.end_ms,
                at_ms=self._now_ms,
            )
        )
        if self._voice_db is None:
            self._voice_db = turn.loudest_db
        self._voice_db += _VOICE * (turn.loudest_db - self._voice_db)
        self._free_from_ms = max(self._free_from_ms, turn.end_ms)
        self._remarked = None
        if turn is self._turn:
            self._over()

    def _drop(self, turn: Turn) -> None:
        self._out.append(Drop(turn=turn.number, at_ms=self._now_ms))
        if turn is self._turn:
            self._over()

    def _over(self) -> None:
        self._turn = None
        self._silent_from_ms = self._now_ms

    # A caller who never stops

    def _too_long(self, turn: Turn) -> bool:
        return turn.end_ms - turn.start_ms >= self._settings.longest_turn_s * 1000

    def _cut_if_endless(self, turn: Turn) -> None:
        """End by force what found no dip; what follows is the next turn."""
        if self._closing is not None or turn.over is not Over.NOTHING:
            return
        if self._now_ms - turn.start_ms < self._settings.longest_turn_s * 1000 + _FORCE_MS:
            return
        self._offer(turn, failures=0)
        self._closing, self._free_from_ms = turn, self._now_ms
        self._new_turn(self._now_ms, self._now_ms)

    def _look_after_closing(self) -> None:
        turn = self._closing
        if turn is None or turn.offer is None:
            return
        offer = turn.offer
        failed = offer.transcript is not None and not offer.transcript.text and offer.transcript.confidence == 0
        if failed or (offer.transcript is None and self._late(offer)):
            self._failed(turn, offer)
            self._closing = turn if turn.offer is not offer else None
        elif offer.transcript is not None:
            self._closing = None
            if offer.transcript.text.strip():
                self._commit(turn, offer)
            else:
                self._drop(turn)

    def _late(self, offer: Offered) -> bool:
        return self._now_ms - offer.asked_ms >= self._settings.late_transcript_ms

    # Keys and silence

    def _deliver(self, keys: str) -> None:
        if not keys:
            return
        self._keys_interrupt()
        self._silent_from_ms = self._now_ms
        self._out.append(Keys(keys=keys, at_ms=self._now_ms))

    def _keys_interrupt(self) -> None:
        """A key is meant for the agent: it stops, as for speech."""
        turn = self._turn
        if turn is not None and turn.over is Over.PAUSED:
            turn.ordinary()
            self._out.append(Stop(turn=turn.number, at_ms=self._now_ms))
        elif self._agent_speaks and self._interruptible and not self._stopped_by_keys:
            self._turns += 1
            self._stopped_by_keys = True
            self._out.append(Stop(turn=self._turns, at_ms=self._now_ms))

    def _count_silence(self) -> None:
        if self._turn is not None or self._closing is not None or self._agent_speaks or self._keys.open:
            self._silent_from_ms = self._now_ms
        elif self._now_ms - self._silent_from_ms >= self._settings.times(self._expectation.patience).silence_s * 1000:
            self._silent_from_ms = self._now_ms
            self._out.append(Silent(at_ms=self._now_ms))
