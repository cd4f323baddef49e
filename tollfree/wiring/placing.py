"""What a call is begun with: who calls whom, on what, and which version answers."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from tollfree.calls.agent_settings import AgentSettings
from tollfree.calls.project import DEFAULT_AGENT, ProjectSettings
from tollfree.calls.session import in_zone
from tollfree.calls.store.calls import Call
from tollfree.protocol.facts import CallFacts
from tollfree.protocol.ids import ProjectId
from tollfree.wiring.versions import Loaded


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A call that comes in."""

    project: ProjectId
    agent: str = DEFAULT_AGENT
    flow: str = ""
    """Its published version answers, whichever agent has it; empty: the agent's."""
    draft: int = 0
    """In place of that version: the number of a frozen draft of the flow, with which the agent talks; 0: none."""
    caller: str = ""
    """The caller's number in E.164, or empty."""
    room: str = ""
    """What carries it, where it can be found again: a LiveKit room."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A call that can begin."""

    wanted: Wanted
    call: Call
    facts: CallFacts
    version: Loaded
    settings: ProjectSettings

    @property
    def trial(self) -> bool:
        """Whether a draft is tried: nothing outside may be changed, and nobody rung."""
        return self.call.trial or self.wanted.draft != 0

    @property
    def timezone(self) -> ZoneInfo:
        """The project's."""
        return ZoneInfo(self.settings.timezone)

    @property
    def agent(self) -> AgentSettings | None:
        """Who answers; None: the project names no such agent."""
        return self.settings.agents.get(self.wanted.agent)

    @property
    def voice(self) -> str:
        """The agent's voice; empty: the installation's."""
        return self.agent.spoken_with if self.agent is not None else ""


def out_of_hours(settings: ProjectSettings, wanted: Wanted, now: datetime) -> tuple[str, str]:
    """What answers where the agent's own flow does not at this hour: another flow, or a line that is said. Both empty:
    its own flow answers, as it does wherever a call names its flow."""
    agent = settings.agents.get(wanted.agent)
    if wanted.flow or agent is None or agent.hours is None:
        return "", ""
    if agent.hours.is_open(now.astimezone(ZoneInfo(settings.timezone))):
        return "", ""
    return agent.hours.flow, "" if agent.hours.flow else agent.hours.say


def facts_of(settings: ProjectSettings, call: Call, caller: str, *, models: bool, closed: str = "") -> CallFacts:
    """What a flow may know of a call from its beginning. `models`: whether there are language models. `closed`: the
    line that answers outside the agent's hours."""
    agent = settings.agents.get(call.agent)
    return CallFacts(
        started_at=in_zone(call.started_at, ZoneInfo(settings.timezone)),
        language=(agent.language if agent is not None else "") or settings.language,
        region=settings.region,
        currency=settings.currency,
        caller=caller,
        line=call.line,
        models=models,
        routes=agent.routes if agent is not None else {},
        closed=closed,
    )
