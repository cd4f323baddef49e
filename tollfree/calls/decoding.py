"""The caller's words: what the recogniser is asked for one call, each look as its newest wants it."""

import asyncio
import logging
from collections.abc import Callable

from tollfree.protocol.audio import Samples
from tollfree.protocol.clock import Clock
from tollfree.protocol.errors import TollfreeError
from tollfree.protocol.transcript import Transcript
from tollfree.speech.stt.base import Hints, Recognizer, Urgency
from tollfree.speech.turns.base import Look, Offer

NOT_HEARD = Transcript(text="", confidence=0.0)
"""Of a stretch that could not be decoded: words that were not understood, not silence."""

_log = logging.getLogger(__name__)


class Decoding:
    """Looks under way. A newer one has all that an older one had, so the older one is given up."""

    def __init__(
        self,
        recognizer: Recognizer,
        clock: Clock,
        *,
        heard: Callable[[Look | Offer, Transcript], None],
        failed: Callable[[Look | Offer, str], None],
    ) -> None:
        """`heard` is told of every look that was not given up; before, `failed` of one that could not be decoded, with
        the error's code."""
        self._recognizer = recognizer
        self._clock = clock
        self._heard = heard
        self._failed = failed
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self.hints = Hints()
        """What is likely to be said now."""

    def want(self, wanted: Look | Offer, samples: Samples) -> asyncio.Task[None]:
        """Decode. The task ends when `heard` was told; what raises there, the task raises."""
        self.forget_all()
        task = asyncio.get_running_loop().create_task(self._decode(wanted, samples))
        self._tasks[wanted.look] = task
        task.add_done_callback(lambda done: self._tasks.pop(wanted.look, None))
        return task

    def forget(self, look: int) -> None:
        """Nobody wants it any more."""
        task = self._tasks.pop(look, None)
        if task is not None and task is not asyncio.current_task():
            task.cancel()

    def forget_all(self) -> None:
        """Nobody wants any of them."""
        for look in tuple(self._tasks):
            self.forget(look)

    async def _decode(self, wanted: Look | Offer, samples: Samples) -> None:
        urgency = Urgency.OFFER if isinstance(wanted, Offer) else Urgency.INTERIM
        try:
            with self._clock.working():
                transcript = await self._recognizer.transcribe(samples, self.hints, urgency=urgency)
        except TollfreeError as error:
            _log.warning("not heard", extra={"code": error.code})
            self._failed(wanted, error.code)
            transcript = NOT_HEARD
        except Exception as error:  # noqa: BLE001  a fault in a recogniser costs the caller's words, not the call
            _log.exception("not heard")
            self._failed(wanted, type(error).__name__)
            transcript = NOT_HEARD
        self._tasks.pop(wanted.look, None)
        self._heard(wanted, transcript)
