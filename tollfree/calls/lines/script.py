"""A caller written down: one turn a line, so that a call can be placed again and again."""

import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from tollfree.calls.errors import BadScript
from tollfree.calls.line import CallerEvent
from tollfree.calls.lines.typed import clean
from tollfree.calls.lines.written import WrittenLine
from tollfree.protocol.errors import why_unreadable
from tollfree.protocol.events import CallEnded, CallerSilent, CallerSpoke, CallerUnheard, KeyPressed

DIRECTIVE = "#:"
"""A comment that says something about the script: `#: path welcome.said reason.order`."""
_KEYS = re.compile(r"\[key\s+([0-9*#]+)\]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Script:
    """A caller's turns, and what the script says of itself."""

    name: str
    turns: tuple[CallerEvent, ...]
    directives: dict[str, str] = field(default_factory=dict[str, str])
    """By name: `path` (exit tokens the call must leave), `outcome`, `backend`, `title`, …"""

    @property
    def path(self) -> tuple[str, ...] | None:
        """The exits the call must take, in order; None when the script does not say."""
        path = self.directives.get("path")
        return tuple(path.split()) if path is not None else None


def read_script(name: str, text: str) -> Script:
    """A script from its text, a turn a line; only a line feed ends one. Raises `BadScript` with the line's number."""
    turns: list[CallerEvent] = []
    directives: dict[str, str] = {}
    for number, raw in enumerate(text.lstrip("\ufeff").split("\n"), 1):
        line = clean(raw)
        if line.startswith(DIRECTIVE):
            key, _, value = line[len(DIRECTIVE) :].strip().partition(" ")
            directives[key] = f"{directives[key]} {value.strip()}" if key in directives else value.strip()
        elif line and not line.startswith("#"):
            turns.append(_turn(name, number, line))
    return Script(name, tuple(turns), directives)


def read_script_file(file: Path) -> Script:
    """A script from a file, named for it. Raises `BadScript`."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadScript(f"{file} cannot be read: {why_unreadable(error)}") from error
    return replace(read_script(file.name, text), name=file.stem)


def _turn(name: str, number: int, line: str) -> CallerEvent:
    if not line.startswith("["):
        return CallerSpoke(text=line)
    word = line.lower()
    if word == "[silence]":
        return CallerSilent()
    if word == "[hangs up]":
        return CallEnded(reason="caller_hung_up")
    keys = _KEYS.fullmatch(line)
    if keys is not None:
        return KeyPressed(keys=keys[1])
    raise BadScript(
        f"{name}, line {number}: `{line[:60]}` is no event; the events are [silence], [key 41755#] and [hangs up]."
    )


class ScriptLine(WrittenLine):
    """Plays a script. When its turns are used up, the caller hangs up."""

    def __init__(self, script: Script, heard: Callable[[str, str], None] | None = None) -> None:
        """`heard` is told of every contribution, as (`agent` or `caller`, text); one that fails is told no more."""
        super().__init__()
        self._turns = deque(script.turns)
        self._heard = heard if heard is not None else _nobody

    @property
    def unused(self) -> int:
        """Turns the call did not come to."""
        return len(self._turns)

    def show(self, text: str) -> bool:
        self._tell("agent", text)
        return True

    def turn(self, listening: bool) -> CallerEvent | None:
        if not listening:
            return None
        turn = self._turns.popleft() if self._turns else CallEnded(reason="caller_hung_up")
        self._tell("caller", _shown(turn))
        return turn

    def _tell(self, who: str, text: str) -> None:
        try:
            self._heard(who, text)
        except OSError:  # whoever listened in has gone; the call goes on as it is written
            self._heard = _nobody


def _shown(turn: CallerEvent) -> str:
    match turn:
        case CallerSpoke(text=text):
            return text
        case KeyPressed(keys=keys):
            return f"[key {keys}]"
        case CallerSilent():
            return "[silence]"
        case CallerUnheard():
            return "[not heard]"
        case CallEnded():
            return "[hangs up]"


def _nobody(who: str, text: str) -> None:
    """Nobody is told."""
