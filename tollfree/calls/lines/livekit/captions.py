"""Captions as LiveKit's clients expect them: text streams on `lk.transcription`, a segment each."""

import asyncio
import logging
from dataclasses import dataclass

from livekit import rtc

TOPIC = "lk.transcription"
SEGMENT = "lk.segment_id"
FINAL = "lk.transcription_final"
TRACK = "lk.transcribed_track_id"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Caption:
    """What was said so far in a segment."""

    text: str
    segment: str
    final: bool
    speaker: str
    """The identity of whoever says it."""
    track: str
    """The sound it is a caption of; may be empty."""


class Captions:
    """Sends captions beside the sound, one at a time; of a segment that still waits only the latest is sent."""

    def __init__(self, room: rtc.Room) -> None:
        self._room = room
        self._waiting: dict[str, Caption] = {}
        self._wake = asyncio.Event()

    def show(self, caption: Caption) -> None:
        """Send a caption soon. Returns at once."""
        self._waiting[caption.segment] = caption
        self._wake.set()

    async def run(self) -> None:
        """Send for as long as this lasts. A caption that cannot be sent is left out: the call is not held up."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._waiting:
                caption = self._waiting.pop(next(iter(self._waiting)))
                try:
                    await self._send(caption)
                except (ConnectionError, RuntimeError) as error:
                    _log.info("caption not sent", extra={"reason": str(error)})

    async def _send(self, caption: Caption) -> None:
        attributes = {SEGMENT: caption.segment, FINAL: "true" if caption.final else "false"}
        if caption.track:
            attributes[TRACK] = caption.track
        writer = await self._room.local_participant.stream_text(
            topic=TOPIC, attributes=attributes, sender_identity=caption.speaker
        )
        await writer.write(caption.text)
        await writer.aclose()
