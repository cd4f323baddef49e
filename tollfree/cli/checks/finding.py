"""What a check found."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from tollfree.wiring.settings import Settings

State: TypeAlias = Literal["good", "note", "bad"]
"""`note`: worth knowing, and calls go without it; `bad`: something is missing that the settings need."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at."""

    name: str
    """Stable, for programs."""
    state: State
    """Whether it is as it should be."""
    found: str
    """What is there, in a few words."""
    remedy: str = ""
    """What would help, mostly a command; empty when nothing need."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What is looked at."""

    settings: Settings
    environ: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One look."""

    name: str
    """Of its finding, should it take too long."""
    look: Callable[[Place], Iterable[Finding]]
    """Changes nothing. May raise: that is a finding too."""
    remedy: str = "Look at what holds it up, then run tollfree doctor again."
    """When it takes too long."""
    late: State = "bad"
    """What that means."""
