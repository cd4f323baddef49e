"""A piece of a project's knowledge that can be cited."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """What retrieval found, with where it comes from."""

    id: str
    text: str
    speakable: str = ""
    """The sentence or two that answer, ready to be spoken; empty when the text is not."""
    more: tuple[str, ...] = ()
    """What the passage says besides, for a caller who wants to hear on: a sentence or two each."""
    source: str = ""
    """The document's name, as a person knows it."""
    place: str = ""
    """Where in the document: `page 3`, `row 12 of Prices`, a section's heading."""
    score: float = 0.0
    """Calibrated, 0 to 1."""

    @property
    def cited(self) -> str:
        """As a person finds it: `Returns policy, page 2`; its id where nothing else is known."""
        return ", ".join(part for part in (self.source, self.place) if part) or self.id
