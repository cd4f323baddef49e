"""Clips held in memory: those used last, up to so many bytes."""

from collections import OrderedDict

from tollfree.speech.tts.base import Clip


class ClipMemory:
    """By voice and text. For one event loop."""

    def __init__(self, limit_bytes: int) -> None:
        self._clips: OrderedDict[tuple[str, str], Clip] = OrderedDict()
        self._limit = limit_bytes
        self._bytes = 0

    @property
    def bytes(self) -> int:
        """Of all their sound."""
        return self._bytes

    def find(self, voice: str, text: str) -> Clip | None:
        """The clip, which counts as used; None: it is not held."""
        clip = self._clips.get((voice, text))
        if clip is not None:
            self._clips.move_to_end((voice, text))
        return clip

    def keep(self, voice: str, clip: Clip) -> None:
        """Hold a clip; those used longest ago go where there is no room."""
        before = self._clips.pop((voice, clip.text), None)
        self._bytes += clip.samples.nbytes - (before.samples.nbytes if before is not None else 0)
        self._clips[voice, clip.text] = clip
        while self._bytes > self._limit and len(self._clips) > 1:
            _, oldest = self._clips.popitem(last=False)
            self._bytes -= oldest.samples.nbytes
