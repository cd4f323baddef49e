"""A person who was dialled hears what a caller wants, and takes the call or leaves it."""

import asyncio
from dataclasses import dataclass

from tollfree.calls.media import Gone, Key, Media
from tollfree.calls.playout import Playout
from tollfree.protocol.audio import spoken_ms
from tollfree.protocol.clock import Clock
from tollfree.speech.tts.speaker import Speaker

TAKE, LEAVE = "1", "2"
PICKED_UP_S = 0.8
"""Seconds between a telephone being picked up and an ear being there."""
AGAIN_S = 8.0
"""Seconds of silence after which a person who must press a key is reminded of it."""
QUEUE_LOOK_S = 0.05
"""The shortest wait between looks at what is still to be heard."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """What the person hears."""

    project: str
    """As the project is called aloud."""
    summary: str
    stay_s: float
    """Staying on for so many seconds after the summary takes the call; 0: only the key does."""
    answer_s: float
    """Where only the key does: seconds in which it must be pressed."""

    @property
    def text(self) -> str:
        """All of it."""
        about = f"{self.summary.strip().rstrip('.')}. " if self.summary.strip() else ""
        return f"Hello, this is {self.project}. A caller is waiting for you. {about}{self.how}"

    @property
    def how(self) -> str:
        """How the call is taken."""
        stay = "or stay on the line" if self.stay_s else "now"
        return f"To take the call, press {TAKE} {stay}. To leave it, press {LEAVE}."


async def told_and_taken(media: Media, playout: Playout, speaker: Speaker, brief: Brief, clock: Clock) -> bool:
    """Whether the person takes the call. `media` is started, and the person has picked up. Where nothing can be
    spoken the person decides by key, or by staying on, all the same: a call is not lost for a voice.

    Raises `RenderingFailed`.
    """
    decided = asyncio.ensure_future(_decision(media))
    staying = asyncio.ensure_future(_stays(playout, speaker, brief, clock))
    try:
        await asyncio.wait({decided, staying}, return_when=asyncio.FIRST_COMPLETED)
        return decided.result() if decided.done() else staying.result()
    finally:
        playout.clear()
        for task in (decided, staying):
            task.cancel()
        await asyncio.gather(decided, staying, return_exceptions=True)


async def _decision(media: Media) -> bool:
    """By key, or by hanging up. What the person says meanwhile is nobody's."""
    while True:
        match await media.next():
            case Key(key=key) if key == TAKE:
                return True
            case Key(key=key) if key == LEAVE:
                return False
            case Gone():
                return False
            case _:
                continue


async def _stays(playout: Playout, speaker: Speaker, brief: Brief, clock: Clock) -> bool:
    await clock.sleep(PICKED_UP_S)
    await _say(playout, speaker, brief.text, clock)
    if brief.stay_s:
        await clock.sleep(brief.stay_s)
        return True
    waited = 0.0
    while waited < brief.answer_s:
        await clock.sleep(AGAIN_S)
        waited += AGAIN_S
        await _say(playout, speaker, brief.how, clock)
    return False


async def _say(playout: Playout, speaker: Speaker, text: str, clock: Clock) -> None:
    """Speak, and wait until it was heard."""
    async for clip in speaker.stream(text):
        playout.play(clip.samples)
    while playout.queued:
        await clock.sleep(max(QUEUE_LOOK_S, spoken_ms(playout.queued) / 1000))
