"""A recogniser that keeps accounts: what it heard for one call, and how long that took."""

from typing import Literal, Protocol, runtime_checkable

from tollfree.protocol.audio import Samples, heard_ms
from tollfree.protocol.clock import Clock
from tollfree.protocol.errors import TollfreeError
from tollfree.protocol.transcript import Transcript
from tollfree.protocol.usage import Meter, Used
from tollfree.speech.stt.base import Hearing, Hints, Recognizer, Urgency

PURPOSES = {Urgency.COMMIT: "turn", Urgency.OFFER: "offer", Urgency.INTERIM: "interim"}
"""As `Used.purpose` has them."""


@runtime_checkable
class KeepsAccounts(Protocol):
    """A recogniser that has others behind it, and tells of each."""

    async def transcribe_for(
        self, meter: Meter, samples: Samples, hints: Hints | None = None, *, urgency: Urgency = Urgency.COMMIT
    ) -> Transcript:
        """As `Recognizer.transcribe`."""
        ...


class MeteredRecognizer:
    """One recogniser as one call uses it. Closing it leaves the recogniser to the other calls."""

    def __init__(self, recognizer: Recognizer, meter: Meter, clock: Clock) -> None:
        self._recognizer = recognizer
        self._meter = meter
        self._clock = clock

    @property
    def name(self) -> str:
        return self._recognizer.name

    @property
    def hearing(self) -> Hearing:
        return self._recognizer.hearing

    async def transcribe(
        self, samples: Samples, hints: Hints | None = None, *, urgency: Urgency = Urgency.COMMIT
    ) -> Transcript:
        """As the recogniser's. A decode that is given up is told as `dropped`, with the sound it was given."""
        if isinstance(self._recognizer, KeepsAccounts):
            return await self._recognizer.transcribe_for(self._meter, samples, hints, urgency=urgency)
        began_ms = self._clock.elapsed_ms()
        came_to: Literal["used", "dropped", "failed", "slow"] = "dropped"
        why = ""
        try:
            transcript = await self._recognizer.transcribe(samples, hints, urgency=urgency)
            came_to = "used"
            return transcript
        except TollfreeError as error:
            came_to, why = ("slow" if isinstance(error.__cause__, TimeoutError) else "failed"), error.code
            raise
        except Exception as error:
            came_to, why = "failed", type(error).__name__
            raise
        finally:
            self._meter(
                Used(
                    kind="stt",
                    engine=self.name,
                    purpose=PURPOSES[urgency],
                    heard_s=heard_ms(len(samples)) / 1000,
                    took_ms=self._clock.elapsed_ms() - began_ms,
                    came_to=came_to,
                    why=why,
                )
            )

    async def warm_up(self) -> None:
        await self._recognizer.warm_up()

    async def aclose(self) -> None:
        """Nothing: the recogniser is not this call's."""
