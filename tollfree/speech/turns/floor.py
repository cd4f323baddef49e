"""Who has the floor: what a listener knows of the call, and the steps that change it."""

from dataclasses import dataclass

from tollfree.protocol.expectation import Expectation
from tollfree.speech.turns.backchannel import affirms, awaits_yes_or_no
from tollfree.speech.turns.base import Commit, Drop, Offer, Onset, Signal
from tollfree.speech.turns.settings import ListeningSettings
from tollfree.speech.turns.turn import Offered, Turn

_VOICE = 0.3
"""Share by which the caller's usual loudness follows each turn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remarked:
    """A stretch that was taken for no turn, kept for a moment."""

    start_ms: float
    onset_ms: float
    end_ms: float
    affirms: bool


class Floor:
    """One call. Every step tells its signals; `told` takes them."""

    def __init__(self, settings: ListeningSettings) -> None:
        self._settings = settings
        self.expectation = Expectation()
        self.now_ms = 0.0
        """The end of the latest window."""
        self.turn: Turn | None = None
        self.closing: Turn | None = None
        """A turn that was ended by force and waits for its text, while the caller speaks on in the next."""
        self.turns = 0
        """Numbers given so far."""
        self.looks = 0
        """Looks and offers so far."""
        self.agent_speaks = False
        self.may_interrupt = True
        """Whether the line that the agent is speaking may be interrupted."""
        self.agent_ended_ms = 0.0
        self.silent_from_ms = 0.0
        self.free_from_ms = 0.0
        """Where the latest turn's sound ended: no later one reaches back beyond it."""
        self.remarked: Remarked | None = None
        self.voice_db: float | None = None
        """How loud the caller usually is, dBFS; None until the first turn."""
        self._out: list[Signal] = []

    def tell(self, signal: Signal) -> None:
        """One more signal."""
        self._out.append(signal)

    def told(self) -> tuple[Signal, ...]:
        signals, self._out = tuple(self._out), []
        return signals

    def begin(self, start_ms: float, onset_ms: float) -> Turn:
        self.turns += 1
        turn = Turn(number=self.turns, start_ms=start_ms, onset_ms=onset_ms, end_ms=self.now_ms, looked_ms=onset_ms)
        self.turn = turn
        self.tell(Onset(turn=turn.number, at_ms=onset_ms))
        return turn

    def offer(self, turn: Turn, *, failures: int) -> None:
        self.looks += 1
        end_ms = turn.offer.end_ms if failures and turn.offer is not None else self.now_ms
        if turn.look is not None and turn.look.transcript is None:
            turn.look = None  # whoever decodes drops it for the offer, which has all of it
        turn.offer = Offered(look=self.looks, end_ms=end_ms, asked_ms=self.now_ms, failures=failures)
        self.tell(Offer(turn=turn.number, look=self.looks, start_ms=turn.start_ms, end_ms=end_ms))

    def remember(self, turn: Turn) -> None:
        """It is no turn, and may still be the answer to the question that is being asked."""
        text = turn.glimpse.text if turn.glimpse is not None else ""
        if turn.offer is not None and turn.offer.transcript is not None:
            text = turn.offer.transcript.text
        self.remarked = Remarked(
            start_ms=turn.start_ms, onset_ms=turn.onset_ms, end_ms=turn.end_ms, affirms=affirms(text)
        )

    def answer_at_its_end(self) -> None:
        """The agent's line is over: a yes over the last words of a yes-or-no question answers it."""
        remarked = self.remarked
        if remarked is None or self.turn is not None or not remarked.affirms:
            return
        if not awaits_yes_or_no(self.expectation):
            return
        if self.agent_ended_ms - remarked.end_ms > self._settings.answer_within_ms:
            return
        self.remarked = None
        turn = self.begin(max(remarked.start_ms, self.free_from_ms), remarked.onset_ms)
        turn.speaking, turn.end_ms = False, remarked.end_ms
        turn.spoken_ms = turn.strong_ms = remarked.end_ms - remarked.onset_ms
        self.offer(turn, failures=0)

    def commit(self, turn: Turn, offer: Offered) -> None:
        self.tell(
            Commit(
                turn=turn.number,
                look=offer.look,
                start_ms=turn.start_ms,
                speech_end_ms=turn.end_ms,
                at_ms=self.now_ms,
            )
        )
        if self.voice_db is None:
            self.voice_db = turn.loudest_db
        self.voice_db += _VOICE * (turn.loudest_db - self.voice_db)
        self.free_from_ms = max(self.free_from_ms, turn.end_ms)
        self.remarked = None
        if turn is self.turn:
            self.over()

    def drop(self, turn: Turn) -> None:
        self.tell(Drop(turn=turn.number, at_ms=self.now_ms))
        if turn is self.turn:
            self.over()

    def over(self) -> None:
        self.turn = None
        self.silent_from_ms = self.now_ms
