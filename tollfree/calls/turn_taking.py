"""What the listener decides about one caller's sound, done: the agent gives way or goes on, the caller's words are had,
and their turn is told."""

import asyncio
from collections.abc import Callable, Sequence
from typing import assert_never

from tollfree.calls.caller_words import CallerWords, EarsLost
from tollfree.calls.hearing import Hearing
from tollfree.calls.line import CallerSounds, LineEvent, Noted, Offered, Withdrawn
from tollfree.calls.mouth import Mouth
from tollfree.calls.turn_timing import TurnTimings
from tollfree.protocol.clock import Clock
from tollfree.protocol.events import CallerSilent, CallerUnheard, KeyPressed
from tollfree.protocol.transcript import Transcript
from tollfree.protocol.values import Value
from tollfree.speech.stt.base import Hints, Recognizer
from tollfree.speech.turns.base import (
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
from tollfree.speech.turns.listener import Listens

TAIL_MS = 500.0
"""Sound that begins so soon after a call was taken up again is the rest of what its caller was saying when its process
died: half a sentence is no turn, and the agent asks for it again. Voice activity needs a third of that to be sure."""


class TurnTaking:
    """The turns of one caller, and what the agent does meanwhile."""

    def __init__(
        self,
        listener: Listens,
        recognizer: Recognizer,
        clock: Clock,
        *,
        hearing: Hearing,
        mouth: Mouth,
        timings: TurnTimings,
        tell: Callable[[LineEvent | EarsLost], None],
        caption: Callable[[int, str, bool], None],
        watch: Callable[[asyncio.Task[None]], None],
        resumed: bool = False,
    ) -> None:
        """`caption` shows words of a turn, with a flag for good. `watch` is given what runs beside, whose failure ends
        the call. `resumed`: the call began in another process, which died."""
        self._listener = listener
        self._hearing = hearing
        self._mouth = mouth
        self._timings = timings
        self._tell = tell
        self._caption = caption
        self._watch = watch
        self._words = CallerWords(recognizer, clock, heard=self._heard, failed=self._not_heard, caption=self._show)
        self._turns: set[int] = set()
        """The caller's turns that are not over: a new one may begin before the one before was understood."""
        self._resumed = resumed
        self._tail: int | None = None
        """The turn that is the rest of what was said before the call was taken up again."""

    def expect(self, hints: Hints) -> None:
        """What is likely to be said now."""
        self._words.expect(hints)

    def close(self) -> None:
        """No further word is wanted."""
        self._words.forget_all()

    def obey(self, signals: Sequence[Signal]) -> None:
        """Do what the listener has decided."""
        for signal in signals:
            match signal:
                case Onset() | Pause() | Resume() | Stop() | Drop():
                    self._give_way(signal)
                case Look():
                    self._decode(signal)
                case Offer(turn=turn):
                    self._timings.offered(turn)
                    self._decode(signal)
                case Withdraw(look=look):
                    self._words.forget(look)
                    self._mouth.unprepare()
                    self._tell(Withdrawn(offer=look))
                case Commit():
                    self._commit(signal)
                case Silent():
                    self._tell(CallerSilent())
                case Keys(keys=keys):
                    self._tell(KeyPressed(keys=keys))
                case _:
                    assert_never(signal)

    def _give_way(self, signal: Onset | Pause | Resume | Stop | Drop) -> None:
        """The agent's sound and the caller's."""
        match signal:
            case Onset(turn=turn, at_ms=at_ms):
                self._timings.began(turn, self._hearing.on_the_call(at_ms))
                if self._resumed and not self._turns and at_ms <= TAIL_MS:
                    self._tail = turn
                self._turn_begins(turn)
            case Pause():
                self._timings.paused()
                self._mouth.pause()
            case Resume(turn=turn, why=why):
                self._timings.dropped(turn)
                self._timings.interrupted("resumed", why)
                self._mouth.resume()
                self._turn_is_over(turn)
            case Stop(turn=turn) if turn == self._tail:
                pass  # what asks for the whole sentence is not cut short by half of it: it goes on when that is over
            case Stop(turn=turn):
                self._timings.interrupted("stopped", "speech" if turn in self._turns else "keys")
                self._mouth.stop()
            case Drop(turn=turn):
                self._timings.dropped(turn)
                self._mouth.resume()
                self._turn_is_over(turn)
            case _:
                assert_never(signal)

    def _turn_begins(self, turn: int) -> None:
        """While the caller speaks, no line begins."""
        if not self._turns:
            self._tell(CallerSounds(sounds=True))
        self._turns.add(turn)
        self._mouth.hold()

    def _turn_is_over(self, turn: int) -> None:
        self._turns.discard(turn)
        if not self._turns:
            self._tell(CallerSounds(sounds=False))
            self._mouth.release()

    def _commit(self, commit: Commit) -> None:
        said, answered = self._words.take(commit)
        self._timings.committed(commit.turn, self._hearing.on_the_call(commit.speech_end_ms), said.confidence)
        if commit.turn == self._tail:
            self._mouth.resume()
        elif self._mouth.paused:  # a turn is a turn, however it came about: what was interrupted is not taken up
            self._mouth.stop()
        if commit.turn == self._tail:
            self._note("tail_of_a_sentence", {"turn": commit.turn})
        elif said.text:
            self._tell(said)
        else:  # somebody spoke, and no word could be made out: they are asked again, and nothing is stored as said
            if not answered:
                self._note("not_heard", {"turn": commit.turn, "code": "recognition_late"})
            self._note("inaudible", {"turn": commit.turn})
            self._tell(CallerUnheard() if self._words.failed else CallerSilent())
        if self._words.lost:
            self._note("ears_lost", {})
            self._tell(EarsLost())
        self._turn_is_over(commit.turn)

    # Words

    def _decode(self, wanted: Look | Offer) -> None:
        self._watch(self._words.want(wanted, self._hearing.between(wanted.start_ms, wanted.end_ms)))

    def _heard(self, wanted: Look | Offer, transcript: Transcript) -> None:
        said = self._words.keep(wanted, transcript)
        offered = isinstance(wanted, Offer)
        if offered:
            self._timings.heard(wanted.turn, transcript.looks)
        signals = self._listener.heard(wanted.look, transcript)
        settled = any(isinstance(signal, Commit | Resume | Drop | Withdraw) for signal in signals)
        self.obey(signals)
        if offered and said.text and not settled and wanted.turn != self._tail:
            self._tell(Offered(offer=wanted.look, said=said))

    def _show(self, wanted: Look | Offer | Commit, text: str) -> None:
        self._caption(wanted.turn, text, isinstance(wanted, Commit))

    def _not_heard(self, wanted: Look | Offer, code: str) -> None:
        if isinstance(wanted, Offer):
            self._note("not_heard", {"turn": wanted.turn, "code": code})

    def _note(self, type: str, data: dict[str, Value]) -> None:
        self._tell(Noted(type=type, data=data))
