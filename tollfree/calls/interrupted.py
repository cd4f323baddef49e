"""A call that another process goes on with."""

from dataclasses import dataclass

from tollfree.flows.state import CallState
from tollfree.protocol.effects import Effect
from tollfree.protocol.events import CallEvent
from tollfree.protocol.token import ExitToken


@dataclass(frozen=True, slots=True, kw_only=True)
class Interrupted:
    """A call as its log left it, to be gone on with by another process."""

    state: CallState
    next_seq: int
    """Place of the next record."""
    tokens: tuple[ExitToken, ...]
    resumed: CallEvent
    """The event that takes the call up again."""
    perform: tuple[Effect, ...] = ()
    """Effects that were asked for, have no result, and may be performed again."""
    failed: tuple[CallEvent, ...] = ()
    """Results of those that may not."""
    age_ms: float = 0.0
    """How long ago the call began."""
    turns: int = 0
    """Times that the caller has spoken."""
    commands: int = 0
    """Id of the last command that is in the log, see `Supervised.command`."""
