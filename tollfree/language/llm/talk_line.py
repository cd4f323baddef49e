"""One line of a talk while it is written: cleaned, held against what it may rest on, and told by whole clauses."""

from collections.abc import Callable, Iterable

from tollfree.language.llm.clause_ends import clause_ends
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
        if self._reader.complete:
            self.end()
            return not self.unsupported
        return self._check(clause_ends(self._cleaning.text, self._checked)) and not self._cleaning.over

    def end(self) -> None:
        """Nothing more comes: the rest is a clause too."""
        self._cleaning.feed(self._reader.end())
        self._cleaning.end()
        text = self._cleaning.text
        self._check((*clause_ends(text, self._checked), len(text)))

    def _check(self, ends: Iterable[int]) -> bool:
        """Tell further clauses, up to the first that may not be said."""
        text = self._cleaning.text
        for end in ends:
            if self.unsupported or end <= self._checked:
                break
            if self._grounds is not None:
                self.unsupported = self._grounds.unsupported(text[self._checked : end])
            if not self.unsupported:
                self._checked = end
                self._tell(text[:end])
        return not self.unsupported
