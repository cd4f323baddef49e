"""Recognisers one behind the other: what the first cannot hear in time, the next one hears within the same turn."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from tollfree.network.breaker import Breaker, Health, Limits
from tollfree.protocol.audio import Samples, heard_ms
from tollfree.protocol.clock import Clock
from tollfree.protocol.transcript import Transcript
from tollfree.protocol.usage import Meter, Used, unmetered
from tollfree.speech.stt.base import Hearing, Hints, RecognitionFailed, Recognizer, Urgency
from tollfree.speech.stt.metered import PURPOSES

SHORTEST_S = 0.8
"""Seconds that any decode may take where another recogniser stands behind: together with the second one's work they
stay below the two and a half seconds after which a caller wonders whether anybody is there."""
SHARE = 0.15
"""Of the sound's own length, what a decode may take beyond that: a server on a GPU needs a hundredth."""

Patience = Callable[[Samples], float]
"""Seconds that are waited for a decode."""

_log = logging.getLogger(__name__)


def patience(samples: Samples) -> float:
    """Seconds after which a recogniser that has not answered is passed over."""
    return SHORTEST_S + SHARE * heard_ms(len(samples)) / 1000


class RecognitionLate(RecognitionFailed):
    """A recogniser did not answer in time."""

    code = "recognition_late"


@dataclass(frozen=True, slots=True)
class _Asked:
    """One recogniser's try, for the accounts."""

    engine: str
    samples: Samples
    urgency: Urgency
    clock: Clock
    began_ms: float = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "began_ms", self.clock.elapsed_ms())

    def used(self, came_to: Literal["used", "dropped", "failed", "slow"], why: str = "") -> Used:
        """What became of it."""
        return Used(
            kind="stt",
            engine=self.engine,
            purpose=PURPOSES[self.urgency],
            heard_s=heard_ms(len(self.samples)) / 1000,
            took_ms=self.clock.elapsed_ms() - self.began_ms,
            came_to=came_to,
            why=why,
        )


class RecognizerChain:
    """A `Recognizer` over several. The last is given as long as it needs: nobody stands behind it."""

    def __init__(
        self,
        recognizers: Sequence[Recognizer],
        clock: Clock,
        *,
        patience: Patience = patience,
        limits: Limits | None = None,
    ) -> None:
        """The first is asked first. Who fails is passed over for a while, as `limits` say."""
        if not recognizers:
            raise ValueError("a chain of recognisers needs one at least")
        self._recognizers = tuple(recognizers)
        self._clock = clock
        self._patience = patience
        limits = limits or Limits(in_a_row=2)
        self._breakers = tuple(Breaker(clock.elapsed_ms, limits) for _ in recognizers)
        hearing = [one.hearing for one in recognizers]
        self._hearing = Hearing(
            languages=hearing[0].languages,
            punctuates=all(one.punctuates for one in hearing),
            hints=any(one.hints for one in hearing),
            quick=hearing[0].quick,
            longest_s=min(one.longest_s for one in hearing),
        )

    @property
    def name(self) -> str:
        """The first one's."""
        return self._recognizers[0].name

    @property
    def hearing(self) -> Hearing:
        """What they can all do; whether one decode too many matters, as the first one has it."""
        return self._hearing

    @property
    def health(self) -> dict[str, Health]:
        """Each one's, by name."""
        return {one.name: breaker.health() for one, breaker in zip(self._recognizers, self._breakers, strict=True)}

    async def transcribe(
        self, samples: Samples, hints: Hints | None = None, *, urgency: Urgency = Urgency.COMMIT
    ) -> Transcript:
        """As `Recognizer`. Raises what the last one raised when all have failed."""
        return await self.transcribe_for(unmetered, samples, hints, urgency=urgency)

    async def transcribe_for(
        self, meter: Meter, samples: Samples, hints: Hints | None = None, *, urgency: Urgency = Urgency.COMMIT
    ) -> Transcript:
        """As `transcribe`; the meter is told of each that was asked. Captions of a caller who is still speaking are
        worth one try."""
        failed: RecognitionFailed | None = None
        for place, recognizer in self._able():
            last = place == len(self._recognizers) - 1
            asked = _Asked(recognizer.name, samples, urgency, self._clock)
            leave = self._breakers[place].enter() or self._breakers[place].force()
            try:
                heard = await self._asked(
                    recognizer, samples, hints, urgency, None if last else self._patience(samples)
                )
            except RecognitionFailed as error:
                leave.failed(error.code)
                failed = error
                _log.warning("recogniser passed over", extra={"recogniser": recognizer.name, "code": error.code})
                meter(asked.used("slow" if isinstance(error, RecognitionLate) else "failed", error.code))
                if urgency is Urgency.INTERIM:
                    break
            except BaseException:
                leave.abandoned()
                meter(asked.used("dropped"))
                raise
            else:
                leave.succeeded()
                meter(asked.used("used"))
                return heard
        assert failed is not None
        raise failed

    async def warm_up(self) -> None:
        """All of them: the one that stands in is wanted at once. One that cannot get ready is passed over in calls."""
        for place, recognizer in enumerate(self._recognizers):
            leave = self._breakers[place].force()
            try:
                await recognizer.warm_up()
            except RecognitionFailed as error:
                leave.failed(error.code)
                _log.warning("recogniser not ready", extra={"recogniser": recognizer.name, "code": error.code})
            else:
                leave.succeeded()

    async def aclose(self) -> None:
        """Let all of them go."""
        for recognizer in self._recognizers:
            await recognizer.aclose()

    def _able(self) -> list[tuple[int, Recognizer]]:
        """Who may be asked, in order; the one that may be asked soonest, where nobody may."""
        every = list(enumerate(self._recognizers))
        able = [one for one in every if self._breakers[one[0]].retry_in_ms == 0.0]
        return able or [min(every, key=lambda one: self._breakers[one[0]].retry_in_ms)]

    async def _asked(
        self, recognizer: Recognizer, samples: Samples, hints: Hints | None, urgency: Urgency, within_s: float | None
    ) -> Transcript:
        if within_s is None:
            return await recognizer.transcribe(samples, hints, urgency=urgency)
        asking = asyncio.ensure_future(recognizer.transcribe(samples, hints, urgency=urgency))
        waiting = asyncio.ensure_future(self._clock.sleep(within_s))
        try:
            await asyncio.wait((asking, waiting), return_when=asyncio.FIRST_COMPLETED)
            if asking.done():
                return asking.result()
            raise RecognitionLate(f"{recognizer.name} did not answer within {within_s:.1f} s.")
        finally:
            waiting.cancel()
            asking.cancel()
