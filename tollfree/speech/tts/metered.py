"""A speaker that keeps accounts: what was rendered for one call, and what it said from what was kept."""

from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import aclosing

from tollfree.protocol.clock import Clock
from tollfree.protocol.effects import Say
from tollfree.protocol.usage import Meter, Used
from tollfree.speech.tts.account import Account
from tollfree.speech.tts.base import Clip
from tollfree.speech.tts.speaker import CachedSpeaker


class MeteredSpeaker:
    """One speaker as one call uses it."""

    def __init__(self, speaker: CachedSpeaker, meter: Meter, clock: Clock) -> None:
        self._speaker = speaker
        self._meter = meter
        self._clock = clock
        self._anew = Counter[str]()
        """Clauses that were rendered for this call and have not sounded yet."""

    @property
    def voice(self) -> str:
        return self._speaker.voice

    def ready(self, text: str) -> tuple[Clip, ...] | None:
        """As the speaker's."""
        return self._speaker.ready(text)

    async def stream(self, text: str, *, ahead: bool = False) -> AsyncGenerator[Clip]:
        """As the speaker's; once it is over, what had to be rendered is told."""
        account = Account(self._clock)
        try:
            async with aclosing(self._speaker.stream(text, ahead=ahead, account=account)) as clips:
                async for clip in clips:
                    self._anew[clip.text] += account.anew(clip.text)
                    yield clip
        finally:
            for used in account.used():
                self._meter(used)

    def sounded(self, say: Say, clip: Clip) -> None:
        """A clip begins to leave. One that was rendered for this call has been told of; another costs nothing."""
        if self._anew[clip.text] > 0:
            self._anew[clip.text] -= 1
        elif clip.text:
            kept = Used(kind="tts", engine=self.voice, purpose="line", effect=say.id, kept_characters=len(clip.text))
            self._meter(kept)
