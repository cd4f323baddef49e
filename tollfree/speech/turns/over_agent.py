"""The agent's sound while the caller speaks over it: paused, then resumed or stopped."""

import math

from tollfree.speech.turns.backchannel import Remark
from tollfree.speech.turns.barge import BargeRules, Verdict
from tollfree.speech.turns.base import Pause, Resume, Stop
from tollfree.speech.turns.echo import Echo
from tollfree.speech.turns.floor import Floor
from tollfree.speech.turns.gate import SpeechGate
from tollfree.speech.turns.settings import ListeningSettings
from tollfree.speech.turns.turn import Over, Turn


class OverAgent:
    """Speech over the agent, in one call."""

    def __init__(self, floor: Floor, gate: SpeechGate, settings: ListeningSettings) -> None:
        self._floor = floor
        self._gate = gate
        self._settings = settings
        self._barge = BargeRules(settings)
        self._echo = Echo()
        self.stopped_by_keys = False
        """A key has stopped the line that the agent was speaking."""

    def face(self, turn: Turn) -> None:
        """The caller and the agent speak at once."""
        self._echo.interrupted()
        turn.over_ms = 0.0
        turn.over = Over.GATE if self.interruptible else Over.IGNORED

    @property
    def interruptible(self) -> bool:
        return self._floor.may_interrupt and self._floor.expectation.barge_in

    @property
    def voice_from_db(self) -> float:
        """From what level a sound over the agent may pause it before it is known to be speech; infinite where nothing
        may."""
        if not (self._floor.agent_speaks and self.interruptible):
            return math.inf
        if self._floor.voice_db is None:
            return self._settings.loud_db
        return self._floor.voice_db - self._settings.loud_below_voice_db

    def reconsider(self) -> None:
        """Whether the agent may be interrupted has changed."""
        if (
            self._floor.turn is not None
            and self._floor.turn.over in (Over.GATE, Over.IGNORED)
            and self._floor.agent_speaks
        ):
            self._floor.turn.over = Over.GATE if self.interruptible else Over.IGNORED

    def pass_gate(self, turn: Turn, level_db: float) -> None:
        if turn.over is not Over.GATE:
            return
        noise = level_db < self._gate.floor_db + self._settings.doubtful_above_noise_db
        doubtful = noise or turn.loudest_db < self._echo_up_to_db
        gate_ms = self._settings.doubtful_gate_ms if doubtful else self._settings.barge_gate_ms
        if turn.over_ms >= gate_ms:
            self.pause(turn)

    @property
    def _echo_up_to_db(self) -> float:
        """Below what level a sound may be the agent's own: by what has come back of it so far, or else by what is
        much softer than the caller."""
        if (known_db := self._echo.up_to_db) is not None:
            return known_db
        return -math.inf if self._floor.voice_db is None else self._floor.voice_db - self._settings.echo_below_db

    def alone(self, level_db: float) -> None:
        """A window in which nobody is taken to speak."""
        if self._floor.agent_speaks:
            self._echo.hear(level_db)

    def pause(self, turn: Turn) -> None:
        turn.over, turn.paused_ms = Over.PAUSED, self._floor.now_ms
        self._floor.tell(Pause(turn=turn.number, at_ms=self._floor.now_ms))

    def judge(self, turn: Turn) -> None:
        """Resume or stop the paused agent once it is clear what was said."""
        if turn.over is not Over.PAUSED:
            return
        match self._barge.verdict(turn, self._floor.now_ms):
            case None:
                return
            case Verdict.STOP:
                turn.ordinary()
                self._floor.tell(Stop(turn=turn.number, at_ms=self._floor.now_ms))
            case Verdict.BACKCHANNEL | Verdict.NOISE as why:
                self._floor.remember(turn)
                if why is Verdict.NOISE:
                    self._echo.was(turn.loudest_db)
                self._floor.tell(Resume(turn=turn.number, at_ms=self._floor.now_ms, why=why.value))
                self._floor.over()

    def judge_words(self, turn: Turn) -> None:
        """The words of speech over the agent are there."""
        if turn.over is Over.PAUSED:
            self.judge(turn)
        elif turn.over is Over.GATE:
            if self._barge.of_words(turn) is Remark.INTERRUPTS:
                self.pause(turn)
                turn.ordinary()
                self._floor.tell(Stop(turn=turn.number, at_ms=self._floor.now_ms))
            else:
                self._floor.remember(turn)
                self._floor.drop(turn)
        elif turn.over is Over.IGNORED and not turn.began_before_agent:
            if self._barge.of_words(turn) in (Remark.BACKCHANNEL, Remark.DOUBTFUL):
                self._floor.remember(turn)
                self._floor.drop(turn)
                if not self._floor.agent_speaks:
                    self._floor.answer_at_its_end()

    def stop_for_keys(self) -> None:
        """A key is meant for the agent: it stops, as for speech."""
        turn = self._floor.turn
        if turn is not None and turn.over is Over.PAUSED:
            turn.ordinary()
            self._floor.tell(Stop(turn=turn.number, at_ms=self._floor.now_ms))
        elif self._floor.agent_speaks and self.interruptible and not self.stopped_by_keys:
            self._floor.turns += 1
            self.stopped_by_keys = True
            self._floor.tell(Stop(turn=self._floor.turns, at_ms=self._floor.now_ms))
