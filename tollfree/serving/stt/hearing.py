"""What both ways in have in common: hear a turn, count it, and say no in one way."""

import asyncio

from tollfree.protocol.audio import HEARD_RATE, Samples
from tollfree.serving.admission import Admission
from tollfree.serving.errors import Refusal
from tollfree.serving.stt.engine import SharedRecognizer
from tollfree.serving.stt.stt_metrics import SttMetrics
from tollfree.speech.stt.base import Hints, Overloaded, SpeechError, TooLate, UnknownEngine, Urgency
from tollfree.speech.stt.batch_work import Heard
from tollfree.speech.stt.wire import urgency_name

OVERLOADED_RETRY_S = 1


class Hearings:
    """The engine behind the server's door."""

    def __init__(
        self, engine: SharedRecognizer, admission: Admission, metrics: SttMetrics, *, use_hints: bool = True
    ) -> None:
        self.engine = engine
        self._admission = admission
        self._metrics = metrics
        self._use_hints = use_hints

    async def hear(
        self,
        samples: Samples,
        hints: Hints,
        urgency: Urgency,
        *,
        call: str,
        language: str = "",
        within_s: float | None = None,
    ) -> Heard:
        """A turn. Raises `Refusal`."""
        try:
            with self._admission.work():
                told = hints if self._use_hints else None
                heard = await self.engine.hear(
                    samples, told, urgency=urgency, call=call, language=language, within_s=within_s
                )
        except asyncio.CancelledError:
            self._metrics.cancelled.inc()
            raise
        except Refusal as refusal:
            self._metrics.failures.labels(refusal.code).inc()
            raise
        except SpeechError as error:
            refusal = _refusal(error)
            self._metrics.failures.labels(refusal.code).inc()
            raise refusal from error
        self._metrics.note(heard, urgency_name(urgency), len(samples) / HEARD_RATE)
        return heard


def _refusal(error: SpeechError) -> Refusal:
    if isinstance(error, Overloaded):
        return Refusal(error.message, code=error.code, status=503, retry_after_s=OVERLOADED_RETRY_S)
    if isinstance(error, TooLate):
        return Refusal(error.message, code=error.code, status=504)
    if isinstance(error, UnknownEngine):
        return Refusal(error.message, code="bad_language", status=400)
    return Refusal(error.message, code=error.code, status=500)
