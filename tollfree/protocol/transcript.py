"""What a recogniser made of a stretch of the caller's sound."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """Words heard. Empty text: no speech was in it, or nothing that could be trusted to be speech."""

    text: str
    confidence: float = 1.0
    """0 to 1; calibrated as far as the engine can: about the share of such transcripts that are right."""
    alternatives: tuple[str, ...] = ()
    """Other readings, best first, without `text`."""
    took_ms: float = 0.0
    """Milliseconds of work, without waiting for a turn at the engine."""
    looks: int = 1
    """How often the sound was heard before the result was trusted."""
