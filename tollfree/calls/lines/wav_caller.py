"""A caller made of recordings: what they do, and how they tell when it is their turn. No I/O.

They go by their ear alone, as a person does: they wait until the agent has spoken and is quiet, or speak over it.
"""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

import numpy as np

from tollfree.calls.errors import BadScript, BadSound
from tollfree.calls.lines.script import Script
from tollfree.calls.lines.sound_file import SUFFIXES, Channel, SoundFile
from tollfree.protocol.audio import Samples, spoken_ms
from tollfree.protocol.events import CallEnded, CallerSilent, CallerSpoke, CallerUnheard, KeyPressed

AUDIBLE_DB = -50.0
"""The agent is heard above this level, dBFS: well over any comfort noise, well under speech."""
GAP_MS = 300.0
"""Quiet of the agent, ms, after which its sound begins anew: pauses inside a sentence are shorter."""
QUIET_MS = 800.0
"""Quiet, ms, after which a caller takes the agent to have finished: longer than its pause between two sentences."""
ENOUGH_MS = 400.0
"""Speech of the agent, ms, that counts as an answer though it began while the caller was still speaking."""
LINGER_S = 3.0
"""Seconds of quiet after which a caller who has nothing left to say hangs up."""
PATIENCE_S = 20.0
"""Seconds without an answer after which a caller goes on all the same."""
ENDLESS_S = 120.0
"""Seconds after which a caller goes on although the agent has never stopped."""


@dataclass(frozen=True, slots=True)
class Quiet:
    """Once the agent has said something since the caller's last contribution, and has been quiet for so long."""

    ms: float = QUIET_MS


@dataclass(frozen=True, slots=True)
class After:
    """So many milliseconds after the agent's sound began: what sounds now, else what comes next. To speak over it."""

    ms: float


@dataclass(frozen=True, slots=True)
class Now:
    """As soon as the item before is over."""


When: TypeAlias = Quiet | After | Now


@dataclass(frozen=True, slots=True)
class Clip:
    """Something is said."""

    sound: Samples | SoundFile
    """int16 mono at 16 kHz, or a file of any kind."""
    when: When = Quiet()


@dataclass(frozen=True, slots=True)
class Keys:
    """Keys are pressed, one after the other."""

    keys: str
    """`0`-`9`, `*`, `#`."""
    when: When = Quiet()


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing is said for a time."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Silence:
    """The caller lets their turn pass: says nothing until the agent speaks again of itself."""


@dataclass(frozen=True, slots=True)
class HangUp:
    """The caller hangs up; what comes after is not done."""

    when: When = Quiet()


Item: TypeAlias = Clip | Keys | Wait | Silence | HangUp


@dataclass(frozen=True, slots=True)
class WavCaller:
    """A caller made of recordings."""

    name: str
    items: tuple[Item, ...]
    linger_s: float = LINGER_S
    """Seconds of quiet after the last item until the caller hangs up, if that is not their last item."""
    aside: Callable[[int], Clip | None] | None = None
    """Asked before each item that is done, by its number from 0: what the caller says first, as soon as it is their
    turn; None: nothing."""


def read_wav_caller(path: Path, script: Script | None = None, *, channel: Channel = "mix") -> WavCaller:
    """A caller from one file, played from the beginning of the call, or from a folder whose sound files are turns, in
    the order of their names' numbers. With the script that a folder was spoken from, its keys, silences and hanging up
    take place too. Raises `BadSound`, or `BadScript` when script and folder do not belong together."""
    if not path.is_dir():
        sound = SoundFile(path, channel)
        sound.check()
        return WavCaller(path.stem, (Clip(sound, Now()),))
    try:
        files = sorted((file for file in path.iterdir() if file.suffix.lower() in SUFFIXES), key=_number)
    except OSError as error:
        raise BadSound(f"{path} cannot be read: {error.strerror}") from error
    if not files:
        raise BadSound(f"{path} has no sound files in it; a caller's turns are files such as 01.opus, 02.opus.")
    sounds = tuple(SoundFile(file, channel) for file in files)
    for sound in sounds:
        sound.check()
    items: tuple[Item, ...] = tuple(map(Clip, sounds)) if script is None else _items(script, sounds, path)
    return WavCaller(path.name, items)


def _number(file: Path) -> tuple[float, str]:
    digits = "".join(letter for letter in file.stem if letter in "0123456789")
    return (float(digits) if digits else float("inf"), file.name)


def _items(script: Script, sounds: Sequence[SoundFile], folder: Path) -> tuple[Item, ...]:
    spoken = sum(isinstance(turn, CallerSpoke) for turn in script.turns)
    if spoken != len(sounds):
        raise BadScript(f"{script.name} has {spoken} spoken turns, and {folder} has {len(sounds)} sound files.")
    left = deque(sounds)
    items: list[Item] = []
    for turn in script.turns:
        match turn:
            case CallerSpoke():
                items.append(Clip(left.popleft()))
            case KeyPressed(keys=keys):
                items.append(Keys(keys))
            case CallerSilent() | CallerUnheard():
                items.append(Silence())
            case CallEnded():
                items.append(HangUp())
    return tuple(items)


@dataclass(frozen=True, slots=True)
class Heard:
    """What a caller has heard of the agent so far."""

    now_ms: float = 0.0
    began_ms: float = -1.0
    """When the sound that sounds now, or sounded last, began; -1: there was none yet."""
    last_ms: float = -1.0
    """When the agent was last audible."""
    total_ms: float = 0.0
    """How long it has been audible, all in all."""

    @property
    def quiet_ms(self) -> float:
        return self.now_ms - max(0.0, self.last_ms)

    def and_then(self, samples: Samples) -> "Heard":
        """With the next stretch of the agent's sound."""
        ms = spoken_ms(len(samples))
        now_ms = self.now_ms + ms
        if not audible(samples):
            return replace(self, now_ms=now_ms)
        anew = self.last_ms < 0 or self.now_ms - self.last_ms >= GAP_MS
        return Heard(now_ms, self.now_ms if anew else self.began_ms, now_ms, self.total_ms + ms)


def audible(samples: Samples) -> bool:
    """Whether a short stretch of sound is heard."""
    level = float(np.sqrt(np.mean(np.square(samples, dtype=np.float64)))) if len(samples) else 0.0
    return level > 32_768 * 10 ** (AUDIBLE_DB / 20)


class Prompter:
    """Tells a caller when to do what."""

    def __init__(self, caller: WavCaller) -> None:
        self._items = deque(caller.items)
        if not self._items or not isinstance(self._items[-1], HangUp):
            self._items.append(HangUp(Quiet(caller.linger_s * 1000)))
        self._aside = caller.aside
        self._done = 0
        """Items that were done."""
        self._heard = Heard()
        self._mark = self._heard
        """What had been heard when the caller's last contribution ended."""
        self._passed: float | None = None
        """In a silence: when the caller could have spoken, ms."""

    def hear(self, samples: Samples) -> None:
        """The next stretch of the agent's sound has reached the caller."""
        self._heard = self._heard.and_then(samples)

    def due(self) -> Clip | Keys | HangUp | None:
        """What the caller does now, once; None: they listen on."""
        while self._items:
            item = self._items[0]
            if not self._ready(item):
                return None
            if self._aside is not None and (said := self._aside(self._done)) is not None:
                self.over()
                return said
            self._items.popleft()
            self._done += 1
            self.over()
            if not isinstance(item, Wait | Silence):
                return item
        return None

    def over(self) -> None:
        """What the caller did is over."""
        self._mark = self._heard
        self._passed = None

    def _ready(self, item: Item) -> bool:
        match item:
            case Wait(seconds=seconds):
                return self._waited_ms >= seconds * 1000
            case Silence():
                return self._has_passed()
            case Clip(when=when) | Keys(when=when) | HangUp(when=when):
                return self._time_has_come(when)

    def _time_has_come(self, when: When) -> bool:
        match when:
            case Now():
                return True
            case After(ms=ms):
                began_ms = self._heard.began_ms
                sounds = self._heard.quiet_ms < GAP_MS or began_ms >= self._mark.now_ms
                if began_ms >= 0 and sounds:
                    return self._heard.now_ms >= began_ms + ms
                return self._waited_ms >= PATIENCE_S * 1000
            case Quiet(ms=ms):
                if self._heard.quiet_ms < ms:
                    return self._waited_ms >= ENDLESS_S * 1000
                return self._answered or self._waited_ms >= max(PATIENCE_S * 1000, ms)

    def _has_passed(self) -> bool:
        if self._passed is None:
            if self._time_has_come(Quiet()):
                self._passed = self._heard.now_ms
            return False
        return self._heard.began_ms >= self._passed or self._heard.now_ms - self._passed >= ENDLESS_S * 1000

    @property
    def _waited_ms(self) -> float:
        return self._heard.now_ms - self._mark.now_ms

    @property
    def _answered(self) -> bool:
        """Whether the agent has spoken since the caller's last contribution, beyond the end of what was cut short."""
        since_ms = self._heard.total_ms - self._mark.total_ms
        return since_ms >= ENOUGH_MS or (since_ms > 0 and self._heard.began_ms >= self._mark.now_ms)
