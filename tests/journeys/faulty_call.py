"""Whole calls over sound with an engine that fails: who speaks is a tone, and the longest silence is counted in the
samples that left for the caller's ear.

Servers of engines run in the loop of the calls, and calls on a virtual clock: whoever waits for a server waits for
time, while a database that works makes it stand still. What an engine does in a thread of its own goes by the
machine's clock; then a tick of sound is a turn of the loop, so that a machine which is slow adds no silence.
"""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable, Coroutine, Generator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pytest

from tests.fakes.embedder import HashingEmbedder
from tests.fakes.listening import LoudActivity
from tests.fakes.media import FakeMedia
from tests.fakes.planted_secrets import PlantedSecrets, planted_secrets
from tests.fakes.voice import HummingVoice
from tests.journeys.faulty_clocks import EnginesClock, OfficeClock
from tollfree.calls.lines.spoken import Ears, SpokenLine
from tollfree.calls.log import event_of
from tollfree.calls.media import Frame, Key
from tollfree.calls.publishing import publish
from tollfree.calls.session import CallSummary
from tollfree.calls.store.record import LogEntry
from tollfree.flows.engine import START, step
from tollfree.flows.graph import Flow
from tollfree.flows.state import CallState
from tollfree.language.llm.route_book import RouteBook
from tollfree.protocol.audio import HEARD_RATE, SPOKEN_RATE
from tollfree.protocol.clock import Clock
from tollfree.protocol.effects import Transfer
from tollfree.protocol.events import Spoken
from tollfree.protocol.ids import CallId, FlowId, ProjectId
from tollfree.speech.stt.base import Recognizer
from tollfree.speech.stt.metered import MeteredRecognizer
from tollfree.speech.tts.base import Voice
from tollfree.speech.tts.metered import MeteredSpeaker
from tollfree.speech.tts.renderings import Renderings
from tollfree.speech.tts.speaker import CachedSpeaker
from tollfree.speech.turns.listener import Listener
from tollfree.wiring.office import Office
from tollfree.wiring.placing import Wanted
from tollfree.wiring.settings import Settings

LONGEST_SILENCE_MS = 2500.0
WAY_MS = 110.0
"""What WebRTC on loopback adds between what leaves and what is heard, there and back."""
SHOP = ProjectId("shop")
SPEECH = "…"
"""In a caller's script: they speak. Anything else are keys that they press."""
SPEAKS_MS = 640
THINKS_MS = 240
"""Silence after which a caller who is asked something answers."""
TICK_MS = 20
LONGEST_CALL_S = 90.0
"""Of the calls' clock."""
AUDIBLE = 300
AT_ONCE = 8
"""Calls side by side."""
QUICK_MS = 12.0
"""Milliseconds that a character of the agent's takes to be said: tests are short."""

Case: TypeAlias = tuple[str, ...]
"""What is wrong, with what."""
STATUS = {
    "reason": {
        "kind": "intent",
        "ask": "How can I help?",
        "intents": {"status": {"phrases": ["status"], "examples": ["where is my order"]}},
        "exits": {"status": "tell", "unclear": "person", "silent": "person"},
    },
    "tell": {"kind": "say", "say": "Your order is on its way.", "exits": {"said": "bye"}},
}
"""Nodes of a flow that is asked for one thing."""

_TONE = np.tile(np.array([8000, -8000], np.int16), HEARD_RATE * TICK_MS // 2000)
_QUIET = np.zeros(len(_TONE), np.int16)


@dataclass(frozen=True, kw_only=True)
class CameTo:
    """What became of a call."""

    path: tuple[str, ...]
    outcome: str
    lines: tuple[str, ...]
    """What was heard of the agent, line by line."""
    notes: tuple[str, ...]
    """Types of the log's notes."""
    silence_ms: float
    """The longest silence at the ear while the agent owed a word."""
    engines: tuple[str, ...]
    """Who did the work of each `usage` note, and what it came to: `fast used`."""

    @property
    def properly_ended(self) -> bool:
        """Nothing broke: it took a way of its flow's, to its end."""
        broken = {"session_failed", "trouble_line", "line_failed", "voice_lost", "ears_lost"} & set(self.notes)
        return bool(self.outcome) and not broken


class Following:
    """The call as its log has it."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self.state: CallState = START
        self.lines: list[str] = []
        self.notes: list[str] = []
        self.engines: list[str] = []

    def __call__(self, entry: LogEntry) -> None:
        record = entry.record
        if record.kind == "event":
            event = event_of(record)
            self.state = step(self._flow, self.state, event).state
            if isinstance(event, Spoken) and event.heard:
                self.lines.append(event.heard)
        elif record.kind == "note":
            self.notes.append(record.type)
            if record.type == "usage":
                self.engines.append(f"{record.data['engine']} {record.data.get('came_to', 'used')}")

    @property
    def asks(self) -> bool:
        """Whether it is the caller's turn: something was asked, and all of that was said."""
        state = self.state
        working = state.working_out or any(frame.waiting is not None for frame in state.frames)
        return state.listening is not None and not state.speaking and not working


class FaultyCall:
    """One caller: what leaves for their ear, and what they do when they are asked."""

    def __init__(self, flow: Flow, script: Sequence[str]) -> None:
        self.media = FakeMedia()
        self.following = Following(flow)
        self._script = deque(script)
        self._speaks_ms = 0
        self._quiet_ms = 0
        """Neither was heard for so long."""
        self._owed = True
        """The caller waits for an answer, or for the first word."""
        self.silence_ms = 0

    async def pass_time(self, clock: OfficeClock) -> None:
        """20 ms of sound each way, for ever."""
        while True:
            await clock.sleep(TICK_MS / 1000)
            if self.media.playout is not None and not clock.works:
                self._tick()

    def _tick(self) -> None:
        self.media.tell(Frame(samples=_TONE if self._speaks_ms > 0 else _QUIET))
        heard = self.media.playout.take(SPOKEN_RATE * TICK_MS // 1000) if self.media.playout is not None else _QUIET
        sounds = bool(np.abs(heard.astype(np.int32)).max() > AUDIBLE)
        if self._speaks_ms > 0:
            self._speaks_ms -= TICK_MS
            self._owed, self._quiet_ms = True, 0
        elif sounds:
            self._owed, self._quiet_ms = False, 0
        else:
            self._quiet_ms += TICK_MS
        following = self.following
        if (self._owed or not following.asks) and not following.state.over:
            self.silence_ms = max(self.silence_ms, self._quiet_ms)
        if following.asks and not self._owed and self._quiet_ms >= THINKS_MS and self._script:
            self._answer(self._script.popleft())

    def came_to(self, summary: CallSummary) -> CameTo:
        """What became of it."""
        following = self.following
        return CameTo(
            path=summary.path,
            outcome=summary.outcome,
            lines=tuple(following.lines),
            notes=tuple(following.notes),
            silence_ms=self.silence_ms + WAY_MS,
            engines=tuple(following.engines),
        )

    def _answer(self, answer: str) -> None:
        if answer == SPEECH:
            self._speaks_ms = SPEAKS_MS
            return
        for key in answer:
            self.media.tell(Key(key=key))
        self._owed, self._quiet_ms = True, 0


class Person:
    """Takes every call that is handed over."""

    async def transfer(self, effect: Transfer, call: CallId) -> bool:
        return True


@dataclass(kw_only=True)
class Faulty:
    """One call to be placed."""

    flow: str
    caller: Sequence[str]
    recognizer: Callable[[], Recognizer]
    voices: Callable[[], Sequence[Voice]] = field(default=lambda: [HummingVoice("fake:spare", character_ms=QUICK_MS)])


@dataclass(frozen=True, kw_only=True)
class Shop:
    """Where calls are placed."""

    office: Office
    clock: OfficeClock


@asynccontextmanager
async def open_shop(clock: Clock, home: Path, flows: Mapping[str, Mapping[str, Any]]) -> AsyncGenerator[Shop]:
    """A project with these flows, published and loaded."""
    ours = OfficeClock(clock)
    settings = Settings(home=home, cache=home / "cache", recording="none")
    async with await Office.open(settings, ours) as office:
        office.__dict__["embedder"] = HashingEmbedder()  # as `cached_property` keeps it: no weights are needed here
        office.routes = RouteBook(settings.routes_path, clock=EnginesClock(clock))
        await office.store.projects.new(SHOP, name="The Shop", settings={"name": "The Shop"})
        for name, document in flows.items():
            await office.store.drafts.save(SHOP, FlowId(name), dict(document), expected_revision=0)
            await publish(office.store, SHOP, FlowId(name), office.embedder)
            await office.versions.published(SHOP, FlowId(name))
        await office.routes.warm_up()
        yield Shop(office=office, clock=ours)


async def placed(shop: Shop, call: Faulty) -> CameTo:
    """One call, to its end."""
    office, clock = shop.office, EnginesClock(shop.clock)
    with shop.clock.working():
        going = await office.place(Wanted(project=SHOP, flow=call.flow), "fake")
    caller = FaultyCall(going.version.flow, call.caller)
    voices, hears, metering = call.voices(), call.recognizer(), office.metering(going.call.id)
    cached = CachedSpeaker(voices[0], Renderings(office.settings.cache / "renderings"), voices[1:])
    speaker = MeteredSpeaker(cached, metering, clock)
    ears = Ears(
        recognizer=MeteredRecognizer(hears, metering, clock),
        activity=LoudActivity(),
        listener=Listener(punctuates=hears.hearing.punctuates, quick=hears.hearing.quick),
    )
    line = SpokenLine(caller.media, ears, speaker, clock, sounded=speaker.sounded)
    try:
        await line.start()
        carrying = office.carry(going, line, switchboard=Person(), observe=caller.following, metering=metering)
        summary = await _beside(caller.pass_time(shop.clock), carrying)
    finally:
        await line.close()
        await cached.aclose()
        for engine in (hears, *voices):
            await engine.aclose()
    return caller.came_to(summary)


async def _beside(passing: Coroutine[Any, Any, None], carrying: Coroutine[Any, Any, CallSummary]) -> CallSummary:
    """The call, while time passes; what breaks there, and a call without end, is told."""
    time, call = asyncio.ensure_future(passing), asyncio.ensure_future(carrying)
    try:
        async with asyncio.timeout(LONGEST_CALL_S):
            await asyncio.wait((time, call), return_when=asyncio.FIRST_COMPLETED)
        if not call.done():
            time.result()
        return call.result()
    finally:
        time.cancel()
        call.cancel()
        await asyncio.gather(time, call, return_exceptions=True)


async def all_placed(shop: Shop, calls: Mapping[Case, Faulty]) -> dict[Case, CameTo]:
    """All of them, a few side by side."""
    room = asyncio.Semaphore(AT_ONCE)

    async def one(call: Faulty) -> CameTo:
        async with room:
            return await placed(shop, call)

    came_to = await asyncio.gather(*(one(call) for call in calls.values()))
    return dict(zip(calls, came_to, strict=True))


Matrix: TypeAlias = tuple[dict[Case, CameTo], PlantedSecrets]
"""What came of every call, and the secrets that were there."""


@contextmanager
def matrix_of(made: Callable[[Path, PlantedSecrets], dict[Case, CameTo]], home: Path) -> Generator[Matrix]:
    """Every call that there is of an engine, with secrets planted; they are searched for until this ends."""
    with pytest.MonkeyPatch.context() as patch, planted_secrets(patch) as planted:
        yield made(home, planted), planted
