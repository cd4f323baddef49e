"""What is known when a call begins and does not change while it lasts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from tollfree.protocol.added import ADDED

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFacts:
    """The ground on which a caller's words are read: "next Tuesday" depends on today, "call me" on the region."""

    started_at: str
    """ISO 8601 with offset, in the project's time zone: `2026-11-22T14:05:00-05:00`."""
    language: str = "en"
    """BCP 47 tag of the agent's language."""
    region: str = "US"
    """ISO 3166 country code: how phone numbers and dates are read."""
    currency: str = "USD"
    """ISO 4217 code of the project's prices."""
    caller: str = ""
    """The caller's number in E.164, or empty when it is not known."""
    line: str = "text"
    """What carries the call: `text`, `wav`, `livekit`."""
    models: bool | None = field(default=None, metadata=ADDED)
    """Whether language models can be asked. None: of a call that began before that was recorded; it is replayed as it
    was."""
    routes: Mapping[str, str] = field(default_factory=dict[str, str], metadata=ADDED)
    """The agent's table when the call began: which language-model route, or chain of them, serves an intent. It wins
    over what the flow's author wrote."""
    closed: str = field(default="", metadata=ADDED)
    """Outside the agent's hours: all that the caller is told before the call ends. Empty: the flow answers."""

    @property
    def date(self) -> str:
        """The caller's today, `YYYY-MM-DD`."""
        return self.started_at[:10]

    @property
    def time(self) -> str:
        """The time the call began, `HH:MM`."""
        return self.started_at[11:16]

    @property
    def weekday(self) -> str:
        """The day of the week the call began, in English and lower case: `tuesday`."""
        try:
            return WEEKDAYS[date.fromisoformat(self.date).weekday()]
        except ValueError:
            return ""
