"""What becomes of the agent's sound when the caller speaks over it.

Past the barge gate the agent pauses. Then one of these decides, whichever comes first:

- words that interrupt ("stop", "no", "wait") in any text: stop;
- interim text of several words that are no listener's, or speech longer than a listener's: stop;
- the speech ends and its text is a listener's ("mm-hm", "yeah", "okay"), or was at the latest look: resume;
- the speech ends and there are no words in it: resume;
- the speech ends with other words: stop, and they become an ordinary turn;
- no text comes in time: stop after clear speech, resume after anything else.

A listener's "yes" is an answer when a yes or no is awaited and the question ends soon after it: the line is taken up
where it was, and when its last words are over the answer counts (`Listener` keeps it until then). "Mm-hm" in the
middle of a long question is none.
"""

from dataclasses import dataclass
from enum import StrEnum

from tollfree.speech.turns.backchannel import Remark, remark
from tollfree.speech.turns.settings import ListeningSettings
from tollfree.speech.turns.turn import Turn

_COVERS_MS = 200.0
"""An interim text stands for all of the speech when it lacks no more than this of it."""
_FIRST_GLANCE_MS = 500.0
"""Interim text of so little sound may be the half of a word, or a hum."""


class Verdict(StrEnum):
    """What to do with the paused agent."""

    STOP = "stop"
    BACKCHANNEL = "backchannel"
    NOISE = "noise"


@dataclass(frozen=True, slots=True)
class BargeRules:
    """Decides for one call."""

    settings: ListeningSettings

    def verdict(self, turn: Turn, now_ms: float) -> Verdict | None:
        """What is known by now; None: wait."""
        if turn.began_before_agent or now_ms - turn.paused_ms >= self.settings.pause_longest_ms:
            return Verdict.STOP
        if turn.speaking:
            return self._while_speaking(turn)
        silence_ms = now_ms - turn.end_ms
        if silence_ms < self.settings.offer_after_ms:
            return None
        if turn.offer is not None and turn.offer.transcript is not None:
            return self._of_all(turn)
        if (glimpse := turn.glimpse) is not None and glimpse.remark is Remark.BACKCHANNEL and self._short(turn):
            if turn.end_ms - glimpse.end_ms <= _COVERS_MS:
                return Verdict.BACKCHANNEL
        if turn.spoken_ms < self.settings.shortest_speech_ms:
            return Verdict.NOISE
        if silence_ms >= self.settings.verdict_ms:
            return Verdict.STOP if self.clear(turn) else Verdict.NOISE
        return None

    def clear(self, turn: Turn) -> bool:
        """Whether somebody spoke beyond doubt."""
        return turn.strong_ms >= self.settings.clear_speech_ms

    def _short(self, turn: Turn) -> bool:
        return turn.over_ms <= self.settings.backchannel_longest_ms

    def _while_speaking(self, turn: Turn) -> Verdict | None:
        kind = turn.glimpse.remark if turn.glimpse is not None else Remark.NOTHING
        if kind is Remark.INTERRUPTS or not self._short(turn):
            return Verdict.STOP
        listening = kind in (Remark.BACKCHANNEL, Remark.DOUBTFUL)
        if turn.over_ms >= self.settings.speech_over_agent_ms and not listening:
            return Verdict.STOP
        if kind is Remark.SPEECH and turn.glimpse is not None:
            words, enough = len(turn.glimpse.text.split()), self.settings.interim_words
            if words > enough or (words == enough and turn.glimpse.end_ms - turn.onset_ms >= _FIRST_GLANCE_MS):
                return Verdict.STOP
        return None

    def _of_all(self, turn: Turn) -> Verdict:
        assert turn.offer is not None and turn.offer.transcript is not None
        transcript = turn.offer.transcript
        if not transcript.text.strip():
            failed = transcript.confidence == 0
            return Verdict.STOP if failed and self.clear(turn) else Verdict.NOISE
        match self.of_words(turn):
            case Remark.NOTHING:
                return Verdict.NOISE
            case Remark.BACKCHANNEL | Remark.DOUBTFUL if self._short(turn):
                return Verdict.BACKCHANNEL
            case _:
                return Verdict.STOP

    def of_words(self, turn: Turn) -> Remark:
        """What the offered text is."""
        if turn.offer is None or turn.offer.transcript is None:
            return Remark.NOTHING
        return remark(turn.offer.transcript, doubtful_confidence=self.settings.doubtful_confidence)
