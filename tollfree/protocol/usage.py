"""What an engine did for a call: noted in the call's log, from which usage, cost and the waterfall are read."""

from dataclasses import dataclass
from typing import Literal, Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """One piece of work by one engine. What an engine cannot know is left at zero or None."""

    kind: Literal["stt", "llm", "tts"]
    engine: str
    """The engine in its chain: `whisper:tiny.en`, `kokoro:af_heart`, or the name of a route such as `fast`."""
    model: str = ""
    """As the server names it, such as `Qwen/Qwen3-30B-A3B`."""
    purpose: str = ""
    """`turn`, `offer`, `interim`; `choose`, `answer`, `talk`, `summary`; `line`."""
    effect: str = ""
    """The effect it was done for, where there is one."""
    heard_s: float = 0.0
    """Seconds of sound that were heard."""
    prompt_tokens: int = 0
    cached_tokens: int = 0
    """Of the prompt's, those that the server did not compute again."""
    completion_tokens: int = 0
    characters: int = 0
    """That were spoken anew; what was rendered before costs nothing."""
    kept_characters: int = 0
    """That were said from what was rendered before."""
    gpu_s: float | None = None
    """Seconds of a GPU, where the server says so."""
    first_ms: float | None = None
    """Milliseconds until its first word or sound."""
    took_ms: float = 0.0
    """Milliseconds until its last."""
    came_to: Literal["used", "dropped", "failed", "slow"] = "used"
    """`dropped`: nobody wanted it any more; `failed` and `slow`: the next in the chain was asked."""
    why: str = ""
    """The error's code, for what failed. Never a secret, never a caller's words."""


class Meter(Protocol):
    """Is told of each piece of work, while or after it is done."""

    def __call__(self, used: Used) -> None: ...


def unmetered(used: Used) -> None:
    """Nobody keeps accounts."""
