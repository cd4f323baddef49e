"""Keys of the keypad on their way to an entry."""

from tollfree.protocol.expectation import Keypad
from tollfree.speech.turns.settings import ListeningSettings

_PERSON = "0"


class KeyEntry:
    """Collects keys as the node wants them. Without a keypad only a lone 0 counts: it asks for a person.

    Keys beyond an entry belong to the next question, and are read when that begins.
    """

    def __init__(self, settings: ListeningSettings) -> None:
        self._settings = settings
        self._keypad: Keypad | None = None
        self._keys = ""
        self._latest_ms = 0.0
        self._delivered = False
        """An entry is complete and nothing further was asked yet."""

    @property
    def open(self) -> bool:
        """Whether an entry has begun."""
        return bool(self._keys) and not self._delivered

    @property
    def awaited(self) -> bool:
        """Whether the node takes keys."""
        return self._keypad is not None

    def expect(self, keypad: Keypad | None) -> str:
        """The next question takes keys this way. Returns the entry that keys typed ahead complete, or nothing."""
        if self._delivered and keypad is None:
            self._keys = ""
        self._keypad, self._delivered = keypad, False
        return self._complete()

    def press(self, key: str, at_ms: float) -> str:
        """One key. Returns the entry it completes, or nothing."""
        self._keys += key
        self._latest_ms = at_ms
        return "" if self._delivered else self._complete()

    def pause(self, now_ms: float) -> str:
        """Time has passed. Returns the entry that is over by it, or nothing."""
        if not self.open:
            return ""
        wait_ms = self._settings.between_keys_ms if self._keypad is not None else self._settings.lone_key_ms
        if now_ms - self._latest_ms < wait_ms:
            return ""
        keys, self._keys = self._keys, ""
        if self._keypad is None:
            return _PERSON if set(keys) == {_PERSON} else ""
        self._delivered = True
        return keys

    def _complete(self) -> str:
        """Take a complete entry off: up to the terminator, or as many keys as there may be."""
        keypad = self._keypad
        if keypad is None:
            return ""
        ended = keypad.terminator and keypad.terminator in self._keys[: keypad.max_length + 1]
        if ended:
            entry, _, self._keys = self._keys.partition(keypad.terminator)
            self._delivered = bool(entry)
            return entry
        if len(self._keys) >= keypad.max_length:
            entry, self._keys = self._keys[: keypad.max_length], self._keys[keypad.max_length :]
            self._delivered = True
            return entry
        return ""
