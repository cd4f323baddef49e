"""How complete a caller's words are, which decides how soon they may be taken to have finished."""

from enum import StrEnum


class Completeness(StrEnum):
    """What a plan made of an offered text."""

    OPEN = "open"
    """The words make no sense yet where the call stands; more is likely to follow."""
    LIKELY = "likely"
    """They answer what was asked; more may follow."""
    CERTAIN = "certain"
    """Nothing can follow: a number of known length is complete, a yes is a yes."""
