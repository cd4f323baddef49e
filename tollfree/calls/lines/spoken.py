"""A line with sound: media, ears, a mouth and a listener, joined into what a session talks to."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from tollfree.calls.beside import Beside
from tollfree.calls.caller_words import EarsLost
from tollfree.calls.hearing import Hearing
from tollfree.calls.line import LineEvent, Noted
from tollfree.calls.media import Found, Frame, Gone, Key, Media, SecondVoiceHeard
from tollfree.calls.mouth import Mouth
from tollfree.calls.playout import Playout
from tollfree.calls.second_voice import SecondVoice
from tollfree.calls.taping import Tape, Taping
from tollfree.calls.turn_taking import TurnTaking
from tollfree.calls.turn_timing import TurnTimings
from tollfree.protocol.audio import Samples
from tollfree.protocol.clock import Clock
from tollfree.protocol.completeness import Completeness
from tollfree.protocol.effects import Listen, Say
from tollfree.protocol.errors import TollfreeError
from tollfree.protocol.events import CallEnded, Spoken
from tollfree.protocol.ids import EffectId
from tollfree.protocol.values import Value
from tollfree.speech.stt.base import Hints, Recognizer
from tollfree.speech.tts.base import Clip
from tollfree.speech.tts.speaker import Speaker
from tollfree.speech.turns.base import VoiceActivity
from tollfree.speech.turns.listener import Listens

FILL_EVERY_S = 0.064
"""Seconds between looks whether the caller still sends sound."""
LAST_SOUND_S = 0.1
"""Seconds between the last sample and hanging up, or handing the caller over, beyond the way to the ear."""
QUIET_WITHIN_S = 120.0
"""Longest that lines may still take after the call has been told to end."""
MUTE_AFTER = 2
"""Lines in a row of which nothing could be spoken, after which there is no voice: a caller is not left in silence."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ears:
    """What one call hears with."""

    recognizer: Recognizer
    activity: VoiceActivity
    listener: Listens


class SpokenLine:
    """One caller's sound as events, and the agent's lines as sound."""

    def __init__(
        self,
        media: Media,
        ears: Ears,
        speaker: Speaker,
        clock: Clock,
        *,
        tape: Tape | None = None,
        resumed: bool = False,
        sounded: Callable[[Say, Clip], None] = lambda say, clip: None,
    ) -> None:
        """`resumed`: the call began on another line, whose process died. `sounded`: a clip of a line begins to
        leave."""
        self._sounded = sounded
        self._media = media
        self._listener = ears.listener
        self._clock = clock
        self._began_ms = clock.elapsed_ms()
        self._tape = Taping(tape, lambda: self.now_ms, stopped=lambda why: self.note("recording_stopped", {"why": why}))
        self._second_voice = SecondVoice()
        self._playout = Playout()
        self._timings = TurnTimings(lambda: self.now_ms, self._tell)
        self._mouth = Mouth(
            speaker,
            self._playout,
            clock,
            ear_delay_ms=lambda: media.ear_delay_ms,
            spoken=self._tell,
            rendered=self._timings.rendered,
            started=self._started,
            failed=self._not_spoken,
            taken_back=self._taken_back,
        )
        self._hearing = Hearing(ears.activity, self._window, 0.0)
        self._beside = Beside(self._break)
        self._turns = TurnTaking(
            ears.listener,
            ears.recognizer,
            clock,
            hearing=self._hearing,
            mouth=self._mouth,
            timings=self._timings,
            tell=self._tell,
            caption=lambda turn, text, final: media.caption("caller", text, segment=f"caller-{turn}", final=final),
            watch=self._beside.watch,
            resumed=resumed,
        )
        self._events: asyncio.Queue[LineEvent | EarsLost] = asyncio.Queue()
        self._agent_told = (False, True)
        self._connected_ms: float | None = None
        """When the caller could hear; None once the first word was told."""
        self._mute = 0
        """Lines in a row of which nothing could be spoken."""
        self._broken = False
        self._closed = False

    @property
    def name(self) -> str:
        return self._media.name

    @property
    def now_ms(self) -> float:
        """Milliseconds since the call began."""
        return self._clock.elapsed_ms() - self._began_ms

    def note(self, type: str, data: dict[str, Value]) -> None:
        """Something for the call's log."""
        self._tell(Noted(type=type, data=data))

    async def start(self) -> None:
        """Connect. From here on the caller is heard; one who cannot be reached is one whose line is lost."""
        self._playout.taken = self._taken
        try:
            await self._media.start(self._playout)
        except TollfreeError as error:
            self.note("line_closed", {"why": error.message})
            await self._end(CallEnded(reason="line_lost"))
            return
        except Exception as error:  # noqa: BLE001  whatever is wrong with the connection, its call has a log that says so
            self._break(error)
            return
        self._connected_ms = self.now_ms
        self._beside.do(self._hear())
        self._beside.do(self._fill())

    # The session's side

    async def next(self) -> LineEvent:
        """As `Line`. Raises `EarsLost` when nothing is heard any more; the line can still be spoken on."""
        event = await self._events.get()
        if isinstance(event, EarsLost):
            raise event
        return event

    def listen(self, listen: Listen) -> None:
        self._turns.expect(Hints(vocabulary=listen.expectation.vocabulary))
        self._turns.obey(self._listener.expect(listen.expectation))

    def say(self, say: Say) -> None:
        self._timings.said(say)
        self._mouth.say(say)

    def prepare(self, say: Say) -> None:
        self._mouth.prepare(say)

    def begin(self, so_far: Say) -> None:
        self._timings.said(so_far)
        self._mouth.begin(so_far)

    def adopt(self, composition: EffectId, say: Say, *, anew: bool = True) -> None:
        self._timings.said(say)
        self._timings.became(composition, say)
        if self._mouth.adopt(composition, say, anew=anew):
            self._media.caption("agent", say.text, segment=f"agent-{composition}", final=True)

    def take_back(self, composition: EffectId) -> None:
        self._mouth.take_back(composition)

    def fall_silent(self) -> None:
        self._mouth.fall_silent()

    def planned(self, offer: int, completeness: Completeness) -> None:
        self._timings.planned()
        self._turns.obey(self._listener.planned(offer, completeness))

    async def quiet(self) -> None:
        await self._mouth.quiet()
        await self._clock.sleep(self._media.ear_delay_ms / 1000 + LAST_SOUND_S)

    async def hang_up(self) -> None:
        self._mouth.closing()
        with suppress(TimeoutError):
            async with asyncio.timeout(QUIET_WITHIN_S):
                await self.quiet()
        await self._end(CallEnded(reason="hung_up"))

    async def close(self) -> None:
        """Let everything go, however the call ended. Safe to call again."""
        if self._closed:
            return
        self._closed = True
        self._turns.close()
        await self._beside.stop()
        await self._mouth.close()
        try:
            await self._media.close()
        except Exception as error:  # noqa: BLE001  the connection is let go either way, and the call's end is told
            _log.warning("line not closed", extra={"error": type(error).__name__})

    # Sound in

    async def _hear(self) -> None:
        while True:
            event = await self._media.next()
            match event:
                case Frame(samples=samples):
                    self._tape.caller(samples)
                    self._hearing.frame(samples, self.now_ms)
                case SecondVoiceHeard(samples=samples):
                    self._second_voice.heard(samples)
                case Key(key=key):
                    self._turns.obey(self._listener.key(key))
                case Found(type=type, data=data):
                    self._tell(Noted(type=type, data=dict(data)))
                case Gone(reason=reason, why=why):
                    if why:
                        self._tell(Noted(type="line_closed", data={"why": why}))
                    await self._end(CallEnded(reason=reason))
                    return

    async def _fill(self) -> None:
        while True:
            await self._clock.sleep(FILL_EVERY_S)
            silence = self._hearing.fill(self.now_ms)
            if silence is not None:
                self._tape.caller(silence)

    def _window(self, probability: float, level_db: float) -> None:
        self._turns.obey(self._listener.window(probability, level_db))

    # Sound out

    def _taken(self, samples: Samples) -> None:
        """Sound has left, 20 ms of it. Called by the media, which are not to fail by what is wrong here."""
        if self._closed:
            return
        try:
            self._tape.agent(self._second_voice.under(samples))
            self._mouth.progress(len(samples))
            told = (self._mouth.speaking, self._mouth.interruptible)
            if told != self._agent_told and (told[0] or self._agent_told[0]):
                self._agent_told = told
                self._turns.obey(self._listener.agent(told[0], interruptible=told[1]))
        except Exception as error:  # noqa: BLE001  as above: the call ends explained
            self._break(error)

    def _started(self, say: Say, clip: Clip, first: bool) -> None:
        self._mute = 0
        self._timings.sent(say)
        self._sounded(say, clip)
        if self._connected_ms is not None:
            connected_ms, self._connected_ms = self._connected_ms, None
            data = {"connected_ms": round(connected_ms, 1), "first_sent_ms": round(self.now_ms, 1)}
            self._tell(Noted(type="first_word", data=dict(data)))
        if first:
            self._media.caption("agent", say.text, segment=f"agent-{say.id}", final=True)

    def _taken_back(self, composition: EffectId, heard: str) -> None:
        if heard:
            self._tell(Spoken(effect=composition, heard=heard, complete=False, unfinished=True))

    def _not_spoken(self, say: Say, code: str, all_of_it: bool) -> None:
        self._tell(Noted(type="line_not_spoken", data={"effect": say.id, "code": code}))
        self._mute = self._mute + 1 if all_of_it else 0
        if self._mute == MUTE_AFTER:
            self._tell(Noted(type="voice_lost", data={"code": code}))
            self._beside.do(self._end(CallEnded(reason="error")))

    # Telling

    def _tell(self, event: LineEvent | EarsLost) -> None:
        self._events.put_nowait(event)

    async def _end(self, ended: CallEnded) -> None:
        """The last event of the line, after whatever the caller had not heard yet was told."""
        if self._closed:
            return
        self._timings.flush()
        self._mouth.abandon()
        await self.close()
        self._tell(ended)

    def _break(self, error: BaseException) -> None:
        """What breaks in the line ends the call explained: nobody listens, or speaks, any more."""
        if self._broken or self._closed:
            return
        self._broken = True
        _log.error("line failed", exc_info=error)
        self.note("line_failed", {"error": type(error).__name__})
        self._beside.do(self._end(CallEnded(reason="line_lost")))
