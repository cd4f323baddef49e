"""Voice activity by name."""

from collections.abc import Callable

from tollfree.speech.stt.base import UnknownEngine
from tollfree.speech.turns.base import VoiceActivity
from tollfree.speech.turns.silero import SileroActivity

ACTIVITIES: dict[str, Callable[[], VoiceActivity]] = {"silero": SileroActivity}


def load_activity(name: str) -> VoiceActivity:
    """A new voice activity, for one call. Raises `UnknownEngine`."""
    if name not in ACTIVITIES:
        raise UnknownEngine(f"There is no voice activity {name}; there is {', '.join(ACTIVITIES)}.")
    return ACTIVITIES[name]()
