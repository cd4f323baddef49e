"""How a turn ends: the silence within it, its text, and what is done when that does not come."""

from tollfree.protocol.transcript import Transcript
from tollfree.speech.turns.end_of_turn import EndOfTurn
from tollfree.speech.turns.floor import Floor
from tollfree.speech.turns.gate import SpeechGate
from tollfree.speech.turns.over_agent import OverAgent
from tollfree.speech.turns.patience import silence_to_wait
from tollfree.speech.turns.settings import ListeningSettings
from tollfree.speech.turns.turn import Offered, Over, Turn

_FORCE_MS = 2000.0
"""Milliseconds that a turn which is too long is given to find a dip."""
_LEAST_MS = 250.0
"""Milliseconds that every text is given to come."""
_TRIES = 2
"""Times that a stretch is offered before it is committed without words, if there is time for both."""
_UNBELIEVED = 0.5
"""Confidence at most of an empty text that stands for a voice without words to be believed."""


class TurnEnd:
    """Ends the turns of one call."""

    def __init__(
        self,
        floor: Floor,
        over_agent: OverAgent,
        gate: SpeechGate,
        settings: ListeningSettings,
        *,
        end_of_turn: EndOfTurn,
        punctuates: bool,
    ) -> None:
        self._floor = floor
        self._over_agent = over_agent
        self._gate = gate
        self._settings = settings
        self._end_of_turn = end_of_turn
        self._punctuates = punctuates

    def pause_in(self, turn: Turn) -> None:
        """A window of silence."""
        self._over_agent.judge(turn)
        if self._floor.turn is not turn:
            return
        silence_ms = self._floor.now_ms - turn.end_ms
        if turn.spoken_ms < self._settings.shortest_speech_ms and turn.offer is None:
            if silence_ms >= self._settings.nothing_ms:
                self._floor.drop(turn)
            return
        if turn.offer is None and silence_ms >= self._settings.offer_after_ms and self._floor.closing is None:
            self._floor.offer(turn, failures=0)
        elif turn.offer is not None and turn.offer.transcript is None:
            asked_ms = self._floor.now_ms - turn.offer.asked_ms
            # A caller is told so before they doubt the line; what was asked for only just now may come still.
            if silence_ms >= self._settings.late_transcript_ms and asked_ms >= _LEAST_MS:
                self._floor.commit(turn, turn.offer)
        else:
            self.end_if_over()

    def _failed(self, turn: Turn, offer: Offered) -> None:
        """The stretch could not be heard: once more, then the turn counts without words."""
        if offer.failures + 1 < _TRIES:
            self._floor.offer(turn, failures=offer.failures + 1)
        else:
            self._floor.commit(turn, offer)

    def end_if_over(self) -> None:
        """Commit or drop the turn once its text is there and the silence is long enough."""
        turn = self._floor.turn
        if turn is None or turn.speaking or turn.offer is None or turn.offer.transcript is None:
            return
        offer, transcript = turn.offer, turn.offer.transcript
        self._over_agent.judge_words(turn)
        if self._floor.turn is not turn or turn.offer is not offer:
            return
        silence_ms = self._floor.now_ms - turn.end_ms
        if not transcript.text.strip():
            self._end_without_words(turn, offer, transcript, silence_ms)
            return
        if self._gate.row_ms == 0 and (self._too_long(turn) or silence_ms >= self._patience(offer, transcript.text)):
            self._floor.commit(turn, offer)

    def _end_without_words(self, turn: Turn, offer: Offered, transcript: Transcript, silence_ms: float) -> None:
        failed = transcript.confidence == 0 and turn.strong_ms >= self._settings.clear_speech_ms
        unbelieved = transcript.confidence <= _UNBELIEVED and turn.strong_ms >= self._settings.unheard_speech_ms
        patient = silence_ms >= self._settings.times(self._floor.expectation.patience).unfinished_ms
        if failed and (offer.failures + 1 < _TRIES or patient):
            self._failed(turn, offer)
        elif unbelieved and not failed and patient:
            self._floor.commit(turn, offer)
        elif failed or unbelieved:
            return
        elif silence_ms >= (self._settings.unheard_ms if turn.strong_ms else self._settings.nothing_ms):
            self._floor.remember(turn)
            self._floor.drop(turn)

    def _patience(self, offer: Offered, text: str) -> float:
        finished = self._end_of_turn.finished(text, punctuates=self._punctuates)
        return silence_to_wait(self._settings, self._floor.expectation.patience, text, finished, offer.completeness)

    def _too_long(self, turn: Turn) -> bool:
        return turn.end_ms - turn.start_ms >= self._settings.longest_turn_s * 1000

    def cut_if_endless(self, turn: Turn) -> None:
        """End by force what found no dip; what follows is the next turn."""
        if self._floor.closing is not None or turn.over is not Over.NOTHING:
            return
        if self._floor.now_ms - turn.start_ms < self._settings.longest_turn_s * 1000 + _FORCE_MS:
            return
        self._floor.offer(turn, failures=0)
        self._floor.closing, self._floor.free_from_ms = turn, self._floor.now_ms
        self._floor.begin(self._floor.now_ms, self._floor.now_ms)

    def look_after_closing(self) -> None:
        turn = self._floor.closing
        if turn is None or turn.offer is None:
            return
        offer = turn.offer
        failed = offer.transcript is not None and not offer.transcript.text and offer.transcript.confidence == 0
        if failed or (offer.transcript is None and self._late(offer)):
            self._failed(turn, offer)
            self._floor.closing = turn if turn.offer is not offer else None
        elif offer.transcript is not None:
            self._floor.closing = None
            if offer.transcript.text.strip():
                self._floor.commit(turn, offer)
            else:
                self._floor.drop(turn)

    def _late(self, offer: Offered) -> bool:
        return self._floor.now_ms - offer.asked_ms >= self._settings.late_transcript_ms
