"""One contribution to a conversation."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Turn:
    """One contribution to the conversation, as it was heard."""

    who: Literal["agent", "caller"]
    text: str
