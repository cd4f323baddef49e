"""Where a call stands, folded from its log as it grows."""

from dataclasses import dataclass
from typing import Literal

from pydantic import ValidationError

from tollfree.calls.log import event_of
from tollfree.calls.store.record import LogEntry
from tollfree.flows.engine import START, step
from tollfree.flows.graph import Flow
from tollfree.flows.state import CallState

Waits = Literal["", "caller", "tool", "knowledge", "model", "person"]
_WAITS: dict[str, Waits] = {"lookup": "tool", "retrieve": "knowledge", "compose": "model", "transfer": "person"}
_RESULTS = frozenset({"looked_up", "retrieved", "composed", "transferred", "effect_failed"})
_CALLER = frozenset({"caller_spoke", "key_pressed", "caller_silent", "caller_unheard"})


@dataclass(slots=True)
class Position:
    """Fed with a call's records in order. What this program cannot fold is read as far as it goes."""

    flow: Flow | None
    """The version that the call runs on; None: it cannot be read here."""
    state: CallState = START
    waits_for: Waits = ""
    since: str = ""
    """When that began."""
    _broken: bool = False

    def feed(self, entry: LogEntry) -> None:
        """The next record."""
        record = entry.record
        match record.kind:
            case "effect":
                if record.type in _WAITS or record.type == "listen":
                    self._waits(_WAITS.get(record.type, "caller"), record.at)
            case "event":
                if record.type in _RESULTS or record.type in _CALLER:
                    self._waits("", record.at)
                self._fold(entry)
            case _:
                pass

    @property
    def node(self) -> str:
        """The node where the caller is; empty: not known."""
        return self.state.frames[-1].node if self.state.frames else ""

    @property
    def flow_now(self) -> str:
        """The flow that the node is of."""
        if not self.state.frames:
            return ""
        return self.state.scopes[self.state.frames[-1].scope].flow

    @property
    def attempts(self) -> int:
        """Times that the present question was put in vain."""
        local = self.state.frames[-1].local if self.state.frames else None
        return int(getattr(local, "attempts", 0))

    def _waits(self, what: Waits, at: str) -> None:
        if what != self.waits_for:
            self.waits_for, self.since = what, at

    def _fold(self, entry: LogEntry) -> None:
        if self.flow is None or self._broken:
            return
        try:
            self.state = step(self.flow, self.state, event_of(entry.record)).state
        except (ValidationError, LookupError, ValueError):  # a call of another program's version
            self._broken = True
