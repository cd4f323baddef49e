"""What the agent says at one point of a flow: a template, or several of which each repetition takes the next."""

from dataclasses import dataclass

from tollfree.flows.wording import Template
from tollfree.protocol.values import Values


@dataclass(frozen=True, slots=True)
class Prompt:
    """The compiled variants of a line; empty when the author wrote none."""

    variants: tuple[Template, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.variants)

    @property
    def reads(self) -> frozenset[str]:
        """Variables that any of its variants reads."""
        return frozenset[str]().union(*(variant.reads for variant in self.variants))

    def render(self, values: Values, nth: int = 0) -> str:
        """The words of the `nth` repetition, from 0. Past the last variant the last is repeated."""
        if not self.variants:
            return ""
        return self.variants[min(nth, len(self.variants) - 1)].render(values)

    def fixed(self, nth: int = 0) -> bool:
        """Whether that repetition has no variables in it."""
        return bool(self.variants) and self.variants[min(nth, len(self.variants) - 1)].fixed
