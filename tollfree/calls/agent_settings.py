"""An agent: what answers a number or a web button, with which voice, how it listens, and when."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Annotated, Literal, Self, cast

from pydantic import BaseModel, ConfigDict, Field, JsonValue, StringConstraints, ValidationError, model_validator

from tollfree.calls.web_button import WebButton
from tollfree.speech.stt.base import UnknownEngine
from tollfree.speech.tts.voice_name import FASTEST, SLOWEST, at_speed, split_speed
from tollfree.speech.turns.settings import ListeningSettings

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
DAYS: tuple[Weekday, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
Span = Annotated[
    str,
    StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]-(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$"),
]
"""`09:00-17:30`, in the project's time zone. One that ends before it begins goes on past midnight."""


class OpeningHours(BaseModel):
    """When an agent's own flow answers, and what does outside these hours."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    week: dict[Weekday, tuple[Span, ...]] = Field(
        default_factory=dict[Weekday, tuple[Span, ...]],
        examples=[{"monday": ["09:00-12:30", "13:30-17:00"], "saturday": ["10:00-14:00"]}],
    )
    """By day of the week, in the project's time zone. A day that is not named is closed."""
    closed_on: tuple[date, ...] = Field(default=(), max_length=400)
    """Days that are closed whatever the week says: holidays."""
    flow: str = Field(default="", max_length=64)
    """The flow whose published version answers outside the hours; empty: a line is said."""
    say: str = Field(default="", max_length=1000, examples=["We are closed. Please call again from seven."])
    """Without a flow: what callers are told before the call ends, as it is spoken."""

    @model_validator(mode="after")
    def _something_answers(self) -> Self:
        if not self.flow and not self.say.strip():
            raise ValueError("outside the hours nothing would answer: name a flow, or write what is said")
        return self

    def is_open(self, at: datetime) -> bool:
        """Whether the agent's own flow answers. `at`: in the project's time zone."""
        yesterday = at.date() - timedelta(days=1)
        return self._within(at.date(), at.time(), begun=True) or self._within(yesterday, at.time(), begun=False)

    def _within(self, day: date, now: time, *, begun: bool) -> bool:
        """Whether a moment lies in a span that began on this day; `begun`: the moment is of this day, else of the
        next."""
        if day in self.closed_on:
            return False
        clock = now.strftime("%H:%M")
        for span in self.week.get(DAYS[day.weekday()], ()):
            start, _, end = span.partition("-")
            overnight = end <= start
            if begun and start <= clock and (overnight or clock < end):
                return True
            if not begun and overnight and clock < end:
                return True
        return False


class AgentSettings(BaseModel):
    """What answers a call."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    flow: str
    """The flow whose published version it runs."""
    voice: str = Field(default="", examples=["kokoro:af_heart"])
    """What it speaks with, such as `kokoro:af_heart`, or a blend such as `kokoro:af_heart:0.7+af_bella:0.3`; empty:
    the installation's voice."""
    speed: float = Field(default=1.0, ge=SLOWEST, le=FASTEST)
    """How fast it speaks, as times of the voice's own speed."""
    spare_voices: tuple[str, ...] = Field(default=(), max_length=4)
    """What speaks, in this order, when its voice fails; none: the machine's other voices."""
    language: str = Field(default="", max_length=35, pattern=r"^([A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*)?$")
    """BCP 47 tag of what its callers speak; empty: the project's."""
    hearing: tuple[str, ...] = Field(default=(), max_length=4)
    """What hears its callers: recognisers such as `whisper:base`, of which each stands in for the one before it;
    none: the installation's."""
    route: str = Field(default="", max_length=64)
    """The language-model route, or chain of routes, that is asked where neither the table nor the flow names one;
    empty: the chain `default`."""
    routes: dict[str, str] = Field(default_factory=dict, examples=[{"order_status": "fast"}])
    """Which language model serves an intent: a route, or a chain of routes, by the intent's name. It wins over what the
    flow says, and counts from the next call on."""
    listening: dict[str, JsonValue] = Field(default_factory=dict, examples=[{"barge_gate_ms": 96}])
    """How it listens, where that is otherwise than the installation's: thresholds by name."""
    hours: OpeningHours | None = None
    """When its flow answers; none: always."""
    web: WebButton = WebButton()
    """Its button on web sites."""

    @model_validator(mode="after")
    def _one_speed(self) -> Self:
        try:
            if split_speed(self.voice)[1] != 1.0 and self.speed != 1.0:
                raise ValueError("the voice names a speed already; leave `speed` out")
        except UnknownEngine as error:
            raise ValueError(error.message) from error
        return self

    @model_validator(mode="after")
    def _thresholds(self) -> Self:
        try:
            self.heard_with(ListeningSettings())
        except ValidationError as error:
            faults = "; ".join(f"{'.'.join(map(str, one['loc'])) or 'it'}: {one['msg']}" for one in error.errors())
            raise ValueError(f"listening: {faults}") from error
        return self

    @property
    def spoken_with(self) -> str:
        """Its voice at its speed; empty, or a speed alone: that of the installation."""
        return at_speed(self.voice, self.speed)

    @property
    def flows(self) -> tuple[str, ...]:
        """Every flow that it answers with, at one time or another."""
        outside = self.hours.flow if self.hours is not None else ""
        return tuple(dict.fromkeys(name for name in (self.flow, outside) if name))

    def heard_with(self, installed: ListeningSettings) -> ListeningSettings:
        """The installation's thresholds, with its own in their place. Raises pydantic's `ValidationError`."""
        if not self.listening:
            return installed
        return ListeningSettings.model_validate(_laid_over(installed.model_dump(mode="json"), self.listening))


def _laid_over(below: Mapping[str, object], above: Mapping[str, object]) -> dict[str, object]:
    """Mappings inside are laid over one another too."""
    laid = dict(below)
    for name, value in above.items():
        held = laid.get(name)
        both = isinstance(held, Mapping) and isinstance(value, Mapping)
        laid[name] = _laid_over(cast(Mapping[str, object], held), cast(Mapping[str, object], value)) if both else value
    return laid
