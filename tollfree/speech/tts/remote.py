"""A voice of a server of ours (`tollfree engines tts`), by WebSocket."""

import asyncio
import re
from contextlib import suppress
from pathlib import Path

import httpx
import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError

from tollfree.protocol.audio import SPOKEN_RATE, Samples
from tollfree.speech.stt.base import UnknownEngine
from tollfree.speech.tts.base import LONGEST_CLAUSE, Clip, Haste, RenderingFailed, Speaking, Urgency, WordTime
from tollfree.speech.tts.link import Answer, Link, LinkLost
from tollfree.speech.tts.normalise import normalise
from tollfree.speech.tts.reader import RenderingLate
from tollfree.speech.tts.received import as_float, checked
from tollfree.speech.tts.server_name import ServerAccess, ServerName
from tollfree.speech.tts.sound import resampled
from tollfree.speech.tts.wire import FORMAT, Speak, urgency_name
from tollfree.weights.stamps import write_whole

PUBLISH_S = 120.0
"""Seconds that a fixed line may take before any call: whatever callers wait for goes before it."""
LOOKING_UP_S = 10.0
"""Seconds in which a server answers what a voice is: it may have to load it first."""
UNKNOWN_MODEL = "unknown"
"""What renderings are bound to where the server could never be asked."""
_SURROGATES = re.compile("[\ud800-\udfff]")


class Known(BaseModel):
    """What a server said of a voice, kept so that clips of it are found while the server is away."""

    model_config = ConfigDict(frozen=True)
    model: str
    languages: tuple[str, ...]


class ServedVoice:
    """One voice of a server. The connection is opened by the first clause, kept, and opened again when it was lost."""

    def __init__(self, name: ServerName, access: ServerAccess, known: Known, kept: Path | None = None) -> None:
        """`kept`: the file in which `known` is."""
        self._server = name
        self._access = access
        self._kept = kept
        self._speaking = _speaking(known)
        self._link: Link | None = None
        self._opening: asyncio.Lock | None = None
        self._closed = False

    @property
    def name(self) -> str:
        return str(self._server)

    @property
    def speaking(self) -> Speaking:
        return self._speaking

    async def render(self, clause: str, haste: Haste | None = None) -> Clip:
        """See `Voice`. A connection that turns out to be gone is opened once more."""
        if len(clause) > LONGEST_CLAUSE:
            raise RenderingFailed(f"{len(clause)} characters are too many for one clause.", retryable=False)
        haste = haste or Haste()
        seconds = self._seconds(haste.urgency)
        limit = asyncio.timeout(seconds)
        try:
            async with limit:
                haste.then(lambda: _sooner(limit, self._seconds(haste.urgency)))
                answer = await self._answer(clause, haste, seconds)
        except TimeoutError as late:
            if not limit.expired():
                raise
            raise RenderingLate(f"{self._server.url} has not spoken a clause within {seconds:.1f} s.") from late
        clip = await asyncio.to_thread(_clip, clause, answer)
        await self._heed(answer.head.model)
        return clip

    async def warm_up(self) -> None:
        """Connect, and have the server load the voice."""
        await self.render("Hello.", Haste(Urgency.PUBLISH))

    async def aclose(self) -> None:
        """Close the connection. Safe to call again."""
        self._closed = True
        if self._link is not None:
            await self._link.aclose()

    def _seconds(self, urgency: Urgency) -> float:
        if urgency is Urgency.PUBLISH:
            return PUBLISH_S
        return self._access.deadline_ms / 1000 * (1 if urgency is Urgency.FIRST else 2)

    async def _answer(self, clause: str, haste: Haste, seconds: float) -> Answer:
        for last in (False, True):
            link, fresh = await self._linked()
            try:
                return await self._asked(link, clause, haste, seconds)
            except LinkLost:
                if fresh or last or self._closed:
                    raise
        raise AssertionError("the second try returns or raises")

    async def _asked(self, link: Link, clause: str, haste: Haste, seconds: float) -> Answer:
        id = link.new_id()
        haste.then(lambda: link.hurry(id, urgency_name(haste.urgency)))
        return await link.ask(
            Speak(
                id=id,
                text=_SURROGATES.sub("\ufffd", clause),
                voice=self._server.voice,
                speed=self._server.speed,
                whole=True,
                deadline_ms=round(seconds * 1000),
                urgency=urgency_name(haste.urgency),
            )
        )

    async def _linked(self) -> tuple[Link, bool]:
        """The connection, and whether it was opened for this."""
        if self._closed:
            raise self._is_closed()
        link = self._link
        if link is not None and link.open_still:
            return link, False
        if self._opening is None or (link is not None and link.loop is not asyncio.get_running_loop()):
            self._opening = asyncio.Lock()
        async with self._opening:
            if self._link is None or not self._link.open_still:
                self._link = await Link.open(self._server.url, self._access.headers)
            if self._closed:
                await self._link.aclose()
                raise self._is_closed()
            return self._link, True

    def _is_closed(self) -> RenderingFailed:
        return RenderingFailed(f"The voice {self.name} is closed.", retryable=False)

    async def _heed(self, model: str) -> None:
        """The server may have got other weights since."""
        if model != self._speaking.model:
            known = Known(model=model, languages=self._speaking.languages)
            self._speaking = _speaking(known)
            if self._kept is not None:
                await asyncio.to_thread(_keep, self._kept, known)


def load(name: ServerName, cache: Path, access: ServerAccess) -> ServedVoice:
    """A voice of a server, which is asked what it is; where it does not answer, what it said last counts, and calls
    try again. Raises `UnknownEngine` when it has no such voice, or does not let us in."""
    kept = cache / "served-voices" / f"{_file_name(str(name))}.json"
    voice = name.voice if name.speed == 1.0 else f"{name.voice}@{name.speed:g}"
    try:
        answer = httpx.get(
            f"{name.http}/v1/voices/{voice}",
            headers=access.headers,
            timeout=httpx.Timeout(LOOKING_UP_S, connect=2.0),
            trust_env=False,
        )
    except (httpx.HTTPError, httpx.InvalidURL):
        return ServedVoice(name, access, _recalled(kept), kept)
    if answer.status_code in (401, 403):
        raise UnknownEngine(f"{name.url} does not let us in: put its key into {access.key_variable}.")
    if answer.status_code in (400, 404):
        raise UnknownEngine(f"{name.url}: {_message(answer)}")
    try:
        known = Known.model_validate_json(answer.content)
    except ValidationError:
        known = _recalled(kept)
    else:
        _keep(kept, known)
    return ServedVoice(name, access, known, kept)


def _clip(clause: str, answer: Answer) -> Clip:
    """The clip, if it is what was asked for. Raises `RenderingFailed`."""
    head, sound = answer.head, answer.sound
    sent = _SURROGATES.sub("\ufffd", clause)
    if head.text != sent or head.format != FORMAT or len(sound) != 2 * head.samples:
        raise RenderingFailed("The server sent a clause that is not the one that was asked for, or half of it.")
    samples: Samples = np.frombuffer(sound, "<i2").astype(np.int16)
    spoken = normalise(clause).text
    if spoken:
        heard = checked(as_float(samples), head.rate, spoken)
        if head.rate != SPOKEN_RATE:
            samples = (np.clip(resampled(heard, head.rate), -1, 1) * 32767).astype(np.int16)
    words = tuple(WordTime(end=end, end_ms=end_ms) for end, end_ms in head.words)
    ends, times = [word.end for word in words], [word.end_ms for word in words]
    if (
        ends != sorted(set(ends))
        or times != sorted(times)
        or (clause and (not ends or ends[0] < 0 or ends[-1] != len(clause)))
        or (times and not 0 <= times[0] <= times[-1] <= 1000 * len(samples) / SPOKEN_RATE + 1)
    ):
        raise RenderingFailed("The server sent times that are not those of the words.")
    return Clip(text=clause, samples=samples, words=words)


def _sooner(limit: asyncio.Timeout, seconds: float) -> None:
    """Somebody waits now: they do so no longer than for what is asked for now."""
    until = asyncio.get_running_loop().time() + seconds
    with suppress(RuntimeError):  # it has ended
        limit.reschedule(min(until, limit.when() or until))


def _speaking(known: Known) -> Speaking:
    return Speaking(languages=known.languages, word_times=True, model=known.model)


def _recalled(kept: Path) -> Known:
    try:
        return Known.model_validate_json(kept.read_bytes())
    except (OSError, ValidationError):
        return Known(model=UNKNOWN_MODEL, languages=("en-US",))


def _keep(kept: Path, known: Known) -> None:
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        write_whole(kept, known.model_dump_json().encode())
    except OSError:
        pass  # it is asked again next time


def _message(answer: httpx.Response) -> str:
    try:
        return str(answer.json()["message"])[:1000]
    except (ValueError, KeyError, TypeError):
        return f"status {answer.status_code}"


def _file_name(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9_.@+-]+", "-", name)[-150:]
