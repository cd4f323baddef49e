"""The corner shop on a LiveKit line: a real server, the real worker with real engines, the shop's real backend, and
callers who come into a room as a browser does."""

import asyncio
import secrets
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import psutil

from tests.examples.conftest import Backend, running
from tests.fakes.room_person import Person
from tollfree.calls.lines.livekit import Visitor
from tollfree.calls.lines.script import Script, read_script_file
from tollfree.calls.lines.sound_file import SoundFile
from tollfree.calls.lines.wav_caller import Clip, WavCaller, audible, read_wav_caller
from tollfree.calls.phone.server import LiveKitServer
from tollfree.calls.phone.web_calls import caller_token
from tollfree.calls.replay import replay_call
from tollfree.calls.store.calls import Call
from tollfree.calls.store.record import LogEntry
from tollfree.cli.following import follow
from tollfree.protocol.audio import Samples
from tollfree.protocol.ids import CallId
from tollfree.rehearse.room_caller import RoomCaller
from tollfree.rehearse.shop import PROJECT, bring_up_to_date, shop_folder
from tollfree.rehearse.spoken import Follower, HonestAnswers, Typed, type_out
from tollfree.weights.find import find
from tollfree.wiring.livekit_settings import WorkerSettings
from tollfree.wiring.office import Office
from tollfree.wiring.placing import Wanted
from tollfree.wiring.settings import Settings
from tollfree.worker.metadata import Dispatch
from tollfree.worker.process import worker_process

VOICE = "piper:en_US-joe-medium"
"""The agent's: the quickest there is, and none of the callers'."""
NEEDED = ("tiny.en", "piper")
"""Models without which nobody is heard or answered."""
LATE, LATE_MS = "TOLLFREE_LISTENING__LATE_TRANSCRIPT_MS", "8000"
"""Builders are slow: a caller whose words come late is waited for, as what is said then is tested elsewhere."""
TURN_GAP_S = 0.6
"""A caller who is silent for less is within one turn."""
SILENT_S = 0.3
"""Silence after which what is heard is not what was on its way when a process was killed."""
LOOK_S = 0.02


class EaredCaller(RoomCaller):
    """A room's caller who remembers when they spoke, and when the agent was heard. Says again what nobody heard."""

    def __init__(self, caller: WavCaller, honest: HonestAnswers) -> None:
        super().__init__(replace(caller, aside=self._aside))
        self._items, self._honest = caller.items, honest
        self._asides: list[Clip] = []
        self._waits_from = 0.0
        self.heard: list[tuple[float, Samples]] = []
        self.spoke: list[float] = []
        """Moments of the 20 ms in which the caller was audible."""
        self.turn = -1
        """The turn that was begun last, from 0."""
        self.began = 0.0
        """When."""
        self._again: Clip | None = None

    @property
    def speaks(self) -> bool:
        """Whether the caller is in the middle of a turn."""
        return self._saying is not None

    def cut_off(self, *, unheard: bool) -> None:
        """The agent's process is gone: the caller waits until somebody speaks again. `unheard`: so are the words that
        are being said, or were said last."""
        self._waits_from = now()
        item = self._items[self.turn] if unheard else None
        self._again = item if isinstance(item, Clip) else None

    def _aside(self, turn: int) -> Clip | None:
        if (again := self._again) is not None:
            self._again = None
            return again
        if (said := self._honest(turn)) is not None:
            self._asides.append(said)  # kept: its sound is found by its identity
            self._sounds[id(said)] = _sound(said)
            return said
        self.turn, self.began = turn, now()
        return None

    def _hear(self, sound: Samples) -> None:
        if len(sound):
            self.heard.append((now(), sound))
            if self._waits_from and back_at(self._waits_from, self.agent_heard()) is not None:
                self._waits_from = 0.0
        super()._hear(sound)

    def _act(self, visitor: Visitor) -> bool:
        return True if self._waits_from and not self.speaks else super()._act(visitor)

    def _next(self, visitor: Visitor) -> Samples | None:
        frame = super()._next(visitor)
        if frame is not None and audible(frame):
            self.spoke.append(now())
        return frame

    def agent_heard(self) -> list[float]:
        """Moments at which the agent was audible."""
        return [moment for moment, sound in self.heard if audible(sound)]

    def response_ms(self) -> list[float]:
        """From the end of each of the caller's turns to the agent's first sound, as the caller heard it."""
        spoke, heard = np.array(self.spoke), np.array(self.agent_heard())
        found = []
        for place, end in enumerate(spoke):
            after = spoke[place + 1] if place + 1 < len(spoke) else np.inf
            answers = heard[(heard > end) & (heard < after)]
            if after - end >= TURN_GAP_S and len(answers):
                found.append(float(answers[0] - end) * 1000)
        return found


def back_at(killed_at: float, heard: list[float]) -> float | None:
    """When an agent was heard again: the first sound after a silence."""
    for place, moment in enumerate(heard):
        before = heard[place - 1] if place else 0.0
        if moment > killed_at and moment - before > SILENT_S:
            return moment
    return None


def _sound(clip: Clip) -> Samples:
    """A short clip, read within the call: a few milliseconds."""
    return np.concatenate(list(clip.sound.pieces([]))) if isinstance(clip.sound, SoundFile) else clip.sound


async def until(happened: Callable[[], bool], seconds: float = 240) -> None:
    """Wait until something is so in another process. Raises `TimeoutError`."""
    for _ in range(int(seconds / LOOK_S)):
        if happened():
            return
        await asyncio.sleep(LOOK_S)
    raise TimeoutError


def now() -> float:
    return asyncio.get_running_loop().time()


@dataclass
class Logged:
    """A call's log."""

    call: Call
    entries: list[LogEntry]

    @property
    def records(self) -> list[str]:
        return [f"{entry.record.kind}:{entry.record.type}" for entry in self.entries]

    def notes(self, type: str) -> list[dict]:
        return [e.record.data for e in self.entries if (e.record.kind, e.record.type) == ("note", type)]

    def told(self) -> str:
        """The log in short, for an assertion's message."""
        lines = [f"{e.record.kind}:{e.record.type} {str(e.record.data)[:160]}" for e in self.entries]
        return "\n".join([f"{self.call.id} {self.call.outcome}", *lines])


class LiveCall:
    """A call that is being made."""

    def __init__(self, room: str, caller: EaredCaller, follower: Follower) -> None:
        self.room, self.caller, self.follower = room, caller, follower
        self.entries: list[LogEntry] = []
        self.killed: list[tuple[str, float]] = []
        """When its process was killed, and in the middle of what."""

    def observe(self, entry: LogEntry) -> None:
        self.follower(entry)
        self.entries.append(entry)

    @property
    def id(self) -> str:
        """The call's. Only once its log has begun."""
        recorded = (e.record.data["file"] for e in self.entries if e.record.type == "recording")
        return Path(str(next(recorded))).stem

    def count(self, record: str) -> int:
        """How many records there are of `kind:type`."""
        return sum(f"{entry.record.kind}:{entry.record.type}" == record for entry in self.entries)

    def back_s(self) -> list[float]:
        """From each kill to the next sound of an agent, as the caller heard it; infinite: there was none."""
        heard = self.caller.agent_heard()
        moments = [(at, back_at(at, heard)) for _, at in self.killed]
        return [moment - at if moment is not None else float("inf") for at, moment in moments]


@dataclass
class Made(Logged):
    """A scripted call that is over."""

    script: Script
    live: LiveCall
    path: tuple[str, ...]

    @property
    def as_typed(self) -> bool:
        return self.path == self.script.path

    def words(self) -> str:
        """The call in words, for an assertion's message."""
        return "\n".join([f"{self.call.id} {self.call.outcome}", *self.live.follower.words])


Meddle = Callable[["ShopLine", LiveCall], Awaitable[None]]


@dataclass
class ShopLine:
    """What runs."""

    livekit: LiveKitServer
    settings: Settings
    office: Office
    shop: Backend
    chosen: WorkerSettings
    _stack: AsyncExitStack
    environ: Mapping[str, str] = field(default_factory=dict)
    """The worker's, besides what it always has."""
    _typed: dict[str, Typed] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """By which the worker is sent for."""
        return self.chosen.name

    async def restart(self) -> None:
        """Start a worker: the first, or one in place of another that is gone."""
        home = str(self.settings.home)
        environ = {"TOLLFREE_VOICE": VOICE, "TOLLFREE_HOME": home, LATE: LATE_MS, **self.environ}
        opened = worker_process(self.livekit, self.chosen, home=self.settings.home, environ=environ, stop_s=5)
        self.worker = await self._stack.enter_async_context(opened)

    def metadata(self, caller: str = "") -> str:
        return Dispatch(project=PROJECT, caller=caller).text()

    def person(self, room: str, identity: str = "caller", **more: object) -> Person:
        """Somebody who comes into a room and sends for the shop."""
        more = {"agent": self.name, "metadata": self.metadata(), **more}
        return Person(self.livekit, room, identity, **more)

    async def make(self, name: str, voice: str, *, meddle: Meddle | None = None) -> Made:
        """A scripted caller calls, to the end. `meddle` goes on beside the call. Raises `NoCall` when nobody answers,
        or the call does not end."""
        folder = shop_folder() / "callers"
        script = read_script_file(folder / f"{name}.txt")
        if name not in self._typed:
            self._typed[name] = await type_out(self.office, PROJECT, script)
        number = script.directives.get("caller", "")
        placed = await self.office.place(Wanted(project=PROJECT, caller=number), "livekit")
        follower = Follower(placed.version.flow)
        sound = read_wav_caller(folder / "spoken" / voice / name, script)
        honest = HonestAnswers(self._typed[name], follower, folder / "spoken" / voice, sound.items)
        caller = EaredCaller(sound, honest)
        live = LiveCall(f"{name}-{secrets.token_hex(4)}", caller, follower)
        token = caller_token(self.livekit, live.room, "caller", worker=self.name, metadata=self.metadata(number))
        calling = asyncio.ensure_future(caller.call(self.livekit.url, token))
        meddling = asyncio.ensure_future(meddle(self, live)) if meddle is not None else None
        try:
            call = await follow(self.office.store, PROJECT, live.room, calling, live.observe)
            with suppress(TimeoutError):
                async with asyncio.timeout(5):
                    await calling
            if meddling is not None:
                with suppress(TimeoutError):  # what it waited for did not happen: the call is over
                    await asyncio.wait_for(meddling, 1)
        finally:
            for task in (calling, *((meddling,) if meddling else ())):
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
        path = tuple(word[1:-1] for word in follower.words if word.startswith("["))
        return Made(call, live.entries, script, live, path)

    async def ended(self, room: str) -> Logged:
        """The call in a room, once it has ended. Raises `NoCall`."""
        entries: list[LogEntry] = []
        async with asyncio.timeout(120):
            call = await follow(self.office.store, PROJECT, room, asyncio.Future(), entries.append)
        return Logged(call, entries)

    async def replays(self, call: CallId) -> tuple[str, ...]:
        """How a call's replay differs from its log; nothing: not at all."""
        return (await replay_call(self.office.store, call)).differences

    def process_of(self, live: LiveCall) -> psutil.Process:
        """The process of a call: it holds the call's mark. Raises `LookupError`."""
        mark = str(self.settings.home / "running" / live.id)
        for process in self.children():
            with suppress(psutil.Error):
                if mark in {file.path for file in process.open_files()}:
                    return process
        raise LookupError(f"no process has the call {live.id}")

    def kill_call(self, live: LiveCall, during: str, *, unheard: bool = False) -> None:
        """SIGKILL to the process of a call. `unheard`: with it go the words that the caller says, or said last."""
        self.process_of(live).kill()
        live.killed.append((during, now()))
        live.caller.cut_off(unheard=unheard)

    async def settled(self, processes: int) -> None:
        """Wait until the worker has as many processes as before the calls: none is left of them."""
        await until(lambda: len(self.children()) <= processes, 30)

    def children(self) -> list[psutil.Process]:
        """The worker's processes."""
        try:
            return psutil.Process(self.worker.pid).children(recursive=True)
        except psutil.NoSuchProcess:
            return []

    def orders(self, call: str, phone: str) -> list[dict]:
        """What somebody has ordered, by the shop as it is for a call."""
        with self.shop.client(call) as client:
            account = client.get("/accounts", params={"phone": phone}).json()["id"]
            return client.get(f"/accounts/{account}/orders").json()["orders"]

    def placed(self, call: str, phone: str) -> list[str]:
        """What somebody ordered within a call, in words."""
        before = {order["number"] for order in self.orders("nobody's call", phone)}
        return [order["summary"] for order in self.orders(call, phone) if order["number"] not in before]


@asynccontextmanager
async def shop_line(
    livekit: LiveKitServer, home: Path, *, environ: Mapping[str, str] | None = None, **worker: object
) -> AsyncGenerator[ShopLine]:
    """The shop, open for calls. `worker`: its settings, by name; `environ`: its environment. Raises `MissingModel`."""
    settings = Settings(home=home, voice=VOICE)
    for model in NEEDED:
        find(model, settings.cache)
    async with AsyncExitStack() as stack:
        shop = stack.enter_context(running("--sandbox", "--faults"))
        office = await stack.enter_async_context(await Office.open(settings))
        await bring_up_to_date(office, shop_folder(), urlsplit(shop.url).port or 0)
        chosen = WorkerSettings(**{"name": f"shop-{home.name}", "warm_processes": 1, **worker})
        line = ShopLine(livekit, settings, office, shop, chosen, stack, environ or {})
        await line.restart()
        yield line


def gone(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Those that are still there, given a moment to end."""
    _, alive = psutil.wait_procs(processes, 10)
    return alive
