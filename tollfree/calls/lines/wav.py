"""Calls from files: a caller made of recordings, 20 ms at a time on the call's clock."""

import asyncio
import logging
from collections.abc import Generator
from contextlib import suppress
from pathlib import Path
from typing import Literal

import numpy as np

from tollfree.calls.errors import CallError
from tollfree.calls.lines.sound_file import SoundFile
from tollfree.calls.lines.wav_caller import Clip, HangUp, Keys, Prompter, WavCaller
from tollfree.calls.media import Found, Frame, Gone, Key, MediaEvent
from tollfree.calls.playout import Playout
from tollfree.protocol.audio import HEARD_RATE, SPOKEN_RATE, Samples
from tollfree.protocol.clock import Clock

TICK_MS = 20
HEARD = HEARD_RATE * TICK_MS // 1000
SPOKEN = SPOKEN_RATE * TICK_MS // 1000
KEY_TICKS = 8
"""Ticks from one key to the next: 160 ms, as quick fingers press."""
ROOM_DB = -70.0
"""Level of the room in which nobody speaks, dBFS: no microphone is ever digitally silent."""

_log = logging.getLogger(__name__)


class WavMedia:
    """A caller made of recordings.

    At each tick the caller's last 20 ms arrive, and the agent's next 20 ms are taken. On a clock that is virtual the
    same caller and the same agent make the same call, sample by sample; on the machine's clock it takes its time.
    """

    name = "wav"
    ear_delay_ms = 0.0

    def __init__(self, caller: WavCaller, clock: Clock, *, seed: int = 1) -> None:
        """`seed`: of the room's noise."""
        self._prompter = Prompter(caller)
        self._clock = clock
        self._noise = np.random.default_rng(seed)
        self._events: asyncio.Queue[MediaEvent] = asyncio.Queue()
        self._running: asyncio.Task[None] | None = None
        self._saying: _Saying | None = None
        self._keys = ""
        self._next_key = 0
        """Tick of the next key."""
        self._gone = False

    async def start(self, playout: Playout) -> None:
        """The caller picks up."""
        self._running = asyncio.get_running_loop().create_task(self._run(playout))
        self._running.add_done_callback(self._ended)

    async def next(self) -> MediaEvent:
        """A frame at every tick; keys; and what is wrong with a file (`sound_damaged`)."""
        return await self._events.get()

    def caption(self, who: Literal["agent", "caller"], text: str, *, segment: str, final: bool) -> None:
        """Nobody watches."""

    async def close(self) -> None:
        """Hang up on the caller. Safe to call again."""
        running, self._running = self._running, None
        if running is not None:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
        self._tell_gone(Gone(reason="line_lost", why="the line was closed"))

    async def _run(self, playout: Playout) -> None:
        began_ms = self._clock.elapsed_ms()
        tick = 0
        try:
            while self._act(tick):
                agent = playout.take(SPOKEN)
                tick += 1
                await self._clock.sleep(max(0.0, began_ms + tick * TICK_MS - self._clock.elapsed_ms()) / 1000)
                self._prompter.hear(agent)
                self._events.put_nowait(Frame(samples=await self._frame()))
            self._tell_gone(Gone(reason="caller_hung_up"))
        except CallError as error:
            self._tell_gone(Gone(reason="line_lost", why=error.message))
        finally:
            if self._saying is not None:
                self._saying.close()

    def _act(self, tick: int) -> bool:
        """Begin what is due; False once the caller hangs up."""
        while self._saying is None:
            if self._keys:
                if tick < self._next_key:
                    return True
                self._events.put_nowait(Key(key=self._keys[0]))
                self._keys, self._next_key = self._keys[1:], tick + KEY_TICKS
                if not self._keys:
                    self._prompter.over()
                continue
            match self._prompter.due():
                case None:
                    return True
                case HangUp():
                    return False
                case Keys(keys=keys):
                    self._keys, self._next_key = keys, max(tick, self._next_key)
                case Clip(sound=sound):
                    self._saying = _Saying(sound)
        return True

    async def _frame(self) -> Samples:
        """The caller's 20 ms that end now: what they say, to the sample, and the room where that is silent."""
        said = np.zeros(0, np.int16)
        if self._saying is not None:
            said = await self._saying.read(HEARD)
            if len(said) < HEARD:
                self._finish(self._saying)
        if len(said) == HEARD and said.any():
            return said
        frame = self._room()
        if said.any():
            frame[: len(said)] = said
        return frame

    def _finish(self, saying: "_Saying") -> None:
        self._saying = None
        self._prompter.over()
        for why in saying.faults:
            self._events.put_nowait(Found(type="sound_damaged", data={"file": str(saying.file), "why": why}))

    def _room(self) -> Samples:
        tone = self._noise.normal(0, 32_768 * 10 ** (ROOM_DB / 20), HEARD)
        return np.rint(tone).astype(np.int16)

    def _tell_gone(self, gone: Gone) -> None:
        if not self._gone:
            self._gone = True
            self._events.put_nowait(gone)

    def _ended(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("wav line failed", exc_info=error)
            self._tell_gone(Gone(reason="line_lost", why=f"{type(error).__name__}: {error}"))


class _Saying:
    """Sound that is being said, read a few seconds at a time in a thread."""

    def __init__(self, sound: Samples | SoundFile) -> None:
        self.faults: list[str] = []
        self.file: Path | None = None
        self._pieces: Generator[Samples] | None = None
        self._ready: Samples = np.zeros(0, np.int16)
        if isinstance(sound, SoundFile):
            self.file = sound.file
            self._pieces = sound.pieces(self.faults)
        else:
            self._ready = sound

    async def read(self, count: int) -> Samples:
        """The next samples; fewer at the end. Raises `BadSound`."""
        while self._pieces is not None and len(self._ready) < count:
            piece = await asyncio.get_running_loop().run_in_executor(None, next, self._pieces, None)
            if piece is None:
                self._pieces = None
            else:
                self._ready = np.concatenate([self._ready, piece])
        read, self._ready = self._ready[:count], self._ready[count:]
        return read

    def close(self) -> None:
        """Let the file go."""
        if self._pieces is not None:
            with suppress(ValueError):  # a thread is just reading it: the file goes with the last reference to it
                self._pieces.close()
