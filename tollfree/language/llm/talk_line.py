"""One line of a talk while it is written: cleaned, held against what it may rest on, and told by whole clauses."""

from collections.abc import Callable

from tollfree.language.llm.clause_ends import whole_clauses
from tollfree.language.llm.grounding import Grounds
from tollfree.language.llm.spoken import SpokenText
from tollfree.language.llm.talk_reader import TalkReader
from tollfree.protocol.effects import Compose


class TalkLine:
    """What has come of a line, and what of it may be spoken."""

    def __init__(self, compose: Compose, grounds: Grounds | None, tell: Callable[[str], None]) -> None:
        """`grounds`: what its values must stand in; None: it may say any. `tell`: of the text so far, at each further
        clause."""
        self._reader = TalkReader(compose.exits, tuple(compose.slots))
        self._cleaning = SpokenText()
        self._grounds = grounds
        self._tell = tell
        self._checked = 0
        """Characters that were told."""
        self.unsupported = ""
        """The value that ended the line, since nothing supports it."""

    @property
    def told(self) -> str:
        """Whole clauses that may be heard already."""
        return self._cleaning.text[: self._checked]

    @property
    def exit(self) -> str | None:
        """The exit that was chosen, of a line that was not broken off."""
        return None if self.unsupported else self._reader.exit

    @property
    def slots(self) -> dict[str, str]:
        """Values that were picked out of the caller's words."""
        return self._reader.slots

    def feed(self, piece: str) -> bool:
        """The next piece; whether more is wanted."""
        self._cleaning.feed(self._reader.feed(piece))
        text = self._cleaning.text
        if not self._check(text, whole_clauses(text, self._checked)):
            return False
        return not self._cleaning.over

    def end(self) -> None:
        """Nothing more comes: the rest is a clause too."""
        self._cleaning.feed(self._reader.end())
        self._cleaning.end()
        self._check(self._cleaning.text, len(self._cleaning.text))

    def _check(self, text: str, end: int) -> bool:
        """Tell a further clause, if it may be said."""
        if end <= self._checked or self.unsupported:
            return not self.unsupported
        if self._grounds is not None:
            self.unsupported = self._grounds.unsupported(text[self._checked : end])
        if not self.unsupported:
            self._checked = end
            self._tell(text[:end])
        return not self.unsupported
