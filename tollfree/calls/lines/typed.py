"""A caller at a keyboard."""

import asyncio
import io
import threading
import unicodedata
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import TextIO

from tollfree.calls.line import CallerEvent
from tollfree.calls.lines.written import WrittenLine
from tollfree.protocol.events import CallEnded, CallerSilent, CallerSpoke, KeyPressed

LONGEST = 10_000
"""Characters of a typed line that are kept."""


def clean(text: str) -> str:
    """Typed text without control characters and lone surrogates, which no log and no terminal should be given."""
    return "".join(" " if unicodedata.category(letter) in ("Cc", "Cs") else letter for letter in text).strip()[:LONGEST]


class TypedLine(WrittenLine):
    """Reads lines, writes lines. An empty line is silence, `[key 5#]` presses keys, end of input hangs up."""

    def __init__(self, source: TextIO, write: Callable[[str], None]) -> None:
        super().__init__()
        self._source = source
        if isinstance(source, io.TextIOWrapper):
            # A byte that is no text must not end the call. Refused only after the first read, by a caller before.
            with suppress(io.UnsupportedOperation):
                source.reconfigure(errors="replace")
        self._write = write
        self._typed: deque[str] = deque()
        self._reader: threading.Thread | None = None
        self._over = False

    def show(self, text: str) -> bool:
        try:
            self._write(text)
        except OSError:  # the terminal, or the program that read from us, is gone
            self.end()
            return False
        return True

    def turn(self, listening: bool) -> CallerEvent | None:
        if self._over:
            return CallEnded(reason="caller_hung_up")
        if not listening:
            return None
        if self._reader is None:
            # A thread of its own that nobody waits for: a keyboard cannot be made to stop reading.
            loop = asyncio.get_running_loop()
            self._reader = threading.Thread(target=self._read, args=(loop,), name="keyboard", daemon=True)
            self._reader.start()
        return _event(self._typed.popleft()) if self._typed else None

    def end(self) -> None:
        """The caller hangs up now, whatever they were typing."""
        self._over = True
        self.changed()

    def _read(self, loop: asyncio.AbstractEventLoop) -> None:
        try:
            for line in iter(self._source.readline, ""):
                loop.call_soon_threadsafe(self._type, line)
            loop.call_soon_threadsafe(self._type, "")
        except (RuntimeError, ValueError, OSError):
            # The call ended while the keyboard was being read, or the keyboard is gone: either way it is over.
            if not loop.is_closed():
                loop.call_soon_threadsafe(self._type, "")

    def _type(self, line: str) -> None:
        self._typed.append(line)
        self.changed()


def _event(line: str) -> CallerEvent:
    """What a typed line means; the empty string is the end of input."""
    text = clean(line)
    if not line or text.lower() == "[hangs up]":
        return CallEnded(reason="caller_hung_up")
    if not text or text.lower() == "[silence]":
        return CallerSilent()
    if text.lower().startswith("[key ") and text.endswith("]"):
        keys = "".join(key for key in text[5:-1] if key in "0123456789*#")
        return KeyPressed(keys=keys) if keys else CallerSilent()
    return CallerSpoke(text=text)
