"""Who edits a flow at this moment. In memory: whoever edits says so every few seconds."""

from dataclasses import dataclass

from tollfree.protocol.clock import Clock
from tollfree.protocol.ids import FlowId, ProjectId

GONE_AFTER_S = 25.0
"""Seconds without a word after which an editor counts as gone; they say so every ten."""
MOST = 50
"""Editors of one flow that are remembered: those that said so last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Editor:
    """Somebody who has a flow open."""

    who: str
    name: str
    tab: str
    """Which of their windows; their own choice."""
    node: str
    """The node they have selected; empty: none."""
    seen_ms: float


class Presence:
    """Of all flows."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._editors: dict[tuple[ProjectId, FlowId], dict[tuple[str, str], Editor]] = {}

    def here(self, project: ProjectId, flow: FlowId, *, who: str, name: str, tab: str, node: str) -> tuple[Editor, ...]:
        """Somebody has the flow open; who else has."""
        now = self._clock.elapsed_ms()
        known = self._editors.pop((project, flow), {})
        known.pop((who, tab), None)
        fresh = {key: one for key, one in known.items() if now - one.seen_ms < GONE_AFTER_S * 1000}
        others = tuple(fresh.values())
        fresh[who, tab] = Editor(who=who, name=name, tab=tab, node=node, seen_ms=now)
        self._editors[project, flow] = dict(list(fresh.items())[-MOST:])
        self._forget(now)
        return others

    def gone(self, project: ProjectId, flow: FlowId, *, who: str, tab: str) -> None:
        """They closed it."""
        self._editors.get((project, flow), {}).pop((who, tab), None)

    def _forget(self, now: float) -> None:
        """Flows that nobody edits any more."""
        over = [
            key
            for key, editors in self._editors.items()
            if all(now - one.seen_ms >= GONE_AFTER_S * 1000 for one in editors.values())
        ]
        for key in over:
            del self._editors[key]
