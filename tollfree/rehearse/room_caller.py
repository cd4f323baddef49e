"""A caller made of recordings who places a real call: comes into a LiveKit room as any browser does."""

import asyncio
from collections.abc import Callable

import numpy as np

from tollfree.calls.lines.livekit import Visitor
from tollfree.calls.lines.sound_file import SoundFile
from tollfree.calls.lines.wav_caller import Clip, HangUp, Keys, Prompter, WavCaller
from tollfree.protocol.audio import HEARD_RATE, SPOKEN_RATE, Samples

FRAME_MS = 20
FRAME = HEARD_RATE * FRAME_MS // 1000
"""Samples of the caller at a time."""
STILLNESS = np.zeros(SPOKEN_RATE * FRAME_MS // 1000, np.int16)
"""20 ms in which nothing is heard."""
LATE_FRAMES = 10
"""Frames without any sound from the agent after which there is none to come: a network's jitter is shorter. While
nobody sends the caller's patience must run all the same."""
KEY_FRAMES = 8
"""Frames from one key to the next: 160 ms, as quick fingers press."""
ROOM_DB = -70.0
"""Level of the room in which nobody speaks, dBFS: no microphone is ever digitally silent."""


class RoomCaller:
    """Goes by the ear alone, as a person does: speaks when the agent has spoken and is quiet. For one call."""

    def __init__(self, caller: WavCaller, *, seed: int = 1) -> None:
        """`seed`: of the room's noise."""
        self._caller = caller
        self._prompter = Prompter(caller)
        self._noise = np.random.default_rng(seed).normal(0, 32_768 * 10 ** (ROOM_DB / 20), (100, FRAME))
        self._sounds: dict[int, Samples] = {}
        self._saying: Samples | None = None
        self._keys = ""
        self._frame = 0
        self._next_key = 0
        self._without = 0
        """Frames since the agent's sound last came."""

    async def call(self, url: str, token: str, joined: Callable[[], None] = lambda: None) -> str:
        """Place the call, in the room that the token is for, and stay until one side hangs up. `joined` is called once
        the caller is in the room. Returns why the room is no more; empty when it was the caller who left.

        Raises `BadSound` before anything is placed, or `CallError` when the room cannot be entered.
        """
        self._sounds = await asyncio.to_thread(_read_all, self._caller)
        async with Visitor(url, token) as visitor:
            joined()
            await visitor.speak(lambda: self._next(visitor))
            return visitor.gone

    def _next(self, visitor: Visitor) -> Samples | None:
        """The caller's next 20 ms; None: they have hung up, or the room is gone."""
        self._frame += 1
        self._hear(visitor.heard())
        if visitor.gone or not self._act(visitor):
            return None
        frame = np.rint(self._noise[self._frame % len(self._noise)]).astype(np.int16)
        if self._saying is not None:
            said, self._saying = self._saying[:FRAME], self._saying[FRAME:]
            frame[: len(said)] = said
            if not len(self._saying):
                self._saying = None
                self._prompter.over()
        return frame

    def _hear(self, sound: Samples) -> None:
        if len(sound):
            self._without = 0
            self._prompter.hear(sound)
            return
        self._without += 1
        if self._without > LATE_FRAMES:
            self._prompter.hear(STILLNESS)

    def _act(self, visitor: Visitor) -> bool:
        """Begin what is due; False once the caller hangs up."""
        while self._saying is None:
            if self._keys:
                if self._frame >= self._next_key:
                    visitor.press(self._keys[0])
                    self._keys, self._next_key = self._keys[1:], self._frame + KEY_FRAMES
                    if not self._keys:
                        self._prompter.over()
                return True
            match self._prompter.due():
                case None:
                    return True
                case HangUp():
                    return False
                case Keys(keys=keys):
                    self._keys = keys
                case Clip() as clip:
                    sound = self._sounds[id(clip)]
                    self._saying = sound if len(sound) else None
        return True


def _read_all(caller: WavCaller) -> dict[int, Samples]:
    """What each clip sounds like, by its identity: read before the call, so that no disk is waited for within it.
    Raises `BadSound`."""
    return {id(item): _read(item.sound) for item in caller.items if isinstance(item, Clip)}


def _read(sound: Samples | SoundFile) -> Samples:
    if not isinstance(sound, SoundFile):
        return sound
    pieces = list(sound.pieces([]))
    return np.concatenate(pieces) if pieces else np.zeros(0, np.int16)
