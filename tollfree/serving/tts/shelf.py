"""The voices a server has loaded: loaded once, those used longest ago let go."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable

from tollfree.speech.tts.base import Voice
from tollfree.speech.tts.voice_name import VoiceName

MOST = 64
"""Voices that are loaded at once. Those of one engine share its network, so one more costs a megabyte."""

_log = logging.getLogger(__name__)


class VoiceShelf:
    """For one event loop."""

    def __init__(self, load: Callable[[str], Voice], *, most: int = MOST) -> None:
        """`load` takes a voice's name; it is called off the loop, and raises `UnknownEngine` or `WeightsError`."""
        self._load = load
        self._most = most
        self._voices: OrderedDict[tuple[str, int], asyncio.Future[Voice]] = OrderedDict()

    @property
    def loaded(self) -> int:
        """How many voices are there, or are being loaded."""
        return len(self._voices)

    async def voice(self, name: VoiceName, place: int = 0) -> Voice:
        """The voice of that name which `place` has to itself: a voice renders one clause at a time. Raises what `load`
        raises."""
        key = (str(name), place)
        loading = self._voices.get(key)
        if loading is None:
            loading = self._voices[key] = asyncio.ensure_future(asyncio.to_thread(self._load, key[0]))
            self._make_room()
        self._voices.move_to_end(key)
        try:
            return await asyncio.shield(loading)
        except Exception:
            if self._voices.get(key) is loading and loading.done():
                del self._voices[key]  # asked for again, it is tried again
            raise

    async def aclose(self) -> None:
        """Let all go."""
        loading = tuple(self._voices.values())
        self._voices.clear()
        for voice in await asyncio.gather(*loading, return_exceptions=True):
            if not isinstance(voice, BaseException):
                await voice.aclose()

    def _make_room(self) -> None:
        while len(self._voices) > self._most:
            (name, _), oldest = self._voices.popitem(last=False)
            oldest.add_done_callback(_let_go)
            _log.info("voice is let go", extra={"voice": name})


_closing: set[asyncio.Task[None]] = set()


def _let_go(loaded: asyncio.Future[Voice]) -> None:
    if loaded.cancelled() or loaded.exception() is not None:
        return
    task = asyncio.create_task(loaded.result().aclose())
    _closing.add(task)
    task.add_done_callback(_closing.discard)
