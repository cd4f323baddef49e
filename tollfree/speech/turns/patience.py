"""How much silence ends a turn, from what was asked, what was said, and what the plan made of it."""

import math

from tollfree.protocol.completeness import Completeness
from tollfree.protocol.expectation import Patience
from tollfree.speech.turns.endings import saying_numbers
from tollfree.speech.turns.settings import ListeningSettings, PatienceTimes

_SURE, _EVEN, _HARDLY = 0.75, 0.5, 0.2
"""Probabilities of being finished that earn `finished_ms`, `unsure_ms` and `unfinished_ms`; between them the silence
is interpolated."""


def silence_to_wait(
    settings: ListeningSettings, patience: Patience, text: str, finished: float, completeness: Completeness | None
) -> float:
    """Milliseconds of silence after which a turn with this text is over. `finished`: the end-of-turn score.

    Only a certain plan cuts short the wait for digits and letters that are being said."""
    times = settings.times(patience)
    if completeness is Completeness.CERTAIN:
        return times.certain_ms
    likely = completeness is Completeness.LIKELY
    if saying_numbers(text) and not _few_asked(patience, text):
        asked = patience in (Patience.DIGITS, Patience.SPELLING)
        return times.numbers_ms * (settings.likely_numbers if likely and not asked else 1.0)
    return _interpolated(times, _raised(finished, settings.likely_bonus) if likely else finished)


def _few_asked(patience: Patience, text: str) -> bool:
    """Whether one number is all that was asked for: a quantity, the second of three choices."""
    return patience is Patience.SHORT and len(text.split()) == 1


def _raised(probability: float, log_odds: float) -> float:
    inside = min(max(probability, 1e-6), 1 - 1e-6)
    return 1 / (1 + math.exp(-math.log(inside / (1 - inside)) - log_odds))


def _interpolated(times: PatienceTimes, finished: float) -> float:
    if finished >= _SURE:
        return times.finished_ms
    if finished >= _EVEN:
        share = (finished - _EVEN) / (_SURE - _EVEN)
        return times.unsure_ms + share * (times.finished_ms - times.unsure_ms)
    share = max(0.0, (finished - _HARDLY) / (_EVEN - _HARDLY))
    return times.unfinished_ms + share * (times.unsure_ms - times.unfinished_ms)
