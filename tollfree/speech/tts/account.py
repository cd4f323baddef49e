"""What voices did for one reading of a text: the clauses that were rendered anew for it, by voice."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from tollfree.protocol.clock import Clock
from tollfree.protocol.usage import Used

CameTo = Literal["used", "dropped", "failed", "slow"]


@dataclass(slots=True)
class Rendered:
    """One clause that a voice was asked for."""

    voice: str
    clause: str
    began_ms: float
    ended_ms: float
    came_to: CameTo = "dropped"
    why: str = ""


@dataclass(slots=True)
class Account:
    """Kept by the speaker while it reads."""

    clock: Clock
    began_ms: float = field(init=False)
    rendered: list[Rendered] = field(default_factory=list[Rendered])

    def __post_init__(self) -> None:
        self.began_ms = self.clock.elapsed_ms()

    def begins(self, voice: str, clause: str) -> Rendered:
        """A voice is asked for a clause that nobody has rendered."""
        now_ms = self.clock.elapsed_ms()
        self.rendered.append(Rendered(voice, clause, now_ms, now_ms))
        return self.rendered[-1]

    def ends(self, rendered: Rendered, came_to: CameTo, why: str = "") -> None:
        """What became of it."""
        rendered.ended_ms, rendered.came_to, rendered.why = self.clock.elapsed_ms(), came_to, why

    def late(self, voice: str, clause: str, why: str) -> None:
        """Whoever reads has waited for too long."""
        for rendered in reversed(self.rendered):
            if (rendered.voice, rendered.clause) == (voice, clause):
                rendered.came_to, rendered.why = "slow", why
                return

    def anew(self, clause: str) -> bool:
        """Whether a clause was rendered for this reading."""
        return any(one.clause == clause and one.came_to == "used" for one in self.rendered)

    def used(self) -> Iterator[Used]:
        """All of it, summed up by voice and by what it came to."""
        groups: dict[tuple[str, CameTo, str], list[Rendered]] = {}
        for one in self.rendered:
            groups.setdefault((one.voice, one.came_to, one.why), []).append(one)
        for (voice, came_to, why), clauses in groups.items():
            yield Used(
                kind="tts",
                engine=voice,
                purpose="line",
                characters=sum(len(one.clause) for one in clauses),
                first_ms=clauses[0].ended_ms - self.began_ms if came_to == "used" else None,
                took_ms=sum(one.ended_ms - one.began_ms for one in clauses),
                came_to=came_to,
                why=why,
            )
